"""The steps by which an activity recurs, and ends to recur, with the dialog in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Choice, Day, Field, Label, Option, Several, Text, Whole
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import ZONE
from duyen.kernel.dates import show_date
from duyen.kernel.errors import FieldProblem
from duyen.kernel.lunar import LunarDay, show_lunar, to_lunar
from duyen.kernel.text import fold
from duyen.modules.activities import series
from duyen.modules.activities.lunar_recurrence import BACKWARD, NAME, OMIT, is_lunar, read_lunar_day
from duyen.modules.activities.recurrence import RuleRefused, parts_of
from duyen.modules.activities.words import OPEN

_EVERY = (
    Option("DAILY", _("Every day")),
    Option("WORKDAYS", _("Every working day, Monday to Friday")),
    Option("WEEKLY", _("Every week")),
    Option("MONTHLY", _("Every month")),
    Option("YEARLY", _("Every year")),
    Option("LUNAR_MONTHLY", _("Every lunar month")),
    Option("LUNAR_YEARLY", _("Every lunar year")),
)
_MISSING = (
    Option(BACKWARD, _("Keep it on the 29th, or in the month itself")),
    Option(OMIT, _("Leave that time out")),
)
#: How often each of the lunar ones falls.
_LUNAR = {"LUNAR_MONTHLY": "MONTHLY", "LUNAR_YEARLY": "YEARLY"}
_FOLLOWING, _ALL = "FOLLOWING", "ALL"
_WHICH = Choice(
    "which",
    _("Which ones"),
    required=True,
    options=(
        Option(_FOLLOWING, _("Those after this one")),
        Option(_ALL, _("All that are still open")),
    ),
    default=_FOLLOWING,
)
_NO_LUNAR_DAY = _(
    "The lunar calendar has no such day: a month has 29 or 30 days, a year 12 months and some a leap one."
    " Write it as 15 or 30/8."
)
_DAY_AND_MONTH = _("For every year give day and month, such as 30/8.")
_DAY_ALONE = _("For every month give the day alone, such as 15.")
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
    Text(
        "lunar_day",
        _("Lunar day"),
        max_length=30,
        help=_("15, 30/8 or 5/6 nhuận. Empty: the lunar day of the first one."),
    ),
    Choice(
        "lunar_missing",
        _("Where a year has no such lunar day"),
        options=_MISSING,
        default=BACKWARD,
        help=_("Some months have 29 days only; a leap month comes in some years only."),
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
    if every in _LUNAR:
        parts = _lunar_parts(asked)
    else:
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


def _lunar_parts(asked: Mapping[str, Any]) -> list[str]:
    """Give the parts of a rule by the moon. Raises InvalidValues for a lunar day that there is not."""
    parts = [f"RSCALE={NAME}", f"FREQ={_LUNAR[asked['every']]}"]
    if told := asked.get("lunar_day"):
        try:
            day, month, is_leap = read_lunar_day(fold(told))
        except ValueError as error:
            raise InvalidValues([FieldProblem("lunar_day", "lunar_day", _NO_LUNAR_DAY)]) from error
        if month and asked["every"] == "LUNAR_YEARLY":
            parts.append(f"BYMONTH={month}{'L' if is_leap else ''}")
        elif month or asked["every"] == "LUNAR_YEARLY":
            sentence = _DAY_AND_MONTH if asked["every"] == "LUNAR_YEARLY" else _DAY_ALONE
            raise InvalidValues([FieldProblem("lunar_day", "lunar_day", sentence)])
        parts.append(f"BYMONTHDAY={day}")
    return [*parts, f"SKIP={asked.get('lunar_missing') or BACKWARD}"]


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
        field = next((name for name in ("rule", "times", "lunar_day") if asked.get(name)), "every")
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


def _carry_on(*, actor: Actor, row: Mapping[str, Any], which: str = "") -> Mapping[str, Any]:
    return series.carry_on(actor, row, to_earlier=which == _ALL)


def _why_not_carry_on(row: Mapping[str, Any]) -> Label | None:
    if row["state"] not in OPEN:
        return _("it is closed. Take it up again first.")
    if row["starts_at"] is None and row["due_at"] is None:
        return _("it has no time yet. Give it a beginning or a due time first.")
    return None


def repeating(entity: str) -> tuple[Action, ...]:
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
            f"{entity}.carry_on",
            _("Change the others too"),
            _carry_on,
            asks=(_WHICH,),
            icon="copy",
            fits=lambda row: bool(row["series_id"]),
            why_not=_why_not_carry_on,
            text=_(
                "What you change on one stays on that one. Here its words, people and hour go to the others;"
                " what is begun, done or cancelled stays as it is."
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
    if is_lunar(parts):
        return _lunar_in_words(every, parts)
    days = [day for day in parts.pop("BYDAY", "").split(",") if day]
    names = {each.code: str(each.label) for each in _WEEKDAYS}
    if every == "WEEKLY" and days == ["MO", "TU", "WE", "TH", "FR"]:
        every, days = "WORKDAYS", []
    if any(day not in names for day in days) or set(parts) - {"INTERVAL", "COUNT", "UNTIL"}:
        return rule
    return " · ".join([*_often(every, parts), *(names[day] for day in days), *_ending(parts)])


def _often(every: str, parts: Mapping[str, str]) -> list[str]:
    said = str(next(each.label for each in _EVERY if each.code == every))
    if parts.get("INTERVAL", "1") == "1":
        return [said]
    return [gettext("%(every)s, each %(count)s.") % {"every": said, "count": parts["INTERVAL"]}]


def _ending(parts: Mapping[str, str]) -> list[str]:
    said = []
    if "COUNT" in parts:
        said.append(gettext("%(count)s times") % {"count": parts["COUNT"]})
    if "UNTIL" in parts:
        until = dt.date.fromisoformat(parts["UNTIL"][:8])
        said.append(gettext("until %(day)s") % {"day": show_date(until)})
    return said


def _lunar_in_words(every: str, parts: Mapping[str, str]) -> str:
    """Say a rule by the moon: how often, which day, and what becomes of a day that is missing."""
    code = next(name for name, freq in _LUNAR.items() if freq == every)
    day, month = int(parts["BYMONTHDAY"]), parts.get("BYMONTH", "")
    said = gettext("lunar day %(day)s") % {"day": day}
    if month:
        lunar = LunarDay(0, int(month.removesuffix("L")), month.endswith("L"), day)
        said = show_lunar(lunar, english=get_language() != "vi")
    missing = []
    if day == 30 or month.endswith("L"):
        missing = [
            gettext("left out where it is missing")
            if parts["SKIP"] == OMIT
            else gettext("else on the 29th, or in the month itself")
        ]
    return " · ".join([*_often(code, parts), said, *missing, *_ending(parts)])


def lunar_note(rule: str, moment: dt.datetime) -> str:
    """Say which lunar day one time of a rule by the moon is, and why where it stands in for another."""
    parts = parts_of(rule)
    if not is_lunar(parts):
        return ""
    lunar = to_lunar(moment.astimezone(ZONE).date())
    said = show_lunar(lunar, english=get_language() != "vi")
    wanted, month = int(parts["BYMONTHDAY"]), parts.get("BYMONTH", "")
    told = {"month": lunar.month, "year": lunar.year}
    if month.endswith("L") and month == f"{lunar.month}L" and not lunar.is_leap:
        return f"{said}: " + gettext("the lunar year %(year)s has no leap month %(month)s") % told
    if wanted == 30 and lunar.day == 29:
        return f"{said}: " + gettext("lunar month %(month)s of %(year)s has 29 days") % told
    return said
