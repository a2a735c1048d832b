"""Backups: whole, private, and back again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import SessionDatabase

from duyen.foundation.database.backup import (
    BackupNotWritten,
    is_night_due,
    last_backup,
    make_backup,
    nightly_backup,
    prune,
)
from duyen.foundation.database.connection import owner_address, superuser_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.restore import (
    BackupUnreadable,
    MayNotMakeDatabase,
    restore_backup,
)
from duyen.foundation.database.roles import connect, prepare_external
from duyen.foundation.database.schema import NewerSchema


@pytest.fixture
def folder(
    test_database: SessionDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DataFolder]:
    """An installation on a database of its own, with a file, three rows and one migration."""
    server = superuser_address(test_database.server)
    folder = DataFolder.locate(tmp_path / "data")
    folder.prepare()
    (folder.files / "hợp đồng").mkdir()
    (folder.files / "hợp đồng" / "một.txt").write_text("nội dung", encoding="utf-8")
    with connect(server) as link:
        link.execute("CREATE ROLE operator LOGIN CREATEDB CREATEROLE PASSWORD 'operator'")
        link.execute("CREATE DATABASE khach OWNER operator TEMPLATE template0 ENCODING 'UTF8'")
        monkeypatch.setenv("DATABASE_URL", f"postgresql://operator:operator@/khach?host={server.host}")
        prepare_external(folder, say)
        with connect(owner_address(folder)) as owner:
            owner.execute("CREATE TABLE django_migrations (id serial, app text, name text)")
            owner.execute("INSERT INTO django_migrations (app, name) VALUES ('contenttypes', '0001_initial')")
            owner.execute("CREATE TABLE words (word text)")
            owner.execute("INSERT INTO words VALUES ('một'), ('hai'), ('ba')")
        yield folder
        for name in ("khach", "khach_restored", "khach_before_restore"):
            link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        link.execute("DROP ROLE khach_app")
        link.execute("DROP ROLE operator")


def say(_line: str) -> None:
    pass


def words(folder: DataFolder) -> list[object]:
    with connect(owner_address(folder)) as link:
        return [word for (word,) in link.execute("SELECT word FROM words ORDER BY word").fetchall()]


def spoil(folder: DataFolder) -> None:
    with connect(owner_address(folder)) as link:
        link.execute("DELETE FROM words WHERE word <> 'ba'")
    (folder.files / "hợp đồng" / "một.txt").unlink()
    folder.write_secret("secret_key", "another")


def test_brings_database_files_and_keys_back(folder: DataFolder, tmp_path: Path) -> None:
    key = folder.secret("secret_key")
    made = make_backup(folder, tmp_path / "tối qua.duyen")
    spoil(folder)

    restore_backup(folder, made, say)

    assert words(folder) == ["ba", "hai", "một"]
    assert (folder.files / "hợp đồng" / "một.txt").read_text(encoding="utf-8") == "nội dung"
    assert folder.secret("secret_key") == key
    assert {path.stat().st_mode & 0o777 for path in folder.secrets.iterdir()} == {0o600}


def test_a_new_machine_remembers_what_stands_beside_the_database(folder: DataFolder, tmp_path: Path) -> None:
    beside = folder.root / "refusals.jsonl"
    beside.write_text('{"mac": "01"}\n{"mac": "02"}\n', encoding="utf-8")
    target = make_backup(folder, tmp_path / "one.duyen")
    beside.unlink()

    restore_backup(folder, target, say)

    assert beside.read_text(encoding="utf-8") == '{"mac": "01"}\n{"mac": "02"}\n'
    assert beside.stat().st_mode & 0o777 == 0o600


def test_an_older_backup_makes_nothing_forgotten_that_stands_beside(
    folder: DataFolder, tmp_path: Path
) -> None:
    beside = folder.root / "erasures.jsonl"
    beside.write_text('{"record": 1}\n', encoding="utf-8")
    target = make_backup(folder, tmp_path / "one.duyen")
    beside.write_text('{"record": 1}\n{"record": 2}\n{"rec', encoding="utf-8")

    restore_backup(folder, target, say)

    assert beside.read_text(encoding="utf-8") == '{"record": 1}\n{"record": 2}\n'


def test_lets_the_app_role_in_after_a_restore(folder: DataFolder, tmp_path: Path) -> None:
    made = make_backup(folder, tmp_path / "b.duyen")

    restore_backup(folder, made, say)
    told: list[str] = []
    prepare_external(folder, told.append)

    assert told == []
    assert folder.installation().single_role is False


def test_writes_a_private_file_and_leaves_nothing_beside(folder: DataFolder, tmp_path: Path) -> None:
    target = tmp_path / "out" / "b.duyen"
    target.parent.mkdir()

    make_backup(folder, target)

    assert [path.name for path in target.parent.iterdir()] == ["b.duyen"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_refuses_a_place_that_does_not_exist(folder: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(BackupNotWritten):
        make_backup(folder, tmp_path / "nowhere" / "b.duyen")


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7])
def test_changes_nothing_when_the_file_is_cut_off(folder: DataFolder, tmp_path: Path, kept: float) -> None:
    made = make_backup(folder, tmp_path / "b.duyen")
    os.truncate(made, int(made.stat().st_size * kept))

    with pytest.raises(BackupUnreadable):
        restore_backup(folder, made, say)

    assert words(folder) == ["ba", "hai", "một"]
    assert (folder.files / "hợp đồng" / "một.txt").exists()
    assert not list(folder.root.glob(".restore-*"))


def test_changes_nothing_when_a_byte_is_wrong(folder: DataFolder, tmp_path: Path) -> None:
    made = make_backup(folder, tmp_path / "b.duyen")
    content = bytearray(made.read_bytes())
    place = content.index(b"PGDMP") + 2000
    content[place] ^= 0xFF
    made.write_bytes(content)

    with pytest.raises(BackupUnreadable, match="is damaged"):
        restore_backup(folder, made, say)

    assert words(folder) == ["ba", "hai", "một"]


def test_refuses_a_backup_of_a_newer_version(folder: DataFolder, tmp_path: Path) -> None:
    with connect(owner_address(folder)) as link:
        link.execute("INSERT INTO django_migrations (app, name) VALUES ('org', '9999_of_tomorrow')")
    made = make_backup(folder, tmp_path / "b.duyen")
    spoil(folder)

    with pytest.raises(NewerSchema, match="9999_of_tomorrow"):
        restore_backup(folder, made, say)

    assert words(folder) == ["ba"]


def test_says_what_is_missing_where_the_role_may_not_make_a_database(
    folder: DataFolder, test_database: SessionDatabase, tmp_path: Path
) -> None:
    made = make_backup(folder, tmp_path / "b.duyen")
    with connect(superuser_address(test_database.server)) as link:
        link.execute("ALTER ROLE operator NOCREATEDB")

    with pytest.raises(MayNotMakeDatabase, match="ALTER ROLE operator CREATEDB;"):
        restore_backup(folder, made, say)

    assert words(folder) == ["ba", "hai", "một"]


def test_keeps_seven_nights_and_every_other_backup(folder: DataFolder) -> None:
    for day in range(1, 10):
        (folder.backups / f"nightly-202601{day:02}-010000.duyen").touch()
    (folder.backups / "before-migration-20250101-010000.duyen").touch()

    gone = prune(folder, keep=7)

    assert [path.name[8:16] for path in gone] == ["20260102", "20260101"]
    assert len(list(folder.backups.iterdir())) == 8


@pytest.mark.parametrize(
    ("hours_ago", "hour", "is_due"),
    [(13, 19, True), (1, 19, False), (13, 9, False), (27, 9, True)],
)
def test_runs_at_night_or_once_the_machine_is_on_again(
    tmp_path: Path, hours_ago: int, hour: int, is_due: bool
) -> None:
    folder = DataFolder.locate(tmp_path)
    folder.prepare()
    moment = datetime(2026, 3, 4, hour, 30, tzinfo=UTC)
    last = {"at": (moment - timedelta(hours=hours_ago)).isoformat(), "is_good": True}
    (folder.backups / "last.json").write_text(json.dumps(last), encoding="utf-8")

    assert is_night_due(folder, moment) is is_due


def test_makes_the_first_backup_as_soon_as_it_can(tmp_path: Path) -> None:
    assert is_night_due(DataFolder.locate(tmp_path), datetime(2026, 3, 4, 9, tzinfo=UTC))


def test_writes_down_how_the_night_went(folder: DataFolder) -> None:
    ended = nightly_backup(folder)

    assert ended.is_good
    assert (folder.backups / ended.file).stat().st_size == ended.size_bytes
    assert last_backup(folder) == ended


def test_writes_down_why_a_night_failed(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@/khach?host=/nowhere")

    ended = nightly_backup(folder)

    assert not ended.is_good
    assert "cannot be reached" in ended.reason
    assert last_backup(folder) == ended
    assert not list(folder.backups.glob("nightly-*"))
