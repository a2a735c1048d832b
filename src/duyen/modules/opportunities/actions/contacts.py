"""Who on the customer's side has a part in a deal, and how each of them stands to us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues, NotAllowed, Refused
from duyen.entities.fields import Choice, Flag, Link, Text, Whole
from duyen.entities.registry import entity_named
from duyen.entities.restricted import refuse_restricted
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.opportunities import choices, queries
from duyen.modules.opportunities.actions.deals import is_under_way, written
from duyen.modules.opportunities.models import Contact
from duyen.modules.parties.actions import become_contact
from duyen.modules.parties.queries import kind_of
from duyen.modules.parties.words import PartyKind


class NoSuchContact(Refused):
    """The contact is gone, or it is none of this deal's."""

    code = "no_such_contact"
    sentence = _("This contact is no longer on the deal. Look at the page again.")


_ROW = Whole("person", _("Contact of the deal"), required=True, least=1, most=2**62)
_ABOUT = (
    Choice("role", _("Role in the deal"), options=choices.ROLES),
    Flag("is_primary", _("Whom we speak to first")),
    Whole("influence", _("Influence"), least=1, most=5, default=3, help=_("From 1 (little) to 5 (much).")),
    Choice("attitude", _("Attitude"), options=choices.ATTITUDES, default="0"),
    Whole(
        "strength",
        _("How well we know each other"),
        least=1,
        most=5,
        default=1,
        help=_("From 1 (hardly) to 5 (well)."),
    ),
    Text("note", _("Note"), max_length=300),
)


@action(
    "opportunities.add_deal_contact",
    label=_("Add a contact to the deal"),
    asks=(
        Link(
            "contact",
            _("Contact"),
            to="contacts",
            help=_("Left empty, the customer, where that is a person."),
        ),
        *_ABOUT,
    ),
    icon="user-plus",
    fits=is_under_way,
)
def add_deal_contact(
    *, actor: Actor, row: Mapping[str, Any], contact: int | None, **about: Any
) -> Mapping[str, Any]:
    """Give somebody a part in a deal; nobody named is the customer, who becomes a contact with it.

    Raises InvalidValues, also where the actor may not create a contact there, or Restricted by her own wish.
    """
    is_customer = contact is None
    contact = row["party_id"] if contact is None else contact
    if is_customer:
        _refuse_other_customers(actor, contact)
    elif not entity_named("contacts").rows(actor).filter(pk=contact).exists():
        raise _not_there()
    refuse_restricted(entity_named("customers" if is_customer else "contacts"), [contact], actor=actor)
    if queries.names_contact(row["id"], contact):
        told = gettext("This contact stands on the deal already. Change what stands there.")
        raise InvalidValues([FieldProblem("contact", "taken", told)])
    if is_customer:
        _let_stand_for_herself(actor, contact)
    columns = _columns(about)
    if columns["is_primary"]:
        _no_primary(row)
    (row_id,) = next_ids(Contact, 1)
    made = {"id": row_id, "opportunity_id": row["id"], "party_id": row["party_id"], "contact_id": contact}
    insert_rows(Contact, [{**made, **columns}])
    return written(actor, row, queries.roles_of(row["id"]))


def _refuse_other_customers(actor: Actor, party_id: int) -> None:
    """Let nobody but a person whom the actor may see stand for herself. Raises InvalidValues."""
    if not entity_named("customers").rows(actor).filter(pk=party_id).exists():
        raise _not_there()
    if kind_of(party_id) != PartyKind.INDIVIDUAL:
        told = gettext("The customer is no person. Choose whom you deal with there.")
        raise InvalidValues([FieldProblem("contact", "required", told)])


def _let_stand_for_herself(actor: Actor, party_id: int) -> None:
    try:
        become_contact(party_id, actor=actor)
    except NotAllowed as error:
        raise InvalidValues([FieldProblem("contact", "not_allowed", str(error))]) from error


def _not_there() -> InvalidValues:
    told = gettext("There is no such record, or it is not open to you. Choose another one.")
    return InvalidValues([FieldProblem("contact", "link", told)])


@action(
    "opportunities.change_deal_contact",
    label=_("Change a contact of the deal"),
    asks=(_ROW, *_ABOUT),
    icon="pencil",
    part="person",
    fits=is_under_way,
)
def change_deal_contact(
    *, actor: Actor, row: Mapping[str, Any], person: int, **about: Any
) -> Mapping[str, Any]:
    """Say anew what part somebody has in a deal. Raises NoSuchContact."""
    if queries.contact_of(row["id"], person) is None:
        raise NoSuchContact
    columns = _columns(about)
    if columns["is_primary"]:
        _no_primary(row, but=person)
    update_row(Contact, person, columns)
    return written(actor, row, queries.roles_of(row["id"]))


@action(
    "opportunities.remove_deal_contact",
    label=_("Take the contact off the deal"),
    asks=(_ROW,),
    icon="x",
    part="person",
    fits=is_under_way,
)
def remove_deal_contact(*, actor: Actor, row: Mapping[str, Any], person: int) -> Mapping[str, Any]:
    """Take somebody off a deal. Raises NoSuchContact."""
    if queries.contact_of(row["id"], person) is None:
        raise NoSuchContact
    Contact.objects.filter(pk=person, opportunity_id=row["id"]).delete()
    return written(actor, row, queries.roles_of(row["id"]))


def _columns(about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "role": about["role"],
        "is_primary": bool(about["is_primary"]),
        "influence": about["influence"] or 3,
        "attitude": int(about["attitude"] or 0),
        "strength": about["strength"] or 1,
        "note": about["note"],
    }


def _no_primary(row: Mapping[str, Any], *, but: int = 0) -> None:
    """Leave the place of whom we speak to first to another one."""
    for each in queries.contacts_of(row["id"]):
        if each["is_primary"] and each["id"] != but:
            update_row(Contact, each["id"], {"is_primary": False})
