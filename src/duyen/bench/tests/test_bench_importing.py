"""The measurement of imports in small: it loads, tells where the time went, and writes its table."""

from __future__ import annotations

from pathlib import Path

import pytest

from duyen.bench.exporting import take_export
from duyen.bench.filling import fill
from duyen.bench.importing import load_file, markdown, write_file
from duyen.entities.registry import entity_named

pytestmark = pytest.mark.django_db


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


def test_measures_an_import_and_tells_where_its_time_went(tmp_path: Path) -> None:
    cast = fill(0, say=_quiet)
    path = write_file(tmp_path / "a.csv", 300, seed=1)

    load = load_file("first load", path, 300, cast, _quiet)
    again = load_file("later import", path, 300, cast, _quiet)
    exported = take_export("csv", tmp_path / "out.csv", user_id=cast.everything)
    cost = {"plain": 1.0, "generated": 2.0, "indexed": 4.0}
    told = markdown([load, again], [10.0, 12.0], cost, [exported])

    assert load.imported + load.skipped + load.rejected == 300
    assert entity_named("customers").model._default_manager.count() == load.imported
    assert (again.imported, again.skipped) == (0, load.imported + load.skipped)
    assert {"reading (beside)", "duplicates", "writing"} <= load.shares.seconds.keys()
    assert load.speed > 0
    assert load.peak_mb > 10
    assert "| first load | 300 |" in told
    assert exported.rows == load.imported
    assert f"| csv | {load.imported} |" in told
    assert "generated columns 25%, indexes 50%" in told


def test_writes_the_same_file_every_time(tmp_path: Path) -> None:
    first, second, other = (
        write_file(tmp_path / name, 50, seed=seed).read_text("utf-8-sig")
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )

    assert first == second
    assert first != other
