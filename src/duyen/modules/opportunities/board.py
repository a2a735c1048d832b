"""How deals stand beside their list: in the stages of a pipeline, and by closing date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import pgettext_lazy

from duyen.entities.boards.declared import Board, Card, Lane, Way, Within
from duyen.entities.dated.declared import Calendar, Months, Outcome, Split
from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor
from duyen.modules.opportunities import queries, rules
from duyen.modules.opportunities.words import UNDER_WAY, DealState, Move

#: The step of each move, and what it is told beside the stage: only a skip and a step back ask why.
_STEPS: Mapping[Move, tuple[str, Mapping[str, object]]] = {
    Move.NEXT: ("advance", {"note": ""}),
    Move.SKIP: ("advance", {}),
    Move.BACK: ("step_back", {}),
}


def lanes(_actor: Actor, pipeline: int | None) -> Sequence[Lane]:
    """Give the stages of a pipeline as lanes, each weighed by its probability."""
    if pipeline is None:
        return []
    tones = queries.tones()
    return [
        Lane(
            str(each.id),
            each.name,
            tones.get(each.id, "gray"),
            order="expected_close",
            percent=Decimal(each.probability),
            begins={"pipeline": str(pipeline), "stage": str(each.id)},
        )
        for each in queries.stages_of(pipeline)
    ]


def pipelines(_actor: Actor) -> Sequence[tuple[int, Label]]:
    """Give the pipelines that have a stage, in their order."""
    return queries.pipelines_in_use()


def moves(row: Mapping[str, Any], lane: str) -> Way | None:
    """Give the step that brings a deal into a stage."""
    if row["state"] != DealState.OPEN or not lane.isdecimal():
        return None
    stages = queries.stages_of(row["pipeline_id"])
    ids = {each.id for each in stages}
    if int(lane) not in ids:
        return None
    here = row["stage_id"]
    move = rules.move_between(stages, here, int(lane)) if here in ids else Move.NEXT
    if move not in _STEPS:
        return None
    verb, told = _STEPS[move]
    return Way(verb, {"stage": int(lane), **told})


BY_STAGE = Board(
    by="stage",
    lanes=lanes,
    within=Within("pipeline", pipelines),
    card=Card(under="customer", amount="amount", aside="expected_close", keeper="owner"),
    moves=moves,
    total="amount",
    weighed="weighted",
)

#: Lists of what is under way leave out what is closed; months have columns of their own for that.
UNDER_WAY_ONLY = ("state", "in", [each.value for each in UNDER_WAY])


def in_their_order(stage_ids: Sequence[int]) -> Sequence[int]:
    """Put stages of whatever pipelines into the order in which a deal goes through them."""
    found = queries.stages(stage_ids)
    return sorted(stage_ids, key=lambda each: (found[each].position, each))


BY_CLOSE = Calendar(by="expected_close", total="amount")
BY_MONTH = Months(
    by="expected_close",
    total="amount",
    weighed="weighted",
    outcomes=[
        Outcome(pgettext_lazy("opportunities", "Won"), ("state", "eq", DealState.WON.value)),
        Outcome(pgettext_lazy("opportunities", "Lost"), ("state", "eq", DealState.LOST.value)),
    ],
    splits=[Split("stage", in_their_order), Split("owner")],
    lifts=[UNDER_WAY_ONLY],
)
