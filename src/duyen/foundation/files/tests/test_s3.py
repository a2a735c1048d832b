"""Contents in a bucket, against a server on this machine that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from minio import Minio
from moto.server import ThreadedMotoServer

from duyen.foundation.database.health import Level
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.files import checks, sweeping
from duyen.foundation.files.store import Missing, Unreachable, new_key, store_at, store_for_new
from duyen.foundation.files.store.s3 import ACCESS_KEY, BUCKET, ENDPOINT, SECRET_KEY, S3Store, origin_of
from duyen.foundation.files.tests.test_store import folder, row_for
from duyen.foundation.files.words import Place
from duyen.kernel.clock import now, stopped

__all__ = ["folder"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Let a server listen, with one bucket."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    Minio(
        f"{host}:{port}", access_key="key", secret_key="secret", region="us-east-1", secure=False
    ).make_bucket("company")
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """Say where the bucket is, and the secrets in their files."""
    monkeypatch.setenv(ENDPOINT, server)
    monkeypatch.setenv(BUCKET, "company")
    for name, value in ((ACCESS_KEY, "key"), (SECRET_KEY, "secret")):
        monkeypatch.delenv(name, raising=False)
        folder.write_secret(name.removeprefix("DUYEN_").lower(), value)
    return folder


def keep(content: bytes, tmp_path: Path) -> str:
    source = tmp_path / "source"
    source.write_bytes(content)
    place, store = store_for_new()
    assert place is Place.S3
    key = new_key(place)
    store.keep(key, source)
    return key


def test_gives_back_what_was_kept_and_any_part_of_it(bucket: DataFolder, tmp_path: Path) -> None:
    key = keep(b"abcdef" * 100_000, tmp_path)

    assert b"".join(store_at("s3").read(key)) == b"abcdef" * 100_000
    assert b"".join(store_at("s3").read(key, start=2, length=3)) == b"cde"
    assert key.startswith(f"{origin_of(bucket)}/")
    assert list(bucket.files.rglob("*")) == []


def test_says_what_is_not_there(bucket: DataFolder, tmp_path: Path) -> None:
    key = keep(b"abc", tmp_path)
    store_at("s3").forget(key)
    store_at("s3").forget(key)

    with pytest.raises(Missing):
        store_at("s3").read(key)


def test_says_that_the_bucket_cannot_be_reached(
    bucket: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BUCKET, "no-such-bucket")
    with pytest.raises(Unreachable):
        keep(b"abc", tmp_path)

    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    with pytest.raises(Unreachable):
        keep(b"abc", tmp_path)


def test_needs_both_secrets(bucket: DataFolder) -> None:
    (bucket.secrets / "s3_secret_key").unlink()

    with pytest.raises(Unreachable):
        S3Store.from_environment()


@pytest.mark.django_db
def test_sweeps_its_own_contents_alone(
    bucket: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = keep(b"abc", tmp_path)
    (bucket.root / "origin").unlink()  # as in a copy that was restored elsewhere
    ours = keep(b"abc", tmp_path)

    with stopped(now() + 2 * sweeping.OLD):
        removed = sweeping.sweep()

    assert removed == 1
    assert b"".join(store_at("s3").read(theirs)) == b"abc"
    with pytest.raises(Missing):
        store_at("s3").read(ours)


@pytest.mark.django_db
def test_checks_contents_of_a_bucket(bucket: DataFolder, tmp_path: Path) -> None:
    row_for(keep(b"abc", tmp_path), place="s3")
    row_for(f"{origin_of(bucket)}/{'0' * 40}", place="s3")

    found = list(checks.check_files())

    assert [each.level for each in found] == [Level.BAD]
    assert "is missing" in found[0].line
