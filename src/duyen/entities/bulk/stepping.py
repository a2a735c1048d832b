"""Take a step of an entity's own with a set of records: each is judged alone, all are written together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from duyen.entities.actions import Action
from duyen.entities.approvals.gate import needed_by
from duyen.entities.bulk.changing import refused
from duyen.entities.bulk.outcomes import DatabaseRefused, Outcome, SetDone, in_order, name_of
from duyen.entities.bulk.rules import Fate
from duyen.entities.bulk.sets import Row, halved, lock_set
from duyen.entities.entity import Entity
from duyen.entities.performing import NotNow, read_arguments, reasons_now, step_called
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail


def for_sets(entity: Entity, actor: Actor) -> list[Action]:
    """List the entity's own steps that take a whole set, as far as the actor may take them at all."""
    return [each for each in entity.actions if each.takes_sets and actor.may(entity.name, each.needs)]


def perform_many(
    entity: Entity,
    verb: str,
    ids: Sequence[int],
    *,
    actor: Actor,
    arguments: Mapping[str, object],
    operation_id: int | None = None,
) -> SetDone:
    """Take the step `verb` with many records; where its guard stands against one, that one stays.

    Raises NotFound when there is no such step for sets, and InvalidValues.
    """
    step = step_called(entity, verb, for_sets=True)
    values = read_arguments(step, arguments)
    with transaction.atomic():
        in_bin = None if step.in_bin else False
        locked = lock_set(entity, ids, actor=actor, verb=step.needs, deleted=in_bin)
        note = str(values.get("note") or "")[:500]
        operation = trail.begin(actor, f"{entity.name}.{verb}", note=note, operation_id=operation_id)
        reasons = reasons_now(entity, step, locked.rows, actor=actor, asked=values)
        able = [row for row in locked.rows if not reasons[row["id"]]]
        needs = needed_by(entity, verb, able, values, actor=actor)
        ready = [row for row in able if row["id"] not in needs]
        outcomes = [*locked.refused]
        outcomes += [
            refused(entity, actor, row, needs[row["id"]].error()) for row in able if row["id"] in needs
        ]
        outcomes += [
            refused(entity, actor, row, NotNow(reasons[row["id"]]))
            for row in locked.rows
            if reasons[row["id"]]
        ]

        def write(part: Sequence[Row]) -> None:
            step.run_set(actor=actor, rows=part, **values)

        failed = {row["id"] for row in (halved(ready, write) if ready else ())}
        outcomes += [_taken(entity, actor, row, is_taken=row["id"] not in failed) for row in ready]
    return SetDone(operation, in_order(ids, outcomes))


def _taken(entity: Entity, actor: Actor, row: Row, *, is_taken: bool) -> Outcome:
    if not is_taken:
        return refused(entity, actor, row, DatabaseRefused())
    return Outcome(row["id"], Fate.CHANGED, name_of(entity, actor, row), int(row["version"]) + 1)
