"""Records that enter with a life behind them: made long ago, in the state that they reached since."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.standard import Life
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

MADE_AT = dt.datetime(2024, 3, 1, 2, 30, tzinfo=dt.UTC)
SINCE = dt.datetime(2025, 6, 2, 3, 0, tzinfo=dt.UTC)


def test_keeps_the_past_that_each_good_row_brings(cast: Cast, customers: Entity) -> None:
    keeper = {"unit": cast.unit("HP1").pk, "owner": cast.user("seller").pk}
    rows = [
        {"name": "", "kind": "INDIVIDUAL"} | keeper,
        {"name": "Phan Thu Trà", "kind": "INDIVIDUAL"} | keeper,
    ]
    lives = [Life(SINCE, "LOST", SINCE), Life(MADE_AT, "DEVELOPING", SINCE)]

    made, _operation = standard.create_many(customers, actor=system_actor("tests"), rows=rows, lives=lives)

    assert made[1].id is not None
    row = Party.objects.get(pk=made[1].id)
    assert made[0].id is None
    assert (row.created_at, row.relationship_state, row.relationship_since) == (MADE_AT, "DEVELOPING", SINCE)


def test_takes_a_past_from_the_system_alone(cast: Cast, customers: Entity) -> None:
    before = Party.objects.count(), History.objects.count()
    rows = [{"name": "Phan Thu Trà", "kind": "INDIVIDUAL"}]

    with pytest.raises(NotAllowed):
        standard.create_many(
            customers, actor=cast.actor("director"), rows=rows, lives=[Life(MADE_AT, "LOST", SINCE)]
        )

    assert (Party.objects.count(), History.objects.count()) == before
