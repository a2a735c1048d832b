"""The one clock: everything that needs now or today asks here, so that tests can stop it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

#: Vietnam keeps UTC+7 all year; business days begin and end by this clock.
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_stopped_at: ContextVar[dt.datetime | None] = ContextVar("stopped_at", default=None)


def now() -> dt.datetime:
    """Give the present moment in UTC."""
    return _stopped_at.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Give the present day in Vietnam."""
    return now().astimezone(ZONE).date()


@contextmanager
def stopped(at: dt.datetime) -> Iterator[dt.datetime]:
    """Stop the clock at `at`, which must name its time zone; for tests and demonstrations.

    Holds for the current thread or task only.
    """
    if at.tzinfo is None:
        raise ValueError("A stopped clock needs a time zone.")
    token = _stopped_at.set(at.astimezone(dt.UTC))
    try:
        yield at
    finally:
        _stopped_at.reset(token)
