"""Leads have their score at once and keep it right: when they change, when something is done, by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.clock import ZONE, stopped
from duyen.modules.activities.models import About, Activity
from duyen.modules.leads.models import Lead
from duyen.modules.scoring.actions import rescoring
from duyen.modules.scoring.actions.rescoring import ask_by_day
from duyen.modules.scoring.models import FrozenScore, ScoreCriterion
from duyen.modules.scoring.reckoning import parts_of, rescore_these
from duyen.modules.scoring.rules import part_of_behaviour
from duyen.modules.scoring.tests.conftest import CALLED, REFERRED, Criterion, Make, run_jobs, score
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 11, 26, 9, 0, tzinfo=ZONE)
Call = Callable[[int], None]


def _field(name: str, operator: str, operand: object, points: int = 30) -> Criterion:
    return {"name": name, "points": points, "basis": "FIELD", "condition": [name, operator, operand]}


def _change(cast: Cast, lead_id: int, **values: Any) -> None:
    version = Lead.objects.get(pk=lead_id).version
    standard.change(
        entity_named("leads"), lead_id, actor=cast.actor("seller"), values=values, version=version
    )


def test_a_new_lead_is_scored_at_once_and_nothing_of_it_stands_in_the_trail(
    in_force: Make, lead: Make
) -> None:
    in_force(REFERRED)
    made = lead()
    assert score(made) == 20
    assert Lead.objects.get(pk=made).version == 1
    assert not History.objects.filter(entity="leads", record_id=made, changes__has_key="score").exists()


@pytest.mark.parametrize(
    ("criterion", "given_", "fits"),
    [
        (_field("source", "in", ["REFERRAL", "ZALO"]), {"source": "ZALO"}, True),
        (_field("source", "in", ["REFERRAL", "ZALO"]), {"source": "WEB"}, False),
        (_field("source", "ne", ["ZALO", "WEB"]), {"source": "WEB"}, False),
        (_field("source", "ne", ["ZALO", "WEB"]), {"source": "EVENT"}, True),
        (_field("company", "empty", False), {"company": "Công ty TNHH An Phát"}, True),
        (_field("company", "empty", False), {}, False),
        (_field("emails", "empty", True), {}, True),
        (_field("budget", "gte", "500000"), {"budget": 500_000}, True),
        (_field("budget", "gte", "500000"), {"budget": 499_999}, False),
        (_field("is_decider", "eq", True), {"is_decider": True}, True),
        (_field("is_decider", "eq", False), {"is_decider": True}, False),
        (_field("job_title", "contains", "giam doc"), {"job_title": "Giám đốc"}, True),
    ],
)
def test_a_criterion_compares_a_field_as_lists_are_filtered(
    in_force: Make, lead: Make, criterion: Criterion, given_: dict[str, Any], fits: bool
) -> None:
    in_force(criterion)
    assert score(lead(**given_)) == (30 if fits else 0)


def test_a_change_moves_the_score(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(REFERRED, _field("need", "empty", False, points=15))
    made = lead(source="WEB")
    assert score(made) == 0
    _change(cast, made, source="REFERRAL", need="Mạng cho quán cà phê")
    assert score(made) == 35


def test_what_one_transaction_writes_of_a_lead_is_scored_once(in_force: Make, lead: Make, call: Call) -> None:
    in_force(REFERRED, CALLED)
    with CaptureQueriesContext(connection) as told, transaction.atomic():
        made = lead()
        call(made)
        call(made)
    assert score(made) == 30
    assert sum("SET score" in each["sql"] for each in told) == 1


def test_a_score_is_worked_out_once_to_be_compared_and_written(in_force: Make, lead: Make) -> None:
    in_force({"name": "Đồng ý", "points": 10, "basis": "CONSENT", "within_days": 365})
    made = lead()
    with CaptureQueriesContext(connection) as told, transaction.atomic():
        trail.begin(system_actor("tests"), "tests.score")
        rescore_these([made])
    (statement,) = [each["sql"] for each in told if "SET score" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        plan = [row[0].strip() for row in cursor.fetchall()]
    assert sum(each.startswith("SubPlan") for each in plan) == 1


def test_what_was_done_counts_and_fades_by_day(in_force: Make, lead: Make, call: Call) -> None:
    in_force(REFERRED, CALLED)
    with stopped(MORNING):
        made = lead()
        call(made)
        assert score(made) == 30
    for days, expected in ((3, 27), (9, 21), (10, 20)):
        with stopped(MORNING + dt.timedelta(days=days)):
            ask_by_day()
            run_jobs()
            assert score(made) == expected


def test_a_call_that_is_deleted_counts_no_more(in_force: Make, lead: Make, call: Call, cast: Cast) -> None:
    in_force(CALLED)
    made = lead()
    call(made)
    assert score(made) == 10
    noted = Activity.objects.get(about=[{"entity": "leads", "id": made}])
    standard.delete(entity_named("activities"), noted.pk, actor=cast.actor("seller"), version=noted.version)
    assert score(made) == 0


def test_a_score_stands_still_from_the_moment_that_its_lead_is_qualified(
    in_force: Make, lead: Make, call: Call, cast: Cast
) -> None:
    in_force(REFERRED, CALLED)
    with stopped(MORNING):
        made = lead(need="Mạng", budget=500_000, is_decider=True, is_feasible=True)
        call(made)
        for verb in ("take", "contact", "qualify"):
            perform(entity_named("leads"), verb, made, actor=cast.actor("seller"), arguments={})
    with stopped(MORNING + dt.timedelta(days=8)):
        ask_by_day()
        run_jobs()
        _change(cast, made, source="WEB")
    assert score(made) == 30
    kept = FrozenScore.objects.get(pk=made)
    assert (kept.score, kept.parts) == (30, [["Được giới thiệu", 20], ["Gọi điện", 10]])


def test_a_score_stands_still_once_its_lead_is_given_up_and_moves_again_when_it_is_taken_up(
    in_force: Make, lead: Make, cast: Cast
) -> None:
    in_force(REFERRED)
    made = lead()
    leads, boss = entity_named("leads"), cast.actor("manager")
    perform(leads, "disqualify", made, actor=boss, arguments={"disqualify_reason": "PRICE"})
    assert FrozenScore.objects.get(pk=made).parts == [["Được giới thiệu", 20]]
    _change(cast, made, source="WEB")
    assert score(made) == 20
    perform(leads, "reopen", made, actor=boss, arguments={"note": "Khách gọi lại"})
    assert score(made) == 0


def test_a_lead_tells_why_it_has_its_score(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(REFERRED, _field("emails", "empty", True, points=-5), name="Thang điểm tháng 11")
    made = lead()
    client = Client()
    client.force_login(cast.user("seller"))
    page = client.get(f"/leads/{made}", headers={"Accept-Language": "vi"}).content.decode()
    for told in ("Được giới thiệu", "+20", "−5", "Thang điểm tháng 11", "Tính tự động theo tiêu chí"):
        assert told in page


def test_leads_are_sorted_and_filtered_by_their_score(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(REFERRED)
    low, high = lead(source="WEB"), lead()
    client = Client()
    client.force_login(cast.user("seller"))
    found = client.get("/api/v1/leads", {"sort": "-score"}).json()["items"]
    assert [each["id"] for each in found] == [high, low]
    only = client.get("/api/v1/leads", {"filter": '["score", "gte", 20]'}).json()["items"]
    assert [each["id"] for each in only] == [high]


def test_a_job_that_broke_off_goes_on_and_scores_all(
    in_force: Make, lead: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(REFERRED)
    made = [lead(name=f"Người {number}") for number in range(4)]
    monkeypatch.setattr(rescoring, "CHUNK", 1)
    whole, calls = rescoring.rescore_chunk, []

    def broken(last: int) -> Any:
        calls.append(last)
        if len(calls) == 3:
            raise RuntimeError("power cut")
        return whole(last)

    _spoil(made)
    ask_by_day()
    job = Job.objects.filter(kind="scoring", state="queued").get()
    monkeypatch.setattr(rescoring, "rescore_chunk", broken)
    with pytest.raises(RuntimeError):
        work(job.pk)
    assert Job.objects.get(pk=job.pk).state == "failed"
    seen = Job.objects.get(pk=job.pk).done

    work(job.pk)

    told = Job.objects.get(pk=job.pk)
    assert (told.state, told.done) == ("done", len(Lead.objects.all()))
    assert seen < told.done
    assert [score(each) for each in made] == [20] * 4


def _spoil(lead_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET score = 99 WHERE id = ANY(%s)", [lead_ids])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(-100, 100).filter(bool),
    st.lists(st.integers(0, 40), max_size=5),
    st.integers(1, 30),
    st.booleans(),
    st.integers(1, 4),
)
def test_the_database_and_the_rules_come_to_the_same_points(
    lead: Make, points: int, ages: list[int], within: int, fades: bool, most: int
) -> None:
    with stopped(MORNING):
        made = lead()
    criterion = ScoreCriterion(
        basis="ACTIVITY", activity_kind="CALL", points=points, within_days=within, fades=fades, most=most
    )
    moments = [MORNING - dt.timedelta(days=each, hours=each % 9) for each in ages]
    days = [(MORNING.date() - each.astimezone(ZONE).date()).days for each in moments]
    _plant(made, moments)
    expected = part_of_behaviour(points, days, within=within, fades=fades, most=most)
    assert parts_of([made], [criterion], at=MORNING) == {made: [expected]}


def _plant(lead_id: int, moments: list[dt.datetime]) -> None:
    """Put calls about a lead behind it, as an import of old ones would."""
    row = Lead.objects.get(pk=lead_id)
    trail.begin(system_actor("tests"), "tests.plant")
    ids = next_ids(Activity, len(moments))
    rows = [
        {
            "id": activity,
            "code": f"T{activity}",
            "code_unit_id": row.unit_id,
            "unit_id": row.unit_id,
            "kind": "CALL",
            "subject": "Gọi",
            "state": "DONE",
            "state_since": moment,
            "done_at": moment,
            "at": moment,
            "about": [{"entity": "leads", "id": lead_id}],
            "created_at": moment,
            "updated_at": moment,
        }
        for activity, moment in zip(ids, moments, strict=True)
    ]
    insert_rows(Activity, rows)
    assert About.objects.filter(activity_id__in=ids).count() == len(ids)
