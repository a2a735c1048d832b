"""What the tests of scoring share: points models of the director's, and leads that they score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.activities.actions import log
from duyen.modules.activities.words import ActivityKind
from duyen.modules.leads.actions import capture
from duyen.modules.leads.models import Lead
from duyen.testing.cast import Cast

Make = Callable[..., int]
Criterion = dict[str, Any]

REFERRED: Criterion = {
    "name": "Được giới thiệu",
    "points": 20,
    "basis": "FIELD",
    "condition": ["source", "eq", "REFERRAL"],
}
CALLED: Criterion = {
    "name": "Gọi điện",
    "points": 10,
    "basis": "ACTIVITY",
    "activity_kind": "CALL",
    "within_days": 10,
    "fades": True,
}


@pytest.fixture
def draft(cast: Cast) -> Make:
    """Make a draft with some criteria, the director's."""

    def make(*criteria: Criterion, **values: Any) -> int:
        actor = cast.actor("director")
        given = {"name": "Thang điểm mới", **values}
        made = standard.create(entity_named("score_models"), actor=actor, values=given).id
        for each in criteria:
            standard.create(entity_named("score_criteria"), actor=actor, values={"score_model": made, **each})
        return made

    return make


@pytest.fixture
def in_force(draft: Make, cast: Cast) -> Make:
    """Put a model with some criteria in force, and score what is there."""

    def make(*criteria: Criterion, **values: Any) -> int:
        made = draft(*criteria, **values)
        publish(cast, made)
        run_jobs()
        return made

    return make


def publish(cast: Cast, model_id: int, *, by: str = "director") -> None:
    """Put a draft in force as somebody."""
    perform(entity_named("score_models"), "publish", model_id, actor=cast.actor(by), arguments={})


def run_jobs() -> None:
    """Carry out all scoring that was asked for."""
    for job in Job.objects.filter(kind="scoring", state="queued").order_by("pk"):
        work(job.pk)


@pytest.fixture
def lead(cast: Cast) -> Make:
    """Take in a lead of the seller's."""

    def make(*, by: str = "seller", **values: Any) -> int:
        given = {"name": "Phạm Thị Mai", "phones": ["0359 000 111"], "source": "REFERRAL", **values}
        return capture(actor=cast.actor(by), values=given).id

    return make


@pytest.fixture
def call(cast: Cast) -> Callable[[int], None]:
    """Note a call of the seller's about a lead."""

    def note(lead_id: int) -> None:
        actor = cast.actor("seller")
        log(ActivityKind.CALL, "Gọi", actor=actor, about=[("leads", lead_id)], result="Khách quan tâm")

    return note


def score(lead_id: int) -> int | None:
    """Give the score that stands on a lead."""
    return Lead.objects.filter(pk=lead_id).values_list("score", flat=True).get()
