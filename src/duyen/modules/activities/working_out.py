"""What follows from the values that people give: subject, times, state, party, who is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import ZONE, now
from duyen.kernel.errors import FieldProblem
from duyen.modules.activities import queries, rules
from duyen.modules.activities.about import parties_of
from duyen.modules.activities.words import OPEN, ActivityKind, ActivityState, Priority

Values = Mapping[str, Any]


def complete(values: dict[str, Any], _actor: Actor) -> None:
    """Work out what an activity tells of itself, new or changed."""
    moment = now()
    is_new = "state" not in values
    kind = values.get("kind") or ActivityKind.TASK.value
    values["subject"] = rules.subject_of(values["subject"], values.get("body") or "")
    values["priority"] = values.get("priority") or Priority.NORMAL.value
    values["progress"] = values.get("progress") or 0
    values["ends_at"] = rules.end_of(kind, values.get("starts_at"), values.get("ends_at"))
    if is_new:
        _come_into_life(values, kind, moment)
    if values["all_day"] and values.get("starts_at"):
        values["starts_at"], values["ends_at"] = _whole_days(values["starts_at"], values["ends_at"])
    values["at"] = rules.moment_of(
        done_at=values.get("done_at"),
        starts_at=values.get("starts_at"),
        due_at=values.get("due_at"),
        made_at=values.get("created_at") or moment,
    )
    _set_reminder(values)
    values["people"] = _named(values)
    values["party"] = _party(values)


def _come_into_life(values: dict[str, Any], kind: str, moment: dt.datetime) -> None:
    """Let what has happened already begin as done."""
    if rules.is_noted(kind, starts_at=values.get("starts_at"), due_at=values.get("due_at")):
        values["done_at"] = values.get("done_at") or moment
    if values.get("done_at"):
        values["state"], values["progress"] = ActivityState.DONE.value, 100
    elif values.get("progress"):
        values["state"] = ActivityState.STARTED.value


def _whole_days(start: dt.datetime, end: dt.datetime | None) -> tuple[dt.datetime, dt.datetime]:
    """Let an appointment of whole days begin and end at midnight here."""
    first = start.astimezone(ZONE).date()
    last = (end - dt.timedelta(microseconds=1)).astimezone(ZONE).date() if end and end > start else first
    begin = dt.datetime.combine(first, dt.time.min, ZONE)
    finish = dt.datetime.combine(max(first, last) + dt.timedelta(days=1), dt.time.min, ZONE)
    return begin.astimezone(dt.UTC), finish.astimezone(dt.UTC)


def _set_reminder(values: dict[str, Any]) -> None:
    """Let a reminder of so many minutes before follow its activity; one that was moved later comes again."""
    before, moment = values.get("remind_before"), values.get("starts_at") or values.get("due_at")
    if before is not None and moment is not None:
        values["remind_at"] = moment - dt.timedelta(minutes=before)
    told, at = values.get("reminded_at"), values.get("remind_at")
    if told is not None and (at is None or at > told):
        values["reminded_at"] = None


def _named(values: Values) -> tuple[int, ...]:
    taking_part = (each.id for each in values.get("participants") or () if each.entity == "users")
    return tuple(sorted({*(values.get("co_assignees") or ()), *taking_part} - {values.get("owner")}))


def _party(values: Values) -> int | None:
    """Give the party of the first record that has one."""
    refs = list(values.get("about") or ())
    parties = parties_of(refs)
    return next((parties[each] for each in refs if each in parties), None)


def judge(after: Values, before: Values | None) -> Iterable[FieldProblem]:
    """Find what does not fit together."""
    state = after.get("state") or ActivityState.PLANNED
    times = rules.Times(*(after.get(each) for each in ("starts_at", "ends_at", "due_at", "done_at")))
    found = rules.problems_of(
        kind=after.get("kind") or ActivityKind.TASK,
        subject=after["subject"],
        times=times,
        is_open=state in OPEN,
        now=now(),
    )
    for each in found:
        yield FieldProblem(each.field, each.code, gettext(str(each.message)))
    if before is not None and before.get("state") == ActivityState.DONE and not after.get("done_at"):
        sentence = gettext("It is done: say when. To take it up again there is a step of its own.")
        yield FieldProblem("done_at", "required", sentence)
    if after.get("parent") and (before is None or after["parent"] != before.get("parent")):
        yield from _judge_parent(after, before)


def _judge_parent(after: Values, before: Values | None) -> Iterable[FieldProblem]:
    queries.hold_trees()
    above = queries.with_those_above(after["parent"])
    own = queries.id_by_code(before["code"]) if before is not None else None
    if rules.closes_a_loop(own, above):
        sentence = gettext("That task stands below this one. Choose another one, or take that one out first.")
        yield FieldProblem("parent", "loop", sentence)
    elif len(above) >= rules.DEEPEST:
        sentence = gettext("Tasks stand at most %(most)s deep. Choose one higher up.") % {
            "most": rules.DEEPEST
        }
        yield FieldProblem("parent", "depth", sentence)
