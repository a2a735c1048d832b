"""Whether a checkout changed since a folder was made ready for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from duyen.surfaces.cli import fingerprint


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "src" / "a.py").write_text("1", encoding="utf-8")
    monkeypatch.setattr(fingerprint, "CHECKOUT", tmp_path)
    return tmp_path


def test_stays_while_nothing_changes(checkout: Path) -> None:
    first = fingerprint.checkout_fingerprint()
    (checkout / "src" / "a.pyc").write_text("compiled", encoding="utf-8")

    assert fingerprint.checkout_fingerprint() == first


def test_changes_with_a_new_file(checkout: Path) -> None:
    first = fingerprint.checkout_fingerprint()
    (checkout / "src" / "b.py").write_text("2", encoding="utf-8")

    assert fingerprint.checkout_fingerprint() != first
