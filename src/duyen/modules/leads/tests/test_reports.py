"""The reports on leads count what each source brought and how far it came, for whoever may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.modules.leads.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _told(cast: Cast, who: str, key: str) -> dict[str, Any]:
    client = Client()
    client.force_login(cast.user(who))
    answer = client.get(f"/api/v1/reports/{key}")
    assert answer.status_code == 200, answer.content
    values = answer.json()["total"]["values"]
    assert isinstance(values, dict)
    return values


def test_the_funnel_counts_how_far_leads_came(
    lead: Make, take: Take, call: Callable[..., None], cast: Cast
) -> None:
    first, second, _third = lead(), lead(source="WEB"), lead(source="WEB")
    for each in (first, second):
        take("take", each)
        call(each)
        take("contact", each)
    take("disqualify", second, disqualify_reason="PRICE")

    total = _told(cast, "seller", "leads_by_source")

    names = ("number", "spoken_to", "given_up", "open", "converted")
    assert [total[name] for name in names] == [3, 2, 1, 2, 0]


def test_reasons_are_counted_of_those_given_up_alone(lead: Make, take: Take, cast: Cast) -> None:
    lead()
    given_up = lead()
    take("take", given_up)
    take("disqualify", given_up, disqualify_reason="PRICE")
    assert _told(cast, "seller", "leads_given_up")["number"] == 1


def test_a_seller_of_another_area_counts_none_of_them(lead: Make, cast: Cast) -> None:
    lead()
    assert _told(cast, "outsider", "leads_by_owner")["number"] == 0


def test_a_source_that_no_campaign_divides_stands_in_one_line(lead: Make, cast: Cast) -> None:
    lead(source="WEB")
    lead(source="REFERRAL")
    client = Client()
    client.force_login(cast.user("seller"))

    page = client.get("/reports/leads_by_source").content.decode()

    assert "Trang web" in page
    assert "Giới thiệu" in page
    assert "Nguồn / Chiến dịch" in page
    assert "Chưa điền" not in page


def test_leads_without_a_campaign_stand_beside_those_with_one(lead: Make, cast: Cast) -> None:
    values = {"name": "Tết 2027"}
    campaign = standard.create(entity_named("campaigns"), actor=cast.actor("director"), values=values).id
    lead(source="WEB")
    lead(source="WEB", campaign=campaign)
    client = Client()
    client.force_login(cast.user("seller"))

    page = client.get("/reports/leads_by_source").content.decode()

    assert "Chưa điền" in page
