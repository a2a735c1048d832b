"""Points models: drafts are written by those who may, one is in force, what was in force never changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job
from duyen.kernel.errors import DomainError
from duyen.modules.scoring import queries
from duyen.modules.scoring.models import ScoreCriterion, ScoreModel
from duyen.modules.scoring.seeding import CRITERIA, NAME
from duyen.modules.scoring.tests.conftest import CALLED, REFERRED, Make, publish, run_jobs, score
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _values_of(model_id: int) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in each.items() if key != "updated_at"}
        for each in ScoreCriterion.objects.filter(score_model_id=model_id).order_by("pk").values()
    ]


def test_a_company_starts_with_points_whose_conditions_are_understood(cast: Cast) -> None:
    model = queries.model_in_force()
    assert model is not None
    assert model.name == NAME
    assert len(queries.criteria_of(model.pk)) == len(CRITERIA)


def test_a_model_takes_the_place_of_the_one_before_and_scores_all_leads(
    draft: Make, lead: Make, cast: Cast
) -> None:
    before = queries.model_in_force()
    assert before is not None
    made, model = lead(need="Mạng"), draft(REFERRED)
    publish(cast, model)
    states = dict(ScoreModel.objects.values_list("pk", "state"))
    assert (states[before.pk], states[model]) == ("RETIRED", "PUBLISHED")
    assert Job.objects.filter(kind="scoring", asked_by=cast.user("director")).count() == 1
    run_jobs()
    assert score(made) == 20


def test_what_is_in_force_does_not_change(in_force: Make, cast: Cast) -> None:
    model, director = in_force(REFERRED), cast.actor("director")
    before = (_values_of(model), ScoreModel.objects.filter(pk=model).values().get())
    criterion = ScoreCriterion.objects.get(score_model_id=model)
    tries: list[Callable[[], object]] = [
        lambda: standard.change(
            entity_named("score_models"),
            model,
            actor=director,
            values={"hot_from": 90},
            version=before[1]["version"],
        ),
        lambda: standard.delete(
            entity_named("score_models"), model, actor=director, version=before[1]["version"]
        ),
        lambda: standard.change(
            entity_named("score_criteria"),
            criterion.pk,
            actor=director,
            values={"points": 5},
            version=criterion.version,
        ),
        lambda: standard.delete(
            entity_named("score_criteria"), criterion.pk, actor=director, version=criterion.version
        ),
        lambda: standard.create(
            entity_named("score_criteria"), actor=director, values={**CALLED, "score_model": model}
        ),
    ]
    for each in tries:
        with pytest.raises(DomainError):
            each()
    assert (_values_of(model), ScoreModel.objects.filter(pk=model).values().get()) == before


def test_a_draft_of_what_is_in_force_has_its_criteria_and_moves_no_score(
    in_force: Make, lead: Make, cast: Cast
) -> None:
    model, made = in_force(REFERRED, CALLED), lead()
    done = perform(
        entity_named("score_models"),
        "draft",
        model,
        actor=cast.actor("director"),
        arguments={"name": "Bản tháng 12"},
    )
    copy = ScoreModel.objects.get(name="Bản tháng 12")
    assert (done.id, done.version) == (copy.pk, copy.version)  # the page leads to it
    names = [each.name for each in queries.criteria_of(copy.pk)]
    assert (copy.state, names) == ("DRAFT", ["Được giới thiệu", "Gọi điện"])
    assert score(made) == 20


def test_a_model_without_criteria_is_not_put_in_force(draft: Make, cast: Cast) -> None:
    before = queries.model_in_force()
    model = draft()
    with pytest.raises(NotNow):
        publish(cast, model)
    assert queries.model_in_force() == before


@pytest.mark.parametrize("who", ["seller", "manager", "care_agent"])
def test_models_are_made_by_those_who_lead_marketing_or_sales(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        standard.create(entity_named("score_models"), actor=cast.actor(who), values={"name": "Của tôi"})
    assert not ScoreModel.objects.filter(name="Của tôi").exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**REFERRED, "condition": ["source", "eq", "Trăng sao"]}, "condition"),
        ({**REFERRED, "condition": ["source", "gte", "WEB"]}, "condition"),
        ({**REFERRED, "condition": ["moon", "eq", "full"]}, "condition"),
        ({**REFERRED, "condition": ["score", "gte", 50]}, "condition"),
        ({**REFERRED, "condition": ["marks", "in", ["LATE"]]}, "condition"),
        ({**REFERRED, "condition": ["owner", "eq", "@me"]}, "condition"),
        ({**REFERRED, "condition": "source = WEB"}, "condition"),
        ({**REFERRED, "condition": None}, "condition"),
        ({**REFERRED, "points": 0}, "points"),
        ({**REFERRED, "within_days": 5}, "within_days"),
        ({**CALLED, "within_days": None}, "within_days"),
        ({**CALLED, "activity_kind": ""}, "activity_kind"),
        ({**CALLED, "condition": ["source", "eq", "WEB"]}, "condition"),
        ({**CALLED, "absent": True}, "fades"),
        ({**CALLED, "absent": True, "fades": False, "most": 3}, "most"),
        ({**REFERRED, "absent": True}, "absent"),
        ({**CALLED, "basis": "CONSENT"}, "activity_kind"),
        ({**CALLED, "basis": "CONSENT", "activity_kind": "", "direction": "IN"}, "direction"),
        ({**CALLED, "basis": "WEB_FORM", "activity_kind": "", "outcomes": ["REACHED"]}, "outcomes"),
        ({**CALLED, "activity_kind": "MEETING", "direction": "IN"}, "direction"),
        ({**CALLED, "direction": "UP"}, "direction"),
        ({**CALLED, "outcomes": ["FLEW"]}, "outcomes"),
        ({**REFERRED, "direction": "IN"}, "direction"),
    ],
)
def test_a_criterion_that_means_nothing_is_refused_with_its_field(
    draft: Make, cast: Cast, values: dict[str, Any], field: str
) -> None:
    model, told = draft(), History.objects.count()
    with pytest.raises(InvalidValues) as refused:
        standard.create(
            entity_named("score_criteria"),
            actor=cast.actor("director"),
            values={**values, "score_model": model},
        )
    assert field in [each.field for each in refused.value.problems]
    assert History.objects.count() == told


def test_hot_begins_above_warm(cast: Cast) -> None:
    values = {"name": "Ngược", "hot_from": 30, "warm_from": 30}
    with pytest.raises(InvalidValues) as refused:
        standard.create(entity_named("score_models"), actor=cast.actor("director"), values=values)
    assert [each.field for each in refused.value.problems] == ["hot_from"]


def test_the_page_of_a_model_lists_its_criteria(draft: Make, cast: Cast) -> None:
    model = draft(REFERRED, CALLED)
    client = Client()
    client.force_login(cast.user("director"))
    page = client.get(f"/score_models/{model}?tab=criteria").content.decode()
    for told in ("Được giới thiệu", "+20", "Gọi điện", "+10", f"/score_criteria/new?score_model={model}"):
        assert told in page
