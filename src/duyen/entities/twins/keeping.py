"""Keep the keys of every record: written by the same statement's transaction as the record itself.

The keys hang on the writing of rows, below all actions, so that no way to write a record goes past them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, models

from duyen.entities.companions import Companion, accompany
from duyen.entities.registry import all_entities
from duyen.entities.twins.declared import Columns, Duplicates, marks
from duyen.entities.writing import COPY_FROM

#: Under this name a caller that knows the keys of new rows gives them to `insert_rows`.
KEYS = "keys"
#: So many records get their keys at once where a base is filled up.
_CHUNK = 10_000


class _Keys(Companion):
    """Writes the keys of one table's records; ahead of a write, each row's may be given as numbers."""

    name = KEYS

    def __init__(self, family: str, declared: Duplicates) -> None:
        self._family = family
        self._declared = declared
        self.columns = tuple(declared.columns)

    def born(self, rows: Sequence[Columns]) -> None:
        _add((number, row["id"]) for row in rows for number in self._numbers(row))

    def born_with(self, worked: Mapping[int, Sequence[int]]) -> None:
        _add((number, record_id) for record_id, numbers in worked.items() for number in numbers)

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        gone: list[tuple[int, int]] = []
        new: list[tuple[int, int]] = []
        for record_id, was in before.items():
            old, now = self._numbers(was), self._numbers(after[record_id])
            gone += [(number, record_id) for number in old - now]
            new += [(number, record_id) for number in now - old]
        _remove(gone)
        _add(new)

    def _numbers(self, row: Columns) -> set[int]:
        return {each.number for each in marks(self._family, self._declared.by, row)}


def _add(pairs: Iterable[tuple[int, int]]) -> None:
    # In the order of the index: neighbours land on the same page of it.
    held = sorted(pairs)
    if not held:
        return
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if len(held) >= COPY_FROM:
            with cursor.cursor.copy("COPY entities_twinkey (key, record_id) FROM STDIN") as copy:
                copy.write("".join([f"{number}\t{record_id}\n" for number, record_id in held]))
            return
        numbers, ids = zip(*held, strict=True)
        cursor.execute(
            "INSERT INTO entities_twinkey (key, record_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])",
            [list(numbers), list(ids)],
        )


def _remove(pairs: Sequence[tuple[int, int]]) -> None:
    if not pairs:
        return
    numbers, ids = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM entities_twinkey k USING unnest(%s::bigint[], %s::bigint[]) AS g(key, record_id)"
            " WHERE k.key = g.key AND k.record_id = g.record_id",
            [list(numbers), list(ids)],
        )


def keep_keys() -> None:
    """Let the keys of all entities that declare duplicates follow their rows. Called once, at start-up."""
    for model, keys in _declaring():
        accompany(model, keys)


def _declaring() -> Iterator[tuple[type[models.Model], _Keys]]:
    """Give each table whose duplicates are proposed, once, and what writes its keys."""
    seen: set[type[models.Model]] = set()
    for entity in all_entities():
        if entity.duplicates is not None and entity.model not in seen:
            seen.add(entity.model)
            yield entity.model, _Keys(entity.family, entity.duplicates)


def fill_after_migration() -> None:
    """Give keys to the records of a base that was there before its keys were: once, when none has any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM entities_twinkey)")
        if cursor.fetchone()[0]:
            return
    for model, keys in _declaring():
        _fill(model, keys)


def _fill(model: type[models.Model], keys: _Keys) -> None:
    last = 0
    while True:
        found = model._default_manager.filter(pk__gt=last).order_by("pk").values("id", *keys.columns)[:_CHUNK]
        rows: list[dict[str, Any]] = list(found)
        if not rows:
            return
        keys.born(rows)
        last = rows[-1]["id"]
