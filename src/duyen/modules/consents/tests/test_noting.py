"""Advertising that somebody makes by hand: told beforehand whether it is allowed, noted as it was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client

from duyen.entities.errors import InvalidValues, NotFound
from duyen.kernel.clock import ZONE, now, stopped
from duyen.modules.consents.models import ContactMade
from duyen.modules.consents.tests.conftest import Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
#: A Wednesday morning, within the hours in which law allows advertising calls.
_MORNING = dt.datetime(2026, 3, 4, 9, 30, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with stopped(_MORNING):
        yield


def _as(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def test_a_message_from_a_phone_is_noted_by_a_step(cast: Cast, customer: int, take: Take) -> None:
    take("note_advertising", customer, of="customers", channel="SMS", at="03/03/2026 23:15")

    made = ContactMade.objects.get()
    assert (made.channel, made.denied_by) == ("SMS", "no_consent")
    assert made.at == dt.datetime(2026, 3, 3, 23, 15, tzinfo=ZONE)


def test_the_step_says_beforehand_whether_it_is_allowed(cast: Cast, customer: int) -> None:
    asked = {"channel": "SMS", "preview": "1"}
    shown = _as(cast, "seller").post(f"/customers/{customer}/note_advertising", asked).content.decode()

    assert "chưa đồng ý" in shown
    assert not ContactMade.objects.exists()


def test_nothing_is_noted_of_the_future_or_of_who_is_not_open(cast: Cast, customer: int, take: Take) -> None:
    later = (now() + dt.timedelta(days=1)).isoformat()
    with pytest.raises(InvalidValues):
        take("note_advertising", customer, of="customers", channel="CALL", at=later)
    with pytest.raises(NotFound):
        take("note_advertising", customer, of="customers", by="outsider", channel="CALL")

    assert not ContactMade.objects.exists()
