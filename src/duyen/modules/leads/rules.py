"""What must hold of a lead, and what it lacks to go on. Plain values in, plain values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.modules.leads.words import Lack, Temperature

#: A first contact is due after so much working time, by how near to buying somebody seems.
_FIRST_CONTACT = {Temperature.HOT: dt.timedelta(hours=2)}
_FIRST_CONTACT_ELSE = dt.timedelta(hours=8)
#: A lead with which nobody was in touch goes back to the pool after so many times that time.
RECLAIM_AFTER = 2
#: A lead is nurtured for so long at most before somebody looks at it again.
MOST_DAYS_NURTURED = 180
#: Of budget, authority, need and time so many make a lead worth a deal.
_ENOUGH = 3


def first_contact_within(temperature: str) -> dt.timedelta:
    """Give the working time within which somebody speaks to a lead."""
    return _FIRST_CONTACT.get(Temperature(temperature), _FIRST_CONTACT_ELSE)


def problems_of(
    *, has_phone: bool, has_email: bool, company: str, is_establishment: bool, honorific: str
) -> Iterator[FieldProblem]:
    """Find what does not fit together in a lead as it will be."""
    if not (has_phone or has_email):
        yield FieldProblem("phones", "reach", mark("Give a phone or an e-mail, or nobody can answer."))
    if honorific and is_establishment and not company:
        sentence = mark("Only a person has a form of address. Leave it empty, or name the company.")
        yield FieldProblem("honorific", "honorific", sentence)


def what_it_lacks(
    *,
    need: str,
    has_product: bool,
    budget: int | None,
    wanted_by: dt.date | None,
    is_decider: bool,
    is_feasible: bool,
) -> Iterator[Lack]:
    """Say what a lead lacks to be qualified (process §2.1).

    It has a need, a product and either a budget or a day; or three of budget, authority, need and time. Its
    address was checked in either case.
    """
    has_bant = sum((budget is not None, is_decider, bool(need), wanted_by is not None)) >= _ENOUGH
    if not has_bant:
        if not need:
            yield Lack.NEED
        if not has_product:
            yield Lack.PRODUCT
        if budget is None and wanted_by is None:
            yield Lack.BUDGET_OR_DAY
    if not is_feasible:
        yield Lack.FEASIBILITY


def problems_of_next(day: dt.date, today: dt.date) -> Iterator[FieldProblem]:
    """Find what speaks against speaking to a nurtured lead again on a day."""
    if day <= today:
        yield FieldProblem("next_action_on", "past", mark("Give a day that lies ahead."))
    elif (day - today).days > MOST_DAYS_NURTURED:
        sentence = mark("Give a day within 180 days, or give the lead up.")
        yield FieldProblem("next_action_on", "too_late", sentence)


def problems_of_revisit(day: dt.date | None, today: dt.date) -> Iterator[FieldProblem]:
    """Find what speaks against looking at a lead again on a day."""
    if day is not None and day <= today:
        yield FieldProblem("revisit_on", "past", mark("Give a day that lies ahead, or none."))


#: Columns of a lead that stand on the party who speaks, and on the establishment where one is named.
_OF_A_PERSON = ("honorific", "phones", "phone_notes", "emails", "email_notes")
_OF_WHO_BUYS = (
    *("tax_code", "personal_id", "personal_id_mac"),
    *("addresses", "ward_code", "province_code", "address_status"),
    *("industry", "legal_form", "size_band", "revenue_band", "source", "source_detail"),
)
_KEEPING = ("owner_id", "unit_id", "deleted_at", "deleted_by_id", "delete_reason")
#: All columns of a lead that its parties repeat, and those by which they are told apart.
FOLLOWED = ("name", "kind", "company", *_OF_A_PERSON, *_OF_WHO_BUYS, *_KEEPING)


def speaker_of(lead: Mapping[str, object], *, person: str) -> dict[str, object]:
    """Give the columns of the party who speaks; `person` is the kind of somebody who speaks for a company."""
    columns = {name: lead[name] for name in ("name", *_OF_A_PERSON, *_KEEPING)}
    if lead["company"]:
        return {**columns, "kind": person, "source": lead["source"], "source_detail": lead["source_detail"]}
    return {**columns, "kind": lead["kind"], **{name: lead[name] for name in _OF_WHO_BUYS}}


def firm_of(lead: Mapping[str, object]) -> dict[str, object] | None:
    """Give the columns of the establishment that somebody speaks for; nothing where none is named."""
    if not lead["company"]:
        return None
    columns = {name: lead[name] for name in (*_OF_WHO_BUYS, *_KEEPING)}
    return {**columns, "name": lead["company"], "kind": lead["kind"]}


def kind_of(kind: str, company: str, by_name: str, establishments: Collection[str], otherwise: str) -> str:
    """Give the kind of who would buy: what was said, if it fits; else what the name says.

    `by_name` is what the name of who would buy says; a company is an establishment, `otherwise` where its
    name does not say of which kind.
    """
    if not company:
        return kind or by_name
    if kind in establishments:
        return kind
    return by_name if by_name in establishments else otherwise
