"""Advertising that somebody makes by hand: told beforehand whether it is allowed, noted as it was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client

from duyen.entities.errors import InvalidValues, NotFound
from duyen.kernel.clock import ZONE, now, stopped
from duyen.modules.activities.models import Activity
from duyen.modules.consents.actions import bring_list_in
from duyen.modules.consents.models import ContactMade
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.tests.conftest import Make, Take
from duyen.modules.consents.words import Channel, Purpose
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


def _call(cast: Cast, customer: int, **more: str) -> None:
    form = {"kind": "CALL", "direction": "OUT", "from": "call", "body": "Mời gói cước mới", **more}
    assert _as(cast, "seller").post(f"/customers/{customer}/timeline", form).status_code == 302


def test_a_call_that_was_allowed_counts_for_the_next_one(cast: Cast, customer: int, consent: Make) -> None:
    consent()
    bring_list_in(["0987654321"], file_name="ds.csv", actor=cast.actor("director"))
    page = _as(cast, "seller").get(f"/customers/{customer}/call").content.decode()
    assert "lúc này được phép" in page
    assert ' name="advertises" value="1" checked' not in page

    _call(cast, customer, advertises="1")

    made = ContactMade.objects.get()
    assert (made.channel, made.denied_by, made.party_id) == ("CALL", "", customer)
    assert contact_permission(customer, Channel.CALL, Purpose.MARKETING).rule == "cap"


def test_a_call_that_was_forbidden_is_noted_and_told(cast: Cast, customer: int) -> None:
    client = _as(cast, "seller")
    assert "Không được quảng cáo qua điện thoại" in client.get(f"/customers/{customer}/call").content.decode()
    form = {"kind": "CALL", "direction": "OUT", "from": "call", "body": "Mời gói cước", "advertises": "1"}

    answer = client.post(f"/customers/{customer}/timeline", form, follow=True)

    assert "Cuộc gọi này không được phép quảng cáo" in answer.content.decode()
    assert Activity.objects.get().kind == "CALL"
    assert ContactMade.objects.get().denied_by == "no_consent"
    tab = client.get(f"/customers/{customer}?tab=consents").content.decode()
    assert "Các lần quảng cáo đã thực hiện" in tab


@pytest.mark.parametrize("more", [{}, {"advertises": "1", "direction": "IN"}])
def test_what_does_not_advertise_is_not_counted(cast: Cast, customer: int, more: dict[str, str]) -> None:
    _call(cast, customer, **more)

    assert Activity.objects.exists()
    assert not ContactMade.objects.exists()


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
