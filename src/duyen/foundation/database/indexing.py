"""Make and drop indexes while everybody works, as the owner of the tables; nothing else does so at run time.

One process does it at a time. It holds a lock of the database, which lets go of it when the process dies;
an index that was broken off is left invalid by PostgreSQL, and is dropped and begun again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import psycopg
from psycopg import sql

from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.errors import Refused
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import Connection, connect

#: What the names of all indexes begin with that are made here.
PREFIX = "own_"
#: The key of the lock of whoever makes or drops an index.
_LOCK = 0x736368656D61
_LONGEST_TABLE = 40
_SECONDS_BETWEEN_LOOKS = 0.5
_TRIES, _SECONDS_BETWEEN_TRIES = 10, 0.1

#: Is told how much is done, from 0 to 1; what it raises stops the work, and nothing of it stays.
Tell = Callable[[float], None]

#: Where each phase of CREATE INDEX CONCURRENTLY begins and ends in the whole, and what counts within it.
_PHASES = {
    "building index: scanning table": (0.05, 0.45, "blocks"),
    "building index: sorting live tuples": (0.45, 0.5, ""),
    "building index: loading tuples in tree": (0.5, 0.65, "tuples"),
    "waiting for writers before validation": (0.65, 0.65, ""),
    "index validation: scanning index": (0.65, 0.75, "blocks"),
    "index validation: sorting tuples": (0.75, 0.78, ""),
    "index validation: scanning table": (0.78, 0.97, "blocks"),
    "waiting for old snapshots": (0.97, 0.97, ""),
}


class SchemaBusy(Refused):
    """Another process is making or dropping an index."""

    code = "schema_busy"
    sentence = "Another index is being made or removed. Try again when that one is done."


class IndexNotMade(Refused):
    """PostgreSQL refused to make or drop an index; nothing of it stays."""

    code = "index_not_made"
    exit_code = 1
    sentence = "The index was not made or removed: %(reason)s"


def index_name(table: str, method: str, expression: str) -> str:
    """Name an index after what it is over, so that another definition has another name."""
    digest = hashlib.sha256(f"{table} {method} {expression}".encode()).hexdigest()[:12]
    return f"{PREFIX}{table[:_LONGEST_TABLE]}_{digest}"


def build_index(
    folder: DataFolder,
    *,
    table: str,
    expression: str,
    name: str,
    method: str = "btree",
    tell: Tell = lambda _share: None,
) -> None:
    """Make the index `name` over `expression` without keeping anybody waiting; one that stands is kept.

    `expression` is SQL from a declaration (columns or expressions, divided by commas), never what somebody
    typed. Raises SchemaBusy, IndexNotMade, DatabaseUnreachable, and whatever `tell` raises.
    """
    make = sql.SQL("CREATE INDEX CONCURRENTLY IF NOT EXISTS {} ON {} USING {} ({})").format(
        sql.Identifier(name), sql.Identifier(table), sql.Identifier(method), sql.SQL(expression)
    )
    with _alone(folder) as link:
        if _is_valid(link, name):
            return
        # What a broken-off start left is of no use to anybody, and would be taken for the whole.
        _run(link, _drop(name))
        tell(0.0)
        try:
            _run_watched(folder, link, make, tell)
        except BaseException:
            _clear_up(link, name)
            raise
        # The planner knows nothing of the values of an expression before it has looked at some.
        _run(link, sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def drop_index(folder: DataFolder, *, name: str) -> None:
    """Drop an index that was made here, without keeping anybody waiting; one that is gone is no error.

    Raises ValueError for another's index, SchemaBusy, IndexNotMade, DatabaseUnreachable.
    """
    if not name.startswith(PREFIX):
        raise ValueError(name)
    with _alone(folder) as link:
        _run(link, _drop(name))


@contextmanager
def _alone(folder: DataFolder) -> Iterator[Connection]:
    """Connect as the owner and be the only one who changes what there is. Raises SchemaBusy."""
    with connect(owner_address(folder)) as link:
        with suppress(psycopg.Error):  # not every system can tell
            link.execute("SET client_connection_check_interval = '2s'")
        # Helpers would take the cores from those who open pages meanwhile.
        link.execute("SET max_parallel_maintenance_workers = 0")
        if not _takes_slot(link):
            raise SchemaBusy
        yield link
        # Closing alone lets go of it only when the server notices.
        link.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _takes_slot(link: Connection) -> bool:
    """Take the lock, giving whoever is just done with it a moment.

    It is tried and never waited for: a waiting statement is itself what CREATE INDEX CONCURRENTLY would
    wait for.
    """
    for _try in range(_TRIES):
        row = link.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if row is not None and row[0]:
            return True
        time.sleep(_SECONDS_BETWEEN_TRIES)
    return False


def _drop(name: str) -> sql.Composed:
    return sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name))


def _is_valid(link: Connection, name: str) -> bool:
    row = link.execute(
        "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE c.relname = %s AND c.relnamespace = 'public'::regnamespace",
        [name],
    ).fetchone()
    return row is not None and bool(row[0])


def _clear_up(link: Connection, name: str) -> None:
    """Drop what was broken off; a cancellation that comes late may hit the first try."""
    for _try in range(3):
        with suppress(psycopg.Error):
            link.execute(_drop(name))
            return


def _run(link: Connection, statement: sql.Composed) -> None:
    try:
        link.execute(statement)
    except psycopg.Error as error:
        raise IndexNotMade(reason=_first_line(error)) from error


def _run_watched(folder: DataFolder, link: Connection, statement: sql.Composed, tell: Tell) -> None:
    """Carry out a long statement in a thread of its own, and tell how far it is."""
    failures: list[psycopg.Error] = []

    def carry_out() -> None:
        try:
            link.execute(statement)
        except psycopg.Error as error:
            failures.append(error)

    pid = link.info.backend_pid
    worker = Thread(target=carry_out, name="make index", daemon=True)
    worker.start()
    try:
        with connect(owner_address(folder)) as watcher:
            while worker.is_alive():
                worker.join(_SECONDS_BETWEEN_LOOKS)
                tell(_share_done(watcher, pid))
    finally:
        while worker.is_alive():
            link.cancel_safe()
            worker.join(_SECONDS_BETWEEN_LOOKS)
    if failures:
        raise IndexNotMade(reason=_first_line(failures[0])) from failures[0]


def _share_done(watcher: Connection, pid: int) -> float:
    row = watcher.execute(
        "SELECT phase, blocks_done, blocks_total, tuples_done, tuples_total"
        " FROM pg_stat_progress_create_index WHERE pid = %s",
        [pid],
    ).fetchone()
    if row is None:
        return 0.0
    begins, ends, counted = _PHASES.get(str(row[0]), (0.0, 0.0, ""))
    numbers = [int(str(value or 0)) for value in row[1:]]
    done, total = {"blocks": numbers[:2], "tuples": numbers[2:]}.get(counted, [0, 0])
    return begins + (ends - begins) * (min(done / total, 1.0) if total else 0.0)


def _first_line(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
