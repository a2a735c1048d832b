"""Find the entries of the trail that hold what an erasure takes away."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from duyen.entities.personal.finding import Found, Rows
from duyen.entities.personal.holding import tables
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


def entries_of(found: Found, mentioned: re.Pattern[str] | None) -> Iterator[int]:
    """Give the entries that hold values of a person: of her own rows, and where others' rows name her."""
    known = traced()
    safe = _safe(known)
    for rows in found.rows:
        for way in (each for each in known if each.table == rows.table.name):
            if not way.column:
                own = _under(way.root, rows.alone)
                yield from (entry["id"] for entry in own if _tells(entry, safe.get(entry["entity"], ())))
                ours = _under(way.root, rows.shared)
                yield from (entry["id"] for entry in ours if mentioned and mentioned.search(str(entry)))
            else:
                yield from _of_part(way, rows, safe)


def _of_part(way: Traced, rows: Rows, safe: Mapping[str, Collection[str]]) -> Iterator[int]:
    """Give the entries of rows that the trail keeps on the pages of other records."""
    kept = rows.table.model._default_manager.filter(pk__in=list(rows.alone))
    roots = set(kept.values_list(way.column, flat=True))
    entries = _under(way.root, roots, entity=way.name, record_id__in=list(rows.alone))
    yield from (entry["id"] for entry in entries if _tells(entry, safe.get(way.name, ())))


def _under(root: str, ids: Collection[int], **more: Any) -> Iterator[Mapping[str, Any]]:
    if not ids:
        return
    entries = History.objects.filter(root_entity=root, root_id__in=sorted(ids), **more)
    held = entries.exclude(changes=None, note="").order_by("id")
    yield from held.values("id", "entity", "changes", "note").iterator(chunk_size=2_000)


def _tells(entry: Mapping[str, Any], safe: Collection[str]) -> bool:
    return bool(entry["note"]) or any(key not in safe for key in entry["changes"] or ())


def _safe(known: Collection[Traced]) -> dict[str, Collection[str]]:
    """Give by the trail's name the columns whose values may stay."""
    by_table = {each.name: each.safe for each in tables()}
    return {each.name: by_table.get(each.table, frozenset()) for each in known}
