"""What scoring goes by: the model in force, its criteria, and leads whose score may have moved."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.modules.scoring.models import FrozenScore, LearnedScore, ScoreCriterion, ScoreModel
from duyen.modules.scoring.rules import LIVE
from duyen.modules.scoring.words import ModelState, Verdict


def scorer() -> Actor:
    """Give who works scores out: a part of the system, as the trail shows it."""
    return system_actor("scoring", door=Door.JOB)


def model_in_force() -> ScoreModel | None:
    """Give the points model by which leads are scored."""
    return ScoreModel.objects.filter(state=ModelState.PUBLISHED.value, deleted_at=None).order_by("pk").first()


def model(model_id: int) -> ScoreModel:
    """Give one points model."""
    return ScoreModel.objects.get(pk=model_id)


def has_model() -> bool:
    """Tell whether there ever was a points model."""
    return ScoreModel.objects.exists()


def criteria_of(model_id: int) -> list[ScoreCriterion]:
    """List the criteria of a model, those of most points first."""
    rows = ScoreCriterion.objects.filter(score_model_id=model_id, deleted_at=None)
    return sorted(rows.order_by("pk"), key=lambda each: -abs(each.points))


def criteria_in_force() -> list[ScoreCriterion] | None:
    """List the criteria of the model in force, those of most points first; nothing where there is none."""
    rows = ScoreCriterion.objects.filter(
        score_model__state=ModelState.PUBLISHED.value, score_model__deleted_at=None, deleted_at=None
    )
    found = sorted(rows.order_by("pk"), key=lambda each: -abs(each.points))
    return found if found or model_in_force() is not None else None


def state_of(model_id: int) -> str:
    """Give the state of a points model."""
    return ScoreModel.objects.filter(pk=model_id).values_list("state", flat=True).get()


def frozen(lead_id: int) -> FrozenScore | None:
    """Give the score of a lead that stands still."""
    return FrozenScore.objects.filter(pk=lead_id).order_by("pk").first()


def live_of_parties(party_ids: Collection[int]) -> list[int]:
    """List the leads of some parties whose score moves."""
    rows = entity_named("leads").rows(scorer()).filter(party_id__in=list(party_ids))
    return list(
        rows.filter(state__in=[each.value for each in LIVE]).order_by("pk").values_list("pk", flat=True)
    )


def state_of_lead(lead_id: int) -> dict[str, Any]:
    """Give where a lead stands, with its scores."""
    rows = entity_named("leads").rows(scorer(), deleted=None).filter(pk=lead_id).order_by("pk")
    return {**rows.values("state", "score", "likelihood", "temperature").get()}


def rows_of_criteria(model_id: int) -> list[dict[str, Any]]:
    """Give the criteria of a model as columns, to be copied."""
    columns = ("name", "basis", "points", "condition")
    rows = ScoreCriterion.objects.filter(score_model_id=model_id, deleted_at=None).order_by("pk")
    told = rows.values(
        *columns, "activity_kind", "direction", "outcomes", "within_days", "fades", "absent", "most"
    )
    return [{**each} for each in told]


def last_learned() -> LearnedScore | None:
    """Give what was learned last, offered or not."""
    return LearnedScore.objects.order_by("-pk").first()


def offered() -> LearnedScore | None:
    """Give the learned score that is offered."""
    found = last_learned()
    return found if found is not None and found.verdict == Verdict.OFFERED else None
