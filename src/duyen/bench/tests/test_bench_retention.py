"""The benchmark of retention in small: as many leads as asked are erased, and what that took is told."""

from __future__ import annotations

import pytest

from duyen.bench.filling import fill
from duyen.bench.interests import fill_leads
from duyen.bench.retention import one_night
from duyen.entities.models import Erasure


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


@pytest.mark.django_db(transaction=True)
def test_erases_as_many_as_asked() -> None:
    fill(300, say=_quiet)
    fill_leads(400, say=_quiet)

    night, wall, _cpu, statements = one_night(100)

    assert (night.erased, night.left_alone) == (100, 0)
    assert Erasure.objects.exclude(finished_at=None).count() == 100
    assert wall > 0
    assert statements > 0
