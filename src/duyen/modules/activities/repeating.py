"""The steps by which an activity recurs, and ends to recur, with the dialog in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Choice, Day, Field, Label, Option, Several, Text, Whole
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import ZONE
from duyen.kernel.dates import show_date
from duyen.kernel.errors import FieldProblem
from duyen.modules.activities import series
from duyen.modules.activities.recurrence import RuleRefused, parts_of
from duyen.modules.activities.words import OPEN

_EVERY = (
    Option("DAILY", _("Every day")),
    Option("WORKDAYS", _("Every working day, Monday to Friday")),
    Option("WEEKLY", _("Every week")),
    Option("MONTHLY", _("Every month")),
    Option("YEARLY", _("Every year")),
)
_WEEKDAYS = (
    Option("MO", _("Monday")),
    Option("TU", _("Tuesday")),
    Option("WE", _("Wednesday")),
    Option("TH", _("Thursday")),
    Option("FR", _("Friday")),
    Option("SA", _("Saturday")),
    Option("SU", _("Sunday")),
)
_ASKS: tuple[Field, ...] = (
    Choice("every", _("How often"), options=_EVERY, default="WEEKLY"),
    Whole(
        "interval",
        _("Each how many of them"),
        least=1,
        most=99,
        help=_("2 with every week: each other week."),
    ),
    Several(
        "weekdays", pgettext_lazy("recurrence", "On"), known=lambda: _WEEKDAYS, help=_("For every week.")
    ),
    Day("until", _("Last day")),
    Whole("times", _("Or how many times"), least=1, most=1_000_000_000),
    Text(
        "rule",
        _("Or a rule of your own"),
        max_length=400,
        help=_("As calendars write it: FREQ=MONTHLY;BYDAY=-1FR is the last Friday of each month."),
    ),
)


def rule_of(asked: Mapping[str, Any]) -> str:
    """Give the rule (RRULE) that a dialog asks for; empty where it asks for none."""
    if asked.get("rule"):
        return str(asked["rule"])
    every = asked.get("every")
    if not every:
        return ""
    parts = ["FREQ=WEEKLY", "BYDAY=MO,TU,WE,TH,FR"] if every == "WORKDAYS" else [f"FREQ={every}"]
    if asked.get("interval"):
        parts.append(f"INTERVAL={asked['interval']}")
    if asked.get("weekdays") and every == "WEEKLY":
        parts.append("BYDAY=" + ",".join(asked["weekdays"]))
    if asked.get("until"):
        parts.append(f"UNTIL={asked['until']:%Y%m%d}")
    elif asked.get("times"):
        parts.append(f"COUNT={asked['times']}")
    return ";".join(parts)


def _repeat(*, actor: Actor, row: Mapping[str, Any], **asked: Any) -> Mapping[str, Any]:
    """Let an activity recur from here on. Raises NoTime, or InvalidValues for a rule that cannot be taken."""
    rule = rule_of(asked)
    if not rule:
        raise InvalidValues([FieldProblem("every", "required", _("Say how often it recurs."))])
    if (until := asked.get("until")) and until < _day(row):
        raise InvalidValues([FieldProblem("until", "order", _("The last day lies before the first one."))])
    try:
        return series.begin(actor, row, rule)
    except RuleRefused as error:
        field = "rule" if asked.get("rule") else "times" if asked.get("times") else "every"
        sentence = gettext(str(error.sentence)) % error.params
        raise InvalidValues([FieldProblem(field, error.code, sentence)]) from error


def _day(row: Mapping[str, Any]) -> dt.date:
    moment: dt.datetime | None = row["starts_at"] or row["due_at"]
    return moment.astimezone(ZONE).date() if moment else dt.date.min


def _why_not_repeat(row: Mapping[str, Any]) -> Label | None:
    if row["state"] not in OPEN:
        return _("it is closed. Take it up again first.")
    if row["starts_at"] is None and row["due_at"] is None:
        return _("it has no time yet. Give it a beginning or a due time first.")
    return None


def _stop(*, actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    return series.end(actor, row)


def repeating(entity: str) -> tuple[Action, Action]:
    """Give the steps for one of the entities over activities."""
    return (
        Action(
            f"{entity}.repeat",
            _("Repeat"),
            _repeat,
            asks=_ASKS,
            icon="repeat",
            why_not=_why_not_repeat,
            text=_(
                "This is the first one. If it recurs already, this one and those after it"
                " follow the new rule."
            ),
        ),
        Action(
            f"{entity}.stop_repeating",
            _("Stop repeating"),
            _stop,
            icon="repeat-off",
            fits=lambda row: bool(row["series_id"]),
            text=_("Later ones that nobody has begun go into the bin."),
        ),
    )


def in_words(rule: str) -> str:
    """Say a rule in plain words; what these words cannot say stands as calendars write it."""
    parts = dict(parts_of(rule))
    every = parts.pop("FREQ", "")
    days = [day for day in parts.pop("BYDAY", "").split(",") if day]
    names = {each.code: str(each.label) for each in _WEEKDAYS}
    if every == "WEEKLY" and days == ["MO", "TU", "WE", "TH", "FR"]:
        every, days = "WORKDAYS", []
    if any(day not in names for day in days) or set(parts) - {"INTERVAL", "COUNT", "UNTIL"}:
        return rule
    said = [str(next(each.label for each in _EVERY if each.code == every))]
    if parts.get("INTERVAL", "1") != "1":
        said = [gettext("%(every)s, each %(count)s.") % {"every": said[0], "count": parts["INTERVAL"]}]
    said += [names[day] for day in days]
    if "COUNT" in parts:
        said.append(gettext("%(count)s times") % {"count": parts["COUNT"]})
    if "UNTIL" in parts:
        until = dt.date.fromisoformat(parts["UNTIL"][:8])
        said.append(gettext("until %(day)s") % {"day": show_date(until)})
    return " · ".join(said)
