"""Campaigns through the doors that people use: who keeps them, who sees what of them, and their states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, Refused
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.modules.campaigns.models import Campaign
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
Make = Callable[..., int]


@pytest.fixture
def campaign(cast: Cast) -> Make:
    """Make a campaign, one of the director's unless told otherwise."""

    def make(*, by: str = "director", **values: Any) -> int:
        given = {"name": "Hè lắp camera", "kind": "EVENT", **values}
        return standard.create(entity_named("campaigns"), actor=cast.actor(by), values=given).id

    return make


def test_goes_from_being_prepared_to_completed(cast: Cast, campaign: Make) -> None:
    made = campaign(starts_on=dt.date(2026, 6, 1), ends_on=dt.date(2026, 7, 31), budget=160_000_000)

    for verb in ("start", "complete"):
        perform(entity_named("campaigns"), verb, made, actor=cast.actor("director"), arguments={})

    assert Campaign.objects.get(pk=made).state == "COMPLETED"


def test_does_not_start_without_a_first_day(cast: Cast, campaign: Make) -> None:
    made = campaign()
    told = History.objects.count()

    with pytest.raises(Refused) as refused:
        perform(entity_named("campaigns"), "start", made, actor=cast.actor("director"), arguments={})

    assert "chưa có ngày bắt đầu" in str(refused.value)
    assert Campaign.objects.get(pk=made).state == "DRAFT"
    assert History.objects.count() == told


def test_says_why_it_was_called_off_until_it_is_taken_up_again(cast: Cast, campaign: Make) -> None:
    made = campaign(starts_on=dt.date(2026, 6, 1))
    campaigns, director = entity_named("campaigns"), cast.actor("director")

    perform(campaigns, "call_off", made, actor=director, arguments={"end_reason": "Chưa có mẫu tin"})
    assert Campaign.objects.values_list("state", "end_reason").get(pk=made) == (
        "CANCELLED",
        "Chưa có mẫu tin",
    )

    perform(campaigns, "take_up", made, actor=director, arguments={})
    assert Campaign.objects.values_list("state", "end_reason").get(pk=made) == ("RUNNING", "")


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (dt.date(2026, 7, 2), dt.date(2026, 7, 1), "ends_on"),
        (None, dt.date(2026, 7, 1), "starts_on"),
    ],
)
def test_refuses_days_that_do_not_fit(
    campaign: Make, starts_on: dt.date | None, ends_on: dt.date | None, field: str
) -> None:
    with pytest.raises(InvalidValues) as refused:
        campaign(starts_on=starts_on, ends_on=ends_on)

    assert [each.field for each in refused.value.problems] == [field]
    assert not Campaign.objects.exists()


def test_a_seller_sees_a_campaign_but_neither_keeps_it_nor_sees_its_budget(
    cast: Cast, campaign: Make, client: Client
) -> None:
    made = campaign(budget=160_123_456)
    client.force_login(cast.user("seller"))

    page = client.get(f"/campaigns/{made}").content.decode()

    assert "Hè lắp camera" in page
    assert "160.123.456" not in page
    assert "160123456" not in client.get(f"/api/v1/campaigns/{made}").content.decode()
    with pytest.raises(NotAllowed):
        campaign(by="seller", name="Của tôi")
