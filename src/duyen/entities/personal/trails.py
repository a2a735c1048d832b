"""Find the entries of the trail that hold what an erasure takes away."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from duyen.entities.personal.finding import Found, by_table
from duyen.entities.personal.holding import Table, tables
from duyen.entities.personal.ties import places_of
from duyen.foundation.audit.models import History

_TRACED = """
SELECT c.relname, string_to_array(encode(t.tgargs, 'escape'), '\\000') AS told
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.proname = 'duyen_trace' AND t.tgname LIKE '%%\\_update' ORDER BY c.relname, t.tgname
"""


@dataclass(frozen=True)
class Traced:
    """How the trail knows the rows of a table: by which name, under which kind of record, by which column."""

    table: str
    name: str
    root: str
    column: str


def traced() -> list[Traced]:
    """List under which names the trail keeps which tables, as the database's own triggers say it."""
    with connection.cursor() as cursor:
        cursor.execute(_TRACED)
        return [Traced(table, told[0], told[1], told[2]) for table, told in cursor.fetchall()]


def entries_of(
    founds: Sequence[Found], mentioned: Sequence[re.Pattern[str] | None] | None = None
) -> list[list[int]]:
    """Give of each person the entries that hold values of her: of her own rows, and where others' name her.

    By `mentioned` she is found in the words of others; without it nobody looks there.
    """
    known = traced()
    safe = _safe(known)
    found: list[list[int]] = [[] for _each in founds]
    for rows in by_table(founds).values():
        table = next(each.table for each in rows if each)
        alone = places_of([each.alone if each else () for each in rows])
        shared = places_of([each.shared if each else () for each in rows]) if mentioned else {}
        for way in (each for each in known if each.table == table.name):
            if way.column:
                _of_parts(way, table, alone, safe.get(way.name, ()), found)
            else:
                _of_own(way, alone, safe, found)
                _where_named(way, shared, mentioned or (), found)
    return found


def _of_own(
    way: Traced,
    alone: Mapping[int, Sequence[int]],
    safe: Mapping[str, Collection[str]],
    found: Sequence[list[int]],
) -> None:
    """Add the entries on the pages of rows that are somebody's alone."""
    for entry in _under(way.root, alone):
        if _tells(entry, safe.get(entry["entity"], ())):
            for place in alone[entry["root_id"]]:
                found[place].append(entry["id"])


def _where_named(
    way: Traced,
    shared: Mapping[int, Sequence[int]],
    mentioned: Sequence[re.Pattern[str] | None],
    found: Sequence[list[int]],
) -> None:
    """Add the entries on the pages of rows that others share, where they name her."""
    for entry in _under(way.root, shared):
        for place in shared[entry["root_id"]]:
            if _mentions(mentioned[place], entry):
                found[place].append(entry["id"])


def _mentions(mentioned: re.Pattern[str] | None, entry: Mapping[str, Any]) -> bool:
    words = {each: entry[each] for each in ("id", "entity", "changes", "note")}
    return bool(mentioned and mentioned.search(str(words)))


def _of_parts(
    way: Traced,
    table: Table,
    alone: Mapping[int, Sequence[int]],
    safe: Collection[str],
    found: Sequence[list[int]],
) -> None:
    """Add the entries of rows that the trail keeps on the pages of other records."""
    kept = table.model._default_manager.filter(pk__in=list(alone))
    roots = set(kept.values_list(way.column, flat=True))
    for entry in _under(way.root, roots, entity=way.name, record_id__in=list(alone)):
        if _tells(entry, safe):
            for place in alone[entry["record_id"]]:
                found[place].append(entry["id"])


def _under(root: str, ids: Collection[int], **more: Any) -> Iterator[Mapping[str, Any]]:
    if not ids:
        return
    entries = History.objects.filter(root_entity=root, root_id__in=sorted(ids), **more)
    held = entries.exclude(changes=None, note="").order_by("id")
    columns = ("id", "entity", "record_id", "root_id", "changes", "note")
    yield from held.values(*columns).iterator(chunk_size=2_000)


def written_by(operation: int, founds: Sequence[Found], *, but: Collection[int]) -> list[list[int]]:
    """Give of each person the entries that an operation wrote about her: they tell what was there before.

    What it wrote about nobody of them counts for the first; what others have already, `but`, for nobody.
    """
    names: dict[str, list[str]] = {}
    for way in traced():
        names.setdefault(way.table, []).append(way.name)
    places: dict[tuple[str, int], int] = {}
    for rows in by_table(founds).values():
        for place, each in enumerate(rows):
            if each is not None:
                ids = (*each.alone, *each.shared)
                for name in names.get(each.table.name, ()):
                    places |= {(name, row_id): place for row_id in ids}
    found: list[list[int]] = [[] for _each in founds]
    entries = History.objects.filter(operation=operation).exclude(changes=None, note="").order_by("id")
    for entry in entries.values("id", "entity", "record_id", "root_entity", "root_id"):
        if entry["id"] in but:
            continue
        by_root = places.get((entry["root_entity"], entry["root_id"]), 0)
        found[places.get((entry["entity"], entry["record_id"]), by_root)].append(entry["id"])
    return found


def _tells(entry: Mapping[str, Any], safe: Collection[str]) -> bool:
    return bool(entry["note"]) or any(key not in safe for key in entry["changes"] or ())


def _safe(known: Collection[Traced]) -> dict[str, Collection[str]]:
    """Give by the trail's name the columns whose values may stay."""
    by_table = {each.name: each.safe for each in tables()}
    return {each.name: by_table.get(each.table, frozenset()) for each in known}
