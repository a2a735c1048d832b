"""What a change is called, when a delivery is tried again, and when a webhook stops. Plain values alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

CREATED, CHANGED, DELETED, RESTORED, MERGED = "created", "changed", "deleted", "restored", "merged"
EVENTS = (CREATED, CHANGED, DELETED, RESTORED, MERGED)
PING = "ping"

#: The pauses before the second and each further try; after the last one the delivery has failed. 22 hours.
PAUSES = tuple(
    dt.timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 2 * 3600, 6 * 3600, 13 * 3600 + 1200)
)
#: So long a webhook that fails is left in peace, whatever waits for it.
LONGEST_PEACE = dt.timedelta(minutes=5)
#: So many tries in a row must fail, over so long a time, before a webhook is paused.
MOST_FAILURES = 20
FAILING_FOR = dt.timedelta(hours=1)


def event_of(*, kinds: Sequence[str], changes: Mapping[str, Any], verb: str) -> str:
    """Name what happened to a record, by the entries of its own row in one operation.

    `kinds` are those of the entries (I, U, D), `changes` the columns with [old, new], `verb` is the whole
    verb such as «customers.merge».
    """
    if "I" in kinds:
        return CREATED
    if "D" in kinds:
        return DELETED
    if verb.rpartition(".")[2] == "merge":
        return MERGED
    bin_change = changes.get("deleted_at")
    if bin_change:
        return RESTORED if bin_change[1] is None else DELETED
    return CHANGED


def pause_before(attempts: int) -> dt.timedelta | None:
    """Give the pause before the next try, after so many; none where that was the last one."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def peace_after(failures: int) -> dt.timedelta:
    """Give how long a webhook is left in peace after so many failures in a row."""
    return min(dt.timedelta(seconds=2 ** min(failures, 12)), LONGEST_PEACE)


def is_given_up(*, failures: int, failing_for: dt.timedelta) -> bool:
    """Tell whether a webhook is to be paused."""
    return failures >= MOST_FAILURES and failing_for >= FAILING_FOR


def is_success(status: int) -> bool:
    return 200 <= status < 300
