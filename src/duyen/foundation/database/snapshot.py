"""Read many tables as they were at one moment, beside the work that goes on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

#: An operator's server may end long statements or transactions; one that reads everything is long by nature.
_NO_LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@dataclass(frozen=True)
class Snapshot:
    """The committed rows of one moment, for as long as the block lasts that opened it."""

    moment: dt.datetime
    _link: psycopg.Connection[Any]

    def stream(self, text: str, params: Sequence[Any], *, at_once: int) -> Iterator[list[tuple[Any, ...]]]:
        """Give the rows of a statement in sets of `at_once`, with flat memory here and on the server."""
        with self._link.cursor(name=f"snapshot_{uuid.uuid4().hex}", binary=True) as cursor:
            cursor.execute(text, params)
            while rows := cursor.fetchmany(at_once):
                yield rows


@contextmanager
def one_moment() -> Iterator[Snapshot]:
    """Open a connection of its own whose statements all see what was committed when the block began.

    It reads only. What the caller writes meanwhile goes its own way and is seen by others at once, but not
    by the snapshot; nor is what the caller's open transaction wrote before.
    """
    beside = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        beside.ensure_connection()
        link = beside.connection
        link.autocommit = True
        link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for name in _NO_LIMITS:
            link.execute(f"SET LOCAL {name} = 0")
        # All rows are wanted, not the first ones soon; sorting them may take some memory.
        link.execute("SET LOCAL cursor_tuple_fraction = 1.0")
        link.execute("SET LOCAL work_mem = '64MB'")
        (moment,) = link.execute("SELECT now()").fetchone()
        try:
            yield Snapshot(moment, link)
        finally:
            if not link.broken:
                link.execute("ROLLBACK")
    finally:
        beside.close()
