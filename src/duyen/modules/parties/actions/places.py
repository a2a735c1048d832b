"""Say to which ward of today an address belongs that came to several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action, action
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.fields import WardField, Whole
from duyen.entities.fields.places import candidates_of, read_item
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem

_ASKS = (
    Whole("address", _("Address"), most=19, help=_("Its place among the addresses, the first one is 0.")),
    WardField("ward", _("Ward, commune"), editable=True, required=True),
)
_NO_ADDRESS = _("There is no such address any more. Look at the record again.")
_NO_CANDIDATE = _(
    "This ward does not come into question. Choose one of those that are offered, or edit the address."
)


def _step(name: str) -> Action:
    return action(
        f"{name}.choose_ward", label=_("Choose the ward"), asks=_ASKS, icon="map-pin", part="address"
    )(_chooser(name))


def _chooser(name: str) -> Callable[..., Any]:
    def choose(*, actor: Actor, row: Mapping[str, Any], address: int, ward: str) -> Mapping[str, Any]:
        """Give one address the ward that somebody chose among its candidates; what was entered stays.

        Raises NotAllowed or InvalidValues.
        """
        entity = entity_named(name)
        if entity.level(actor, "addresses") is not None:
            raise NotAllowed(why=_("changing the addresses is not among your rights."))
        field = entity.field("addresses")
        held = list(field.load(row))
        if not 0 <= (address or 0) < len(held):
            raise InvalidValues([FieldProblem("address", "no_address", _NO_ADDRESS)])
        asked = held[address or 0]
        if ward not in [each.code for each in candidates_of(asked)[1]]:
            raise InvalidValues([FieldProblem("ward", "no_candidate", _NO_CANDIDATE)])
        kept = {part: value for part, value in asked.items() if part not in ("province_code", "status")}
        held[address or 0] = read_item({**kept, "ward_code": ward})
        version = write_changes(entity, actor, row, field.store(tuple(held)))
        return {**row, "version": version}

    return choose


choose_ward_of_customer = _step("customers")
choose_ward_of_contact = _step("contacts")
