"""Read the trail of one record, and who acts in it besides people."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from duyen.foundation.audit.models import History

#: Steps from name to name in the index, so that millions of entries cost as little as the names in them.
_PARTS = """
WITH RECURSIVE parts(name) AS (
  SELECT min(actor_name) FROM history WHERE actor_id IS NULL
  UNION ALL
  SELECT (SELECT min(h.actor_name) FROM history h WHERE h.actor_id IS NULL AND h.actor_name > p.name)
  FROM parts p WHERE p.name IS NOT NULL
)
SELECT name FROM parts WHERE name IS NOT NULL
"""


def acting_parts() -> list[str]:
    """Name the parts of the system that ever wrote something."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS)
        return [str(row[0]) for row in cursor.fetchall()]


def trail_of(
    family: str, record_ids: Sequence[int], *, before: int | None = None, limit: int = 50
) -> list[Sequence[History]]:
    """Read what was written on records and their parts, newest first, the rows of one operation together.

    `before` is the operation at which the last page ended. Up to `limit` operations.
    """
    rows = History.objects.filter(root_entity=family, root_id__in=list(record_ids))
    older = rows if before is None else rows.filter(operation__lt=before)
    # An operation's id rises with time.
    operations = list(older.order_by("-operation").values_list("operation", flat=True).distinct()[:limit])
    found: dict[int, list[History]] = {operation: [] for operation in operations}
    for row in rows.filter(operation__in=operations).order_by("id"):
        found[row.operation].append(row)
    return list(found.values())
