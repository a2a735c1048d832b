"""What `duyen check` says of the company's own indexes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from duyen.entities.indexes.plans import plan_named
from duyen.entities.models import CompanyIndex
from duyen.entities.words import IndexState
from duyen.foundation.database.health import Finding, Level
from duyen.foundation.database.indexing import PREFIX


def check_indexes() -> Iterator[Finding]:
    """Look for indexes that are broken, gone, outdated, or that nobody asked for."""
    standing = _standing()
    kept = list(CompanyIndex._default_manager.filter(state=IndexState.READY.value).order_by("pk"))
    names = set(CompanyIndex._default_manager.values_list("name", flat=True))
    faults = [line for row in kept if (line := _fault(row, standing))]
    faults += [
        f"Index {each} stands and nobody asked for it: DROP INDEX CONCURRENTLY {each}"
        for each in sorted(standing.keys() - names)
    ]
    for line in faults:
        yield Finding(Level.WARNING, line)
    if not faults:
        yield Finding(Level.GOOD, f"Indexes of the company: {len(kept)}, all whole")


def _standing() -> dict[str, bool]:
    """Give the indexes that were made at run time, and whether they are whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE c.relnamespace = 'public'::regnamespace AND starts_with(c.relname, %s)",
            [PREFIX],
        )
        return dict(cursor.fetchall())


def _fault(row: CompanyIndex, standing: dict[str, bool]) -> str:
    what = f"Index on {row.entity}.{row.field} ({row.purpose})"
    if row.name not in standing:
        return f"{what} is gone: remove it under Administration, Indexes, and build it again"
    if not standing[row.name]:
        return f"{what} is broken: remove it under Administration, Indexes, and build it again"
    plan = plan_named(row.entity, row.field, row.purpose)
    if plan is None or plan.name != row.name:
        return f"{what} no longer serves anything: remove it under Administration, Indexes"
    return ""
