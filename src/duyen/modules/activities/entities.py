"""Activities and tasks: the declarations from which lists, forms, pages, REST, import and search follow."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Choice,
    Code,
    Field,
    Flag,
    Link,
    LongText,
    Moment,
    People,
    Records,
    Text,
    When,
    Whole,
)
from duyen.entities.history import name_verbs
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging.declared import Hanging, Same
from duyen.entities.merging.hangings import hang, hang_by_name
from duyen.entities.pages import Lead, Panel
from duyen.entities.quick import Quick, offer_quick
from duyen.entities.registry import entity_named, extend, register
from duyen.entities.scope import Kind, Scope
from duyen.entities.through import Through
from duyen.kernel.clock import now
from duyen.kernel.numbering import CodePattern
from duyen.modules.activities import (
    about,
    actions,
    choices,
    home,
    last_contact,
    mentions,
    panels,
    suggestions,
    task_set_entities,
    timeline,
)
from duyen.modules.activities.board import BY_STATE, ONLY_OPEN, marks
from duyen.modules.activities.fields import Participants
from duyen.modules.activities.following_owners import follow_owners
from duyen.modules.activities.lifecycle import LIFECYCLE, NEXT_STEP, OUTCOME, RESULT
from duyen.modules.activities.models import About, Activity
from duyen.modules.activities.personal import ACTIVITY
from duyen.modules.activities.repeating import repeating
from duyen.modules.activities.words import ActivityKind, Priority
from duyen.modules.activities.working_out import complete, judge

about.start()
last_contact.start()
mentions.start()

_SUBJECT = Text("subject", _("Subject"), max_length=250, search=True)
_COMMON: tuple[Field, ...] = (
    _SUBJECT,
    Code("code", _("Code"), search=True),
    LongText("body", _("Details")),
    Records("about", _("About"), table="activities_about", row="activity_id"),
    Link("party", pgettext_lazy("activity", "Customer"), to="customers", column="party_id", editable=False),
    When("due_at", _("Due"), at=dt.time(17, 0), nothing=_("no due date")),
    When("done_at", _("Done at")),
    Moment("at", _("When"), sort="at"),
    Moment("open_at", _("Comes due"), sort="open_at"),
    When("remind_at", _("Reminder"), at=dt.time(8, 0)),
    Whole("remind_before", _("Remind so many minutes before"), most=60 * 24 * 60),
    Moment("reminded_at", _("Reminded at")),
    Whole("series", _("Series"), column="series_id", editable=False, most=2**62),
    Moment("occurrence", _("Time in its series")),
    Choice("priority", _("Priority"), options=choices.PRIORITIES, badge=True, default=Priority.NORMAL),
    Whole("progress", _("Progress (%)"), most=100),
    OUTCOME,
    RESULT,
    NEXT_STEP,
    Link("parent", _("Part of"), to="tasks", column="parent_id"),
    People("co_assignees", _("Co-assignees")),
    Flag(
        "is_private",
        pgettext_lazy("activity", "Private"),
        help=_("Shows to you, to co-assignees and to those who take part, and to nobody else."),
    ),
    Link("owner", _("Assignee"), to="users"),
    Link("unit", _("Unit"), to="units"),
    People("people", _("People named"), editable=False),
    Moment("created_at", _("Created at")),
    Moment("updated_at", _("Changed at")),
)
_OF_MEETINGS: tuple[Field, ...] = (
    Choice("kind", _("Kind"), required=True, options=choices.KINDS, badge=True),
    When("starts_at", _("Begins"), at=dt.time(8, 0)),
    When("ends_at", _("Ends"), at=dt.time(17, 0)),
    Flag("all_day", _("All day")),
    Choice("direction", _("Direction"), options=choices.DIRECTIONS),
    Text("place", _("Place"), max_length=250),
    Whole("duration_minutes", _("Minutes"), most=100_000),
    Participants("participants", _("Participants")),
)
_WORKED_OUT = ("at", "party", "people", "reminded_at")
#: A time that follows from others shows them; so does who is named, and whose it is.
_TELLS = {
    "at": "done_at starts_at due_at",
    "open_at": "starts_at due_at",
    "ends_at": "starts_at",
    "remind_at": "starts_at due_at",
    "party": "about",
    "people": "co_assignees participants",
}
_SORTS = (
    Sort("at", _("When"), "at", descending=True),
    Sort("open_at", _("Comes due"), "open_at", nullable=True),
)
_BY_DUE = tuple(reversed(_SORTS))
_BELOW = Panel("below", _("Sub-tasks"), "activities/below_panel.html", panels.below_panel, panels.is_task)
_SERIES = Panel("series", _("Repeats"), "activities/series_panel.html", panels.series_panel, panels.recurs)
_SCOPE = Scope(named="people", helpers="co_assignees", closed="is_private")
_THROUGH = Through(About, "activity_id", "is_private")
_OPEN = ONLY_OPEN
_FILTERS = "owner state open_at due_at at party priority outcome unit is_private"
_LINE = "subject party priority state owner due_at"
#: Whoever has a business right on customers works, plans her own work, and takes back what she wrote.
_GRANTS = {
    "SALES_REP": "own: read create change delete",
    "TELLER": "team: read create change; own: delete",
    "COLLAB": "own: read create change delete",
    "CARE_AGENT": "own: read create change delete",
    "TECHNICIAN": "own: read create change delete",
    "RECORDS_OFFICER": "own: read create change delete",
    "MARKETER": "own: read create change delete",
    "ACCOUNTANT": "own: read create change delete",
    "AREA_HEAD": "area: read create change delete hand_over share",
    "SALES_MANAGER": "branch: read create change delete hand_over share export",
    "DIRECTOR": "all: read create change delete hand_over share export",
    "DPO": "all: read",
    "HQ_STEWARD": "all: read create change delete hand_over share export",
}


def _fixed(**more: Any) -> dict[str, Any]:
    return {"state": "PLANNED", "state_since": now, **more}


activities = Entity(
    model=Activity,
    name="activities",
    label=_("Activity"),
    labels=_("Activities"),
    icon="activity",
    personal=ACTIVITY,
    key="o",
    title="subject",
    family="activities",
    party="party_id",
    group=_("Sales"),
    under="/tasks/days",
    scope=_SCOPE,
    opens_through=_THROUGH,
    code=CodePattern("TX-{unit}-{yy}-{n:06}"),
    fixed=_fixed(),
    search="search",
    fields=[*_OF_MEETINGS, *_COMMON, Flag("is_pinned", _("Pinned"), editable=False)],
    worked_out=_WORKED_OUT,
    tells=_TELLS,
    lists=[
        Listing(
            "all",
            _("All"),
            columns="subject kind party at state outcome owner",
            sorts=_SORTS,
            filters=f"kind {_FILTERS}",
        ),
        Listing(
            "planned",
            pgettext_lazy("activities", "Planned"),
            columns="subject kind party open_at state owner",
            sorts=_BY_DUE,
            filters=f"kind {_FILTERS}",
            opens=(_OPEN,),
        ),
    ],
    form=[
        (pgettext_lazy("activity", "Kind and content"), ["kind subject", "about", "body"]),
        (
            pgettext_lazy("activity", "Times"),
            [
                "starts_at ends_at",
                "all_day place",
                "due_at done_at",
                "remind_at remind_before",
                "duration_minutes",
            ],
        ),
        (_("Who"), ["owner unit", "co_assignees", "participants", "direction is_private"]),
        (_("How it stands"), ["priority progress", "outcome parent", "result", "next_step"]),
    ],
    summary="kind party at",
    facts="state at owner outcome",
    rules=[judge],
    complete=complete,
    lifecycle=LIFECYCLE,
    merging=None,
    actions=[*repeating("activities"), actions.pin, actions.unpin],
    panels=[_BELOW, _SERIES],
    grants=_GRANTS,
)

tasks = Entity(
    model=Activity,
    name="tasks",
    label=_("Task"),
    labels=_("Tasks"),
    icon="list-checks",
    personal=ACTIVITY,
    key="v",
    in_menu=False,
    title="subject",
    family="activities",
    party="party_id",
    group=_("Sales"),
    kind=Kind(Q(kind=ActivityKind.TASK.value), "{t}.kind = 'TASK'"),
    scope=_SCOPE,
    opens_through=_THROUGH,
    code=CodePattern("VC-{unit}-{yy}-{n:06}"),
    fixed=_fixed(kind=ActivityKind.TASK),
    search="search",
    fields=[*_OF_MEETINGS[1:], *_COMMON],
    worked_out=_WORKED_OUT,
    tells=_TELLS,
    lists=[
        Listing(
            "mine",
            pgettext_lazy("tasks", "Mine"),
            columns="subject party priority state due_at",
            sorts=_BY_DUE,
            filters=_FILTERS,
            opens=(("owner", "eq", "@me"), _OPEN),
        ),
        Listing(
            "today",
            pgettext_lazy("tasks", "Today"),
            columns=_LINE,
            sorts=_BY_DUE,
            filters=_FILTERS,
            opens=(("owner", "eq", "@me"), ("due_at", "within", "today"), _OPEN),
        ),
        Listing(
            "overdue",
            pgettext_lazy("tasks", "Overdue"),
            columns=_LINE,
            sorts=_BY_DUE,
            filters=_FILTERS,
            opens=(("due_at", "lt", "@now"), _OPEN),
        ),
        Listing(
            "team",
            pgettext_lazy("tasks", "Team"),
            columns=_LINE,
            sorts=_BY_DUE,
            filters=_FILTERS,
            opens=(("unit", "in", ["@my_units"]), _OPEN),
        ),
        Listing(
            "all",
            _("All"),
            columns="subject party at priority state outcome owner",
            sorts=_SORTS,
            filters=_FILTERS,
        ),
    ],
    form=[
        (_("What"), ["subject", "about", "body"]),
        (
            pgettext_lazy("activity", "Times"),
            ["due_at priority", "starts_at ends_at", "remind_at remind_before", "done_at"],
        ),
        (_("Who"), ["owner unit", "co_assignees", "is_private"]),
        (_("How it stands"), ["progress parent", "outcome", "result", "next_step"]),
    ],
    summary="party at",
    facts="state at owner priority",
    rules=[judge],
    complete=complete,
    lifecycle=replace(LIFECYCLE, ticks="finish"),
    merging=None,
    actions=repeating("tasks"),
    boards=[BY_STATE],
    marks=marks,
    panels=[_BELOW, _SERIES],
    grants=_GRANTS,
)

register(activities, tasks)
name_verbs({"activities.remind": _("Reminded"), "activities.end_series": _("Series ended")})
timeline.start()

#: One keystroke, a digit and Enter note a call; on a phone it is a tap on the record and two more.
_LOG = Lead(
    "call", _("Log a call"), icon="phone-outgoing", is_dialog=True, key="l", needs=("activities", "create")
)
for _name in ("customers", "contacts"):
    extend(_name, leads=[_LOG])

_NAMED_ONCE = ("activity_id", "entity", "record_id", "as_participant")
hang_by_name(
    Hanging(
        About, ("record_id",), _("Activities"), named="entity", same=[Same(_NAMED_ONCE)], settle=about.settle
    ),
)
hang(
    "parties",
    Hanging(About, ("party_id",), _("Activities"), is_told=False),
    Hanging(Activity, ("party_id",), _("Activities"), is_told=False),
)
suggestions.contribute()
home.contribute()
offer_quick(
    Quick(
        "task",
        _("Task"),
        icon="list-checks",
        entity="tasks",
        lines=("subject", "due_at priority", "about"),
        key="v",
        about="about",
    ),
    Quick(
        "call",
        pgettext_lazy("activity", "Call"),
        icon="phone",
        entity="activities",
        lines=("subject", "about", "direction outcome", "result"),
        key="g",
        fixed={"kind": ActivityKind.CALL},
        about="about",
    ),
    Quick(
        "appointment",
        pgettext_lazy("activity", "Meeting"),
        icon="calendar",
        entity="activities",
        lines=("subject", "starts_at ends_at", "place", "about"),
        key="h",
        fixed={"kind": ActivityKind.MEETING},
        about="about",
    ),
    Quick(
        "note",
        pgettext_lazy("activity", "Note"),
        icon="sticky-note",
        entity="activities",
        lines=("body", "about"),
        key="n",
        fixed={"kind": ActivityKind.NOTE},
        about="about",
    ),
)

task_set_entities.declare()
follow_owners(entity_named("customers").model, "customers", "contacts")
