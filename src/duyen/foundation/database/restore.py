"""Bring an installation back from a backup: build beside, verify, and swap at the end."""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from duyen.foundation.database.backup import BESIDE as KEPT_BESIDE
from duyen.foundation.database.backup import (
    DUMP,
    FORMAT,
    MANIFEST,
    Manifest,
    applied_migrations,
    checksum,
)
from duyen.foundation.database.beside import bring_beside
from duyen.foundation.database.clients import RestoreFailed, load_dump
from duyen.foundation.database.connection import (
    Address,
    app_address,
    external_url,
    owner_address,
    superuser_address,
)
from duyen.foundation.database.errors import Refused
from duyen.foundation.database.paths import PRIVATE_FILE, PRIVATE_FOLDER, DataFolder, write_private
from duyen.foundation.database.roles import Connection, connect, make_database, open_to_app
from duyen.foundation.database.schema import refuse_newer_schema

BESIDE = "_restored"
BEFORE = "_before_restore"
PLACES = ("secrets", "files")
TESTED = "tested.json"


class BackupUnreadable(Refused):
    """The file is not a whole backup of ours."""

    code = "backup_unreadable"
    sentence = "%(path)s is not a whole Duyên backup (%(reason)s). Nothing was changed."


class WouldOverwrite(Refused):
    """There is data here already, and the command did not say that it may go."""

    code = "would_overwrite"
    sentence = (
        "%(folder)s holds data already, and a restore would replace it. "
        "Say --yes to do that; a backup of what is there is made first."
    )


class MayNotMakeDatabase(Refused):
    """The external server's role may not make the database that the backup is built in."""

    code = "may_not_make_database"
    sentence = (
        "A restore builds a second database beside, and this role may not make one. "
        "Ask the administrator of the server: ALTER ROLE %(role)s CREATEDB;"
    )


def has_data(folder: DataFolder) -> bool:
    """Tell whether the folder's database has tables of ours."""
    with connect(owner_address(folder)) as link:
        return bool(applied_migrations(link))


def restore_backup(folder: DataFolder, source: Path, say: Callable[[str], None]) -> Manifest:
    """Replace database, files and keys by those of a backup.

    Everything is unpacked, checked and loaded beside first, so a broken file changes nothing.
    Raises BackupUnreadable, NewerSchema, MayNotMakeDatabase or RestoreFailed.
    """
    work = Path(tempfile.mkdtemp(prefix=".restore-", dir=folder.root))
    try:
        manifest = unpack(source, work)
        refuse_newer_schema(manifest.migrations, made_by=manifest.product_version)
        say("The file is whole. Loading the database beside …")
        with _administrator(folder) as link, _database_beside(folder, link, work / DUMP, manifest) as beside:
            say("Swapping it in …")
            _swap_databases(link, owner_address(folder).database, beside.database)
        _swap_places(folder, work)
        bring_beside(folder, work / KEPT_BESIDE)
        folder.remember(replace(folder.installation(), kind=manifest.kind, prepared=""))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


@dataclass(frozen=True)
class RestoreTest:
    """How the last trial of a backup ended."""

    at: datetime
    file: str
    is_good: bool
    reason: str = ""


def try_backup(folder: DataFolder, source: Path) -> RestoreTest:
    """Load a backup into a database beside, compare it with what it says of itself, and drop it again.

    Nothing of the installation changes; how it ended is kept beside the backups.
    """
    work = Path(tempfile.mkdtemp(prefix=".restore-", dir=folder.root))
    moment = datetime.now(UTC)
    try:
        manifest = unpack(source, work)
        with _administrator(folder) as link, _database_beside(folder, link, work / DUMP, manifest):
            ended = RestoreTest(moment, source.name, is_good=True)
    except Refused as refusal:
        ended = RestoreTest(moment, source.name, is_good=False, reason=str(refusal))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    told = {**asdict(ended), "at": moment.isoformat()}
    write_private(folder.backups / TESTED, json.dumps(told, ensure_ascii=False) + "\n")
    return ended


def last_test(folder: DataFolder) -> RestoreTest | None:
    """Read how the last trial of a backup ended; nothing before the first one."""
    try:
        told = json.loads((folder.backups / TESTED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return RestoreTest(**{**told, "at": datetime.fromisoformat(told["at"])})


def restore_database(folder: DataFolder, source: Path) -> None:
    """Replace the database alone by that of a backup: the way back from a migration that failed."""
    work = Path(tempfile.mkdtemp(prefix=".restore-", dir=folder.root))
    try:
        manifest = unpack(source, work)
        with _administrator(folder) as link, _database_beside(folder, link, work / DUMP, manifest) as beside:
            _swap_databases(link, owner_address(folder).database, beside.database)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def unpack(source: Path, work: Path) -> Manifest:
    """Unpack a backup and check every member against its manifest; raises BackupUnreadable."""
    if not source.is_file():
        raise BackupUnreadable(path=source, reason="there is no such file")
    try:
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                _unpack_member(tar, member, work)
        told: dict[str, Any] = json.loads((work / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**told)
    except (OSError, tarfile.TarError, ValueError, TypeError) as error:
        raise BackupUnreadable(path=source, reason=str(error) or type(error).__name__) from error
    if manifest.format != FORMAT:
        raise BackupUnreadable(path=source, reason=f"format {manifest.format}, this Duyên reads {FORMAT}")
    for name, expected in manifest.checksums.items():
        unpacked = work / name
        if not unpacked.is_file() or checksum(unpacked) != expected:
            raise BackupUnreadable(path=source, reason=f"{name} is damaged")
    if DUMP not in manifest.checksums:
        raise BackupUnreadable(path=source, reason="it holds no database")
    return manifest


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, work: Path) -> None:
    """Write one plain file below `work`; anything else in the file is not ours."""
    target = (work / member.name).resolve()
    content = tar.extractfile(member) if member.isfile() else None
    if content is None or not target.is_relative_to(work.resolve()):
        raise ValueError(f"it holds {member.name}")
    target.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)


@contextmanager
def _administrator(folder: DataFolder) -> Iterator[Connection]:
    """Connect, outside the database in question, as someone who may make and rename databases."""
    if not external_url():
        with connect(superuser_address(folder)) as link:
            yield link
        return
    with connect(replace(owner_address(folder), database="postgres")) as link:
        yield link


@contextmanager
def _database_beside(
    folder: DataFolder, link: Connection, source: Path, manifest: Manifest
) -> Iterator[Address]:
    """Load the dump into a database of its own; whatever fails, it is dropped again."""
    owner = owner_address(folder)
    beside = replace(owner, database=owner.database + BESIDE)
    _drop_database(link, beside.database)
    try:
        make_database(link, beside.database, owner=owner.user)
    except psycopg.errors.InsufficientPrivilege as error:
        raise MayNotMakeDatabase(role=owner.user) from error
    try:
        load_dump(beside, source, server_major=link.info.server_version // 10000)
        with connect(beside) as filled:
            if applied_migrations(filled) != manifest.migrations:
                raise RestoreFailed(reason="the loaded database is not the one that was dumped")
            app = app_address(folder)
            if app.user != owner.user:
                open_to_app(filled, app_role=app.user)
            filled.execute("ANALYZE")
        yield beside
    finally:
        _drop_database(link, beside.database)


def _swap_databases(link: Connection, name: str, beside: str) -> None:
    """Put the one beside in the place of the one in use, in one transaction, and drop the old one."""
    old = name + BEFORE
    _drop_database(link, old)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    _end_sessions(link, name)
    with link.transaction():
        if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            link.execute(rename.format(sql.Identifier(name), sql.Identifier(old)))
        link.execute(rename.format(sql.Identifier(beside), sql.Identifier(name)))
    _drop_database(link, old)


def _end_sessions(link: Connection, name: str) -> None:
    link.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid() AND usename IS NOT NULL",
        [name],
    )


def _drop_database(link: Connection, name: str) -> None:
    link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _swap_places(folder: DataFolder, work: Path) -> None:
    """Put the unpacked files and keys in place; the database's own passwords stay."""
    for name in PLACES:
        fresh, place, old = work / name, folder.root / name, work / f"{name}.old"
        fresh.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        fresh.chmod(PRIVATE_FOLDER)
        for path in fresh.rglob("*"):
            path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
        if name == "secrets":
            _keep_home_secrets(place, fresh)
        with suppress(FileNotFoundError):
            place.rename(old)
        fresh.rename(place)


def _keep_home_secrets(place: Path, fresh: Path) -> None:
    for path in place.iterdir():
        if not (fresh / path.name).exists():
            shutil.copy2(path, fresh / path.name)
