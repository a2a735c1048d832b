"""Hand out record numbers: rising, never twice, in blocks for many records at once."""

from __future__ import annotations

from django.db import connection

_TAKE = """
INSERT INTO settings_counter AS c (key, last) VALUES (%s, %s)
ON CONFLICT (key) DO UPDATE SET last = c.last + EXCLUDED.last RETURNING last
"""


def take_numbers(key: str, count: int = 1) -> range:
    """Take the next `count` numbers under `key`.

    The counter stays locked until the running transaction ends: a long write takes its block
    in a short transaction of its own before it starts, and may leave gaps when it fails.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key, count])
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
