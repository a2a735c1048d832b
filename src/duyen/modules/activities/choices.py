"""The lists of choices of activities, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.activities.words import ActivityKind, ActivityState, Direction, Priority

KINDS = ChoiceList(
    "activity_kinds",
    _("Kinds of activity"),
    (
        Option(ActivityKind.TASK, pgettext_lazy("activity", "Task"), "blue", ("việc", "công việc", "todo")),
        Option(ActivityKind.CALL, pgettext_lazy("activity", "Call"), "green", ("gọi", "điện thoại", "call")),
        Option(ActivityKind.MEETING, pgettext_lazy("activity", "Meeting"), "violet", ("gặp", "hẹn", "họp")),
        Option(ActivityKind.VISIT, pgettext_lazy("activity", "Visit"), "amber", ("thăm", "ghé thăm")),
        Option(ActivityKind.EMAIL, pgettext_lazy("activity", "E-mail"), "teal", ("thư điện tử", "mail")),
        Option(ActivityKind.LETTER, pgettext_lazy("activity", "Letter"), "gray", ("thư", "công văn")),
        Option(ActivityKind.NOTE, pgettext_lazy("activity", "Note"), "gray", ("ghi chú", "bình luận")),
    ),
    is_fixed=True,
)

STATES = ChoiceList(
    "activity_states",
    _("States of activities"),
    (
        Option(ActivityState.PLANNED, pgettext_lazy("activity", "To do"), "blue"),
        Option(ActivityState.STARTED, pgettext_lazy("activity", "In progress"), "amber"),
        Option(ActivityState.DONE, pgettext_lazy("activity", "Done"), "green"),
        Option(ActivityState.CANCELLED, pgettext_lazy("activity", "Cancelled"), "gray"),
    ),
    is_fixed=True,
)

PRIORITIES = ChoiceList(
    "activity_priorities",
    _("Priorities"),
    (
        Option(Priority.HIGH, pgettext_lazy("priority", "High"), "red"),
        Option(Priority.NORMAL, pgettext_lazy("priority", "Normal"), "gray"),
        Option(Priority.LOW, pgettext_lazy("priority", "Low"), "gray"),
    ),
    is_fixed=True,
)

DIRECTIONS = ChoiceList(
    "activity_directions",
    _("Directions"),
    (
        Option(Direction.IN, pgettext_lazy("direction", "From the customer"), "teal"),
        Option(Direction.OUT, pgettext_lazy("direction", "From us"), "blue"),
    ),
    is_fixed=True,
)

OUTCOMES = ChoiceList(
    "activity_outcomes",
    _("Outcomes of activities"),
    (
        Option("REACHED", _("Reached, talked"), "green"),
        Option("NO_ANSWER", _("No answer"), "amber"),
        Option("BUSY", _("Busy, call again"), "amber"),
        Option("WRONG_NUMBER", _("Wrong number"), "red"),
        Option("INTERESTED", _("Interested"), "green"),
        Option("THINKING", _("Wants to think it over"), "blue"),
        Option("NOT_INTERESTED", _("Not interested"), "gray"),
        Option("AGREED", _("Agreed"), "green"),
        Option("NOT_AGREED", _("Not agreed"), "red"),
        Option("POSTPONED", _("Put off by the customer"), "amber"),
        Option("ABSENT", _("Nobody there"), "amber"),
    ),
)
