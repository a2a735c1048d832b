"""The check tells where definitions and records do not fit any more, and what to do."""

from __future__ import annotations

import pytest
from django.db import transaction

from duyen.entities import standard
from duyen.entities.custom import health
from duyen.entities.custom.checks import check_fields
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.database.health import Level
from duyen.foundation.health.lines import State
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db


def test_all_fits(cast: Cast, make_field: MakeField) -> None:
    make_field("seats", "whole")
    given = {"name": "Lan", "kind": "INDIVIDUAL", "custom_seats": 3}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=given)

    assert [each.level for each in check_fields()] == [Level.GOOD]


def test_tells_each_fault(cast: Cast, make_field: MakeField) -> None:
    seats = make_field("seats", "whole")
    make_field("whither", "link", limits={"to": "planets"})
    make_field("lost", entity="spaceships")
    given = {"name": "Lan", "kind": "INDIVIDUAL"}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=given)
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.spoil")
        Party.objects.update(custom={str(seats.pk): "ba", "999999": 1})

    lines = [each.line for each in check_fields()]

    assert len(lines) == 4
    assert any("customers.custom.seats" in line and "no numbers" in line for line in lines)
    assert any("999999" in line for line in lines)
    assert any("customers.custom.whither" in line for line in lines)
    assert any("spaceships.custom.lost" in line for line in lines)


def test_the_page_of_health_and_a_start_tell_it_too(
    cast: Cast, make_field: MakeField, caplog: pytest.LogCaptureFixture
) -> None:
    (line,) = health.fields()
    assert line.state is State.GOOD
    make_field("lost", entity="spaceships")

    (line,) = health.fields()
    health.warn_at_start()

    assert (line.state, line.facts) == (State.WARNING, {"faults": 1})
    assert "spaceships.custom.lost" in caplog.text
