"""A call that advertised: told beforehand whether it is allowed, noted with the call as it was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.kernel.clock import ZONE, now, stopped
from duyen.modules.activities.models import Activity
from duyen.modules.consents.actions import NewConsent, bring_list_in, give_consent
from duyen.modules.consents.queries import contact_permission, contacts_with
from duyen.modules.consents.words import Channel, GivenBy, Purpose
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
#: A Wednesday morning, within the hours in which law allows advertising calls.
_MORNING = dt.datetime(2026, 3, 4, 9, 30, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with stopped(_MORNING):
        yield


@pytest.fixture
def person(cast: Cast) -> int:
    values = {"name": "Nguyễn Thị Lan", "kind": "INDIVIDUAL", "phones": ["0912345678"]}
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


def _agree(cast: Cast, person: int) -> None:
    values = {
        "name": "Ưu đãi",
        "purpose": "MARKETING",
        "channels": ["CALL"],
        "data_kinds": ["CONTACT"],
        "most": 4,
        "per": "MONTH",
        "valid_months": 24,
        "words": "Tôi đồng ý nghe giới thiệu ưu đãi.",
    }
    text = standard.create(entity_named("consent_texts"), actor=cast.actor("director"), values=values).id
    at = now() - dt.timedelta(days=1)
    given = NewConsent(person, text, [Channel.CALL], GivenBy.PAPER, "Phiếu số 7", at)
    give_consent(given, actor=cast.actor("seller"))


def _as(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def _call(cast: Cast, person: int, **more: str) -> None:
    form = {"kind": "CALL", "direction": "OUT", "from": "call", "body": "Mời gói cước mới", **more}
    assert _as(cast, "seller").post(f"/customers/{person}/timeline", form).status_code == 302


def test_a_call_that_was_allowed_counts_for_the_next_one(cast: Cast, person: int) -> None:
    _agree(cast, person)
    bring_list_in(["0987654321"], file_name="ds.csv", actor=cast.actor("director"))
    page = _as(cast, "seller").get(f"/customers/{person}/call").content.decode()
    assert "lúc này được phép" in page
    assert ' name="advertises" value="1" checked' not in page

    _call(cast, person, advertises="1")

    (made,) = contacts_with(person)
    assert (made["channel"], made["denied_by"]) == ("CALL", "")
    assert contact_permission(person, Channel.CALL, Purpose.MARKETING).rule == "cap"


def test_a_call_that_was_forbidden_is_noted_and_told(cast: Cast, person: int) -> None:
    client = _as(cast, "seller")
    assert "Không được quảng cáo qua điện thoại" in client.get(f"/customers/{person}/call").content.decode()
    form = {"kind": "CALL", "direction": "OUT", "from": "call", "body": "Mời gói cước", "advertises": "1"}

    answer = client.post(f"/customers/{person}/timeline", form, follow=True)

    assert "Cuộc gọi này không được phép quảng cáo" in answer.content.decode()
    assert Activity.objects.get().kind == "CALL"
    (made,) = contacts_with(person)
    assert made["denied_by"] == "no_consent"
    tab = client.get(f"/customers/{person}?tab=consents").content.decode()
    assert "Các lần quảng cáo đã thực hiện" in tab


@pytest.mark.parametrize("more", [{}, {"advertises": "1", "direction": "IN"}])
def test_what_does_not_advertise_is_not_counted(cast: Cast, person: int, more: dict[str, str]) -> None:
    _call(cast, person, **more)

    assert Activity.objects.exists()
    assert contacts_with(person) == []
