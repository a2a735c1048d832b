"""Refusals that stand beside the database: a backup that is restored does not make anybody forget them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from duyen.foundation.audit import trail
from duyen.foundation.database.paths import DataFolder
from duyen.modules.consents import keeping
from duyen.modules.consents.actions import remember_refusals
from duyen.modules.consents.models import Suppression
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.tests.conftest import Make, Take
from duyen.modules.consents.words import Channel, Purpose
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def file() -> Path:
    """The file of the refusals, empty."""
    place = DataFolder.locate().root / keeping.FILE
    place.unlink(missing_ok=True)
    return place


def test_come_back_after_an_older_state_was_restored(
    customer: int, consent: Make, take: Take, file: Path, cast: Cast
) -> None:
    consent()
    take("refuse_contact", customer, of="customers", refused_by="VOICE")
    assert "lan@example.com" not in file.read_text()
    kept = Suppression.objects.count()
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.restored")
        Suppression.objects.all().delete()

    assert remember_refusals() == kept == 7
    assert contact_permission(customer, Channel.EMAIL, Purpose.MARKETING).rule == "refused"
    assert remember_refusals() == 0


def test_a_mistake_stays_set_right(consent: Make, take: Take, file: Path) -> None:
    made = consent(channels=["EMAIL"])
    take("withdraw", made, refused_by="VOICE")
    take("reinstate", made, by="director", refusal="Nhầm người")

    assert remember_refusals() == 0
    assert not Suppression.objects.exists()


def test_a_line_that_was_cut_off_is_none(customer: int, take: Take, file: Path) -> None:
    take("refuse_contact", customer, of="customers", refused_by="VOICE", channels=["EMAIL"])
    with file.open("a", encoding="utf-8") as lines:
        lines.write('{"mac": "00')

    assert [each[1] for each in keeping.noted()] == [Channel.EMAIL]
