"""What the tests of calling share: leads of a seller, and a browser for each of the cast."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.modules.leads.actions import capture
from duyen.modules.leads.models import Lead
from duyen.testing.cast import Cast

Make = Callable[..., int]
#: A Thursday morning.
MORNING = dt.datetime(2027, 3, 11, 9, 30, tzinfo=ZONE)


@pytest.fixture
def morning() -> Iterator[dt.datetime]:
    """Let it be a morning on which people work."""
    with clock.stopped(MORNING) as moment:
        yield moment


@pytest.fixture
def lead(morning: dt.datetime, cast: Cast) -> Make:
    """Take in a lead of the seller's and let her take it on, unless told otherwise."""

    def make(*, by: str = "seller", taken: bool = True, **values: Any) -> int:
        given = {"name": "Phạm Thị Mai", "phones": ["0359 000 111"], "source": "REFERRAL", **values}
        made = capture(actor=cast.actor(by), values=given).id
        if taken:
            perform(entity_named("leads"), "take", made, actor=cast.actor(by), arguments={})
        return made

    return make


@pytest.fixture
def browse(cast: Cast) -> Callable[[str], Client]:
    """Sign somebody in."""

    def sign_in(who: str = "seller") -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_in


def stand(lead_id: int) -> Lead:
    """Give a lead as it stands."""
    return Lead.objects.get(pk=lead_id)


def form(lead_id: int, outcome: str, **typed: Any) -> dict[str, Any]:
    """Give what the form about a lead sends, with a key of its own."""
    row = stand(lead_id)
    return {
        "key": str(uuid.uuid4()),
        "state": row.state,
        "phone": row.phones[0],
        "outcome": outcome,
        "reason": "NO_NEED",
        **typed,
    }
