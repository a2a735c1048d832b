"""`duyen check` tells the health of every part in English, and a stopped Duyên is no fault of it."""

from __future__ import annotations

import pytest

from duyen.foundation.database.health import Level
from duyen.surfaces.cli.commands.check import _check_health

pytestmark = pytest.mark.django_db


def test_tells_the_health_of_every_part() -> None:
    lines = [each.line for each in _check_health()]

    assert any(line.startswith("Database, Connections: ") for line in lines)
    assert any(line.startswith("Versions, Python: ") for line in lines)


def test_no_worker_while_duyen_is_stopped_is_a_warning() -> None:
    (workers,) = (each for each in _check_health() if each.line.startswith("Background work, Workers"))

    assert workers.level is Level.WARNING
