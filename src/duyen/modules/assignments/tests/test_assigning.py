"""Leads in the pool find their people by the rules that are on, once, with the clock that people start."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.org.absences import record_absence
from duyen.foundation.org.models import User
from duyen.kernel.clock import ZONE, now, stopped, today
from duyen.modules.assignments.actions import assign_waiting
from duyen.modules.assignments.models import Assigned, AssignmentRule
from duyen.modules.assignments.tests.conftest import Make
from duyen.modules.leads.models import Lead
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 11, 25, 23, 0, tzinfo=ZONE)
MORNING = dt.datetime(2026, 11, 26, 9, 0, tzinfo=ZONE)


def _owners(*lead_ids: int) -> list[str | None]:
    rows = dict(Lead.objects.filter(pk__in=lead_ids).values_list("pk", "owner__email"))
    return [(rows[each] or "").partition("@")[0] or None for each in lead_ids]


def test_leads_go_to_people_in_turn(rule: Make, pooled: Make) -> None:
    rule()
    leads = [pooled(name=f"Người {number}") for number in range(3)]

    assert assign_waiting() == 3

    assert _owners(*leads) == ["seller", "colleague", "seller"]
    row = Lead.objects.get(pk=leads[0])
    assert (row.state, row.assigned_at is not None, row.first_due_at is not None) == ("ASSIGNED", True, True)


def test_a_rule_for_some_wards_leaves_those_of_others_alone(rule: Make, pooled: Make) -> None:
    rule("colleague", wards="Hồng Bàng, Hải Phòng\nKiến Thụy, Hải Phòng")
    inside = pooled(addresses=[{"line": "12 Lạch Tray", "ward": "Hồng Bàng", "province": "Hải Phòng"}])
    outside = pooled(addresses=[{"line": "3 Hùng Vương", "ward": "Đồ Sơn", "province": "Hải Phòng"}])

    assert assign_waiting() == 1

    assert _owners(inside, outside) == ["colleague", None]


@pytest.mark.parametrize("line", ["Đông Sơn", "Xã Không Có, Hải Phòng", "99999"])
def test_a_rule_names_wards_that_there_are(rule: Make, line: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        rule(wards=f"Hồng Bàng, Hải Phòng\n{line}")
    assert [each.field for each in refused.value.problems] == ["wards"]
    assert line in str(refused.value.problems[0].message)
    assert not AssignmentRule.objects.exists()


def test_the_turn_goes_on_with_the_next_run(rule: Make, pooled: Make) -> None:
    rule()
    first = pooled()
    assign_waiting()
    second = pooled()
    assign_waiting()
    assert _owners(first, second) == ["seller", "colleague"]


def test_the_trail_names_the_rules_as_who_did_it(rule: Make, pooled: Make) -> None:
    rule()
    lead = pooled()
    assign_waiting()
    entry = History.objects.filter(entity="leads", record_id=lead).order_by("-id").first()
    assert entry is not None
    assert (entry.actor_name, entry.verb) == ("assignments", "leads.assign")


def test_a_rule_that_is_off_assigns_nothing(rule: Make, pooled: Make) -> None:
    rule(is_on=False)
    lead = pooled()
    assert assign_waiting() == 0
    assert _owners(lead) == [None]


def test_leads_that_somebody_owns_stay_theirs(rule: Make, cast: Cast, pooled: Make) -> None:
    rule("colleague")
    lead = pooled()
    perform(entity_named("leads"), "take", lead, actor=cast.actor("director"), arguments={})
    assert assign_waiting() == 0
    assert _owners(lead) == ["director"]


def test_the_first_rule_in_order_counts(rule: Make, pooled: Make) -> None:
    rule("colleague", position=20)
    rule("seller", position=10, sources=["ZALO"])
    assert assign_waiting() == 0
    web, zalo = pooled(), pooled(source="ZALO")
    assign_waiting()
    assert _owners(web, zalo) == ["colleague", "seller"]


def test_whoever_is_away_is_passed_over(rule: Make, pooled: Make, cast: Cast) -> None:
    rule()
    record_absence(
        cast.user("seller").pk,
        since=today(),
        until=today(),
        deputy=cast.user("colleague").pk,
        actor=cast.actor("seller"),
    )
    lead = pooled()
    assign_waiting()
    assert _owners(lead) == ["colleague"]


def test_whoever_is_locked_is_passed_over(rule: Make, pooled: Make, cast: Cast) -> None:
    rule()
    User.objects.filter(pk=cast.user("seller").pk).update(is_active=False)
    lead = pooled()
    assign_waiting()
    assert _owners(lead) == ["colleague"]


def test_whoever_is_full_gets_no_more(rule: Make, pooled: Make) -> None:
    rule("seller", most_open=1)
    first, second = pooled(), pooled()
    assert assign_waiting() == 1
    assert _owners(first, second) == ["seller", None]


def test_what_was_taken_back_goes_to_somebody_else(rule: Make, pooled: Make) -> None:
    rule(way="LEAST_LOAD")
    lead = pooled()
    assign_waiting()
    first = _owners(lead)[0]
    due = Lead.objects.get(pk=lead).reclaim_at
    assert due is not None
    with stopped(due + dt.timedelta(minutes=1)):
        perform(
            entity_named("leads"),
            "reclaim",
            lead,
            actor=system_actor("tests"),
            arguments={"note": "Không ai liên hệ"},
        )
        assign_waiting()
    assert {first, _owners(lead)[0]} == {"seller", "colleague"}


def test_what_comes_at_night_waits_for_the_morning(rule: Make, pooled: Make, cast: Cast) -> None:
    rule(only_in_hours=True, unit=cast.unit("HP").pk)
    with stopped(NIGHT):
        lead = pooled()
        assert assign_waiting() == 0
    with stopped(MORNING):
        assert assign_waiting() == 1
    assert Lead.objects.get(pk=lead).unit_id == cast.unit("HP").pk


# --- who may make rules, and what a rule may be --------------------------------------------------------


@pytest.mark.parametrize("who", ["seller", "manager", "admin"])
def test_rules_are_made_by_those_who_lead_the_company(cast: Cast, who: str) -> None:
    values = {"name": "Của tôi", "people": [cast.user("seller").pk]}
    with pytest.raises(NotAllowed):
        standard.create(entity_named("assignment_rules"), actor=cast.actor(who), values=values)
    assert not AssignmentRule.objects.exists()


@pytest.mark.parametrize("who", [(), ("admin",)])
def test_a_rule_names_people_who_may_work_on_leads(cast: Cast, who: tuple[str, ...]) -> None:
    values = {"name": "Không ai", "is_on": True, "people": [cast.user(each).pk for each in who]}
    with pytest.raises(InvalidValues) as refused:
        standard.create(entity_named("assignment_rules"), actor=cast.actor("director"), values=values)
    assert [each.field for each in refused.value.problems] == ["people"]
    assert not AssignmentRule.objects.exists()


# --- the trial -----------------------------------------------------------------------------------------


def _trial(cast: Cast, who: str, rule_id: int) -> Any:
    client = Client()
    client.force_login(cast.user(who))
    return client.get(f"/assignment_rules/{rule_id}/try")


def test_a_trial_shows_who_would_have_got_how_many_and_changes_nothing(
    rule: Make, pooled: Make, cast: Cast
) -> None:
    tried = rule(is_on=False)
    leads = [pooled(name=f"Người {number}") for number in range(4)]
    before = (History.objects.count(), Assigned.objects.count())

    answer = _trial(cast, "director", tried)

    page = answer.content.decode()
    assert answer.status_code == 200
    for who in ("seller", "colleague"):
        line = page[page.index(f">{cast.user(who).full_name}<") :]
        assert line[: line.index("</tr")].count(">2<") == 1
    assert _owners(*leads) == [None] * 4
    assert (History.objects.count(), Assigned.objects.count()) == before


def test_a_trial_names_what_the_rule_would_give_before_others(rule: Make, pooled: Make, cast: Cast) -> None:
    tried = rule("colleague", is_on=False, sources=["ZALO"])
    for number in range(20):
        pooled(name=f"Người {number}")
    pooled(name="Khách Zalo", source="ZALO")

    page = _trial(cast, "director", tried).content.decode()

    assert "Khách Zalo" in page
    assert page.index("Khách Zalo") < page.index("Người 0<")


def test_a_trial_leaves_out_what_is_older_and_what_the_reader_may_not_see(
    rule: Make, pooled: Make, cast: Cast
) -> None:
    tried = rule(is_on=False)
    old = pooled(name="Khách cũ")
    with stopped(now() + dt.timedelta(days=31)):
        pooled(name="Khách mới")
        page = _trial(cast, "director", tried).content.decode()
    assert "Khách mới" in page
    assert "Khách cũ" not in page
    assert Lead.objects.filter(pk=old).exists()


def test_a_trial_is_nothing_for_sellers(rule: Make, cast: Cast) -> None:
    assert _trial(cast, "seller", rule(is_on=False)).status_code in (403, 404)


def test_the_list_of_rules_names_the_people(rule: Make, cast: Cast) -> None:
    rule("seller", "colleague")
    client = Client()
    client.force_login(cast.user("director"))

    page = client.get("/assignment_rules").content.decode()

    assert f"<td>{cast.user('seller').full_name} <span class=mute>+1</span>" in page


def test_the_form_of_a_rule_names_its_products(rule: Make, cast: Cast) -> None:
    service = {"code": "FTTH", "name": "Internet cáp quang", "kind": "RECURRING"}
    service |= {"billing_period": "MONTH", "vat_class": "TELECOM"}
    product = standard.create(entity_named("products"), actor=cast.actor("director"), values=service).id
    made = rule(products=[product])
    client = Client()
    client.force_login(cast.user("director"))

    page = client.get(f"/assignment_rules/{made}/edit").content.decode()

    assert "Internet cáp quang" in page
