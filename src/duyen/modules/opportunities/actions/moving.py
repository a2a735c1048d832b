"""Moves of a deal between the stages of its pipeline, and what has to be settled before it leaves one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues, NotAllowed, Refused
from duyen.entities.fields import Link, Text
from duyen.entities.fields.base import EMPTY
from duyen.entities.pages import Preview
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.opportunities import overdue, queries, rules
from duyen.modules.opportunities.actions.closing import CONFIRM
from duyen.modules.opportunities.actions.deals import NAME, is_open, is_under_way, written
from duyen.modules.opportunities.models import Answer
from duyen.modules.opportunities.rules import Stage
from duyen.modules.opportunities.words import Move

#: What a stage may require beside fields of the deal.
LINES, DECISION_MAKER = "lines", "decision_maker"


class NoSuchItem(Refused):
    """The item is not on the checklist of the stage in which the deal stands."""

    code = "no_such_item"
    sentence = _("This is not on the checklist of the stage. Look at the page again.")


def lacking(row: Mapping[str, Any], here: Stage) -> Iterator[str]:
    """Say what a deal lacks before it leaves a stage forwards, one sentence each."""
    for item in rules.unanswered(here.checklist, queries.answered(row["id"], here.id)):
        yield gettext("“%(item)s” is not ticked.") % {"item": item}
    deals = entity_named(NAME)
    for name in here.required:
        if name == LINES:
            if not row["line_count"]:
                yield gettext("no product is entered.")
        elif name == DECISION_MAKER:
            if not queries.has_decision_maker(row["id"]):
                yield gettext("nobody who decides stands among its contacts.")
        elif name in deals.by_name and deals.field(name).load(row) in EMPTY:
            yield gettext("“%(field)s” is empty.") % {"field": deals.field(name).label}


def against_leaving(row: Mapping[str, Any]) -> Iterator[str]:
    """Say all that keeps a deal in its stage, one sentence each."""
    here = queries.stage_of(row)
    if here is None:
        return
    if rules.next_stage(queries.stages_of(row["pipeline_id"]), here.id) is None:
        yield gettext("it stands in the last stage. Close it as won or lost.")
        return
    yield from lacking(row, here)


def against_going_back(row: Mapping[str, Any]) -> Iterator[str]:
    """Say why a deal cannot go back: it stands at the beginning."""
    stages = queries.stages_of(row["pipeline_id"])
    if stages and row["stage_id"] == stages[0].id:
        yield gettext("it stands in the first stage.")


def _but(deal_id: int, *moves: Move) -> Collection[int]:
    """Name the stages to which a deal does not come by one of these moves, those of other pipelines too."""
    pipeline, here = queries.place_of(deal_id)
    stages = queries.stages_of(pipeline)
    reached = {each.id for each in stages if _move(stages, here, each) in moves}
    return {each.id for each in queries.all_stages()} - reached


def _not_later(deal_id: int) -> Collection[int]:
    return _but(deal_id, Move.NEXT, Move.SKIP)


def _not_earlier(deal_id: int) -> Collection[int]:
    return _but(deal_id, Move.BACK)


_NOTE = Text("note", pgettext_lazy("opportunity", "Why"), max_length=500)


@action(
    "opportunities.advance",
    label=_("Move to the next stage"),
    asks=(
        Link(
            "stage",
            pgettext_lazy("opportunity", "To which stage"),
            to="opportunity_stages",
            help=_("Left empty, the next one. Who skips a stage says why."),
            apart=_not_later,
        ),
        _NOTE,
    ),
    icon="arrow-right",
    tone="primary",
    fits=is_open,
    guards=[against_leaving],
    about="stage",
    is_told=True,
    preview=Preview("opportunities/overdue_preview.html", overdue.overdue_of),
)
def advance(*, actor: Actor, row: Mapping[str, Any], stage: int | None, note: str) -> Mapping[str, Any]:
    """Move a deal forwards; what its stage asks for is settled. Raises InvalidValues."""
    stages = queries.stages_of(row["pipeline_id"])
    there = _found(stages, stage) if stage else rules.next_stage(stages, row["stage_id"])
    move = _move(stages, row["stage_id"], there)
    if there is None or move in (Move.BACK, Move.SAME):
        told = _("Choose a later stage. To go back, take the step for it.")
        raise InvalidValues([FieldProblem("stage", "not_later", told)])
    if move is Move.SKIP and not note:
        raise InvalidValues([FieldProblem("note", "required", _("Say why a stage is skipped."))])
    return _moved(actor, row, there)


@action(
    "opportunities.step_back",
    label=_("Go back to an earlier stage"),
    asks=(
        Link(
            "stage",
            pgettext_lazy("opportunity", "To which stage"),
            to="opportunity_stages",
            required=True,
            apart=_not_earlier,
        ),
        Text("note", pgettext_lazy("opportunity", "Why"), required=True, max_length=500),
    ),
    icon="arrow-left",
    fits=is_open,
    guards=[against_going_back],
    about="stage",
    is_told=True,
)
def step_back(*, actor: Actor, row: Mapping[str, Any], stage: int, note: str) -> Mapping[str, Any]:
    """Take a deal back, which is counted. Raises InvalidValues, or NotAllowed from a late stage."""
    stages = queries.stages_of(row["pipeline_id"])
    there = _found(stages, stage)
    if _move(stages, row["stage_id"], there) is not Move.BACK:
        raise InvalidValues([FieldProblem("stage", "not_earlier", _("Choose an earlier stage."))])
    here = queries.stage(row["stage_id"])
    if here is not None and here.is_late and not confirms(actor, row):
        raise NotAllowed(
            why=_("from “%(stage)s” only the head of the area takes a deal back. Ask them.")
            % {"stage": here.name}
        )
    return _moved(actor, row, there, steps_back=row["steps_back"] + 1)


def confirms(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Tell whether the actor may confirm what others propose for this deal."""
    facts = actor.scope(NAME, CONFIRM)
    return facts.covers(record_id=row["id"], owner_id=row["owner_id"], unit_id=row["unit_id"])


def _found(stages: list[Stage], stage_id: int) -> Stage:
    for each in stages:
        if each.id == stage_id:
            return each
    told = _("This stage belongs to another pipeline. Choose one of this deal's.")
    raise InvalidValues([FieldProblem("stage", "other_pipeline", told)])


def _move(stages: list[Stage], here: int, there: Stage | None) -> Move:
    if there is None:
        return Move.SAME
    if here not in {each.id for each in stages}:
        return Move.NEXT
    return rules.move_between(stages, here, there.id)


def _moved(actor: Actor, row: Mapping[str, Any], there: Stage, **more: Any) -> Mapping[str, Any]:
    columns = {"stage_id": there.id, "stage_since": now(), "probability": there.probability, **more}
    return written(actor, row, columns)


# --- the checklist ----------------------------------------------------------------------------------------

_ITEM = Text("item", _("Item of the checklist"), required=True, max_length=300)


@action(
    "opportunities.settle_item",
    label=_("Tick on the checklist"),
    asks=(_ITEM,),
    icon="check",
    part="item",
    fits=is_under_way,
)
def settle_item(*, actor: Actor, row: Mapping[str, Any], item: str) -> Mapping[str, Any]:
    """Say that an item of the present stage's checklist is settled. Raises NoSuchItem."""
    _refuse_foreign(row, item)
    if item not in queries.answered(row["id"], row["stage_id"]):
        (row_id,) = next_ids(Answer, 1)
        made = {
            "id": row_id,
            "opportunity_id": row["id"],
            "party_id": row["party_id"],
            "stage_id": row["stage_id"],
            "item": item,
            "answered_at": now(),
            "answered_by_id": actor.user_id,
        }
        insert_rows(Answer, [made])
    return written(actor, row, {})


@action(
    "opportunities.unsettle_item",
    label=_("Take the tick back"),
    asks=(_ITEM,),
    icon="x",
    part="item",
    fits=is_under_way,
)
def unsettle_item(*, actor: Actor, row: Mapping[str, Any], item: str) -> Mapping[str, Any]:
    """Say that an item of the checklist is not settled after all. Raises NoSuchItem."""
    _refuse_foreign(row, item)
    Answer.objects.filter(opportunity_id=row["id"], stage_id=row["stage_id"], item=item).delete()
    return written(actor, row, {})


def _refuse_foreign(row: Mapping[str, Any], item: str) -> None:
    here = queries.stage(row["stage_id"])
    if here is None or item not in here.checklist:
        raise NoSuchItem
