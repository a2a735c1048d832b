"""Blank what entries of the trail hold of a person; the seals over them still hold.

See docs/decisions/seals-over-salted-digests.md: only the owner of the tables may, and only behind the entry
of an erasure, so this connects as the owner.
"""

from __future__ import annotations

from collections.abc import Sequence

from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect

_AT_ONCE = 1_000
_BLANK = """
SELECT place, duyen_blank_history(array_agg(entry), %s)
FROM unnest(%s::integer[], %s::bigint[]) AS told(place, entry) GROUP BY place ORDER BY place
"""


def blank(entries: Sequence[Sequence[int]], *, erasure: int) -> list[int]:
    """Blank the entries of each of some people for the operation that is the erasure.

    Gives how many of each held anything; one that is named twice counts for the first. What that operation
    wrote must be committed. Raises DatabaseUnreachable.
    """
    done = [0 for _hers in entries]
    told: dict[int, int] = {}
    for place, hers in enumerate(entries):
        for entry in hers:
            told.setdefault(entry, place)
    rest = [(place, entry) for entry, place in told.items()]
    if not rest:
        return done
    with connect(owner_address(DataFolder.locate())) as link:
        for start in range(0, len(rest), _AT_ONCE):
            part = rest[start : start + _AT_ONCE]
            places, ids = [place for place, _entry in part], [entry for _place, entry in part]
            for whose, count in link.execute(_BLANK, (erasure, places, ids)).fetchall():
                done[int(str(whose))] += int(str(count))
    return done
