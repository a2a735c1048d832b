"""Say to the live process that something is new; it says so to the browsers, and they ask for what it is.

No content ever goes this way: only whose notices changed, or which step of the trail was taken.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection

#: The channel on which the live process listens.
CHANNEL = "duyen_live"
#: PostgreSQL takes messages of less than 8,000 bytes; so many numbers of up to 19 digits fit.
_MOST_IN_ONE = 350


def say_live(*, users: Sequence[int]) -> None:
    """Say whose notices changed, when the running transaction commits."""
    with connection.cursor() as cursor:
        for start in range(0, len(users), _MOST_IN_ONE):
            message = json.dumps({"u": list(users[start : start + _MOST_IN_ONE])}, separators=(",", ":"))
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])
