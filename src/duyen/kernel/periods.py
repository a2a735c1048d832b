"""Periods of the calendar that keep their name while time goes on: this month, the last 30 days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

_DAYS = re.compile(r"(last|next)_([1-9][0-9]{0,3})_days", re.ASCII)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_SHIFTS = {"last": -1, "this": 0, "next": 1}


class UnknownPeriod(ValueError):
    """No period has this name."""


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both of them included."""

    first: dt.date
    last: dt.date


def read_period(name: str, *, today: dt.date) -> Period:
    """Give the days that `name` means on `today`. Raises UnknownPeriod.

    Names: today, yesterday, tomorrow; last_, this_ or next_ with week (Monday to Sunday), month,
    quarter, year; last_30_days (today is the last of them), next_7_days (tomorrow is the first).
    """
    if name in _NAMED_DAYS:
        day = today + dt.timedelta(days=_NAMED_DAYS[name])
        return Period(day, day)
    counted = _DAYS.fullmatch(name)
    try:
        if counted:
            return _counted(counted.group(1), int(counted.group(2)), today)
        shift, _, unit = name.partition("_")
        return _UNITS[unit](today, _SHIFTS[shift])
    except (KeyError, ValueError, OverflowError) as error:
        raise UnknownPeriod(name) from error


_NAMED_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}


def _counted(direction: str, days: int, today: dt.date) -> Period:
    if direction == "last":
        return Period(today - dt.timedelta(days=days - 1), today)
    return Period(today + dt.timedelta(days=1), today + dt.timedelta(days=days))


def _week(today: dt.date, shift: int) -> Period:
    monday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=shift)
    return Period(monday, monday + dt.timedelta(days=6))


def _months(length: int) -> Callable[[dt.date, int], Period]:
    def find(today: dt.date, shift: int) -> Period:
        start = (today.year * 12 + today.month - 1) // length * length + shift * length
        return Period(_month_start(start), _month_start(start + length) - dt.timedelta(days=1))

    return find


def _month_start(months: int) -> dt.date:
    return dt.date(months // 12, months % 12 + 1, 1)


_UNITS = {"week": _week, **{name: _months(length) for name, length in _MONTHS.items()}}
