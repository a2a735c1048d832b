"""The embedded server's life: start, share, kill, recover."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from duyen.foundation.database.account import server_account
from duyen.foundation.database.binaries import find_binaries
from duyen.foundation.database.connection import socket_folder, superuser_address
from duyen.foundation.database.embedded import EmbeddedServer, refuse_other_major, server_pid
from duyen.foundation.database.errors import (
    DatabaseDidNotStart,
    DiskFull,
    NoBinaries,
    OtherMajorVersion,
    SecretsDoNotFit,
)
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import prepare_embedded

slow = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    """A folder that PostgreSQL's account reaches, with a space and Vietnamese letters in its name."""
    with tempfile.TemporaryDirectory(prefix="duyen-test-") as place:
        Path(place).chmod(0o755)
        yield DataFolder.locate(Path(place) / "dữ liệu")


def commit_until_killed(folder: DataFolder, victim: int, after: int) -> list[int]:
    """Insert numbers one commit at a time, kill the server on the way; return those it acknowledged."""
    acknowledged: list[int] = []
    with psycopg.connect(superuser_address(folder).conninfo(), autocommit=True) as link:
        link.execute("CREATE TABLE IF NOT EXISTS written (number int)")
        for number in range(10_000):
            if number == after:
                os.kill(victim, signal.SIGKILL)
            try:
                link.execute("INSERT INTO written VALUES (%s)", [number])
            except psycopg.OperationalError:
                break
            acknowledged.append(number)
    return acknowledged


def written(folder: DataFolder) -> list[object]:
    with psycopg.connect(superuser_address(folder).conninfo()) as link:
        return [number for (number,) in link.execute("SELECT number FROM written ORDER BY 1").fetchall()]


@slow
def test_keeps_every_acknowledged_commit_when_it_is_killed(folder: DataFolder) -> None:
    server = EmbeddedServer(folder)
    server.start()
    socket = socket_folder(folder)
    victim = server_pid(folder)
    assert victim is not None

    acknowledged = commit_until_killed(folder, victim, after=200)
    server.start()

    assert len(acknowledged) >= 200
    assert written(folder)[: len(acknowledged)] == acknowledged
    assert socket_folder(folder) == socket
    server.stop()


@slow
def test_starts_over_a_stale_pid_file_that_names_a_stranger(folder: DataFolder) -> None:
    server = EmbeddedServer(folder)
    server.start()
    note = folder.cluster / "postmaster.pid"
    lines = note.read_text(encoding="utf-8").splitlines()
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    with subprocess.Popen(["sleep", "60"], cwd="/", **server_account(folder.cluster).spawn()) as stranger:
        note.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n", encoding="utf-8")

        server.start()

        assert server.is_ready()
        server.stop()
        stranger.kill()


@slow
def test_shares_the_server_and_stops_it_with_the_last_user(folder: DataFolder) -> None:
    first, second = EmbeddedServer(folder), EmbeddedServer(folder)
    first.start()
    second.start()

    first.stop()
    is_left_running = second.is_ready()
    second.stop()
    assert first.process is not None
    first.process.wait(10)

    assert is_left_running
    assert server_pid(folder) is None
    assert not folder.socket_note.exists()


@slow
def test_rests_content_with_a_server_that_another_process_was_quicker_to_start_again(
    folder: DataFolder,
) -> None:
    with EmbeddedServer(folder) as first, EmbeddedServer(folder) as second:
        assert first.process is not None
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        second.start()

        first.start()

        assert (first.has_ended(), second.has_ended()) == (False, False)
    assert second.process is not None
    second.process.wait(10)


@slow
def test_takes_the_operators_settings(folder: DataFolder) -> None:
    folder.prepare()
    (folder.root / "database.conf").write_text("# more memory\nwork_mem = '24MB'\n", encoding="utf-8")

    with (
        EmbeddedServer(folder, extra_settings={"fsync": "off"}),
        psycopg.connect(superuser_address(folder).conninfo()) as link,
    ):
        told = link.execute(
            "SELECT current_setting('work_mem'), current_setting('data_checksums')"
        ).fetchone()

    assert told == ("24MB", "on")


@slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can copy for itself what another account owns")
def test_starts_a_cluster_that_root_copied(folder: DataFolder) -> None:
    with EmbeddedServer(folder, extra_settings={"fsync": "off"}):
        pass
    for path in (folder.cluster, *folder.cluster.rglob("*")):
        os.chown(path, 0, 0)

    with EmbeddedServer(folder, extra_settings={"fsync": "off"}) as server:
        assert server.is_ready()


@slow
def test_says_that_the_secrets_are_those_of_another_database(folder: DataFolder) -> None:
    with EmbeddedServer(folder, extra_settings={"fsync": "off"}):
        for name in ("postgres_password", "owner_password", "app_password"):
            folder.write_secret(name, "another")

        with pytest.raises(SecretsDoNotFit, match="Put the old secrets back"):
            prepare_embedded(folder)


@slow
def test_says_in_one_line_what_postgresql_did_not_like(folder: DataFolder) -> None:
    folder.prepare()
    (folder.root / "database.conf").write_text("work_mem = lots\n", encoding="utf-8")

    with pytest.raises(DatabaseDidNotStart, match="work_mem") as refusal:
        EmbeddedServer(folder, extra_settings={"fsync": "off"}).start()

    assert "\n" not in str(refusal.value)


def test_refuses_a_folder_of_another_major_version(folder: DataFolder) -> None:
    folder.prepare()
    folder.cluster.mkdir()
    (folder.cluster / "PG_VERSION").write_text("12\n", encoding="utf-8")

    with pytest.raises(OtherMajorVersion, match="PostgreSQL 12"):
        refuse_other_major(folder, find_binaries())


def test_refuses_a_full_disk_before_it_makes_anything(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 20 * 1024 * 1024})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)

    with pytest.raises(DiskFull, match="20 MB free, 200 MB needed"):
        EmbeddedServer(folder).start()

    assert not folder.cluster.exists()


def test_names_the_way_out_where_there_is_no_postgresql(tmp_path: Path) -> None:
    with pytest.raises(NoBinaries, match="DATABASE_URL=postgresql://") as refusal:
        find_binaries({"DUYEN_PG_BIN": str(tmp_path)})

    assert "\n" not in str(refusal.value)
