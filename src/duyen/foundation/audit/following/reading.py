"""Read the trail in the order of its ids, no further than everything is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from duyen.foundation.audit.following.declaring import Entry
from duyen.foundation.audit.models import OPENED, History

#: So many ids are looked through at once for the families of one follower.
WINDOW = 20_000

_NEWEST = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM history_id_seq"
_COLUMNS = (
    *("id", "at", "operation", "entity", "record_id", "root_entity", "root_id", "kind", "verb"),
    *("record_version", "actor_id", "actor_name", "on_behalf_of", "door", "changes"),
)


def newest_id() -> int:
    """Give the last id that any transaction took, committed or not."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        return int(cursor.fetchone()[0])


def safe_id() -> int:
    """Give the id up to which every entry is there or will never be. Call it outside a transaction."""
    safe = 0
    with connection.cursor() as cursor:
        # The first call sets a mark, the second finds that nothing below it runs any more.
        for _step in range(2):
            cursor.execute("SELECT duyen_move_safe_id()")
            safe = int(cursor.fetchone()[0])
            if safe >= newest_id():
                break
    return safe


def read_chunk(
    after: int, upto: int, *, families: Sequence[str] | None, limit: int
) -> tuple[list[Entry], int]:
    """Read up to `limit` entries behind `after`, and tell up to which id that went.

    The work is bounded: a stretch without entries for these families is passed over window by window.
    """
    end = min(upto, after + WINDOW)
    rows = History.objects.filter(id__gt=after, id__lte=end).exclude(kind=OPENED)
    if families is not None:
        rows = rows.filter(root_entity__in=families)
    found: list[tuple[Any, ...]] = list(rows.order_by("id").values_list(*_COLUMNS)[:limit])
    entries = [_entry((*row[:-1], row[-1] or {})) for row in found]
    return entries, entries[-1].id if len(entries) == limit else end


def _entry(values: tuple[Any, ...]) -> Entry:
    return Entry(*values)
