"""Stages as the company keeps them: one that goes says first where its deals go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues, NotAllowed, Refused
from duyen.entities.fields import Label, Link, Whole
from duyen.entities.locking import lock_many
from duyen.entities.pages import Preview
from duyen.entities.registry import entity_named
from duyen.entities.standard import into_bin, write_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.opportunities import queries, rules, stays
from duyen.modules.opportunities.models import Opportunity
from duyen.modules.opportunities.words import UNDER_WAY


class NoSuchStage(Refused):
    """The stage was retired, or it is none of this pipeline's."""

    code = "no_such_stage"
    sentence = _("This stage is no longer in the pipeline. Look at the page again.")


def _where_they_go(_actor: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell how many deals a stage holds, and what becomes of them."""
    target = asked.get("target")
    there = queries.stage(target) if target else None
    return {"count": queries.count_in_stage(row["id"]), "there": there}


@action(
    "opportunity_stages.retire",
    label=_("Retire the stage"),
    needs=DELETE,
    asks=(
        Link(
            "target",
            _("Where its deals go"),
            to="opportunity_stages",
            help=_("A stage of the same pipeline. Left empty only where the stage holds no deal."),
            apart=queries.no_way_for_deals_of,
        ),
    ),
    icon="archive",
    text=_("Deals that are closed keep the stage in which they ended; it goes into the bin."),
    preview=Preview("opportunities/retire_preview.html", _where_they_go),
)
def retire_stage(*, actor: Actor, row: Mapping[str, Any], target: int | None) -> Mapping[str, Any]:
    """Move all deals of a stage that are not closed to another one, and put the stage into the bin.

    All or none, by one statement. Raises InvalidValues.
    """
    if target is None:
        if queries.holds_any(row["id"]):
            told = gettext("The stage holds deals. Say to which stage they go.")
            raise InvalidValues([FieldProblem("target", "required", told)])
    else:
        _move_deals(actor, row, target)
    stages = entity_named("opportunity_stages")
    columns = into_bin(actor, "")
    return {**row, **columns, "version": write_changes(stages, actor, row, columns)}


def _move_deals(actor: Actor, row: Mapping[str, Any], target: int) -> None:
    there = queries.stage(target)
    if there is None or target == row["id"] or queries.pipeline_of(target) != row["pipeline_id"]:
        told = gettext("Choose another stage of the same pipeline.")
        raise InvalidValues([FieldProblem("target", "other_pipeline", told)])
    moment = now()
    stays.move_all(row["id"], target, moment, actor=actor)
    # Whoever keeps the pipelines may see none of the deals: they move as the stage does, and each says so.
    moved = Opportunity.objects.filter(stage_id=row["id"], state__in=[each.value for each in UNDER_WAY])
    moved.update(
        stage_id=target,
        stage_since=moment,
        probability=there.probability,
        version=F("version") + 1,
        updated_at=moment,
        updated_by_id=actor.user_id,
    )


_STAGE = Whole("stage", _("Stage"), required=True, least=1, most=2**62)


@action("pipelines.raise_stage", label=_("Move the stage up"), asks=(_STAGE,), icon="arrow-up", part="stage")
def raise_stage(*, actor: Actor, row: Mapping[str, Any], stage: int) -> Mapping[str, Any]:
    """Let a stage of a pipeline change places with the one before it. Raises NoSuchStage or NotAllowed."""
    return _moved_by(actor, row, stage, -1)


@action(
    "pipelines.lower_stage", label=_("Move the stage down"), asks=(_STAGE,), icon="arrow-down", part="stage"
)
def lower_stage(*, actor: Actor, row: Mapping[str, Any], stage: int) -> Mapping[str, Any]:
    """Let a stage of a pipeline change places with the one after it. Raises NoSuchStage or NotAllowed."""
    return _moved_by(actor, row, stage, 1)


def _moved_by(actor: Actor, row: Mapping[str, Any], stage: int, by: int) -> Mapping[str, Any]:
    """Move a stage one place within its pipeline, and number all from 1; at an end it stays where it is."""
    stages = entity_named("opportunity_stages")
    places = {each.id: each.position for each in queries.stages_of(row["id"])}
    order = rules.moved(list(places), stage, by)
    if order is None:
        raise NoSuchStage
    placed = {stage_id: place for place, stage_id in enumerate(order, 1) if places[stage_id] != place}
    held = lock_many(stages, list(placed), actor=actor, verb=CHANGE)
    if len(held) < len(placed):
        raise NotAllowed(why=_("changing stages is not among your rights."))
    for each in held:
        write_changes(stages, actor, each, {"position": placed[each["id"]]})
    return {**row, "version": write_changes(entity_named("pipelines"), actor, row, {})}


def why_keep_stage(row: Mapping[str, Any]) -> Label | None:
    """Say why a stage cannot just go into the bin."""
    if queries.holds_any(row["id"]):
        return _("deals stand in it. Retire the stage and say where they go.")
    return None


def why_keep_pipeline(row: Mapping[str, Any]) -> Label | None:
    """Say why a pipeline cannot go into the bin."""
    return _("deals went through it. It stays for what they tell.") if queries.is_used(row["id"]) else None
