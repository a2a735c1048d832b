"""Points models: a draft is put in force, at once and for all; one in force is gone on with as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities import standard
from duyen.entities.actions import action
from duyen.entities.fields import Label, Text
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.kernel.clock import now
from duyen.modules.scoring import choices, queries
from duyen.modules.scoring.actions.rescoring import ask_again
from duyen.modules.scoring.models import ScoreCriterion, ScoreModel
from duyen.modules.scoring.reckoning import TURN
from duyen.modules.scoring.words import ModelState

#: The right to put a points model in force, and to have a learned one worked out.
PUBLISH = "publish"
Row = Mapping[str, Any]


def _has_criteria(row: Row) -> Label | None:
    if queries.criteria_of(row["id"]):
        return None
    return _("it has no criteria yet, so every lead would get 0 points. Add some first.")


def _published(_actor: Actor, row: Row, _asked: Row) -> Row:
    """End the model that was in force before, so that this one takes its place."""
    moment = now()
    with connection.cursor() as cursor:  # whoever works scores out has ended, or begins with this one
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
    before = queries.model_in_force()
    if before is not None:
        ended = {
            "state": ModelState.RETIRED.value,
            "state_since": moment,
            "version": before.version + 1,
            "updated_at": moment,
        }
        update_row(ScoreModel, before.pk, ended)
    return {"published_at": moment}


def _rescored(actor: Actor, _row: Row, _asked: Row) -> None:
    ask_again(actor=actor)


LIFECYCLE = Lifecycle(
    "state",
    pgettext_lazy("points model", "State"),
    choices.STATES,
    [
        Command(
            "publish",
            _("Put it in force"),
            from_=[ModelState.DRAFT],
            to=ModelState.PUBLISHED,
            needs=PUBLISH,
            guards=[_has_criteria],
            icon="stamp",
            tone="primary",
            sets=_published,
            then=_rescored,
            text=_(
                "It holds at once: new leads are scored by it, all others in the background. Nothing of it"
                " can be changed afterwards; go on with a draft of it."
            ),
        ),
    ],
    since="state_since",
)
publish = LIFECYCLE.commands[0]


@action(
    "score_models.draft",
    label=_("Go on with a draft"),
    needs=CREATE,
    asks=[Text("name", _("Name of the draft"), required=True, max_length=200)],
    icon="copy",
    text=_("The draft has the same criteria. Leads keep their scores until it is put in force."),
)
def draft(*, actor: Actor, row: Row, name: str) -> Row:
    """Make a draft with the criteria of a model, and lead to it. Raises InvalidValues or NotAllowed."""
    values = {"name": name, "hot_from": row["hot_from"], "warm_from": row["warm_from"], "note": row["note"]}
    made = standard.create(entity_named("score_models"), actor=actor, values=values)
    rows = queries.rows_of_criteria(row["id"])
    moment = now()
    stamps = {"created_at": moment, "updated_at": moment}
    people = {"created_by_id": actor.user_id, "updated_by_id": actor.user_id}
    copies = [
        {**each, "id": row_id, "score_model_id": made.id}
        for each, row_id in zip(rows, next_ids(ScoreCriterion, len(rows)), strict=True)
    ]
    insert_rows(ScoreCriterion, copies, alike={**stamps, **people})
    return {**row, "id": made.id, "version": made.version}


def why_keep(row: Row) -> Label | None:
    """Say why a model cannot go into the bin: one that was in force tells why leads had their scores."""
    if row["state"] != ModelState.DRAFT:
        return _("it was put in force and tells why leads had their scores.")
    return None


def why_bar(row: Row) -> Label | None:
    """Say why a criterion cannot go into the bin or come out of it: its model was put in force."""
    if queries.state_of(row["score_model_id"]) != ModelState.DRAFT:
        return _("its model was put in force and stays as it is. Go on with a draft of it.")
    return None
