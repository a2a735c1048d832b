"""What pages show of working time: the hours of a unit now, and a sum to try a calendar with. Reads only."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.foundation.org.calendars import WEEKDAYS, calendar_of_unit, working_time
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.dates import DateError, read_date, show_date, show_moment
from duyen.kernel.errors import DomainError
from duyen.kernel.opening_hours import show_hours
from duyen.kernel.working_time import (
    WorkingTime,
    add_working_time,
    next_opening,
    working_days_after,
    working_days_before,
)

Row = Mapping[str, Any]
HOURS, BEFORE, AFTER = "hours", "before", "after"
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.h]([0-5][0-9])?")
_AMOUNT = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?")
#: What stands in the trial until somebody types: four hours from four in the afternoon run into the next day.
_START = {"amount": "4", "unit": HOURS, "day": "", "time": "16:00"}


@dataclass(frozen=True)
class Trial:
    """A sum with one calendar: what was typed, what is wrong with it, and the answer in words."""

    calendar_id: int
    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(_START, ""))
    answer: str = ""
    problem: str = ""

    @property
    def units(self) -> list[dict[str, str]]:
        return [
            {"value": HOURS, "label": _("working hours from")},
            {"value": BEFORE, "label": _("working days before")},
            {"value": AFTER, "label": _("working days after")},
        ]


def sees_hours(actor: Actor) -> bool:
    """Tell whether the actor may read calendars with all their hours; a sum would tell hidden ones."""
    calendars = entity_named("calendars")
    names = (*WEEKDAYS, "rests_on_holidays")
    return actor.may("calendars", READ) and all(
        calendars.level(actor, name) is not FieldLevel.HIDDEN for name in names
    )


def trial(actor: Actor, row: Row) -> dict[str, Any]:
    """Give the trial of a calendar with its first answer; nothing for whoever may not see all hours."""
    if not sees_hours(actor):
        return {"trial": None}
    return {"trial": try_out(int(row["id"]), {**_START, "day": _("today")})}


def try_out(calendar_id: int, typed: Mapping[str, str]) -> Trial:
    """Work out what was typed. Nothing is kept."""
    given = {name: typed.get(name, "").strip()[:40] for name in _START}
    errors = dict.fromkeys(_START, "")
    amount, day, time = given["amount"], today(), _TIME.fullmatch(given["time"].replace(" ", ""))
    counts_hours = given["unit"] not in (BEFORE, AFTER)
    if not _AMOUNT.fullmatch(amount) or (not counts_hours and not amount.isdecimal()):
        errors["amount"] = (
            _("Give a number, such as 4 or 1,5.") if counts_hours else _("Give a whole number.")
        )
    try:
        day = read_date(given["day"], today=today()) if given["day"] else today()
    except DateError as error:
        errors["day"] = said(error)
    if counts_hours and time is None:
        errors["time"] = _("Give the time as 16:00.")
    if any(errors.values()):
        return Trial(calendar_id, given, errors)
    hours = working_time(calendar_id)
    try:
        if counts_hours and time is not None:
            moment = dt.datetime.combine(day, dt.time(int(time[1]), int(time[2] or 0)), tzinfo=ZONE)
            duration = dt.timedelta(hours=float(amount.replace(",", ".")))
            answer = show_moment(add_working_time(moment, duration, hours))
        else:
            walk = working_days_before if given["unit"] == BEFORE else working_days_after
            answer = show_date(walk(day, int(amount), hours))
    except DomainError as error:
        return Trial(calendar_id, given, problem=said(error))
    except OverflowError:
        return Trial(calendar_id, given, errors | {"amount": _("Give a smaller number.")})
    return Trial(calendar_id, given, answer=answer)


def hours_of_unit(actor: Actor, row: Row) -> dict[str, Any]:
    """Tell by which calendar a unit works, where that comes from, and whether it is open now."""
    units = entity_named("units")
    if not sees_hours(actor) or units.level(actor, "calendar") is FieldLevel.HIDDEN:
        return {"followed": None}
    followed = calendar_of_unit(int(row["id"]))
    hours = working_time(followed.calendar_id)
    return {
        "followed": followed,
        "is_own": followed.unit_id == row["id"],
        "today": show_hours(hours.spans(today())),
        "now": _now_in_words(hours),
        "is_open": hours.is_open(now()),
    }


def _now_in_words(hours: WorkingTime) -> str:
    if hours.is_open(now()):
        return _("At work now")
    try:
        return _("Closed, opens %(at)s") % {"at": show_moment(next_opening(now(), hours))}
    except DomainError as error:
        return said(error)
