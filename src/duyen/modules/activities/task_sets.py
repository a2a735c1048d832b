"""Sets of tasks that belong together: started about a record by a person, or by a step of its life cycle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.actions import Action
from duyen.entities.announcing import CommandTaken, react
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, Refused
from duyen.entities.fields import Day, Link, Option
from duyen.entities.registry import all_entities, entity_named
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import CREATE, READ
from duyen.foundation.org.calendars import calendar_of_unit, working_time
from duyen.kernel.clock import ZONE, today
from duyen.kernel.working_time import NeverWorked, WorkingTime, working_days_after
from duyen.modules.activities import rules
from duyen.modules.activities.models import TaskSet, TaskSetStep

_MAKER = system_actor("Task sets")
_NOON = dt.time(12, 0)


class EmptySet(Refused):
    """A set without tasks starts nothing."""

    code = "empty_task_set"
    sentence = _("This task set has no tasks yet, or is no longer in use. Choose another one.")


class LifeSteps(Sequence[Option]):
    """The steps of all life cycles, as options: read when they are asked for, once all modules are known."""

    def _all(self) -> tuple[Option, ...]:
        return tuple(
            Option(f"{each.name}.{command.verb}", _label(each, command.label))
            for each in all_entities()
            if each.lifecycle is not None and each.party and each.opens_through is None
            for command in each.lifecycle.commands
        )

    @overload
    def __getitem__(self, place: int) -> Option: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Option, ...]: ...
    def __getitem__(self, place: int | slice) -> Option | tuple[Option, ...]:
        return self._all()[place]

    def __iter__(self) -> Iterator[Option]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _label(entity: Entity, step: Any) -> Any:
    return _("%(entity)s: %(step)s") % {"entity": entity.label, "step": step}


def start(entity: str, record: Mapping[str, Any], task_set: int, *, actor: Actor, day: dt.date) -> list[int]:
    """Make the tasks of a set about one record, counted from `day`; returns their ids.

    Raises EmptySet, or InvalidValues where somebody who should get a task has left.
    """
    steps = list(
        TaskSetStep.objects.filter(
            task_set_id=task_set, task_set__is_active=True, task_set__deleted_at=None, deleted_at=None
        ).order_by("position", "pk")
    )
    if not steps:
        raise EmptySet
    unit: int = record["unit_id"]
    hours = working_time(calendar_of_unit(unit).calendar_id)
    tasks = entity_named("tasks")
    made = []
    for each in steps:
        values = {
            "subject": each.subject,
            "body": each.body,
            "priority": each.priority,
            "due_at": due_of(day, each.after_days, hours),
            "about": ((entity, record["id"]),),
            "owner": rules.taker_of(
                each.assignee, owner=record["owner_id"], starter=actor.user_id, person=each.person_id
            ),
            "unit": unit,
        }
        made.append(standard.create(tasks, actor=_MAKER, values=values).id)
    return made


def due_of(day: dt.date, after_days: int, hours: WorkingTime) -> dt.datetime:
    """Give the end of the working day so many working days after `day`; noon where its hours are unknown."""
    due = working_days_after(day, after_days, hours) if after_days else day
    spans = hours.spans(due)
    minutes = spans[-1][1] if spans else _NOON.hour * 60
    # Working time may end with the day itself, or past midnight.
    moment = dt.datetime.combine(due, dt.time.min, ZONE) + dt.timedelta(minutes=min(minutes, 24 * 60 - 1))
    return moment.astimezone(dt.UTC)


def starting(entity: str) -> Action:
    """Give the step by which a person starts a set about a record of an entity."""

    def run(*, actor: Actor, row: Mapping[str, Any], task_set: int, day: dt.date | None) -> None:
        if not actor.may("tasks", CREATE):
            raise NotAllowed(why=_("creating tasks is not among your rights."))
        if not entity_named("task_sets").rows(actor).filter(pk=task_set).exists():
            raise EmptySet
        start(entity, row, task_set, actor=actor, day=day or today())

    return Action(
        f"{entity}.start_task_set",
        _("Start a task set"),
        run,
        needs=READ,
        asks=(
            Link("task_set", _("Task set"), to="task_sets", required=True),
            Day("day", _("Counted from"), help=_("Empty: today.")),
        ),
        icon="list-plus",
        text=_("Makes all tasks of the set about this record, each due at the end of its working day."),
    )


def _hear(taken: CommandTaken) -> None:
    """Start the sets that go with a step; one that cannot start does not stand in the step's way."""
    sets = TaskSet.objects.filter(
        starts_with=f"{taken.entity}.{taken.verb}", is_active=True, deleted_at=None
    ).order_by("pk")
    ids = list(sets.values_list("pk", flat=True))
    if not ids:
        return
    kind = entity_named(taken.entity)
    row = kind.model._default_manager.filter(pk=taken.record_id).values("id", "owner_id", "unit_id").get()
    for each in ids:
        try:
            start(taken.entity, row, each, actor=taken.actor, day=today())
        except (EmptySet, InvalidValues, NeverWorked):
            continue


def listen() -> None:
    """Let sets hear of the steps of life cycles. Called once, at start-up."""
    react(CommandTaken, _hear)
