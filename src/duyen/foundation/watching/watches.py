"""Begin and end to watch, and ask who watches what. Whether somebody may is for the callers to ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from duyen.foundation.watching.models import Watch
from duyen.kernel.clock import now

# Whoever made a record watches it, unless she turned that off; one statement, because every creation pays it.
_OWN = """
INSERT INTO watching_watch (user_id, entity, record_id, is_own, since)
SELECT %s, %s, %s, true, %s
WHERE coalesce((SELECT watches_own FROM notices_preference WHERE user_id = %s), true)
ON CONFLICT DO NOTHING
"""


def begin_watch(user_id: int, family: str, record_id: int) -> bool:
    """Let a person watch a record; tells whether that is new."""
    _watch, is_new = Watch.objects.get_or_create(
        user_id=user_id, entity=family, record_id=record_id, defaults={"since": now()}
    )
    return is_new


def begin_own_watch(user_id: int, family: str, record_id: int) -> None:
    """Let a person watch what she has just made, unless she does not want that."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [user_id, family, record_id, now(), user_id])


def end_watch(user_id: int, family: str, record_id: int) -> bool:
    """Let a person no longer watch a record; tells whether she did."""
    gone, _rows = Watch.objects.filter(user_id=user_id, entity=family, record_id=record_id).delete()
    return gone > 0


def is_watching(user_id: int, family: str, record_id: int) -> bool:
    """Tell whether a person watches a record."""
    return Watch.objects.filter(user_id=user_id, entity=family, record_id=record_id).exists()


def watchers_of(family: str, record_ids: Collection[int]) -> dict[int, set[int]]:
    """Give who watches some records of one family, by record."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Watch.objects.filter(entity=family, record_id__in=list(record_ids))
    for record_id, user_id in rows.values_list("record_id", "user_id"):
        found[record_id].add(user_id)
    return dict(found)


def watched_by(user_id: int, *, before: int | None = None, limit: int = 50) -> list[Watch]:
    """List what a person watches, the latest first; `before` is the id of the last one seen."""
    rows = Watch.objects.filter(user_id=user_id)
    rows = rows if before is None else rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])
