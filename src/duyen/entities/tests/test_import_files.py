"""Files of an import go when the work that brought them is not kept any more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from duyen.entities.importing.files import forget_files_without_work, rejected_path
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.running import ask
from duyen.kernel.clock import now
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _made(path: Path, *, days: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Tên,Lý do bị từ chối\n", encoding="utf-8")
    moment = now().timestamp() - days * 86_400
    os.utime(path, (moment, moment))
    return path


def test_goes_with_its_work(cast: Cast) -> None:
    kept = ask("import", actor=cast.actor("seller"), label="Tệp", arguments={"suffix": ".csv"})
    folder = DataFolder.locate().imports
    stays = [_made(rejected_path(kept), days=400), _made(folder / f"{kept.pk + 9}-rejected.csv", days=0)]
    goes = [
        _made(folder / f"{kept.pk + 7}-rejected.csv", days=2),
        _made(folder / f"{kept.pk + 8}.csv", days=2),
    ]

    gone = forget_files_without_work()

    assert gone == len(goes)
    assert [each.exists() for each in (*stays, *goes)] == [True, True, False, False]
