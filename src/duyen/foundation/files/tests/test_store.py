"""Contents on disk: whole or not there, swept when no row names them, told when missing or altered."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.db import transaction

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.database.health import Level
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.files import checks, sweeping
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.store import Missing, Unreachable, new_key
from duyen.foundation.files.store.disk import DiskStore
from duyen.foundation.files.words import Place
from duyen.kernel.clock import now

SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A data folder of its own, so that a sweep sees what the test has put there alone."""
    monkeypatch.setenv("DUYEN_DATA", str(tmp_path / "data"))
    made = DataFolder.locate()
    made.prepare()
    return made


def keep(key: str, content: bytes, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    DiskStore().keep(key, source)


def row_for(
    key: str,
    *,
    sha256: str = SHA_OF_ABC,
    size: int = 3,
    scan: str = "none",
    ending: str = "txt",
    place: str = "disk",
) -> None:
    """Write a file whose version names a content."""
    stands = {"entity": "parties", "record_id": 5, "created_at": now()}
    with transaction.atomic():
        trail.begin(system_actor("tests"), "files.add_file")
        file = File.objects.create(name="a.txt", updated_at=now(), **stands)
        FileVersion.objects.create(
            file=file, number=1, name="a.txt", ending=ending, size=size, sha256=sha256, place=place, key=key,
            scan=scan, preview="none" if ending == "txt" else "waiting", **stands,
        )  # fmt: skip


def grow_old(folder: DataFolder) -> None:
    """Let every content be older than a sweep waits."""
    old = (now() - dt.timedelta(days=8)).timestamp()
    for each in folder.files.rglob("*"):
        if each.is_file():
            os.utime(each, (old, old))


def test_gives_back_what_was_kept_and_any_part_of_it(folder: DataFolder, tmp_path: Path) -> None:
    key = new_key(Place.DISK)
    keep(key, b"abcdef", tmp_path)

    assert b"".join(DiskStore().read(key)) == b"abcdef"
    assert b"".join(DiskStore().read(key, start=2, length=3)) == b"cde"
    place = folder.files / key[:2] / key
    assert place.stat().st_mode & 0o777 == 0o600
    assert list((folder.root / "incoming").iterdir()) == []


@pytest.mark.parametrize("key", ["../secrets/hmac_key", "a" * 39 + "/b", "", "A" * 40])
def test_reads_nothing_outside_its_folder(folder: DataFolder, key: str) -> None:
    with pytest.raises(Missing):
        DiskStore().read(key)


def test_says_that_it_cannot_keep_anything_and_leaves_nothing(folder: DataFolder, tmp_path: Path) -> None:
    folder.files.rmdir()
    folder.files.write_text("no folder")

    with pytest.raises(Unreachable):
        keep(new_key(Place.DISK), b"abc", tmp_path)

    assert list((folder.root / "incoming").iterdir()) == []


@pytest.mark.django_db
def test_sweeps_what_no_row_names_and_nothing_else(folder: DataFolder, tmp_path: Path) -> None:
    named, unnamed, young = (new_key(Place.DISK) for _each in range(3))
    for key in (named, f"{named}.small", unnamed, f"{unnamed}.large"):
        keep(key, b"abc", tmp_path)
    row_for(named)
    grow_old(folder)
    keep(young, b"abc", tmp_path)

    removed = sweeping.sweep()

    assert removed == 2
    assert {each.key for each in DiskStore().held()} == {named, f"{named}.small", young}


@pytest.mark.django_db
def test_tells_which_contents_are_missing_or_altered(folder: DataFolder, tmp_path: Path) -> None:
    good, gone, short, altered = (new_key(Place.DISK) for _each in range(4))
    for key, content in ((good, b"abc"), (short, b"ab"), (altered, b"xyz")):
        keep(key, content, tmp_path)
    for key in (good, gone, short, altered):
        row_for(key)

    found = list(checks.check_files())

    assert [each.level for each in found] == [Level.BAD] * 3
    assert "its content is missing" in found[0].line
    assert "has 2 bytes instead of 3" in found[1].line
    assert "was altered" in found[2].line


@pytest.mark.django_db
def test_says_that_all_contents_are_there(folder: DataFolder, tmp_path: Path) -> None:
    key = new_key(Place.DISK)
    keep(key, b"abc", tmp_path)
    row_for(key)

    (finding,) = checks.check_files()

    assert finding.level is Level.GOOD
    assert finding.line == "Files: 1 contents on disk are there, 1 digests were compared"
