"""Note that something went well or failed, for the page of the system's health."""

from __future__ import annotations

from django.db import connection

from duyen.foundation.health.models import Mark
from duyen.kernel.clock import now

_NOTE = """
INSERT INTO health_mark AS m (name, good_at, bad_at, bad_kind) VALUES (%s, %s, %s, %s)
ON CONFLICT (name) DO UPDATE SET good_at = coalesce(EXCLUDED.good_at, m.good_at),
  bad_at = coalesce(EXCLUDED.bad_at, m.bad_at),
  bad_kind = CASE WHEN EXCLUDED.bad_at IS NULL THEN m.bad_kind ELSE EXCLUDED.bad_kind END
"""


def note_good(name: str) -> None:
    """Note that it went well now."""
    _note(name, good=True, kind="")


def note_bad(name: str, error: BaseException) -> None:
    """Note that it failed now; of the error its type alone is kept, because its words may hold an address."""
    _note(name, good=False, kind=type(error).__name__[:80])


def mark_of(name: str) -> Mark | None:
    """Give how it last went."""
    return Mark.objects.filter(pk=name).order_by("pk").first()


def _note(name: str, *, good: bool, kind: str) -> None:
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [name, moment if good else None, None if good else moment, kind])
