"""The last step before the end of a transaction, for the connection that is in use here."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from django.db import connection

from duyen.foundation.database.engine.base import DatabaseWrapper, Ending, Gathering


def before_end(ending: Ending) -> None:
    """Run something once before the open transaction ends; what it raises undoes all of it."""
    cast(DatabaseWrapper, connection).before_end(ending)


def gather(work: Gathering, ids: Collection[int]) -> None:
    """Run something once, before the open transaction ends, for all ids that it was asked for meanwhile.

    Runs before whatever else waits for the end, and at once where no transaction is open.
    """
    held = cast(DatabaseWrapper, connection)
    if held.in_atomic_block:
        held.gather(work, ids)
    else:
        work(ids)


def run_endings() -> None:
    """Run what waits for the end of the transaction now: for whoever reads back what it wrote."""
    cast(DatabaseWrapper, connection).run_endings()
