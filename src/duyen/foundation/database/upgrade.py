"""Bring the tables to what this checkout expects, or leave them as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from duyen.foundation.database.backup import backup_before
from duyen.foundation.database.errors import Refused
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.restore import restore_database
from duyen.foundation.database.schema import pending_migrations, refuse_newer_schema


class MigrationFailed(Refused):
    """A migration failed; the old state is back."""

    code = "migration_failed"
    sentence = (
        "The migration %(migration)s failed (%(reason)s). "
        "The data is as it was before; go back to the former version."
    )


class MigrationHalfDone(Refused):
    """A migration failed, and the old state could not be brought back here."""

    code = "migration_half_done"
    sentence = (
        "The migration %(migration)s failed (%(reason)s), and the way back too (%(obstacle)s). "
        "Restore this backup: duyen restore %(backup)s --yes"
    )


def migrate_safely(folder: DataFolder, say: Callable[[str], None]) -> int:
    """Run what is pending, after a backup where there is data; returns how many migrations ran.

    Needs the owner's connection. Raises NewerSchema, or MigrationFailed when the old state is back.
    """
    applied = MigrationExecutor(connection).loader.applied_migrations
    refuse_newer_schema(applied)
    pending = pending_migrations()
    if not pending:
        return 0
    backup: Path | None = None
    if applied:
        say(f"This data folder is from an older Duyên: {len(pending)} migrations to run.")
        backup = backup_before(folder, "migration", say)
    else:
        say(f"Making the tables ({len(pending)} migrations) …")
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Exception as error:  # noqa: BLE001 - whatever a migration raises, the way back is the same
        failed = next(iter(pending_migrations()), "unknown")
        _go_back(folder, backup, failed=failed, error=error)
    return len(pending)


def _go_back(folder: DataFolder, backup: Path | None, *, failed: str, error: Exception) -> NoReturn:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    connection.close()
    if backup is not None:
        try:
            restore_database(folder, backup)
        except Refused as obstacle:
            raise MigrationHalfDone(
                migration=failed, reason=reason, obstacle=obstacle, backup=backup
            ) from error
    raise MigrationFailed(migration=failed, reason=reason) from error
