"""What the company page says about the safety of the data."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from duyen.foundation.database.paths import DataFolder
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
    return unescape(client.get("/settings").content.decode())


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
