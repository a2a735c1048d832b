"""Lock a set of records and write it by one statement for each kind of change, halved where it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DatabaseError, OperationalError, transaction

from duyen.entities.bulk.outcomes import DatabaseRefused, Outcome, name_of
from duyen.entities.bulk.rules import Fate
from duyen.entities.completeness.scoring import score_changed
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound
from duyen.entities.locking import lock_many, not_allowed
from duyen.entities.restricted import restricted
from duyen.entities.writing import update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

Row = Mapping[str, Any]
Columns = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class LockedSet:
    """The records that are locked for a write, and those that cannot be, each with the reason."""

    rows: Sequence[Row]
    refused: tuple[Outcome, ...]


def lock_set(
    entity: Entity, ids: Sequence[int], *, actor: Actor, verb: str, deleted: bool | None = False
) -> LockedSet:
    """Lock those of `ids` that are open to `verb`, in the order of their ids."""
    rows = lock_many(entity, sorted(set(ids)), actor=actor, verb=verb, deleted=deleted)
    missing = set(ids) - {row["id"] for row in rows}
    if not missing:
        return LockedSet(rows, ())
    title = entity.field(entity.title).columns[0]
    seen = {
        row["id"]: row
        for row in entity.rows(actor, READ, deleted=deleted).filter(pk__in=missing).values("id", title)
    }
    why = {each: told.error() for each, told in restricted(entity, list(seen), actor=actor).items()}
    closed = (
        _closed(entity, actor, each, seen, why.get(each) or not_allowed(verb)) for each in sorted(missing)
    )
    return LockedSet(rows, tuple(closed))


def _closed(
    entity: Entity, actor: Actor, record_id: int, seen: Mapping[int, Row], error: DomainError
) -> Outcome:
    if record_id not in seen:
        return Outcome(record_id, Fate.REFUSED, f"#{record_id}", error=NotFound())
    return Outcome(record_id, Fate.REFUSED, name_of(entity, actor, seen[record_id]), error=error)


def write_set(
    entity: Entity, actor: Actor, changes: Sequence[tuple[Row, Columns]], *, alike: Columns | None = None
) -> list[Outcome]:
    """Write columns of locked rows with their stamps; a row that the database refuses stops no other.

    Rows that change the same columns are one statement. The trail must be open.
    """
    stamps = {**(alike or {}), "updated_at": now(), "updated_by_id": actor.user_id}
    kinds: dict[tuple[str, ...], list[tuple[Row, Columns]]] = {}
    scored = score_changed(entity.completeness, changes)
    for (row, _columns), columns in zip(changes, scored, strict=True):
        kinds.setdefault(tuple(sorted(columns)), []).append((row, columns))

    def write(part: Sequence[tuple[Row, Columns]]) -> None:
        update_rows(entity.model, {row["id"]: columns for row, columns in part}, alike=stamps)

    refused: dict[int, DomainError] = {}
    for part in kinds.values():
        why: list[DomainError] = []
        alone = halved(part, write, why)
        refused |= {row["id"]: error for (row, _columns), error in zip(alone, why, strict=True)}
    return [_written(entity, actor, row, refused) for row, _columns in changes]


def _written(entity: Entity, actor: Actor, row: Row, refused: Mapping[int, DomainError]) -> Outcome:
    name = name_of(entity, actor, row)
    if row["id"] in refused:
        return Outcome(row["id"], Fate.REFUSED, name, error=refused[row["id"]])
    return Outcome(row["id"], Fate.CHANGED, name, version=int(row["version"]) + 1)


def halved(
    part: Sequence[T], write: Callable[[Sequence[T]], None], why: list[DomainError] | None = None
) -> list[T]:
    """Write a part as a whole, or its halves where the database refuses; gives what is refused alone.

    With `why`, which takes the reason of each, those who follow the rows may refuse some too.
    """
    try:
        with transaction.atomic():
            write(part)
    except OperationalError:
        raise  # the server is gone, or two waited for each other: no fault of a row
    except (DatabaseError, InvalidValues) as error:
        if why is None and isinstance(error, InvalidValues):
            raise
        if len(part) == 1:
            if why is not None:
                why.append(error if isinstance(error, InvalidValues) else DatabaseRefused())
            return list(part)
        middle = len(part) // 2
        return [*halved(part[:middle], write, why), *halved(part[middle:], write, why)]
    return []
