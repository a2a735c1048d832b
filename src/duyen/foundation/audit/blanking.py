"""Blank what entries of the trail hold of a person; the seals over them still hold.

See docs/decisions/seals-over-salted-digests.md: only the owner of the tables may, and only behind the entry
of an erasure, so this connects as the owner.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect

_AT_ONCE = 1_000


def blank(entries: Iterable[int], *, erasure: int) -> int:
    """Blank entries for the operation that is the erasure, and give how many held anything.

    What that operation wrote must be committed. Raises DatabaseUnreachable.
    """
    done = 0
    rest = iter(entries)
    with connect(owner_address(DataFolder.locate())) as link:
        while part := list(itertools.islice(rest, _AT_ONCE)):
            row = link.execute("SELECT duyen_blank_history(%s, %s)", [part, erasure]).fetchone()
            done += int(str(row[0])) if row else 0
    return done
