"""Under which version of the company's definitions somebody works: pinned per request, job and command.

Whoever begins a piece of work pins the version once (`pinned`, `pin`): a page and the API with the number
that comes with the session's user, a job at each chunk, a command at its start. Everything until its end
then sees one state of the definitions, whatever is changed meanwhile. Without a pin only what the modules
declare is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from duyen.foundation.fields.models import DefinitionsVersion

#: Only what the modules declare: before the database is there, and for strangers.
DECLARED = 0
_pinned: ContextVar[int] = ContextVar("definitions_version", default=DECLARED)


def pinned_version() -> int:
    """Give the version under which the current piece of work runs; no query."""
    return _pinned.get()


def read_version() -> int:
    """Read the version as it stands in the database now."""
    return DefinitionsVersion.objects.values_list("value", flat=True).get(pk=1)


def take_version() -> int:
    """Read the version for a write that follows from definitions: none of them changes before it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT duyen_take_definitions()")
        return int(cursor.fetchone()[0])


def hold_definitions() -> None:
    """Let a change of definitions wait for the writes that follow from the old ones, and new ones for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT duyen_hold_definitions()")


def pin(version: int | None = None) -> int:
    """Work under `version` from here on, or under that of this moment."""
    found = read_version() if version is None else version
    _pinned.set(found)
    return found


@contextmanager
def kept() -> Iterator[None]:
    """Let what is pinned inside end with the block."""
    token = _pinned.set(_pinned.get())
    try:
        yield
    finally:
        _pinned.reset(token)


def bump_version() -> int:
    """Give the definitions a new version; every write of a definition calls this within its transaction.

    The number comes from a sequence, because one that was rolled back must never come again: what was
    read under it would be taken for the state of somebody else's later change. From here on the current
    piece of work sees the new state.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT duyen_raise_definitions()")
        return pin(int(cursor.fetchone()[0]))
