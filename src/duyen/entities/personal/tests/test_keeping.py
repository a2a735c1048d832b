"""A backup that is restored brings nobody back who was erased since, and touches nobody else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from duyen.entities import standard
from duyen.entities.models import Erasure
from duyen.entities.personal.erasing import start
from duyen.entities.personal.keeping import erase_again
from duyen.entities.personal.proving import BESIDE, digest_of
from duyen.entities.registry import entity_named
from duyen.entities.writing import update_row
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.running import work
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
NEEDS = ("customers", "delete")


@pytest.fixture(autouse=True)
def file() -> Path:
    """The file of the erasures, empty."""
    place = DataFolder.locate().root / BESIDE
    place.unlink(missing_ok=True)
    return place


@pytest.fixture
def person(cast: Cast) -> int:
    values = {"name": "Đoàn Thuỳ Chi", "kind": "INDIVIDUAL", "phones": ["0912345678"]}
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


def _name(person: int) -> str:
    found = entity_named("customers").model._default_manager.filter(pk=person)
    return str(found.values_list("name", flat=True).get())


def _as_in_the_backup(person: int, **more: Any) -> None:
    """Let the base stand as it did in an older backup: she is there, and nothing is known of an erasure."""
    was = {"name": "Đoàn Thuỳ Chi", "phones": ["+84912345678"], "deleted_at": None, **more}
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.restored")
        Erasure.objects.all().delete()
        update_row(entity_named("customers").model, person, was)


def _erase(cast: Cast, person: int) -> None:
    customers, director = entity_named("customers"), cast.actor("director")
    assert work(start(customers, person, actor=director, reason="YC-0001", needs=NEEDS).pk)


def test_is_erased_again_with_a_proof(cast: Cast, person: int, file: Path) -> None:
    _erase(cast, person)
    first = Erasure.objects.get()
    told = file.read_text()
    assert "Chi" not in told
    assert "912345678" not in told
    assert erase_again() == 0
    _as_in_the_backup(person)

    assert erase_again() == 1

    assert "Chi" not in _name(person)
    proof = Erasure.objects.get()
    assert (proof.record_id, proof.pk != first.pk) == (person, True)
    assert proof.reason.startswith(f"YC-0001, {first.by_name}")
    assert proof.digest == digest_of(proof)
    assert erase_again() == 0


def test_leaves_somebody_else_alone_who_has_the_number_since(cast: Cast, person: int) -> None:
    _erase(cast, person)
    _as_in_the_backup(person, created_at=dt.datetime(2026, 2, 3, tzinfo=dt.UTC))

    assert erase_again() == 0

    assert "Chi" in _name(person)
    assert not Erasure.objects.exists()
