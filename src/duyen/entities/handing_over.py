"""Give everything that one person owns, or that stands in one unit, to another: set by set, in the trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def give_some_of_unit(
    unit_id: int, to: int, *, actor: Actor, operations: Mapping[str, int], most: int = CHUNK
) -> int:
    """Move up to `most` records of one unit to another; returns how many, 0 when nothing is left.

    As `give_unit`, for work in chunks that each end in a transaction: `operations` names by entity the
    operation that all its chunks belong to, so that each can be told and taken back as one.
    """
    for entity, column, rows in _held("unit", unit_id):
        name = _name_of(entity, rows)
        trail.begin(actor, f"{name}.{HAND_OVER}", operation_id=operations.get(name))
        given = _give_chunk(rows, column, to, actor, most)
        if given:
            return given
    return 0


def handed_over_by_unit() -> list[str]:
    """Name what can stand in a unit, as `operations` of `give_some_of_unit` does."""
    return [_name_of(entity, rows) for entity, _column, rows in _held("unit", 0)]


def _name_of(entity: Entity | None, rows: QuerySet[Any]) -> str:
    return entity.name if entity is not None else rows.model._meta.db_table


def _give(place: str, held_by: int, to: int, actor: Actor) -> int:
    given = 0
    for entity, column, rows in _held(place, held_by):
        trail.begin(actor, f"{_name_of(entity, rows)}.{HAND_OVER}")
        while count := _give_chunk(rows, column, to, actor, CHUNK):
            given += count
    return given


def _give_chunk(rows: QuerySet[Any], column: str, to: int, actor: Actor, most: int) -> int:
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    ids = list(locked.values_list("pk", flat=True)[:most])
    if ids:
        stamps = {"updated_at": now(), "updated_by_id": actor.user_id}
        update_rows(rows.model, {each: {column: to} for each in ids}, alike=stamps)
    return len(ids)
