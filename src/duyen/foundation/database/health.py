"""What `duyen check` looks at in the folder and the database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from duyen.foundation.database.backup import last_backup
from duyen.foundation.database.connection import app_address, external_url, owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import Connection, connect

LOW_SPACE_MB = 1024
BACKUP_AGE = timedelta(days=2)
MB = 1024 * 1024


class Level(Enum):
    """How a finding weighs: only `BAD` makes the check fail."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what was found, in one line."""

    level: Level
    line: str


def check_folder(folder: DataFolder) -> Iterator[Finding]:
    """Look at the rights, the room and the backups of the data folder."""
    yield from _check_modes(folder)
    free_mb = shutil.disk_usage(folder.root).free // MB
    level = Level.GOOD if free_mb >= LOW_SPACE_MB else Level.WARNING
    yield Finding(level, f"Disk: {free_mb} MB free for {folder.root}")
    yield _check_backup(folder)


def check_database(folder: DataFolder) -> Iterator[Finding]:
    """Look at the server, its checksums, and what the app role may do."""
    owner, app = owner_address(folder), app_address(folder)
    with connect(app) as link:
        version = link.info.parameter_status("server_version")
        kind = "external" if external_url() else "embedded"
        yield Finding(Level.GOOD, f"Database: PostgreSQL {version}, {kind}, reached as {app.user}")
        yield from _check_checksums(link)
    if app.user == owner.user:
        yield Finding(Level.WARNING, "Roles: one role does all, so the trail is not protected from the pages")
    else:
        yield Finding(Level.GOOD, "Roles: pages and jobs own nothing")


def _check_modes(folder: DataFolder) -> Iterator[Finding]:
    open_ones = [path for path in _private_paths(folder) if path.stat().st_mode & 0o077]
    if not open_ones:
        yield Finding(Level.GOOD, "Secrets and backups: private")
    for path in open_ones:
        yield Finding(Level.BAD, f"{path} can be read by others: chmod go-rwx '{path}'")


def _private_paths(folder: DataFolder) -> list[Path]:
    return [folder.secrets, folder.backups, *folder.secrets.iterdir(), *folder.backups.iterdir()]


def _check_checksums(link: Connection) -> Iterator[Finding]:
    row = link.execute("SELECT current_setting('data_checksums')").fetchone()
    is_on = row is not None and row[0] == "on"
    if is_on:
        yield Finding(Level.GOOD, "Data checksums: on")
    else:
        yield Finding(Level.WARNING, "Data checksums: off; a failing disk would go unnoticed")
    failures = link.execute("SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database").fetchone()
    count = failures[0] if failures else 0
    if count:
        yield Finding(Level.BAD, f"Data checksums: {count} failures; restore the last backup on another disk")


def _check_backup(folder: DataFolder) -> Finding:
    last = last_backup(folder)
    if last is None:
        return Finding(Level.WARNING, "Backup: none yet; one runs every night")
    if not last.is_good:
        return Finding(
            Level.BAD, f"Backup: the last one failed at {last.at:%Y-%m-%d %H:%M} UTC: {last.reason}"
        )
    age = datetime.now(UTC) - last.at
    level = Level.GOOD if age <= BACKUP_AGE else Level.WARNING
    return Finding(level, f"Backup: {last.file} of {last.at:%Y-%m-%d %H:%M} UTC, {last.size_bytes // MB} MB")
