"""What `duyen check` looks at in the engine: no entity escapes the trail, and the trail has room."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from duyen.entities.registry import all_entities
from duyen.foundation.database.health import Finding, Level

_TRACES = 3  # one trigger each for insert, update and delete

_UNTRACED = """
SELECT t.name FROM unnest(%s::text[]) AS t(name)
WHERE (SELECT count(*) FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
       WHERE g.tgrelid = t.name::regclass AND p.proname = 'duyen_trace' AND g.tgenabled <> 'D') < %s
ORDER BY t.name
"""

_MONTHS_LEFT = """
SELECT count(*) FROM pg_inherits
WHERE inhparent = 'history'::regclass
  AND inhrelid::regclass::text > 'history_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')
"""


def untraced_tables() -> list[str]:
    """Name the tables of entities on which a write would leave no trace."""
    tables = sorted({entity.table for entity in all_entities()})
    with connection.cursor() as cursor:
        cursor.execute(_UNTRACED, [tables, _TRACES])
        return [str(row[0]) for row in cursor.fetchall()]


def check_trail() -> Iterator[Finding]:
    """Look at the triggers of the trail and at the months that stand ready for it."""
    untraced = untraced_tables()
    if untraced:
        yield Finding(Level.BAD, f"Trail: writes leave no trace on {', '.join(untraced)}")
    else:
        yield Finding(Level.GOOD, "Trail: every table of an entity is traced")
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS_LEFT)
        months = int(cursor.fetchone()[0])
    level = Level.GOOD if months >= 2 else Level.WARNING
    yield Finding(level, f"Trail: {months} months stand ready")
