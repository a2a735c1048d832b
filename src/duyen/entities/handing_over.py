"""Give everything that one person owns, or that stands in one unit, to another: set by set, in the trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.entities.registry import all_entities
from duyen.entities.writing import update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import HAND_OVER
from duyen.foundation.audit import trail
from duyen.kernel.clock import now

#: So many rows are locked and written by one statement.
CHUNK = 2_000
_EVERY_ROW = Q(pk__isnull=False)


@dataclass(frozen=True)
class Holding:
    """How many records of one entity a person owns, or a unit holds."""

    label: Label
    count: int


def owned_by(user_id: int) -> list[Holding]:
    """Count what a person owns, the bin included, by entity; entities with nothing are left out."""
    return _counted("owner", user_id)


def held_by_unit(unit_id: int) -> list[Holding]:
    """Count what stands in a unit, the bin included, by entity."""
    return _counted("unit", unit_id)


def give_owned(user_id: int, to: int, *, actor: Actor) -> int:
    """Give all records of one person to another; returns how many.

    Must run inside the transaction of the step that causes it, whose right the caller has checked:
    whoever may lock a person need not be able to see that person's customers.
    """
    return _give("owner", user_id, to, actor)


def give_unit(unit_id: int, to: int, *, actor: Actor) -> int:
    """Move all records of one unit to another; returns how many. As `give_owned`."""
    return _give("unit", unit_id, to, actor)


def _counted(place: str, held_by: int) -> list[Holding]:
    found = [
        Holding(entity.labels, rows.count())
        for entity, _column, rows in _held(place, held_by)
        if entity is not None
    ]
    return [each for each in found if each.count]


def _held(place: str, held_by: int) -> Iterator[tuple[Entity | None, str, QuerySet[Any]]]:
    """Give the rows held, entity by entity, and last what no entity of a shared table takes."""
    tables: dict[type[models.Model], tuple[str, Q]] = {}
    for entity in all_entities():
        column = entity.scope.owner if place == "owner" else entity.scope.unit
        if not column:
            continue
        held = entity.model._default_manager.filter(**{column: held_by})
        _column, before = tables.get(entity.model, (column, Q(pk__in=[])))
        yield entity, column, held.filter(entity.kind.q).exclude(before)
        tables[entity.model] = (column, before | (entity.kind.q or _EVERY_ROW))
    for model, (column, taken) in tables.items():
        yield None, column, model._default_manager.filter(**{column: held_by}).exclude(taken)


def _give(place: str, held_by: int, to: int, actor: Actor) -> int:
    given = 0
    for entity, column, rows in _held(place, held_by):
        name = entity.name if entity is not None else rows.model._meta.db_table
        trail.begin(actor, f"{name}.{HAND_OVER}")
        while ids := list(
            rows.order_by("pk")
            .select_for_update(of=("self",), no_key=True)
            .values_list("pk", flat=True)[:CHUNK]
        ):
            stamps = {"updated_at": now(), "updated_by_id": actor.user_id}
            update_rows(rows.model, {each: {column: to} for each in ids}, alike=stamps)
            given += len(ids)
    return given
