"""One clear line and exit code 2, and nothing left behind, for each start that cannot be."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from duyen.foundation.database.paths import CHECKOUT, DataFolder, Installation
from tests.start.launching import duyen, free_port

pytestmark = pytest.mark.slow


def serve(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return duyen(data, "serve", "--no-browser", "--port", str(free_port()), *words, **more)


def assert_one_line(ended: subprocess.CompletedProcess[str], words: str) -> None:
    assert ended.returncode == 2, ended.stderr
    assert words in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert sum(line.startswith("duyen:") for line in ended.stderr.splitlines()) == 1


def test_refuses_a_folder_of_another_postgresql(data: Path) -> None:
    folder = DataFolder.locate(data / "old")
    folder.prepare()
    folder.cluster.mkdir()
    (folder.cluster / "PG_VERSION").write_text("13\n", encoding="utf-8")

    assert_one_line(serve(data / "old"), "holds a PostgreSQL 13 database")


def test_refuses_a_server_that_does_not_answer(data: Path) -> None:
    url = f"postgresql://a:b@127.0.0.1:{free_port()}/khach"

    assert_one_line(serve(data / "away", DATABASE_URL=url), "Check DATABASE_URL")


def test_refuses_an_address_that_cannot_be_read(data: Path) -> None:
    assert_one_line(serve(data / "away", DATABASE_URL="mysql://h/d"), "DATABASE_URL cannot be read")


def test_refuses_a_platform_without_postgresql(data: Path, tmp_path: Path) -> None:
    ended = serve(data / "bare", DUYEN_PG_BIN=str(tmp_path))

    assert_one_line(ended, "DATABASE_URL=postgresql://USER:PASSWORD@HOST:5432/DATABASE ./run")


def test_refuses_a_data_folder_that_is_a_file(data: Path) -> None:
    data.mkdir(exist_ok=True)
    (data / "file").write_text("", encoding="utf-8")

    assert_one_line(serve(data / "file"), "cannot be used")


def test_refuses_the_demo_in_a_companys_folder(data: Path) -> None:
    folder = DataFolder.locate(data / "company")
    folder.prepare()
    folder.remember(Installation(kind="company"))

    assert_one_line(serve(data / "company", "--demo"), "holds a company's own data")
    assert not folder.cluster.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a disk of a certain size")
def test_refuses_a_full_disk(data: Path) -> None:
    disk = data / "disk"
    disk.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(disk)], check=True)
    try:
        ended = serve(disk / "var")
    finally:
        subprocess.run(["umount", str(disk)], check=True)

    assert_one_line(ended, "is full")


def test_refuses_an_old_python_before_it_makes_anything(tmp_path: Path) -> None:
    copy = tmp_path / "Bản sao"
    (copy / "tools").mkdir(parents=True)
    for name in ("run", "tools/environment.sh"):
        (copy / name).write_bytes((CHECKOUT / name).read_bytes())
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("python3", "python3.9"):
        (programs / name).write_text(
            '#!/bin/sh\n[ "$1" = -c ] && exit 1\necho "Python 3.9.2"\n', encoding="utf-8"
        )
        (programs / name).chmod(0o755)
    for name in ("dirname", "basename"):
        (programs / name).symlink_to(f"/usr/bin/{name}")

    ended = subprocess.run(
        ["/bin/sh", str(copy / "run")],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert_one_line(ended, "Python 3.11 to 3.14 is needed, and the PATH has Python 3.9.2")
    assert not (copy / ".venv").exists()
