"""Working calendars and the company's own days as entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Day, FieldRefused, Flag, Link, Option, Text
from duyen.entities.history import name_verbs
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Panel
from duyen.entities.personal.declared import NOBODY
from duyen.entities.registry import register
from duyen.entities.scope import Scope
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.administrators import take_turn
from duyen.foundation.org.calendars import WEEKDAYS
from duyen.foundation.org.models import SpecialDay, WorkingCalendar
from duyen.kernel.errors import FieldProblem
from duyen.kernel.holidays import DayKind
from duyen.kernel.opening_hours import HoursError, read_hours, show_hours
from duyen.modules.administration import calendar_panels, queries

DAY_KINDS = (
    Option(DayKind.DAY_OFF, _("Day off"), "green"),
    Option(DayKind.WORKING, _("Worked in exchange"), "blue"),
    Option(DayKind.TO_CONFIRM, _("To be confirmed"), "amber"),
)


@dataclass(frozen=True)
class Hours(Text):
    """The working hours of one day, read as people write them; empty means closed."""

    max_length: int = 120

    def clean(self, raw: object) -> str:
        try:
            return show_hours(read_hours(super().clean(raw)))
        except HoursError as error:
            raise FieldRefused(error.code, _now(str(error.sentence)), **error.params) from error

    def show(self, value: Any) -> str:
        return str(value) if value else _now("closed")


_HOURS_HELP = _("Such as 8:00-12:00, 13:30-17:30, or 24/24. Empty: closed.")


def _judge_calendar(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    take_turn()
    if queries.is_calendar_name_taken(after["name"], but=before["name"] if before else ""):
        yield FieldProblem("name", "taken", _("Another calendar has this name. Choose another one."))
    if not any(after[day] for day in WEEKDAYS):
        yield FieldProblem("monday", "never_worked", _("Give at least one day its hours."))


calendars = Entity(
    model=WorkingCalendar,
    name="calendars",
    label=_("Working calendar"),
    labels=_("Working calendars"),
    icon="calendar-clock",
    personal=NOBODY,
    group=_("Adapting"),
    under="/settings",
    scope=Scope(owner="", unit=""),
    public_labels=True,
    search="search",
    fields=[
        Text("name", _("Name"), required=True, max_length=80, sort="name_key", search=True),
        Hours("monday", _("Monday"), help=_HOURS_HELP),
        Hours("tuesday", _("Tuesday")),
        Hours("wednesday", _("Wednesday")),
        Hours("thursday", _("Thursday")),
        Hours("friday", _("Friday")),
        Hours("saturday", _("Saturday")),
        Hours("sunday", _("Sunday")),
        Flag("rests_on_holidays", _("Closed on public holidays")),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name monday friday saturday sunday rests_on_holidays",
            sorts=[Sort("name", _("Name"), "name_key")],
            filters="rests_on_holidays",
        )
    ],
    form=[
        "name",
        (_("Working hours"), ["monday tuesday", "wednesday thursday", "friday", "saturday sunday"]),
        (_("Holidays"), ["rests_on_holidays"]),
    ],
    known_by="name",
    rules=[_judge_calendar],
    rules_ask=True,
    panels=[Panel("try", _("Try it"), "administration/try_hours.html", calendar_panels.trial)],
    grants={
        "ADMIN": "all: read create change export",
        "DIRECTOR": "all: read",
        "SALES_MANAGER": "all: read",
        "AREA_HEAD": "all: read",
    },
)


def _complete_day(values: dict[str, Any], actor: Actor) -> None:
    """Whoever decides a day has confirmed it, unless she names somebody else."""
    if values["kind"] == DayKind.TO_CONFIRM:
        values["confirmed_by"] = None
    elif not values.get("confirmed_by"):
        values["confirmed_by"] = actor.user_id


def _judge_day(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    take_turn()
    if (before is None or before["day"] != after["day"]) and queries.is_day_decided(after["day"]):
        sentence = _("The company has decided about this day already. Open it and change it there.")
        yield FieldProblem("day", "taken", sentence)


special_days = Entity(
    model=SpecialDay,
    name="special_days",
    label=_("Adjusted day"),
    labels=_("Adjusted days"),
    icon="calendar-check",
    personal=NOBODY,
    group=_("Adapting"),
    under="/settings",
    scope=Scope(owner="", unit=""),
    fields=[
        Day("day", _("Day"), required=True, sort="day"),
        Text("name", _("Name"), required=True, max_length=120),
        Choice("kind", _("Kind"), required=True, options=DAY_KINDS, badge=True),
        Text(
            "basis",
            _("Legal basis"),
            max_length=300,
            help=_("The law, resolution or notice that says so."),
        ),
        Link("confirmed_by", _("Confirmed by"), to="users"),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name day kind basis confirmed_by",
            sorts=[Sort("day", _("Day"), "day", descending=True)],
            filters="day kind",
        )
    ],
    form=["name", "day kind", "basis", "confirmed_by"],
    summary="day basis",
    complete=_complete_day,
    known_by="day",
    rules=[_judge_day],
    rules_ask=True,
    grants={
        "ADMIN": "all: read create change delete export",
        "DIRECTOR": "all: read",
        "SALES_MANAGER": "all: read",
        "AREA_HEAD": "all: read",
    },
)

register(calendars, special_days)
name_verbs({"calendars.seed": _("Made with the installation")})
