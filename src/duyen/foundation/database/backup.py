"""One file that holds an installation: database, files and keys."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from duyen import __version__
from duyen.foundation.database.beside import kept_beside
from duyen.foundation.database.clients import dump
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.errors import DiskFull, Refused
from duyen.foundation.database.paths import PRIVATE_FILE, DataFolder, write_private
from duyen.foundation.database.roles import Connection, connect

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
#: The folder of the lines that are kept beside the database.
BESIDE = "beside"
NIGHTLY = "nightly"
KEPT_NIGHTS = 7
#: The database's own passwords stay with the server that knows them.
KEPT_AT_HOME = ("postgres_password", "owner_password", "app_password")
#: 02 o'clock in Vietnam, in UTC: nobody works.
NIGHT_HOUR = 19
A_DAY = timedelta(days=1)
SLACK = timedelta(hours=2)
MB = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: versions, whose data it is, its migrations, and a checksum of each member."""

    format: int
    product_version: str
    postgres_major: int
    made_at: str
    kind: str
    migrations: list[list[str]]
    checksums: dict[str, str]


@dataclass(frozen=True)
class LastBackup:
    """How the latest nightly backup ended."""

    at: datetime
    is_good: bool
    file: str = ""
    size_bytes: int = 0
    reason: str = ""


def make_backup(folder: DataFolder, target: Path) -> Path:
    """Write database, files and keys into one file of mode 600; an unfinished one never bears the name.

    Raises DumpFailed, DiskFull or BackupNotWritten; then nothing is left behind.
    """
    target = target.expanduser().absolute()
    with _working_folder(target) as work:
        address = owner_address(folder)
        with connect(address) as link:
            major = link.info.server_version // 10000
            migrations = applied_migrations(link)
        dump(address, work / DUMP, server_major=major)
        members = {DUMP: work / DUMP, **_members(folder), **_remembered(folder, work)}
        manifest = Manifest(
            format=FORMAT,
            product_version=__version__,
            postgres_major=major,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            kind=folder.installation().kind,
            migrations=migrations,
            checksums={name: checksum(path) for name, path in members.items()},
        )
        beside = work / "backup"
        _pack(beside, manifest, members)
        beside.replace(target)
    return target


def applied_migrations(link: Connection) -> list[list[str]]:
    """List the (app, name) pairs that the database has; none in an empty one."""
    if link.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
        return []
    found = link.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return [[str(app), str(name)] for app, name in found]


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def nightly_backup(folder: DataFolder) -> LastBackup:
    """Make tonight's backup, keep the last seven, and write down how it ended for the page that shows it."""
    moment = datetime.now(UTC)
    target = folder.backups / f"{NIGHTLY}-{moment:%Y%m%d-%H%M%S}.duyen"
    try:
        make_backup(folder, target)
        ended = LastBackup(moment, is_good=True, file=target.name, size_bytes=target.stat().st_size)
        prune(folder, keep=KEPT_NIGHTS)
    except Refused as refusal:
        ended = LastBackup(moment, is_good=False, reason=str(refusal))
    text = json.dumps({**asdict(ended), "at": moment.isoformat()}, ensure_ascii=False)
    write_private(folder.backups / "last.json", text + "\n")
    return ended


def is_night_due(folder: DataFolder, moment: datetime) -> bool:
    """Tell whether tonight's backup should run now: at night, or later where the machine was off then."""
    last = last_backup(folder)
    if last is None:
        return True
    age = moment - last.at
    return age > A_DAY + SLACK or (moment.hour == NIGHT_HOUR and age > A_DAY / 2)


def prune(folder: DataFolder, *, keep: int) -> list[Path]:
    """Delete all but the newest nightly backups; those made for another reason stay. Returns what went."""
    nights = sorted(folder.backups.glob(f"{NIGHTLY}-*.duyen"), reverse=True)
    for old in nights[keep:]:
        old.unlink()
    return nights[keep:]


def last_backup(folder: DataFolder) -> LastBackup | None:
    """Read how the latest nightly backup ended; nothing before the first one."""
    try:
        told = json.loads((folder.backups / "last.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return LastBackup(**{**told, "at": datetime.fromisoformat(told["at"])})


def backup_before(folder: DataFolder, reason: str, say: Callable[[str], None]) -> Path:
    """Make a backup ahead of a step that changes everything, and say where it is."""
    moment = datetime.now(UTC)
    target = folder.backups / f"before-{reason}-{moment:%Y%m%d-%H%M%S}.duyen"
    say(f"Making a backup first: {target}")
    return make_backup(folder, target)


class BackupNotWritten(Refused):
    """The backup's file cannot be written where it was asked for."""

    code = "backup_not_written"
    sentence = "The backup cannot be written to %(path)s: %(reason)s."


@contextmanager
def _working_folder(target: Path) -> Iterator[Path]:
    """Make a private folder beside the target, on the same disk, and clear it whatever happens."""
    try:
        work = Path(tempfile.mkdtemp(prefix=".duyen-backup-", dir=target.parent))
    except OSError as error:
        raise BackupNotWritten(path=target, reason=error.strerror) from error
    try:
        yield work
    except OSError as error:
        free_mb = shutil.disk_usage(target.parent).free // MB
        if free_mb < 1:
            raise DiskFull(folder=target.parent, free_mb=free_mb, needed_mb="more") from error
        raise BackupNotWritten(path=target, reason=error.strerror) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _members(folder: DataFolder) -> dict[str, Path]:
    """Map each member's name in the backup to its file in the data folder."""
    places = {"secrets": folder.secrets, "files": folder.files}
    return {
        f"{kind}/{path.relative_to(place).as_posix()}": path
        for kind, place in places.items()
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name not in KEPT_AT_HOME
    }


def _remembered(folder: DataFolder, work: Path) -> dict[str, Path]:
    """Copy the lines kept beside the database, behind the dump, so that they know all that it knows."""
    copies = work / BESIDE
    copies.mkdir()
    for path in kept_beside(folder):
        shutil.copyfile(path, copies / path.name)
    return {f"{BESIDE}/{path.name}": path for path in sorted(copies.iterdir())}


def _pack(target: Path, manifest: Manifest, members: dict[str, Path]) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2).encode()
            head = tarfile.TarInfo(MANIFEST)
            head.size, head.mode = len(text), PRIVATE_FILE
            tar.addfile(head, io.BytesIO(text))
            for name, path in members.items():
                tar.add(path, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())
