"""Read the trail of one record."""

from __future__ import annotations

from collections.abc import Sequence

from duyen.foundation.audit.models import History


def trail_of(
    family: str, record_id: int, *, before: int | None = None, limit: int = 50
) -> list[Sequence[History]]:
    """Read what was written on one record and its parts, newest first, the rows of one operation together.

    `before` is the operation at which the last page ended. Up to `limit` operations.
    """
    rows = History.objects.filter(root_entity=family, root_id=record_id)
    older = rows if before is None else rows.filter(operation__lt=before)
    # An operation's id rises with time.
    operations = list(older.order_by("-operation").values_list("operation", flat=True).distinct()[:limit])
    found: dict[int, list[History]] = {operation: [] for operation in operations}
    for row in rows.filter(operation__in=operations).order_by("id"):
        found[row.operation].append(row)
    return list(found.values())
