"""Criteria weigh what lists are filtered by: own fields, fields behind links, and what did not happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.custom.defining import define
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.kernel.clock import ZONE, stopped
from duyen.modules.activities.actions import log
from duyen.modules.activities.words import ActivityKind
from duyen.modules.scoring.actions.rescoring import ask_by_day
from duyen.modules.scoring.models import ScoreCriterion
from duyen.modules.scoring.reading import is_open_to
from duyen.modules.scoring.reckoning import parts_of
from duyen.modules.scoring.rules import part_of_absence
from duyen.modules.scoring.tests.conftest import REFERRED, Criterion, Make, run_jobs, score
from duyen.modules.scoring.tests.test_scoring import _plant
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 11, 26, 9, 0, tzinfo=ZONE)
SILENT: Criterion = {
    "name": "14 ngày không ai gọi",
    "points": -15,
    "basis": "ACTIVITY",
    "activity_kind": "CALL",
    "within_days": 14,
    "absent": True,
}


def _on(*condition: Any, points: int = 25) -> Criterion:
    return {"name": "Tiêu chí", "points": points, "basis": "FIELD", "condition": list(condition)}


def _change(cast: Cast, entity: str, record_id: int, **values: Any) -> None:
    known = entity_named(entity)
    version = known.model._default_manager.values_list("version", flat=True).get(pk=record_id)
    standard.change(known, record_id, actor=cast.actor("director"), values=values, version=version)


def test_a_field_of_the_companys_own_gives_points_as_soon_as_it_is_filled_in(
    in_force: Make, lead: Make, cast: Cast
) -> None:
    define(
        entity_named("leads"),
        {"label": "Số phòng", "kind": "whole", "key": "so_phong"},
        actor=system_actor("tests"),
    )
    in_force(_on("custom.so_phong", "gte", 10))
    made = lead()
    assert score(made) == 0
    _change(cast, "leads", made, custom_so_phong=12)
    assert score(made) == 25


def test_what_stands_behind_a_link_counts_from_the_next_night_on(
    in_force: Make, lead: Make, cast: Cast
) -> None:
    director = cast.actor("director")
    campaign = standard.create(entity_named("campaigns"), actor=director, values={"name": "Hè lắp camera"}).id
    in_force(_on("campaign.name", "contains", "mạng"))
    made = lead(campaign=campaign)
    _change(cast, "campaigns", campaign, name="Hè lắp mạng")
    assert score(made) == 0
    ask_by_day()
    run_jobs()
    assert score(made) == 25


def test_what_did_not_happen_takes_points_once_there_was_time_for_it(
    in_force: Make, lead: Make, call: Callable[[int], None]
) -> None:
    in_force({**REFERRED, "points": 40}, SILENT)
    with stopped(MORNING):
        made = lead()
        assert score(made) == 40
    for days, expected in ((13, 40), (14, 25)):
        with stopped(MORNING + dt.timedelta(days=days)):
            ask_by_day()
            run_jobs()
            assert score(made) == expected
    with stopped(MORNING + dt.timedelta(days=14, hours=1)):
        call(made)
        assert score(made) == 40


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(-100, 100).filter(bool),
    st.lists(st.integers(0, 40), max_size=3),
    st.integers(1, 30),
    st.integers(0, 40),
)
def test_the_database_and_the_rules_agree_on_what_did_not_happen(
    lead: Make, points: int, ages: list[int], within: int, here: int
) -> None:
    with stopped(MORNING):
        made = lead()
    at = MORNING + dt.timedelta(days=here)
    criterion = ScoreCriterion(
        basis="ACTIVITY", activity_kind="CALL", points=points, within_days=within, absent=True
    )
    moments = [at - dt.timedelta(days=each, hours=each % 9) for each in ages]
    days = [(at.date() - each.astimezone(ZONE).date()).days for each in moments]
    _plant(made, moments)
    expected = part_of_absence(points, days, here=here, within=within)
    assert parts_of([made], [criterion], at=at) == {made: [expected]}


def _form(model: int, **given_: Any) -> dict[str, Any]:
    fields = {"score_model": model, "name": "Nguồn tốt", "points": "20", "basis": "FIELD"}
    return {**fields, **{f"condition_{name}": value for name, value in given_.items()}}


def test_the_form_offers_the_choices_of_the_field_and_keeps_what_was_picked(draft: Make, cast: Cast) -> None:
    model = draft()
    client = Client()
    client.force_login(cast.user("director"))
    asked = client.post("/score_criteria/new", {**_form(model, field="source"), "again": "1"})
    page = asked.content.decode()
    assert asked.status_code == 200
    assert 'value="REFERRAL"' in page
    assert "Giới thiệu" in page
    assert "Nguồn tốt" in page
    assert not ScoreCriterion.objects.filter(score_model_id=model).exists()

    sent = _form(model, field="source", op="in", value=["REFERRAL", "ZALO"]) | {"condition_for": "source"}
    client.post("/score_criteria/new", sent)

    made = ScoreCriterion.objects.get(score_model_id=model)
    assert made.condition == '["source", "in", ["REFERRAL", "ZALO"]]'
    shown = client.get(f"/score_criteria/{made.pk}/edit").content.decode()
    assert shown.count('value="REFERRAL" checked') == 1
    told = client.get(f"/score_models/{model}?tab=criteria").content.decode()
    assert "Nguồn là Giới thiệu, Zalo" in told


@pytest.mark.parametrize(
    "given_",
    [
        {"field": "budget", "for": "budget", "op": "range", "from": "nhiều", "to": ""},
        {"field": "budget", "for": "budget", "op": "range", "from": "", "to": ""},
        {"field": "source", "for": "source", "op": "in", "value": ["MOON"]},
        {"field": "source", "for": "source", "op": "in"},
        {"field": "source", "for": "budget", "op": "range", "from": "5"},
        {"field": "moon", "for": "moon", "op": "eq", "value": ["1"]},
        {"field": ""},
    ],
)
def test_what_makes_no_sense_comes_back_with_a_sentence_and_all_that_was_typed(
    draft: Make, cast: Cast, given_: dict[str, Any]
) -> None:
    model = draft()
    client = Client()
    client.force_login(cast.user("director"))
    answer = client.post("/score_criteria/new", _form(model, **given_))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#f-condition"' in page
    assert "Nguồn tốt" in page
    assert not ScoreCriterion.objects.filter(score_model_id=model).exists()


def test_what_a_criterion_looks_at_is_open_to_those_alone_who_may_read_it(cast: Cast) -> None:
    condition = ["campaign.name", "contains", "mạng"]
    assert is_open_to(cast.actor("director"), condition)
    assert not is_open_to(cast.actor("admin"), condition)


def test_a_group_of_conditions_stands_in_words_and_outlives_a_change_of_its_points(
    draft: Make, cast: Cast
) -> None:
    both = {"and": [["source", "eq", "WEB"], ["campaign.name", "contains", "mạng"]]}
    model = draft({"name": "Web và mạng", "points": 5, "basis": "FIELD", "condition": both})
    made = ScoreCriterion.objects.get(score_model_id=model)
    client = Client()
    client.force_login(cast.user("director"))
    page = client.get(f"/score_criteria/{made.pk}/edit").content.decode()
    assert "Chiến dịch › Tên chứa mạng" in page

    sent = {**_form(model, whole=made.condition, field=""), "name": made.name, "points": "9"}
    client.post(f"/score_criteria/{made.pk}/edit", {**sent, "most": "1", "version": str(made.version)})

    after = ScoreCriterion.objects.get(pk=made.pk)
    assert (after.points, after.condition) == (9, made.condition)


def _note(cast: Cast, lead_id: int, kind: ActivityKind, **values: Any) -> int:
    actor = cast.actor("seller")
    return log(kind, "Trao đổi", actor=actor, about=[("leads", lead_id)], result="Đã trả lời", **values).id


def test_points_for_a_mail_that_they_wrote_and_none_for_ours(in_force: Make, lead: Make, cast: Cast) -> None:
    answered = {"name": "Viết thư trả lời", "points": 15, "basis": "ACTIVITY", "activity_kind": "EMAIL"}
    in_force({**answered, "direction": "IN", "within_days": 30})
    made = lead(source="WEB")

    _note(cast, made, ActivityKind.EMAIL, direction="OUT")
    assert score(made) == 0
    theirs = _note(cast, made, ActivityKind.EMAIL, direction="IN")
    assert score(made) == 15
    _change(cast, "activities", theirs, direction="OUT")
    assert score(made) == 0


def test_points_for_being_reached_and_none_for_a_call_that_nobody_took(
    in_force: Make, lead: Make, cast: Cast
) -> None:
    reached = {
        "name": "Nghe máy",
        "points": 20,
        "basis": "ACTIVITY",
        "activity_kind": "CALL",
        "within_days": 30,
    }
    in_force({**reached, "outcomes": ["REACHED", "INTERESTED"]})
    made = lead(source="WEB")

    called = _note(cast, made, ActivityKind.CALL, outcome="NO_ANSWER")
    assert score(made) == 0
    _change(cast, "activities", called, outcome="INTERESTED")
    assert score(made) == 20


def test_what_did_not_happen_may_be_being_reached(in_force: Make, lead: Make, cast: Cast) -> None:
    unreached = {**SILENT, "points": 25, "outcomes": ["REACHED"], "direction": "OUT"}
    with stopped(MORNING):
        in_force(unreached)
        made = lead(source="WEB")
    later = MORNING + dt.timedelta(days=20)
    with stopped(later - dt.timedelta(hours=1)):
        _note(cast, made, ActivityKind.CALL, outcome="BUSY", direction="OUT")
    criteria = list(ScoreCriterion.objects.filter(outcomes=["REACHED"]))
    assert parts_of([made], criteria, at=later) == {made: [25]}
    with stopped(later - dt.timedelta(minutes=30)):
        _note(cast, made, ActivityKind.CALL, outcome="REACHED", direction="OUT")
    assert parts_of([made], criteria, at=later) == {made: [0]}


def test_a_draft_takes_along_from_whom_and_what_came_of_it(in_force: Make, cast: Cast) -> None:
    model = in_force({**SILENT, "outcomes": ["REACHED"], "direction": "OUT"})

    perform(
        entity_named("score_models"), "draft", model, actor=cast.actor("director"), arguments={"name": "Nháp"}
    )

    copied = ScoreCriterion.objects.exclude(score_model_id=model).get(name=SILENT["name"])
    assert (copied.direction, copied.outcomes) == ("OUT", ["REACHED"])


def test_the_page_says_it_in_words(in_force: Make, cast: Cast) -> None:
    model = in_force({**SILENT, "outcomes": ["REACHED", "INTERESTED"], "direction": "OUT"})
    client = Client()
    client.force_login(cast.user("director"))

    page = client.get(f"/score_models/{model}?tab=criteria").content.decode()

    assert "Cuộc gọi · Mình gọi hoặc viết cho khách · kết quả: " in page


def test_the_page_leaves_out_what_the_rights_of_its_reader_hide(in_force: Make, cast: Cast) -> None:
    model = in_force(REFERRED, {**SILENT, "outcomes": ["REACHED"]})
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.hide")
        role = Role.objects.get(code="SALES_REP")
        for name in ("condition", "outcomes"):
            FieldRight.objects.create(role=role, entity="score_criteria", field=name, level=FieldLevel.HIDDEN)
    pages = {}
    for who in ("seller", "director"):
        client = Client()
        client.force_login(cast.user(who))
        pages[who] = client.get(f"/score_models/{model}?tab=criteria").content.decode()

    assert "Nguồn là Giới thiệu" in pages["director"]
    assert "kết quả:" in pages["director"]
    assert "Nguồn là" not in pages["seller"]
    assert "kết quả:" not in pages["seller"]
    assert "Một trường bạn chưa được xem" in pages["seller"]
