"""Newer and older checkouts on one data folder, and a migration that fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db.migrations.loader import MigrationLoader

from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.embedded import EmbeddedServer
from duyen.foundation.database.paths import DataFolder
from tests.start.launching import duyen, environment, free_port, started

pytestmark = pytest.mark.slow

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def installed(data: Path) -> Path:
    """A data folder that a start filled and left."""
    with started(data):
        pass
    return data


@contextmanager
def owner(data: Path) -> Iterator[Connection]:
    folder = DataFolder.locate(data)
    with EmbeddedServer(folder), psycopg.connect(owner_address(folder).conninfo(), autocommit=True) as link:
        yield link


def tables_and_migrations(data: Path) -> tuple[list[object], list[object]]:
    with owner(data) as link:
        tables = link.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
        applied = link.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
    return list(tables), list(applied)


def last_of_our_migrations() -> tuple[str, str]:
    """Choose a migration of ours that makes a table and on which no other stands."""
    loader = MigrationLoader(None)
    ours = [
        key
        for key in loader.graph.leaf_nodes()
        if loader.disk_migrations is not None
        and loader.disk_migrations[key].__module__.startswith("duyen.")
        and not loader.graph.node_map[key].children
    ]
    return str(ours[-1][0]), str(ours[-1][1])


def test_refuses_the_data_of_a_newer_version(installed: Path) -> None:
    with owner(installed) as link:
        link.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('org', '9999_of_tomorrow', now())"
        )

    ended = duyen(installed, "serve", "--no-browser", "--port", str(free_port()))

    with owner(installed) as link:
        link.execute("DELETE FROM django_migrations WHERE name = '9999_of_tomorrow'")
    assert ended.returncode == 2
    assert "made by a newer Duyên" in ended.stderr.splitlines()[-1]


def test_brings_the_old_state_back_when_a_migration_fails(installed: Path) -> None:
    app, name = last_of_our_migrations()
    with owner(installed) as link:
        link.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, name])
    before = tables_and_migrations(installed)

    ended = duyen(installed, "migrate")  # what it makes is there already

    after = tables_and_migrations(installed)
    with owner(installed) as link:
        link.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", [app, name])
    assert ended.returncode == 2, ended.stderr
    assert f"The migration {app}.{name} failed" in ended.stderr.splitlines()[-1]
    assert "The data is as it was before" in ended.stderr
    assert after == before
    assert list((installed / "backups").glob("before-migration-*.duyen"))


def test_backs_up_and_says_so_before_it_migrates_older_data(installed: Path) -> None:
    app, _name = last_of_our_migrations()
    before = tables_and_migrations(installed)
    undo = [sys.executable, "-m", "django", "migrate", app, "zero", "--verbosity", "0"]
    environ = environment(installed, DJANGO_SETTINGS_MODULE="duyen.config.settings", DUYEN_DB_ROLE="owner")
    with owner(installed):
        subprocess.run(undo, env=environ, check=True)

    ended = duyen(installed, "migrate")

    assert ended.returncode == 0, ended.stderr
    assert "is from an older Duyên" in ended.stderr
    assert "Making a backup first" in ended.stderr
    assert tables_and_migrations(installed) == before


def test_round_trips_through_a_backup_file(installed: Path, tmp_path: Path) -> None:
    (installed / "files" / "ảnh.txt").write_text("nội dung", encoding="utf-8")
    with owner(installed) as link:
        link.execute("CREATE TABLE mark (word text)")
        link.execute("INSERT INTO mark VALUES ('trước')")
    saved = duyen(installed, "backup", str(tmp_path / "b.duyen"))
    with owner(installed) as link:
        link.execute("UPDATE mark SET word = 'sau'")
    (installed / "files" / "ảnh.txt").unlink()

    refused = duyen(installed, "restore", str(tmp_path / "b.duyen"))
    restored = duyen(installed, "restore", str(tmp_path / "b.duyen"), "--yes")

    assert (saved.returncode, refused.returncode, restored.returncode) == (0, 2, 0), restored.stderr
    assert "Say --yes" in refused.stderr
    with owner(installed) as link:
        assert link.execute("SELECT word FROM mark").fetchall() == [("trước",)]
        link.execute("DROP TABLE mark")
    assert (installed / "files" / "ảnh.txt").read_text(encoding="utf-8") == "nội dung"
    with started(installed) as again:
        assert again.status_of("/healthz") == 200


def test_restores_into_a_fresh_folder(installed: Path, tmp_path: Path) -> None:
    key = (installed / "secrets" / "secret_key").read_text(encoding="utf-8")
    duyen(installed, "backup", str(tmp_path / "b.duyen"))
    fresh = installed.parent / "Máy mới"

    restored = duyen(fresh, "restore", str(tmp_path / "b.duyen"))

    assert restored.returncode == 0, restored.stderr
    assert (fresh / "secrets" / "secret_key").read_text(encoding="utf-8") == key
    assert duyen(fresh, "check").returncode == 0
