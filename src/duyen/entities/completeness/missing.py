"""What one record has, what it lacks, and how much each of it would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duyen.entities.completeness.declaring import COLUMN, Completeness
from duyen.entities.completeness.rules import Weights, rounded
from duyen.entities.completeness.weights import is_settled, weights_and_state
from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Label
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel


@dataclass(frozen=True)
class Lacking:
    """One thing that is missing: what it is, its fields, and by how many points it would lift the score."""

    label: Label
    fields: tuple[str, ...]
    points: int


@dataclass(frozen=True)
class Told:
    """The score of a record as it is kept, and what it lacks, what brings most first.

    `is_settled` is false while scores are being worked out again; the kept one may then be an old one.
    """

    value: int | None
    lacking: tuple[Lacking, ...]
    is_settled: bool


def told_of(entity: Entity, row: Mapping[str, Any], *, actor: Actor) -> Told | None:
    """Tell how complete a record is; nothing where there is no score or the actor may not see it."""
    scored = entity.completeness
    if scored is None or entity.level(actor, COLUMN) is FieldLevel.HIDDEN:
        return None
    weights, settled = weights_and_state(scored)
    return Told(row[COLUMN], _lacking(scored, row, weights, entity.by_name), settled)


def lacking_of(
    entity: Entity, rows: Sequence[Mapping[str, Any]], *, actor: Actor
) -> list[tuple[Lacking, ...]]:
    """Tell of several records what each lacks, by one look at the weights; nothing where that is hidden."""
    scored = entity.completeness
    if scored is None or entity.level(actor, COLUMN) is FieldLevel.HIDDEN:
        return [() for _row in rows]
    weights, _settled = weights_and_state(scored)
    return [_lacking(scored, row, weights, entity.by_name) for row in rows]


def is_recounted(entity: Entity) -> bool:
    """Tell whether the scores of an entity are being worked out again."""
    return entity.completeness is not None and not is_settled(entity.completeness)


def _lacking(
    scored: Completeness, row: Mapping[str, Any], by_kind: Weights, fields: Mapping[str, Field]
) -> tuple[Lacking, ...]:
    weights = by_kind.get(row[scored.split])
    if weights is None:
        return ()
    applies = sum(weights)
    has = [any(row[column] for column in columns) for columns in scored.inputs]
    got = sum(weight for weight, filled in zip(weights, has, strict=True) if filled)
    now = rounded(got, applies) or 0
    found = [
        Lacking(
            scored.label_of(item, fields),
            tuple(item.fields),
            (rounded(got + weight, applies) or 0) - now,
        )
        for item, weight, filled in zip(scored.items, weights, has, strict=True)
        if weight and not filled
    ]
    return tuple(sorted(found, key=lambda each: -each.points))
