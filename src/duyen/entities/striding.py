"""Go through all rows of a table in parts, so that writing each of them costs no entry in its indexes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from duyen.entities.sql import name

#: The table is walked so many times, each time for every so many-th id. A page of the table then gets one
#: new row version at a time, for which it has room; written at once, its rows would move to other pages and
#: cost an entry in every index each.
STRIPES = 12


@dataclass(frozen=True)
class Place:
    """How far a walk is: which stripe of ids, and the last id behind it."""

    stripe: int = 0
    last: int = 0

    @property
    def is_end(self) -> bool:
        return self.stripe == STRIPES


def stride(table: str, place: Place, size: int) -> tuple[Place, int]:
    """Give the place behind the next part of about `size` rows, and how many they are.

    Those are the rows of the stripe behind the one and up to the other; at the end of a stripe none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id), count(*) FILTER (WHERE id %% %s = %s)"
            f" FROM (SELECT id FROM {name(table)} WHERE id > %s ORDER BY id LIMIT %s) c",
            [STRIPES, place.stripe, place.last, size * STRIPES],
        )
        upto, count = cursor.fetchone()
    return (Place(place.stripe + 1), 0) if upto is None else (Place(place.stripe, upto), count)


def rows_between(table: str, place: Place, behind: Place) -> list[int]:
    """Lock the rows of a part, in the order of their ids, and give them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {name(table)} WHERE id > %s AND id <= %s AND id %% %s = %s ORDER BY id"
            " FOR NO KEY UPDATE",
            [place.last, behind.last, STRIPES, place.stripe],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def about(table: str) -> int | None:
    """Give the size of a table as its statistics know it; none where they do not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        found = int(cursor.fetchone()[0])
    return found if found > 0 else None
