"""Whoever is given a lead is told of it once, and led to it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from duyen.entities.notices.showing import tell
from duyen.foundation.notices.reading import notices_of
from duyen.foundation.notices.telling import notify
from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.modules.leads.actions.reclaiming import reclaim_late
from duyen.modules.leads.notices import TAKEN_BACK
from duyen.modules.leads.tests.conftest import Make, Take, stand
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here, catch_up

pytestmark = pytest.mark.django_db


def test_the_new_owner_is_told_once_and_led_to_the_lead(
    lead: Make, take: Take, cast: Cast, client: Client
) -> None:
    made = lead(by="manager", owner=None)
    begin_here()

    take("assign", made, by="manager", owner=cast.user("seller").pk)
    catch_up()

    (told,) = tell(cast.actor("seller"), notices_of(cast.user("seller").pk))
    assert told.text == "Phạm Đức Thắng giao cho bạn Phạm Thị Mai"
    client.force_login(cast.user("seller"))
    assert client.get(f"/notices/{told.notice.pk}").headers["Location"] == f"/leads/{made}"


def test_a_notice_of_the_party_behind_a_lead_leads_to_the_lead(
    lead: Make, cast: Cast, client: Client
) -> None:
    made = lead()
    seller = cast.user("seller").pk
    notify([seller], "assigned", entity="customers", record_id=stand(made).party_id, actor_name="assignments")

    (told,) = tell(cast.actor("seller"), notices_of(seller))

    assert told.text == "Quy tắc giao khách mới giao cho bạn Phạm Thị Mai"
    client.force_login(cast.user("seller"))
    assert client.get(f"/notices/{told.notice.pk}").headers["Location"] == f"/leads/{made}"


def test_the_owner_is_told_that_her_lead_was_taken_back(lead: Make, take: Take, cast: Cast) -> None:
    early = dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE).astimezone(dt.UTC)
    with clock.stopped(early):
        made = lead()
        take("take", made)
    begin_here()
    with clock.stopped(early + dt.timedelta(days=7)):
        assert reclaim_late() == 1
        catch_up()
        found = tell(cast.actor("seller"), notices_of(cast.user("seller").pk))

    (told,) = [each for each in found if each.notice.kind == TAKEN_BACK]
    assert "quá hai lần thời hạn liên hệ đầu tiên" in told.text
    assert stand(made).owner_id is None


def test_a_lead_that_stays_with_its_owner_tells_nobody(lead: Make, take: Take, cast: Cast) -> None:
    early = dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE).astimezone(dt.UTC)
    with clock.stopped(early):
        take("take", lead())
    with clock.stopped(early + dt.timedelta(minutes=5)):
        assert reclaim_late() == 0

    assert not [each for each in notices_of(cast.user("seller").pk) if each.kind == TAKEN_BACK]
