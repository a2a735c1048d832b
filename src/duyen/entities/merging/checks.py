"""What `duyen check` looks at in merges: that nothing was left hanging on a record that went."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from duyen.entities.merging.hangings import hangings_of, mergeable
from duyen.entities.registry import all_entities
from duyen.entities.sql import name
from duyen.foundation.database.health import Finding, Level

_LEFT_BEHIND = """
SELECT count(*) FROM {table} t
JOIN entities_mergedrecord m ON m.record_id = t.{column} AND m.family = %s AND m.stands
"""


def check_merges() -> Iterator[Finding]:
    """Look for rows that name a merged record; shares may stay behind for want of a right."""
    families = {each.family: each for each in all_entities() if mergeable(each)}
    found = False
    for family, entity in families.items():
        for hanging in (each for each in hangings_of(entity) if not each.needs):
            for column in hanging.columns:
                count = _left_behind(hanging.table, column, family)
                if count:
                    found = True
                    yield Finding(
                        Level.WARNING,
                        f"Merges: {count} rows of {hanging.table} hang on records that were merged; "
                        "undo those merges and merge again to let them follow",
                    )
    if not found:
        yield Finding(Level.GOOD, "Merges: nothing hangs on a record that was merged")


def _left_behind(table: str, column: str, family: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_BEHIND.format(table=name(table), column=name(column)), [family])
        return int(cursor.fetchone()[0])
