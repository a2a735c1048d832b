"""What follows from what people enter of an opportunity, and what must hold of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now, today
from duyen.kernel.errors import FieldProblem
from duyen.modules.opportunities import queries, rules
from duyen.modules.opportunities.actions.closing import CONFIRM
from duyen.modules.opportunities.words import CLOSED, DealState

#: How a deal that is brought in ended, by the reason that is given with it.
_ENDED = {
    "win_reason": DealState.WON,
    "loss_reason": DealState.LOST,
    "cancel_reason": DealState.CANCELLED,
}


def complete(values: dict[str, Any], actor: Actor) -> None:
    """Propose pipeline, stage and probability where nobody said; take in what was closed elsewhere."""
    if values.get("pipeline") is None:
        values["pipeline"] = _pipeline_of(values) or queries.default_pipeline()
    if _is_new(values):
        _end(values, actor)
        if values.get("stage_since") is None:
            values["stage_since"] = now()
    if values.get("stage") is None and values["pipeline"] is not None:
        stages = queries.stages_of(values["pipeline"])
        if stages:
            values["stage"] = stages[-1 if values["state"] == DealState.WON else 0].id
    if values.get("probability") is None and values.get("stage") is not None:
        found = queries.stage(values["stage"])
        values["probability"] = found.probability if found else 0


def _is_new(values: Mapping[str, Any]) -> bool:
    """Tell whether values are of a new deal: one that is there has all its fields, also those nobody sets."""
    return "created_at" not in values


def _pipeline_of(values: Mapping[str, Any]) -> int | None:
    return queries.pipeline_of(values["stage"]) if values.get("stage") else None


def _end(values: dict[str, Any], actor: Actor) -> None:
    """Let a new record be closed where it says when and how, and who makes it confirms such things.

    How it ended is said by its state, by the reason alone, or by both. What contradicts that stays without a
    state, and is refused by `judge`.
    """
    told = values.get("state") or ""
    ended = {_ENDED[name] for name in _ENDED if values.get(name)} | ({DealState(told)} if told else set())
    if not ended or ended == {DealState.OPEN}:
        values["state"] = DealState.OPEN.value
        return
    values["state"] = ""
    if len(ended) != 1 or not values.get("closed_on") or not actor.may("opportunities", CONFIRM):
        return
    (state,) = ended
    if state not in CLOSED:
        return
    values["state"], values["probability"] = state.value, rules.CERTAINTY[state]
    if state is DealState.WON:
        values["actual_amount"] = values.get("amount")


def judge(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    """Find what cannot stand in an opportunity as it will be."""
    if after.get("stage") is None:
        told = gettext("No pipeline has a stage yet. Make one under Pipelines first.")
        yield FieldProblem("pipeline", "no_stage", told)
        return
    is_told = before is None or after["expected_close"] != before["expected_close"]
    if is_told and not after.get("closed_on"):
        for each in rules.problems_of_expecting(after["expected_close"], today()):
            yield FieldProblem(each.field, each.code, gettext(str(each.message)))
    if before is None:
        yield from _judge_new(after)
        return
    if after["amount"] != before["amount"] and before["line_count"]:
        told = gettext("The amount is the sum of the products. Change those.")
        yield FieldProblem("amount", "summed", told)


def _judge_new(after: Mapping[str, Any]) -> Iterable[FieldProblem]:
    if queries.pipeline_of(after["stage"]) != after["pipeline"]:
        told = gettext("This stage belongs to another pipeline. Choose one of this deal's.")
        yield FieldProblem("stage", "other_pipeline", told)
    said = [name for name in ("closed_on", *_ENDED) if after.get(name)]
    if not after["state"] or (said and after["state"] == DealState.OPEN):
        told = gettext(
            "Who confirms deals brings in closed ones, with the day and one result or reason. "
            "Leave this empty otherwise."
        )
        yield FieldProblem(said[0] if said else "state", "closed", told)
        return
    problems = [*rules.problems_of_past_stage(after["stage_since"], after.get("closed_on"), now())]
    if after.get("closed_on"):
        problems += rules.problems_of_closing(after["closed_on"], today())
    for each in problems:
        yield FieldProblem(each.field, each.code, gettext(str(each.message)))
