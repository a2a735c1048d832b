"""Stages are put into order on the page of their pipeline, one place at a time."""

from __future__ import annotations

import pytest

from duyen.entities import standard
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.modules.opportunities.actions.stages import NoSuchStage
from duyen.modules.opportunities.models import Stage
from duyen.modules.opportunities.tests.conftest import BrowserOf
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(cast: Cast) -> int:
    """A pipeline with three stages, two of which were given the same place."""
    director = cast.actor("director")
    made = standard.create(entity_named("pipelines"), actor=director, values={"name": "Dự án", "position": 9})
    for name, place in (("Mời thầu", 4), ("Nộp thầu", 4), ("Trúng thầu", 9)):
        values = {"name": name, "pipeline": made.id, "position": place, "probability": 30}
        standard.create(entity_named("opportunity_stages"), actor=director, values=values)
    return made.id


def _order(pipeline: int) -> list[str]:
    rows = Stage.objects.filter(pipeline_id=pipeline).order_by("position", "pk")
    return list(rows.values_list("name", flat=True))


def _id(name: str) -> int:
    return Stage.objects.get(name=name).pk


def _move(cast: Cast, verb: str, pipeline: int, stage: int, by: str = "director") -> None:
    perform(entity_named("pipelines"), verb, pipeline, actor=cast.actor(by), arguments={"stage": stage})


def test_a_stage_goes_one_place_up_or_down_and_stays_at_an_end(pipeline: int, cast: Cast) -> None:
    _move(cast, "raise_stage", pipeline, _id("Nộp thầu"))
    assert _order(pipeline) == ["Nộp thầu", "Mời thầu", "Trúng thầu"]

    _move(cast, "lower_stage", pipeline, _id("Nộp thầu"))
    _move(cast, "lower_stage", pipeline, _id("Nộp thầu"))
    _move(cast, "lower_stage", pipeline, _id("Nộp thầu"))

    assert _order(pipeline) == ["Mời thầu", "Trúng thầu", "Nộp thầu"]
    assert sorted(Stage.objects.filter(pipeline_id=pipeline).values_list("position", flat=True)) == [1, 2, 3]


def test_only_stages_of_the_pipeline_are_moved_by_whoever_keeps_them(pipeline: int, cast: Cast) -> None:
    other = Stage.objects.exclude(pipeline_id=pipeline).order_by("pk")[0]
    told = History.objects.count()

    with pytest.raises(NoSuchStage):
        _move(cast, "raise_stage", pipeline, other.pk)
    with pytest.raises((NotAllowed, NotFound)):
        _move(cast, "raise_stage", pipeline, _id("Nộp thầu"), by="seller")

    assert _order(pipeline) == ["Mời thầu", "Nộp thầu", "Trúng thầu"]
    assert History.objects.count() == told


def test_the_page_has_a_button_for_each_without_a_script(pipeline: int, browser_of: BrowserOf) -> None:
    client, page = browser_of("director"), f"/pipelines/{pipeline}"

    shown = client.get(page).content.decode()
    answer = client.post(f"{page}/raise_stage", {"stage": _id("Trúng thầu")})

    assert 'aria-label="Lên: Trúng thầu"' in shown
    assert 'aria-label="Xuống: Mời thầu"' in shown
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, page)
    assert _order(pipeline) == ["Mời thầu", "Trúng thầu", "Nộp thầu"]
    assert "Lên: Trúng thầu" not in browser_of("seller").get(page).content.decode()
