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
from duyen.modules.leads.actions import reclaiming
from duyen.modules.leads.actions.reclaiming import reclaim_late
from duyen.modules.leads.notices import LEFT_LYING, TAKEN_BACK
from duyen.modules.leads.tests.conftest import Make, Take, stand
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here, catch_up

pytestmark = pytest.mark.django_db

_OTHERS = (("Phạm Thị Mai", "0359 000 111"), ("Đỗ Văn Bình", "0359 000 222"))


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


def test_the_head_of_the_area_is_told_once_what_her_people_let_lie(
    lead: Make, take: Take, cast: Cast, client: Client
) -> None:
    early = dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE).astimezone(dt.UTC)
    manager = cast.user("manager")
    with clock.stopped(early):
        lost = [lead(name=name, phones=[phone]) for name, phone in _OTHERS]
        for each in lost:
            take("take", each)
        kept, third = lead(phones=["0359 000 333"]), lead(by="teller", phones=["0359 000 444"])
        take("take", third, by="teller")
    with clock.stopped(early + dt.timedelta(days=7)):
        assert reclaim_late() == 3
        assert reclaim_late() == 0
        (told,) = [
            each
            for each in tell(cast.actor("manager"), notices_of(manager.pk))
            if each.notice.kind == LEFT_LYING
        ]

    assert told.text == (
        "Cửa hàng Hồng Bàng: 3 khách tiềm năng bị thu hồi vì không ai liên hệ đúng hạn. "
        "Của Nguyễn Hồng Hạnh (2), Trần Quốc Bảo (1)"
    )
    client.force_login(manager)
    page = client.get(f"/notices/{told.notice.pk}", follow=True).content.decode()
    assert all(f'id="row-{each}"' in page for each in (*lost, third))
    assert f'id="row-{kept}"' not in page
    for who in ("seller", "teller", "director", "outsider"):
        assert not [each for each in notices_of(cast.user(who).pk) if each.kind == LEFT_LYING]


def test_a_head_who_let_a_lead_lie_herself_is_told_as_its_owner_alone(
    lead: Make, take: Take, cast: Cast
) -> None:
    early = dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE).astimezone(dt.UTC)
    with clock.stopped(early):
        take("take", lead(by="manager"), by="manager")
    with clock.stopped(early + dt.timedelta(days=7)):
        assert reclaim_late() == 1

    told = {each.kind for each in notices_of(cast.user("manager").pk)}
    assert TAKEN_BACK in told
    assert LEFT_LYING not in told


def test_of_many_leads_the_head_is_led_to_those_of_the_unit_that_wait(
    lead: Make, take: Take, cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reclaiming, "_MOST_LED_TO", 1)
    early = dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE).astimezone(dt.UTC)
    with clock.stopped(early):
        lost = [lead(name=name, phones=[phone]) for name, phone in _OTHERS]
        for each in lost:
            take("take", each)
    with clock.stopped(early + dt.timedelta(days=7)):
        assert reclaim_late() == 2

    (told,) = [each for each in notices_of(cast.user("manager").pk) if each.kind == LEFT_LYING]
    client.force_login(cast.user("manager"))
    place = client.get(f"/notices/{told.pk}").headers["Location"]
    assert place == f"/leads?list=queue&state.eq=NEW&unit.eq={cast.unit('HP1').pk}"
    page = client.get(place).content.decode()
    assert all(f'id="row-{each}"' in page for each in lost)


def test_a_lead_that_stays_with_its_owner_tells_nobody(lead: Make, take: Take, cast: Cast) -> None:
    early = dt.datetime(2026, 11, 16, 8, 0, tzinfo=ZONE).astimezone(dt.UTC)
    with clock.stopped(early):
        take("take", lead())
    with clock.stopped(early + dt.timedelta(minutes=5)):
        assert reclaim_late() == 0

    assert not [each for each in notices_of(cast.user("seller").pk) if each.kind == TAKEN_BACK]
