"""Whom a lead may be among those that we know, and which open leads are like it. Proposed, and no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from duyen.entities.registry import entity_named
from duyen.entities.twins.declared import marks
from duyen.entities.twins.finding import MOST, find_like
from duyen.entities.twins.likeness import Likeness
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.modules.leads import queries, rules
from duyen.modules.leads.words import LeadState
from duyen.modules.parties.queries import ESTABLISHMENTS, columns_of, kind_by_name, unverified_like
from duyen.modules.parties.words import PartyKind

Row = Mapping[str, Any]
#: The fields of a lead that a key is made of; who may not see them is not told of it.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "tax_code": ("tax_code",),
    "phone": ("phones",),
    "email": ("emails",),
    "name_street": ("name", "addresses"),
    "name_ward": ("name", "addresses"),
}
#: The texts that a form may leave out.
_TEXTS = ("name", "company", "kind", "tax_code")


@dataclass(frozen=True)
class LikeLead:
    """A lead that shares something with another one, or with a party: `reasons` are codes of keys."""

    id: int
    code: str
    name: str
    state: str
    reasons: tuple[str, ...]


def ends_of(row: Row) -> list[dict[str, object]]:
    """Give the columns of who speaks and, where one is named, of the establishment."""
    speaker = rules.speaker_of(_whole(row), person=PartyKind.INDIVIDUAL.value)
    firm = rules.firm_of(_whole(row))
    return [speaker] if firm is None else [speaker, firm]


def _whole(row: Row) -> dict[str, Any]:
    """Fill in the columns that the row of a page leaves out: what tells of the bin says nothing here."""
    return {**dict.fromkeys(rules.FOLLOWED), **row}


def known_like(actor: Actor, row: Row, *, ends: Collection[int | None]) -> list[Likeness]:
    """Propose the customers and contacts that a lead may be, the likeliest first."""
    leave_out = [each for each in ends if each]
    customers = entity_named("customers")
    given = [_seen_of(actor, each) for each in ends_of(row)]
    found: dict[int | None, Likeness] = {}
    for likenesses in find_like(customers, actor=actor, given=given, leave_out=leave_out):
        for each in likenesses:
            if each.row is None and (each.id not in found or found[each.id].strength < each.strength):
                found[each.id] = each
    return sorted(found.values(), key=lambda each: -each.strength)


def open_like(actor: Actor, row: Row, *, ends: Collection[int | None]) -> list[LikeLead]:
    """Propose the open leads that may be the same one, as far as the actor sees them."""
    given = [_seen_of(actor, each) for each in ends_of(row)]
    shared = unverified_like(given, leave_out=[each for each in ends if each])
    rows = queries.open_of_parties(actor, list(shared), but=row["id"])
    return [
        LikeLead(
            each["id"],
            each["code"],
            each["name"],
            each["state"],
            shared.get(each["party_id"]) or shared.get(each["firm_id"]) or (),
        )
        for each in rows
    ]


def like_party(actor: Actor, party_id: int) -> tuple[list[Likeness], list[LikeLead]]:
    """Propose who else may be the same person as a party: customers and contacts, and leads in any state."""
    columns = columns_of(party_id)
    if columns is None:
        return [], []
    leave_out = {party_id, *queries.put_away([party_id]).get(party_id, ())}
    customers, given = entity_named("customers"), _seen_of(actor, columns)
    known = find_like(customers, actor=actor, given=[given], leave_out=leave_out)[0]
    shared = unverified_like([given], leave_out=leave_out)
    rows = queries.leads_of_parties(actor, list(shared), most=MOST)
    leads = [
        LikeLead(
            row["id"],
            row["code"],
            row["name"],
            row["state"],
            shared.get(row["party_id"]) or shared.get(row["firm_id"]) or (),
        )
        for row in rows
    ]
    return [each for each in known if each.row is None], leads


def hold_keys(rows: Sequence[Row]) -> None:
    """Let whoever else asks about somebody with one of the same keys wait until this transaction ends.

    Two leads of one person that become customers at the same time would not see each other otherwise.
    """
    declared = entity_named("customers").duplicates
    by = declared.by if declared else ()
    ends = [end for row in rows for end in ends_of(row)]
    keys = sorted({each.number for end in ends for each in marks("parties", by, end)})
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def meant_by(actor: Actor, columns: Row) -> list[Likeness]:
    """Propose whom a lead that is about to be taken in may be: customers, contacts and open leads."""
    row = {**dict.fromkeys(_TEXTS, ""), "phones": [], "emails": [], "addresses": [], "id": 0, **columns}
    named = row["company"] or row["name"]
    by_name = kind_by_name(named, tax_code=row["tax_code"] or "")
    row["kind"] = rules.kind_of(
        row["kind"] or "", row["company"], by_name, ESTABLISHMENTS, PartyKind.ORGANISATION.value
    )
    leads = [
        Likeness(
            each.id,
            each.reasons,
            max((_strengths().get(code, 0) for code in each.reasons), default=0),
            label=each.name,
            entity="leads",
            code=each.code,
        )
        for each in open_like(actor, row, ends=())
    ]
    return sorted([*known_like(actor, row, ends=()), *leads], key=lambda each: -each.strength)[:MOST]


def _strengths() -> Mapping[str, int]:
    declared = entity_named("customers").duplicates
    return {key.code: key.strength for key in declared.by} if declared else {}


def _seen_of(actor: Actor, columns: Mapping[str, object]) -> dict[str, object]:
    """Leave out what the actor may not see of leads: she is not told who shares it."""
    leads = entity_named("leads")
    hidden = {
        column
        for name in {name for names in _KEYS.values() for name in names}
        if leads.level(actor, name) is FieldLevel.HIDDEN
        for column in leads.field(name).columns
    }
    return {name: None if name in hidden else value for name, value in columns.items()}


def may_be_joined(row: Row) -> bool:
    """Tell whether it still makes sense to ask whom a lead may be."""
    return row["state"] not in (LeadState.CONVERTED, LeadState.DISQUALIFIED)


def reasons_in_words(codes: Sequence[str]) -> list[Any]:
    """Give the words of the keys that two share."""
    declared = entity_named("customers").duplicates
    known = declared.by_code if declared else {}
    return [known[each].label for each in codes if each in known]
