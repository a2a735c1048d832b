"""Move a set of records: into the bin, out of it, to another owner or unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from duyen.entities.approvals.gate import needed_by
from duyen.entities.bulk.changing import refused, stale_outcomes, stale_rows, unchanged
from duyen.entities.bulk.outcomes import SetDone, in_order
from duyen.entities.bulk.sets import lock_set, write_set
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues
from duyen.entities.merging.standing import Merged, merged_among
from duyen.entities.standard import FROM_BIN, Barred, Kept, into_bin, stored
from duyen.entities.values import Values, broken_links
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import DELETE, HAND_OVER
from duyen.foundation.audit import trail


def delete_many(
    entity: Entity, ids: Sequence[int], *, actor: Actor, reason: str = "", operation_id: int | None = None
) -> SetDone:
    """Put many records into the bin; those that cannot go are refused with their reason."""
    with transaction.atomic():
        locked = lock_set(entity, ids, actor=actor, verb=DELETE)
        operation = trail.begin(actor, f"{entity.name}.{DELETE}", note=reason, operation_id=operation_id)
        kept = {row["id"]: why for row in locked.rows if entity.keeps and (why := entity.keeps(row))}
        rest = [row for row in locked.rows if row["id"] not in kept]
        needs = needed_by(entity, DELETE, rest, {}, actor=actor)
        going: list[tuple[Mapping[str, Any], Values]] = [(row, {}) for row in rest if row["id"] not in needs]
        written = write_set(entity, actor, going, alike=into_bin(actor, reason))
        staying = [
            refused(entity, actor, row, Kept(why=kept[row["id"]])) for row in locked.rows if row["id"] in kept
        ]
        staying += [
            refused(entity, actor, row, needs[row["id"]].error()) for row in rest if row["id"] in needs
        ]
    return SetDone(operation, in_order(ids, [*locked.refused, *staying, *written]))


def restore_many(
    entity: Entity, ids: Sequence[int], *, actor: Actor, operation_id: int | None = None
) -> SetDone:
    """Take many records out of the bin; one that went into another record is refused."""
    with transaction.atomic():
        locked = lock_set(entity, ids, actor=actor, verb=DELETE, deleted=True)
        merged = merged_among(entity.family, [row["id"] for row in locked.rows])
        operation = trail.begin(actor, f"{entity.name}.restore", operation_id=operation_id)
        here = [row for row in locked.rows if row["id"] not in merged]
        barred = {row["id"]: why for row in here if entity.bars and (why := entity.bars(row))}
        coming = [row for row in here if row["id"] not in barred]
        written = write_set(entity, actor, [(row, {}) for row in coming], alike=FROM_BIN)
        staying = [refused(entity, actor, row, Merged()) for row in locked.rows if row["id"] in merged]
        staying += [
            refused(entity, actor, row, Barred(why=barred[row["id"]])) for row in here if row["id"] in barred
        ]
    return SetDone(operation, in_order(ids, [*locked.refused, *staying, *written]))


def hand_over_many(
    entity: Entity,
    ids: Sequence[int],
    *,
    actor: Actor,
    owner: int,
    unit: int | None = None,
    seen: Mapping[int, int] | None = None,
    operation_id: int | None = None,
) -> SetDone:
    """Give many records to another owner, and to another unit where one is named.

    Raises InvalidValues when they cannot be given to that person or unit at all.
    """
    new: Values = {"owner": owner} | ({"unit": unit} if unit else {})
    with transaction.atomic():
        problems = broken_links(entity, actor, [new]).get(0)
        if problems:
            raise InvalidValues(problems)
        locked = lock_set(entity, ids, actor=actor, verb=HAND_OVER)
        operation = trail.begin(actor, f"{entity.name}.{HAND_OVER}", operation_id=operation_id)
        stale = stale_rows(entity, locked.rows, seen or {}, new)
        columns = stored(entity, new)
        fresh = [row for row in locked.rows if row["id"] not in stale]
        moving = [row for row in fresh if any(row[name] != value for name, value in columns.items())]
        written = write_set(entity, actor, [(row, columns) for row in moving])
        outcomes = [*locked.refused, *stale_outcomes(entity, actor, locked.rows, stale), *written]
        staying = {row["id"] for row in fresh} - {row["id"] for row in moving}
        outcomes += [unchanged(entity, actor, row) for row in fresh if row["id"] in staying]
    return SetDone(operation, in_order(ids, outcomes))
