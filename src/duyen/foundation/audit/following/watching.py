"""The worker's thread that notices what was written and lets the followers read it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import Error, close_old_connections, connection

from duyen.foundation.audit.following.reading import newest_id
from duyen.foundation.audit.following.running import behind, run_once

#: The trail's last number is read so often: one look costs the database some 20 µs, a job for each write or a
#: NOTIFY in each commit costs the writers more, and lets them wait for one another.
PAUSE_SECONDS = 0.5
#: After the database was away.
LONG_PAUSE_SECONDS = 5.0
_STOP_SECONDS = 10.0
_log = logging.getLogger(__name__)


@contextmanager
def watched() -> Iterator[None]:
    """Let the followers read what is written meanwhile, in a thread of their own."""
    stop = Event()
    thread = Thread(target=_watch, args=(stop,), name="followers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_STOP_SECONDS)


def _watch(stop: Event) -> None:
    worked_through, pause = -1, PAUSE_SECONDS
    while not stop.wait(pause):
        try:
            worked_through = look(worked_through, stop)
            pause = PAUSE_SECONDS
        except Error:
            _log.warning("The followers of the trail cannot reach the database", exc_info=True)
            worked_through, pause = -1, LONG_PAUSE_SECONDS
        finally:
            close_old_connections()
    connection.close()


def look(worked_through: int, stop: Event) -> int:
    """Work through what is there, and give the id up to which nothing is left; -1 where something waits.

    Nothing is asked but one number where nothing was written since.
    """
    newest = newest_id()
    if newest == worked_through:
        return newest
    while not stop.is_set() and run_once():
        pass
    return newest if behind(newest) == [] else -1
