"""What the tests of handovers share: a lead of the care department's, handed over, and browsers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.modules.handovers.models import Handover
from duyen.modules.leads.actions import capture
from duyen.modules.leads.models import Lead
from duyen.testing.cast import Cast

Make = Callable[..., int]
Browse = Callable[..., Client]
#: A Thursday morning.
MORNING = dt.datetime(2027, 3, 11, 9, 30, tzinfo=ZONE)


@pytest.fixture
def morning() -> Iterator[dt.datetime]:
    """Let it be a morning on which people work."""
    with clock.stopped(MORNING) as moment:
        yield moment


@pytest.fixture
def lead(morning: dt.datetime, cast: Cast) -> Make:
    """Take in a lead of the care department's, unless told otherwise."""

    def make(*, by: str = "care_agent", **values: Any) -> int:
        given = {"name": "Phạm Thị Mai", "phones": ["0359 000 111"], "source": "REFERRAL", **values}
        return capture(actor=cast.actor(by), values={"need": "Mạng cho quán", **given}).id

    return make


@pytest.fixture
def handed(lead: Make, cast: Cast) -> Make:
    """Hand a new lead over to the seller, or to whomever is named; gives the handover."""

    def make(*, to: str = "seller", unit: str = "", lead_id: int = 0) -> int:
        made = lead_id or lead()
        asked = {
            "owner": cast.user(to).pk if to else None,
            "unit": cast.unit(unit).pk if unit else None,
            "note": "Khách hỏi gói cáp quang",
        }
        perform(entity_named("leads"), "hand_to", made, actor=cast.actor("care_agent"), arguments=asked)
        return Handover.objects.get(lead_id=made, state="WAITING").pk

    return make


@pytest.fixture
def browse(cast: Cast) -> Browse:
    """Sign somebody in."""

    def sign_in(who: str = "seller") -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_in


def stand(handover_id: int) -> Handover:
    """Give a handover as it stands."""
    return Handover.objects.get(pk=handover_id)


def lead_of(handover_id: int) -> Lead:
    """Give the lead of a handover as it stands."""
    return Lead.objects.get(pk=stand(handover_id).lead_id)
