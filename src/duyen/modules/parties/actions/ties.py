"""Ties between parties: contacts, representatives in law, parents of organisations, members of households.

Each step locks the record on whose page it is taken, needs the right to change it, and stands in
the history of both ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.actions import action
from duyen.entities.births import Births
from duyen.entities.errors import InvalidValues, Refused
from duyen.entities.fields import Choice, Day, Emails, Field, Flag, Link, Phones, Text, Whole
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import today
from duyen.kernel.errors import FieldProblem
from duyen.modules.parties import choices, queries, rules
from duyen.modules.parties.actions.roles import refuse_new_contact, take_up_role
from duyen.modules.parties.models import Tie
from duyen.modules.parties.words import PartyRole, TieKind


class AlreadyTied(Refused):
    """The two are tied in this way already."""

    code = "already_tied"
    sentence = _("These two are tied in this way already. End that tie first, or change it.")


class CircleOfParents(Refused):
    """The parent named belongs, perhaps over several steps, to the organisation itself."""

    code = "circle_of_parents"
    sentence = _("That organisation belongs to this one. Choose another parent, or end that tie first.")


class NoSuchTie(Refused):
    """The tie has ended, or it is none of this record's."""

    code = "no_such_tie"
    sentence = _("This tie is no longer there. Look at the record again.")


_NEW: tuple[Field, ...] = (
    Text("name", _("Name of a new person"), max_length=250),
    Phones("phones", _("Phones"), notes_column="phone_notes"),
    Emails("emails", _("E-mails"), notes_column="email_notes"),
    Choice("honorific", _("Form of address"), options=choices.HONORIFICS),
)
_KNOWN: tuple[Field, ...] = (
    Link("contact", _("Or somebody among the contacts"), to="contacts"),
    Link("customer", _("Or somebody among the customers"), to="customers"),
)
_TITLE = Text("job_title", _("Job title"), max_length=120)
#: What a dialog asks of somebody who becomes a contact by it.
_ASKED_OF_A_PERSON = ("name", "honorific", "phones", "emails")
_ROLE = Choice("role", _("Role"), options=choices.CONTACT_ROLES)
_MAIN = Flag("is_main", _("Main contact"))
_SINCE = Day("since", _("Since"))
_TIE = Whole("tie", _("Tie"), required=True, least=1, most=2**62)


def _is_establishment(row: Mapping[str, Any]) -> bool:
    return row["kind"] in rules.ESTABLISHMENTS


def _can_have_parent(row: Mapping[str, Any]) -> bool:
    return row["kind"] in rules.WITH_PARENTS


def _is_household(row: Mapping[str, Any]) -> bool:
    return row["kind"] in rules.HOUSEHOLDS


@action(
    "customers.add_contact",
    label=_("Add a contact"),
    asks=(*_NEW, _TITLE, _ROLE, _MAIN, _SINCE, *_KNOWN),
    icon="user-plus",
    fits=_is_establishment,
    makes="contacts",
)
def add_contact(
    *,
    actor: Actor,
    row: Mapping[str, Any],
    job_title: str,
    role: str,
    is_main: bool,
    since: dt.date | None,
    **person: Any,
) -> None:
    """Make somebody known, or a new person, a contact of an organisation.

    Raises InvalidValues, AlreadyTied, or NotAllowed where a new contact may not be created.
    """
    _refuse_future("since", since)
    party_id = _person(actor, row, person)
    take_up_role(PartyRole.CONTACT, party_id, actor=actor)
    if is_main:
        _demote(row["id"])
    told = {"job_title": job_title, "role": role, "is_main": is_main, "since": since or today()}
    _tie(TieKind.WORKS_AT, party_id, row["id"], told)


@action(
    "customers.add_legal_representative",
    label=_("Add a legal representative"),
    asks=(*_NEW, _TITLE, _SINCE, *_KNOWN),
    icon="stamp",
    fits=_is_establishment,
    makes="contacts",
)
def add_legal_representative(
    *, actor: Actor, row: Mapping[str, Any], job_title: str, since: dt.date | None, **person: Any
) -> None:
    """Name who represents an organisation in law; it may have several (Law on Enterprises 59/2020/QH14, 12).

    Raises InvalidValues, AlreadyTied, or NotAllowed where a new contact may not be created.
    """
    _refuse_future("since", since)
    party_id = _person(actor, row, person)
    take_up_role(PartyRole.CONTACT, party_id, actor=actor)
    _tie(TieKind.LEGAL_REPRESENTATIVE, party_id, row["id"], {"job_title": job_title, "since": since})


@action(
    "customers.add_household_member",
    label=_("Add a household member"),
    asks=(*_NEW, Text("relation", _("Relation to the head of the household"), max_length=120), *_KNOWN),
    icon="house",
    fits=_is_household,
    makes="contacts",
)
def add_household_member(*, actor: Actor, row: Mapping[str, Any], relation: str, **person: Any) -> None:
    """Make somebody known, or a new person, a member of a household.

    Raises InvalidValues, AlreadyTied, or NotAllowed where a new contact may not be created.
    """
    party_id = _person(actor, row, person)
    take_up_role(PartyRole.CONTACT, party_id, actor=actor)
    _tie(TieKind.MEMBER_OF_HOUSEHOLD, party_id, row["id"], {"note": relation, "since": today()})


@action(
    "customers.set_parent",
    label=_("Name the parent organisation"),
    asks=(
        Link("parent", _("Parent organisation"), to="customers", required=True),
        Day("since", _("Since")),
    ),
    icon="network",
    fits=_can_have_parent,
)
def set_parent(*, actor: Actor, row: Mapping[str, Any], parent: int, since: dt.date | None) -> None:
    """Say to which organisation this one belongs; the parent it had until now ends today.

    Raises InvalidValues, AlreadyTied or CircleOfParents.
    """
    _refuse_future("since", since)
    found = entity_named("customers").rows(actor).filter(pk=parent).values_list("kind", flat=True)
    kind = found.order_by("pk").first()
    if kind is None:
        raise _not_there("parent")
    if kind not in rules.WITH_PARENTS:
        raise _problem("parent", "kind", _("Only an organisation can be a parent. Choose another one."))
    queries.lock_tree()
    if queries.is_tied(row["id"], parent, TieKind.SUBSIDIARY_OF):
        raise AlreadyTied
    if row["id"] in queries.with_those_above(parent):
        raise CircleOfParents
    held = queries.parent_tie(row["id"])
    if held is not None:
        update_row(Tie, held, {"until": today()})
    if not queries.hold(parent):
        raise _not_there("parent")
    _tie(TieKind.SUBSIDIARY_OF, row["id"], parent, {"since": since})


@action(
    "customers.change_contact",
    label=_("Change role and title"),
    asks=(_TIE, _TITLE, _ROLE, _SINCE),
    part="tie",
)
def change_contact(
    *, actor: Actor, row: Mapping[str, Any], tie: int, job_title: str, role: str, since: dt.date | None
) -> None:
    """Change what a contact is at an organisation. Raises NoSuchTie or InvalidValues."""
    _refuse_future("since", since)
    held = _held(row, tie)
    if held["kind"] not in (TieKind.WORKS_AT, TieKind.LEGAL_REPRESENTATIVE):
        raise NoSuchTie
    changed: dict[str, Any] = {"job_title": job_title, "since": since or held["since"]}
    if held["kind"] == TieKind.WORKS_AT:
        changed["role"] = role
    update_row(Tie, tie, changed)


@action(
    "customers.make_main_contact", label=_("Make the main contact"), asks=(_TIE,), icon="star", part="tie"
)
def make_main_contact(*, actor: Actor, row: Mapping[str, Any], tie: int) -> None:
    """Put one contact of an organisation before the others. Raises NoSuchTie."""
    held = _held(row, tie)
    if held["kind"] != TieKind.WORKS_AT or held["to_party_id"] != row["id"]:
        raise NoSuchTie
    _demote(row["id"])
    update_row(Tie, tie, {"is_main": True})


@action(
    "customers.end_tie",
    label=_("End the tie"),
    asks=(_TIE, Day("until", _("Last day"), help=_("Left empty: today."))),
    icon="unlink",
    part="tie",
)
def end_tie(*, actor: Actor, row: Mapping[str, Any], tie: int, until: dt.date | None) -> None:
    """End a tie on a day; it stays in the record as a past one. Raises NoSuchTie or InvalidValues."""
    held = _held(row, tie)
    last = until or today()
    _refuse_future("until", last)
    if held["since"] and last < held["since"]:
        raise _problem("until", "before_since", _("The last day lies before the first one. Correct it."))
    update_row(Tie, tie, {"until": last, "is_main": False})


def _person(actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> int:
    """Find the person that a dialog names, or make the new one, and give the id.

    Raises InvalidValues or NotAllowed.
    """
    given = [name for name in ("contact", "customer", "name") if asked.get(name)]
    if len(given) != 1:
        words = _("Name a new person, or choose somebody known.")
        several = _("Name a new person or choose somebody known: one of the two.")
        raise _problem("name", "one_person", several if given else words)
    if given == ["name"]:
        return _new_person(actor, row, asked)
    entity = entity_named("contacts" if given == ["contact"] else "customers")
    party_id = int(asked[given[0]])
    found = entity.rows(actor).filter(pk=party_id).order_by("pk")
    known = found.values("id", "owner_id", "unit_id", "role_mask").first()
    if known is None:
        raise _not_there(given[0])
    if party_id == row["id"]:
        raise _problem(given[0], "itself", _("A record cannot be tied to itself. Choose another one."))
    if not queries.hold(party_id):
        raise _not_there(given[0])
    refuse_new_contact(known, actor=actor)
    return party_id


def _new_person(actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> int:
    """Make a contact who belongs to those to whom the organisation belongs, where the actor may do that."""
    values = {name: asked[name] for name in _ASKED_OF_A_PERSON if asked.get(name)}
    contacts = entity_named("contacts")
    if Births(contacts, actor).may_be_kept_by(owner=row["owner_id"], unit=row["unit_id"]):
        values |= {"owner": row["owner_id"], "unit": row["unit_id"]}
    with trail.within():
        return standard.create(contacts, actor=actor, values=values, asked=_ASKED_OF_A_PERSON).id


def _tie(kind: TieKind, party_id: int, to_party_id: int, told: Mapping[str, Any]) -> int:
    if queries.is_tied(party_id, to_party_id, kind):
        raise AlreadyTied
    (tie_id,) = next_ids(Tie, 1)
    ends = {"id": tie_id, "kind": kind.value, "party_id": party_id, "to_party_id": to_party_id}
    insert_rows(Tie, [{**ends, **told}])
    return tie_id


def employ(party_id: int, firm_id: int, *, job_title: str) -> int | None:
    """Tie a person to the firm where she works, and give the tie; none where they are tied already.

    The trail must be open, and both ends held.
    """
    if queries.is_tied(party_id, firm_id, TieKind.WORKS_AT):
        return None
    return _tie(TieKind.WORKS_AT, party_id, firm_id, {"job_title": job_title, "since": today()})


def untie(tie_id: int) -> None:
    """Take away a tie that was made by mistake. The trail must be open."""
    Tie.objects.filter(pk=tie_id).delete()


def _held(row: Mapping[str, Any], tie: int) -> dict[str, Any]:
    held = queries.present_tie(row["id"], tie)
    if held is None:
        raise NoSuchTie
    return held


def _demote(party_id: int) -> None:
    for tie in queries.main_contact_ties(party_id):
        update_row(Tie, tie, {"is_main": False})


def _refuse_future(field: str, day: dt.date | None) -> None:
    if day is not None and day > today():
        raise _problem(field, "future", _("This day lies ahead. Give today or a day before."))


def _not_there(field: str) -> InvalidValues:
    return _problem(
        field, "link", _("There is no such record, or it is not open to you. Choose another one.")
    )


def _problem(field: str, code: str, sentence: object) -> InvalidValues:
    return InvalidValues([FieldProblem(field, code, sentence)])
