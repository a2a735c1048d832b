"""Compare the tables with the migrations that this checkout knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from duyen.foundation.database.errors import Refused


class NewerSchema(Refused):
    """The database was migrated by a newer checkout than this one."""

    code = "newer_schema"
    sentence = (
        "This data was made by a newer Duyên%(version)s (it has the migration %(migration)s, unknown here). "
        "Use that version, or restore a backup that was made before."
    )


def refuse_newer_schema(applied: Iterable[Sequence[str]], *, made_by: str = "") -> None:
    """Refuse applied migrations that this checkout does not have."""
    known = MigrationLoader(None).disk_migrations or {}
    replaced = {tuple(key) for migration in known.values() for key in migration.replaces}
    for app, name in applied:
        if (app, name) not in known and (app, name) not in replaced:
            raise NewerSchema(migration=f"{app}.{name}", version=f" ({made_by})" if made_by else "")


def pending_migrations() -> list[str]:
    """List the migrations that this checkout has and the database lacks, in the order of running."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
