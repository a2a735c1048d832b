"""What the page of a party says about an address that nobody could bring to one ward for certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.fields.places import candidates_of, show_address
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, FieldLevel
from duyen.kernel.places import REASONS, AddressStatus, Ward

FIELD = "addresses"
OPEN = (AddressStatus.NEEDS_REVIEW.value, AddressStatus.UNKNOWN.value)


@dataclass(frozen=True)
class ToCheck:
    """One address that waits for somebody: its place among the others, the reason, and what it may be."""

    number: int
    text: str
    reason: str
    wards: tuple[Ward, ...]


def has_to_check(row: Mapping[str, Any]) -> bool:
    """Tell whether an address of a party waits for somebody."""
    return row["address_status"] in OPEN


def addresses_panel(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """List what waits, and for whoever may change it the wards to choose from; nothing where it is hidden."""
    entity = entity_named(_seen_as(row))
    if entity.level(actor, FIELD) is FieldLevel.HIDDEN:
        return {}
    field = entity.field(FIELD)
    is_open = entity.rows(actor, CHANGE).filter(pk=row["id"]).exists()
    may_change = is_open and entity.level(actor, FIELD) is None
    found = []
    for number, address in enumerate(field.load(row)):
        if address.get("status") in OPEN:
            read, wards = candidates_of(address)
            reason = _(str(REASONS[read.reason])) if read.reason in REASONS else ""
            found.append(ToCheck(number, show_address(address), reason, wards if may_change else ()))
    at = f"/{entity.name}/{row['id']}"
    edit_url = f"{at}/edit#f-{FIELD}" if may_change else ""
    return {"addresses": found, "action": f"{at}/choose_ward", "edit_url": edit_url}


def _seen_as(row: Mapping[str, Any]) -> str:
    """Name the kind of record as which a party stands on the page: a customer's row tells its kind."""
    return "customers" if "kind" in row else "contacts"
