"""Say to the live process that something is new; it says so to the browsers, and they ask for what it is.

No content ever goes this way: only whose notices changed, or which records changed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from django.db import connection

from duyen.foundation.notices.channel import CHANNEL

#: PostgreSQL takes messages of less than 8,000 bytes; so many numbers of up to 19 digits fit.
_MOST_IN_ONE = 350


def say_live(*, users: Sequence[int]) -> None:
    """Say whose notices changed, when the running transaction commits."""
    with connection.cursor() as cursor:
        for start in range(0, len(users), _MOST_IN_ONE):
            message = json.dumps({"u": list(users[start : start + _MOST_IN_ONE])}, separators=(",", ":"))
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])


def say_changed(records: Collection[tuple[str, int]]) -> None:
    """Say which records changed, by family and id, when the running transaction commits."""
    ids: dict[str, list[int]] = {}
    for family, record_id in sorted(records):
        ids.setdefault(family, []).append(record_id)
    with connection.cursor() as cursor:
        for family, found in ids.items():
            for start in range(0, len(found), _MOST_IN_ONE):
                told = {"f": family, "r": found[start : start + _MOST_IN_ONE]}
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(told, separators=(",", ":"))])
