"""Close units, and use them again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import NotFound, Refused
from duyen.entities.fields import Link
from duyen.entities.handing_over import Holding, give_unit, held_by_unit
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.administrators import take_turn
from duyen.foundation.org.models import Position, Unit
from duyen.kernel.clock import now, today
from duyen.modules.administration import queries

Row = Mapping[str, Any]


class StillHolds(Refused):
    """People work in the unit or records stand in it, and no unit was named to take them."""

    code = "still_holds"
    sentence = _("%(name)s still holds %(held)s. Say to which unit they move.")


class UnitsBelow(Refused):
    """Units in use stand below this one."""

    code = "units_below"
    sentence = _("%(count)s units in use stand below this one. Close or move them first.")


class HeadOfficeStays(Refused):
    """The head office would be closed."""

    code = "head_office_stays"
    sentence = _("The head office stays open: every other unit belongs to it.")


@action(
    "units.close",
    label=_("Close the unit"),
    asks=[Link("move_to", _("Move people and records to"), to="units")],
    icon="archive",
    tone="danger",
    why_not=lambda row: None if row["is_active"] else _("this unit is closed."),
    about="is_active",
)
def close_unit(*, actor: Actor, row: Row, move_to: int | None = None) -> Row:
    """Close a unit; what it holds moves to another one.

    Raises StillHolds, UnitsBelow, HeadOfficeStays.
    """
    unit_id = int(row["id"])
    take_turn()
    if row["parent_id"] is None:
        raise HeadOfficeStays
    below = queries.open_units_below(unit_id)
    if below:
        raise UnitsBelow(count=below)
    people, held = queries.people_of_unit(unit_id), held_by_unit(unit_id)
    if (people or held) and move_to in (None, unit_id):
        told = queries.listed([*held, *([Holding(_("Positions"), people)] if people else [])])
        raise StillHolds(name=row["name"], held=told)
    if move_to is not None:
        _move(unit_id, move_to, actor)
    trail.begin(actor, "units.close")
    version = write_changes(entity_named("units"), actor, row, {"is_active": False})
    return {**row, "is_active": False, "version": version}


def _move(unit_id: int, move_to: int, actor: Actor) -> None:
    if not Unit.objects.filter(pk=move_to, is_active=True).exists():
        raise NotFound
    give_unit(unit_id, move_to, actor=actor)
    trail.begin(actor, "units.close")
    moment, day = now(), today()
    held = Position.objects.filter(Q(until=None) | Q(until__gte=day), unit_id=unit_id).order_by("pk")
    for position in held.select_for_update(no_key=True):
        if queries.held_position(position.user_id, move_to, position.role_id).exists():
            position.delete()
            continue
        position.unit_id, position.version = move_to, position.version + 1
        position.updated_at, position.updated_by_id = moment, actor.user_id
        position.save(update_fields=["unit", "version", "updated_at", "updated_by"])


@action(
    "units.reopen",
    label=_("Use the unit again"),
    icon="archive-restore",
    why_not=lambda row: _("this unit is in use.") if row["is_active"] else None,
    about="is_active",
)
def reopen_unit(*, actor: Actor, row: Row) -> Row:
    """Use a closed unit again."""
    version = write_changes(entity_named("units"), actor, row, {"is_active": True})
    return {**row, "is_active": True, "version": version}
