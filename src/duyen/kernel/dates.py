"""Days and moments as people in Vietnam read and write them: dd/mm/yyyy, the 24-hour clock, UTC+7."""

from __future__ import annotations

import datetime as dt
import re

from duyen.kernel.clock import ZONE
from duyen.kernel.errors import DomainError
from duyen.kernel.text import fold
from duyen.kernel.words import mark

_PEOPLE = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4}|\d{2})")
_PROGRAMS = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}.*)?")
_LATER = re.compile(r"([+-])\s?(\d{1,4})")
_WORDS = {"hom nay": 0, "nay": 0, "today": 0, "mai": 1, "ngay mai": 1, "tomorrow": 1}
_WORDS |= {"hom qua": -1, "qua": -1, "yesterday": -1, "mot": 2, "ngay kia": 2}
#: Monday is thứ 2 in Vietnamese.
_WEEKDAYS = {"t2": 0, "t3": 1, "t4": 2, "t5": 3, "t6": 4, "t7": 5, "cn": 6, "chu nhat": 6}
_WEEKDAYS |= {f"thu {number}": number - 2 for number in range(2, 8)}
_CENTURY_TURNS_AT = 70


class DateError(DomainError):
    """The text is no day of the calendar."""

    code = "date"
    sentence = mark("“%(entered)s” is not a date. Write it as 31/12/2026.")


def read_date(text: str, *, today: dt.date) -> dt.date:
    """Read dd/mm/yyyy, d/m/yy, yyyy-mm-dd, or a word: hôm nay, mai, +7, t6 (the next Friday, today included).

    Two-digit years up to 69 are of this century. Raises DateError.
    """
    words = fold(text)
    if words in _WORDS:
        return today + dt.timedelta(days=_WORDS[words])
    if words in _WEEKDAYS:
        return today + dt.timedelta(days=(_WEEKDAYS[words] - today.weekday()) % 7)
    try:
        if later := _LATER.fullmatch(words):
            return today + dt.timedelta(days=int(later[1] + later[2]))
        if people := _PEOPLE.fullmatch(words):
            return dt.date(_year(people[3]), int(people[2]), int(people[1]))
        if programs := _PROGRAMS.fullmatch(text.strip()):
            return dt.date(int(programs[1]), int(programs[2]), int(programs[3]))
    except (ValueError, OverflowError) as error:
        raise DateError(entered=text.strip()[:40]) from error
    raise DateError(entered=text.strip()[:40])


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < _CENTURY_TURNS_AT else 1900)


def show_date(day: dt.date) -> str:
    """Write a day as dd/mm/yyyy, in both languages."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def show_time(moment: dt.datetime) -> str:
    """Write the time of day in Vietnam, such as 09:30."""
    return f"{moment.astimezone(ZONE):%H:%M}"


def show_moment(moment: dt.datetime) -> str:
    """Write day and time in Vietnam, such as 23/11/2026 09:30."""
    local = moment.astimezone(ZONE)
    return f"{show_date(local.date())} {local:%H:%M}"


def near(moment: dt.datetime, *, now: dt.datetime, language: str = "vi") -> str:
    """Write a moment by its distance where it is near: hôm nay 09:30, 2 ngày trước; else its day."""
    local, here = moment.astimezone(ZONE), now.astimezone(ZONE)
    days = (local.date() - here.date()).days
    english = language != "vi"
    named = {0: ("hôm nay", "today"), -1: ("hôm qua", "yesterday"), 1: ("ngày mai", "tomorrow")}
    if days in named:
        return f"{named[days][english]} {local:%H:%M}"
    if -7 < days < 0:
        return f"{-days} days ago" if english else f"{-days} ngày trước"
    if 0 < days < 7:
        return f"in {days} days" if english else f"{days} ngày nữa"
    return show_date(local.date())
