"""A data folder for a whole module of starts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A path with a space and Vietnamese letters that PostgreSQL's account reaches."""
    with tempfile.TemporaryDirectory(prefix="duyen-test-") as place:
        Path(place).chmod(0o755)
        yield Path(place) / "Dữ liệu Duyên"
