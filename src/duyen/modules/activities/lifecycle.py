"""The life cycle of an activity: start, finish with what came of it, cancel with a reason, take up again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.announcing import announce
from duyen.entities.fields import Choice, Link, LongText, Text, When
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.activities import rules, series
from duyen.modules.activities.choices import OUTCOMES, STATES
from duyen.modules.activities.events import ActivityDone
from duyen.modules.activities.words import OPEN, ActivityKind
from duyen.modules.activities.words import ActivityState as State

Row = Mapping[str, Any]

RESULT = LongText("result", _("Result"), max_length=4_000, help=_("What came of it, in a sentence or two."))
OUTCOME = Choice("outcome", _("Outcome"), options=OUTCOMES, badge=True)
NEXT_STEP = Text("next_step", _("Next step"), max_length=250, help=_("Becomes the next task about the same."))
_NEXT_DUE = When("next_due", _("Next step due"), at=dt.time(17, 0))
_NEXT_OWNER = Link("next_owner", _("Who takes the next step"), to="users")
_REASON = Text("note", _("Reason"), required=True, max_length=300)


def _moment(row: Row, done_at: dt.datetime | None) -> dt.datetime:
    return rules.moment_of(
        done_at=done_at, starts_at=row["starts_at"], due_at=row["due_at"], made_at=row["created_at"]
    )


def _finished(_actor: Actor, row: Row, asked: Row) -> Row:
    moment = now()
    told = {name: asked.get(name) or row[name] for name in ("outcome", "result", "next_step")}
    return {**told, "done_at": moment, "at": moment, "progress": 100, "remind_at": None}


def _cancelled(_actor: Actor, row: Row, asked: Row) -> Row:
    return {"result": asked.get("note") or row["result"], "remind_at": None}


def _reopened(_actor: Actor, row: Row, _asked: Row) -> Row:
    return {"done_at": None, "at": _moment(row, None), "progress": 0}


def tell_done(row: Row) -> None:
    """Tell that an activity is done, from its row."""
    about: dict[str, tuple[int, ...]] = {}
    for each in row["about"] or ():
        about[each["entity"]] = (*about.get(each["entity"], ()), each["id"])
    kind = ActivityKind(row.get("kind", ActivityKind.TASK))  # the rows of tasks do not say so
    announce(ActivityDone(row["id"], kind, row["owner_id"], row["done_at"], row["outcome"], about))


def _after_finish(actor: Actor, row: Row, asked: Row) -> None:
    tell_done(row)
    _go_on(actor, row, asked)
    if asked.get("next_step"):
        _make_next(actor, row, asked)


def _go_on(_actor: Actor, row: Row, _asked: Row) -> None:
    """Let the series of an activity that came to its end make the next one."""
    if row["series_id"]:
        series.go_on(row["series_id"])


def _make_next(actor: Actor, row: Row, asked: Row) -> None:
    """Make the next step a task about the same records, for whoever takes it. Raises NotAllowed."""
    values: dict[str, object] = {
        "subject": asked["next_step"],
        "about": row["about"],
        "due_at": asked.get("next_due"),
        "owner": asked.get("next_owner") or row["owner_id"],
        "unit": row["unit_id"],
        "priority": row["priority"],
    }
    tasks = entity_named("tasks")
    known = {each.name for each in tasks.writable(actor)}
    standard.create(
        tasks, actor=actor, values={name: value for name, value in values.items() if name in known}
    )


LIFECYCLE = Lifecycle(
    "state",
    label=_("State"),
    states=STATES,
    since="state_since",
    commands=[
        Command("start", _("Start"), (State.PLANNED,), State.STARTED, icon="play"),
        Command("put_back", _("Put back"), (State.STARTED,), State.PLANNED, icon="undo-2"),
        Command(
            "finish",
            _("Finish"),
            OPEN,
            State.DONE,
            asks=(OUTCOME, RESULT, NEXT_STEP, _NEXT_DUE, _NEXT_OWNER),
            icon="check",
            sets=_finished,
            then=_after_finish,
        ),
        Command(
            "cancel",
            _("Cancel"),
            OPEN,
            State.CANCELLED,
            asks=(_REASON,),
            icon="ban",
            tone="danger",
            sets=_cancelled,
            then=_go_on,
        ),
        Command(
            "reopen",
            _("Take up again"),
            (State.DONE, State.CANCELLED),
            State.PLANNED,
            icon="rotate-ccw",
            sets=_reopened,
        ),
    ],
)
