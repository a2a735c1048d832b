"""The page of a lead names who gave it to its owner: the rule, with what it went by, or a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import ZONE, stopped
from duyen.modules.assignments import panels
from duyen.modules.assignments.actions import assign_waiting
from duyen.modules.assignments.models import AssignmentRule
from duyen.modules.assignments.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 11, 12, 9, 14, tzinfo=ZONE)


def _given(cast: Cast, who: str, lead_id: int) -> dict[str, Any]:
    actor = cast.actor(who)
    rows = entity_named("leads").rows(actor).filter(pk=lead_id)
    return dict(panels.given(actor, rows.values(*entity_named("leads").held_columns).get()))


def _page(client: Client, cast: Cast, who: str, lead_id: int) -> str:
    client.force_login(cast.user(who))
    return client.get(f"/leads/{lead_id}").content.decode()


def test_a_rule_is_named_with_its_way_and_what_it_went_by(
    rule: Make, pooled: Make, cast: Cast, client: Client
) -> None:
    with stopped(MORNING):
        made = rule(name="Hải Phòng – Internet", sources=["WEB"], temperatures=["HOT"])
        lead = pooled(temperature="HOT")
        assert assign_waiting() == 1

    told = _given(cast, "manager", lead)
    assert told["by"] == "Quy tắc «Hải Phòng – Internet», lần lượt từng người"
    assert told["url"] == f"/assignment_rules/{made}"
    assert told["why"] == "Nguồn: Trang web, Mức độ nóng: Nóng"
    page = _page(client, cast, "manager", lead)
    assert f'href="/assignment_rules/{made}">Quy tắc «Hải Phòng – Internet», lần lượt từng người</a>' in page
    assert "12/11/2026 09:14" in page


def test_whoever_may_not_see_rules_is_told_the_name_without_the_way_to_it(
    rule: Make, pooled: Make, cast: Cast, client: Client
) -> None:
    made, lead = rule(), pooled()
    assign_waiting()

    page = _page(client, cast, "seller", lead)

    assert "Quy tắc «Lần lượt», lần lượt từng người" in page
    assert f"/assignment_rules/{made}" not in page


def test_a_rule_that_was_changed_since_no_longer_says_why(rule: Make, pooled: Make, cast: Cast) -> None:
    with stopped(MORNING):
        made, lead = rule(sources=["WEB"]), pooled()
        assign_waiting()
    with stopped(MORNING + dt.timedelta(days=1)):
        standard.change(
            entity_named("assignment_rules"),
            made,
            actor=cast.actor("director"),
            values={"sources": []},
            version=AssignmentRule.objects.get(pk=made).version,
        )

    assert _given(cast, "director", lead)["why"] == ""


def test_a_person_who_gave_it_by_hand_is_named_even_after_a_rule(
    rule: Make, pooled: Make, cast: Cast, client: Client
) -> None:
    rule()
    lead = pooled()
    assign_waiting()
    manager, colleague = cast.actor("manager"), cast.user("colleague").pk
    standard.hand_over(entity_named("leads"), [lead], actor=manager, owner=colleague)

    assert _given(cast, "colleague", lead)["by"] == "Phạm Đức Thắng, giao trực tiếp"
    assert "Phạm Đức Thắng, giao trực tiếp" in _page(client, cast, "colleague", lead)


def test_whoever_took_it_on_and_whoever_took_it_in_are_named(pooled: Make, cast: Cast) -> None:
    leads = entity_named("leads")
    taken = pooled(unit=cast.unit("HP1").pk)
    perform(leads, "take", taken, actor=cast.actor("teller"), arguments={})
    born = pooled(owner=cast.user("seller").pk, unit=cast.unit("HP1").pk, phones=["0359 000 222"])

    assert _given(cast, "teller", taken)["by"] == "Trần Quốc Bảo, tự nhận"
    assert _given(cast, "seller", born)["by"] == "tests, khi tiếp nhận"


def test_a_lead_without_an_owner_tells_nothing(pooled: Make, cast: Cast) -> None:
    assert _given(cast, "director", pooled()) == {}


def test_a_rule_that_is_gone_for_good_is_said_to_be_gone(
    rule: Make, pooled: Make, cast: Cast, client: Client
) -> None:
    made, lead = rule(), pooled()
    assign_waiting()
    AssignmentRule.objects.filter(pk=made).delete()

    assert _given(cast, "seller", lead)["by"] == "Một quy tắc không còn được lưu"
    assert "Một quy tắc không còn được lưu" in _page(client, cast, "seller", lead)
