"""What the company page says about the safety of the data."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from duyen.foundation.audit import sealing
from duyen.foundation.audit.models import Verification
from duyen.foundation.database.paths import DataFolder
from duyen.kernel.clock import now
from duyen.kernel.dates import show_moment
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A data folder without any backup."""
    monkeypatch.setenv("DUYEN_DATA", str(tmp_path / "data"))
    found = DataFolder.locate()
    found.prepare()
    return found


def _page(client: Client, cast: Cast) -> str:
    client.force_login(cast.user("admin"))
    return unescape(client.get("/settings/company").content.decode())


def _note(folder: DataFolder, **told: object) -> None:
    note = {"at": "2026-11-21T19:30:00+00:00", "file": "", "size_bytes": 0, "reason": "", **told}
    (folder.backups / "last.json").write_text(json.dumps(note), encoding="utf-8")


def test_says_that_there_is_no_backup_yet(client: Client, cast: Cast, folder: DataFolder) -> None:
    assert "Chưa có bản sao lưu hằng đêm nào" in _page(client, cast)


def test_names_the_last_good_backup(client: Client, cast: Cast, folder: DataFolder) -> None:
    _note(folder, is_good=True, file="nightly-20261121-193000.duyen")

    page = _page(client, cast)

    assert "22/11/2026 02:30" in page
    assert "nightly-20261121-193000.duyen" in page


def test_shows_a_backup_that_failed_and_why(client: Client, cast: Cast, folder: DataFolder) -> None:
    _note(folder, is_good=False, reason="Ổ đĩa đã đầy.")

    page = _page(client, cast)

    assert 'data-tone="red"' in page
    assert "Ổ đĩa đã đầy." in page


@pytest.mark.django_db(transaction=True)
def test_says_up_to_when_the_trail_is_sealed_and_that_it_is_as_it_was(
    client: Client, cast: Cast, folder: DataFolder
) -> None:
    assert "niêm phong" not in _page(client, cast)
    sealing.seal()
    sealing.look()
    head = sealing.last_seal()

    page = _page(client, cast)

    assert head is not None
    assert f"Nhật ký thay đổi đã niêm phong đến {show_moment(head.last_at)}, dấu số 1." in page
    assert "đến dấu số 1, mọi mục vẫn y như lúc niêm phong" in page


def test_says_where_the_trail_is_broken(client: Client, cast: Cast, folder: DataFolder) -> None:
    Verification.objects.create(at=now(), through=7, digest="", entries=0, is_whole=False, fault="entry_gone")

    page = _page(client, cast)

    assert "không còn nguyên vẹn ở dấu niêm phong số 7: có mục bị mất" in page
    assert 'data-tone="red"' in page
