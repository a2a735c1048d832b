"""From when on a lead is unused; pure."""

from __future__ import annotations

import calendar
import datetime as dt


def months_before(day: dt.date, months: int) -> dt.date:
    """Give the same day so many months before; the last one of the month where that day is none of it."""
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def month_from(day: dt.date) -> dt.date:
    """Give the same day a month later."""
    return months_before(day, -1)


def nights_for(count: int, most: int) -> int:
    """Give how many nights so many leads take."""
    return -(-count // most)
