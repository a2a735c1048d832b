"""What a party is to us: roles taken up at birth and later, by one row each and a bit on the party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.codes import take_codes
from duyen.entities.errors import NotAllowed, Refused
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.kernel.clock import now, today
from duyen.modules.parties import queries
from duyen.modules.parties.models import Party, PartyInRole
from duyen.modules.parties.words import PartyRole, RelationshipState


def open_role(role: PartyRole, rows: Sequence[Mapping[str, Any]]) -> None:
    """Open a role for parties whose mask says it already."""
    name, since = role.name, today()
    ids = next_ids(PartyInRole, len(rows))
    insert_rows(
        PartyInRole,
        [
            {"id": row_id, "party_id": row["id"], "role": name, "since": row.get("known_since") or since}
            for row_id, row in zip(ids, rows, strict=True)
        ],
    )


def born_customers(_actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make new parties customers."""
    open_role(PartyRole.CUSTOMER, rows)


def born_contacts(_actor: Actor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make new parties contacts."""
    open_role(PartyRole.CONTACT, rows)


def take_up_role(role: PartyRole, party_id: int, *, actor: Actor) -> int:
    """Let a party that we know play one more role, and give its version; one that plays it stays as it is."""
    held = queries.lock_party(party_id)
    if held["role_mask"] & role:
        return int(held["version"])
    moment = now()
    columns = {
        "role_mask": held["role_mask"] | int(role),
        "version": held["version"] + 1,
        "updated_at": moment,
        "updated_by_id": actor.user_id,
    }
    if role is PartyRole.CUSTOMER and not held["relationship_state"]:
        columns |= {"relationship_state": RelationshipState.ATTRACTING.value, "relationship_since": moment}
    if not held["verified"]:
        columns |= _verified(role, held)
    update_row(Party, party_id, columns)
    open_role(role, [{"id": party_id}])
    return int(held["version"]) + 1


def become_contact(party_id: int, *, actor: Actor) -> int:
    """Let somebody known be a contact too, where the actor may create one there; give the version.

    Raises NotAllowed.
    """
    held = queries.lock_party(party_id)
    refuse_new_contact(held, actor=actor)
    return take_up_role(PartyRole.CONTACT, party_id, actor=actor)


def refuse_new_contact(held: Mapping[str, Any], *, actor: Actor) -> None:
    """Let only those make somebody known a contact who may create a contact there. Raises NotAllowed."""
    facts = actor.scope("contacts", CREATE)
    if not held["role_mask"] & PartyRole.CONTACT and not facts.covers(
        record_id=held["id"], owner_id=held["owner_id"], unit_id=held["unit_id"]
    ):
        raise NotAllowed(why=_("creating contacts for this owner and unit is not among your rights."))


def _verified(role: PartyRole, held: Mapping[str, Any]) -> dict[str, Any]:
    """Let a party that was only a lead stand among the others: with a number like theirs, a lead no more."""
    PartyInRole.objects.filter(party_id=held["id"], role=PartyRole.LEAD.name, until=None).update(
        until=today()
    )
    kind = "customers" if role is PartyRole.CUSTOMER else "contacts"
    (numbered,) = take_codes(entity_named(kind), [held["unit_id"]])
    mask = (held["role_mask"] | int(role)) & ~int(PartyRole.LEAD)
    return {**numbered, "verified": True, "role_mask": mask}


def lay_down_role(role: PartyRole, party_id: int, *, actor: Actor) -> int:
    """Take a role from a party that took it up by mistake, and give its version.

    One that plays no other part is a lead again that nobody meets.
    """
    held = queries.lock_party(party_id)
    mask = held["role_mask"] & ~int(role)
    columns = {
        "version": held["version"] + 1,
        "updated_at": now(),
        "updated_by_id": actor.user_id,
        "role_mask": mask or int(PartyRole.LEAD),
        "verified": bool(mask),
    }
    if role is PartyRole.CUSTOMER:
        columns |= {"relationship_state": "", "relationship_since": None}
    PartyInRole.objects.filter(party_id=party_id, role=role.name, until=None).delete()
    update_row(Party, party_id, columns)
    if not mask:
        open_role(PartyRole.LEAD, [{"id": party_id}])
    return int(held["version"]) + 1


class AlreadyCustomer(Refused):
    """The contact is a customer already."""

    code = "already_customer"
    sentence = _("This contact is a customer already. Look among the customers.")


@action("contacts.become_customer", label=_("Make a customer"), icon="building-2")
def become_customer(*, actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let a contact be a customer too; nothing is copied.

    Raises AlreadyCustomer, or NotAllowed where the actor may not create a customer for this owner and unit.
    """
    facts = actor.scope("customers", CREATE)
    if not facts.covers(record_id=row["id"], owner_id=row["owner_id"], unit_id=row["unit_id"]):
        raise NotAllowed(why=_("creating customers for this owner and unit is not among your rights."))
    version = take_up_role(PartyRole.CUSTOMER, row["id"], actor=actor)
    if version == row["version"]:
        raise AlreadyCustomer
    return {**row, "version": version}
