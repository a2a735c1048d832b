"""Task sets and their tasks: kept by administrators and those who lead, read by everybody who starts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Flag, Link, LongText, Option, Text, Whole
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Panel
from duyen.entities.personal.declared import NOBODY
from duyen.entities.registry import extend, register
from duyen.entities.scope import Scope
from duyen.kernel.errors import FieldProblem
from duyen.modules.activities import choices, panels, task_sets
from duyen.modules.activities.models import TaskSet, TaskSetStep
from duyen.modules.activities.words import Priority, Taker

_TAKERS = (
    Option(Taker.OWNER, _("The owner of the record"), "blue"),
    Option(Taker.STARTER, _("Whoever starts the set"), "teal"),
    Option(Taker.PERSON, _("This person"), "violet"),
)
_READERS = (
    *("SALES_REP", "TELLER", "COLLAB", "CARE_AGENT", "TECHNICIAN", "RECORDS_OFFICER"),
    *("MARKETER", "ACCOUNTANT", "AREA_HEAD"),
)
_GRANTS = {
    **dict.fromkeys(_READERS, "all: read"),
    "SALES_MANAGER": "all: read create change delete",
    "DIRECTOR": "all: read create change delete",
    "HQ_STEWARD": "all: read create change delete",
    "ADMIN": "all: read create change delete export",
}


def _judge_step(after: Mapping[str, Any], _before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    if after.get("assignee") == Taker.PERSON and not after.get("person"):
        yield FieldProblem("person", "required", gettext("Say who gets this task."))
    if after.get("assignee") != Taker.PERSON and after.get("person"):
        sentence = gettext("Leave this empty, or choose that this person gets the task.")
        yield FieldProblem("person", "not_asked", sentence)


sets = Entity(
    model=TaskSet,
    name="task_sets",
    label=_("Task set"),
    labels=_("Task sets"),
    icon="list-plus",
    personal=NOBODY,
    group=_("Administration"),
    under="/tasks/days",
    scope=Scope(owner="", unit=""),
    files=None,
    search="search",
    public_labels=True,
    fields=[
        Text("name", _("Name"), required=True, max_length=120, sort="name_key", search=True),
        LongText("note", _("When it is used"), max_length=2_000),
        Choice("starts_with", _("Starts by itself with"), options=task_sets.LifeSteps()),
        Flag("is_active", _("In use"), default=True),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name starts_with is_active",
            sorts=[Sort("name", _("Name"), "name_key")],
            filters="starts_with is_active",
        )
    ],
    form=["name", "starts_with is_active", "note"],
    summary="starts_with",
    facts="is_active starts_with",
    panels=[Panel("steps", _("Tasks of the set"), "activities/steps_panel.html", panels.steps_panel)],
    grants=_GRANTS,
)

steps = Entity(
    model=TaskSetStep,
    name="task_set_steps",
    label=_("Task of a set"),
    labels=_("Tasks of sets"),
    icon="list-todo",
    personal=NOBODY,
    in_menu=False,
    title="subject",
    group=_("Administration"),
    scope=Scope(owner="", unit=""),
    files=None,
    fields=[
        Link("task_set", _("Task set"), to="task_sets", required=True),
        Whole("position", pgettext_lazy("task set", "Place"), most=1_000, default=1),
        Text("subject", _("Subject"), required=True, max_length=250),
        LongText("body", _("Details")),
        Whole("after_days", _("Working days after the start"), most=2_000, default=0),
        Choice("priority", _("Priority"), options=choices.PRIORITIES, badge=True, default=Priority.NORMAL),
        Choice("assignee", _("Who gets it"), required=True, options=_TAKERS, default=Taker.OWNER),
        Link("person", pgettext_lazy("task set", "Person"), to="users"),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="subject task_set position after_days assignee person priority",
            sorts=[Sort("position", pgettext_lazy("task set", "Place"), "position")],
            filters="task_set assignee",
        )
    ],
    form=["task_set position", "subject", "after_days priority", "assignee person", "body"],
    rules=[_judge_step],
    summary="task_set",
    facts="after_days assignee",
    grants=_GRANTS,
)


def declare() -> None:
    """Add both to the house, and the step that starts a set to the records of parties."""
    register(sets, steps)
    extend("customers", actions=[task_sets.starting("customers")])
    extend("contacts", actions=[task_sets.starting("contacts")])
    task_sets.listen()
