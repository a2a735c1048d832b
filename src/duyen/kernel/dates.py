"""Days and moments as people in Vietnam read and write them: dd/mm/yyyy, the 24-hour clock, UTC+7."""

from __future__ import annotations

import datetime as dt
import re

from duyen.kernel.clock import ZONE
from duyen.kernel.errors import DomainError
from duyen.kernel.lunar import LAST_YEAR, LunarDay, LunarError, to_lunar, to_solar
from duyen.kernel.text import fold
from duyen.kernel.words import mark

_PEOPLE = re.compile(r"([0-9]{1,2}) ?[/.\- ] ?([0-9]{1,2}) ?[/.\- ] ?([0-9]{4}|[0-9]{2})")
_PROGRAMS = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[t ][0-9]{2}:[0-9]{2}.*)?")
#: A day of the lunar calendar, told by its mark: 15/8 âl, 30/6 nhuận âm lịch, 1/1/2027 âl; folded.
_LUNAR = re.compile(
    r"([0-9]{1,2}) ?[/.-] ?([0-9]{1,2})( nhuan)?(?: ?[/.-] ?([0-9]{4}))?( nhuan)? (?:al|am lich|lunar)"
)
_LATER = re.compile(r"([+-]) ?([0-9]{1,4})")
_WORDS = {"hom nay": 0, "nay": 0, "today": 0, "mai": 1, "ngay mai": 1, "tomorrow": 1}
_WORDS |= {"hom qua": -1, "qua": -1, "yesterday": -1, "mot": 2, "ngay kia": 2}
#: Monday is thứ 2 in Vietnamese.
_WEEKDAYS = {"t2": 0, "t3": 1, "t4": 2, "t5": 3, "t6": 4, "t7": 5, "cn": 6, "chu nhat": 6}
_WEEKDAYS |= {f"thu {number}": number - 2 for number in range(2, 8)}
_WEEKDAYS |= {f"thu {word}": day for day, word in enumerate(("hai", "ba", "tu", "nam", "sau", "bay"))}
#: Two digits mean the year of this century up to so many years ahead, else of the last one: people
#: write contracts that end in 41 and birthdays of 65.
_YEARS_AHEAD = 20
#: Nobody in the books was born, and no contract ends, outside these years: it is a slip of the hand.
_YEARS = range(1800, 2200)


class DateError(DomainError):
    """The text is no day of the calendar."""

    code = "date"
    sentence: object = mark("“%(entered)s” is not a date. Write it as 31/12/2026.")


class DateUnlikely(DateError):
    """The day exists, but in a year that nobody means."""

    code = "date_unlikely"
    sentence = mark(
        "“%(entered)s” has an unlikely year. Write the year with four digits, such as 31/12/2026."
    )


class NoLunarDate(DateError):
    """The text names a lunar date that the calendar does not have; it says what is missing."""

    def __init__(self, missing: LunarError) -> None:
        super().__init__(**missing.params)
        self.code = missing.code
        self.sentence = missing.sentence


def read_date(text: str, *, today: dt.date) -> dt.date:
    """Read dd/mm/yyyy, d/m/yy, yyyy-mm-dd, or a word: hôm nay, mai, +7, t6 (the next Friday, today included).

    A lunar date bears its mark, 15/8 âl; without a year it is the next one. Two-digit years lie between 80
    years back and 20 ahead. Raises NoLunarDate, DateUnlikely or DateError.
    """
    words = fold(text)
    if lunar := _LUNAR.fullmatch(words):
        return _lunar_day(lunar, today)
    entered = text.strip()[:40]
    if words in _WORDS:
        return today + dt.timedelta(days=_WORDS[words])
    if words in _WEEKDAYS:
        return today + dt.timedelta(days=(_WEEKDAYS[words] - today.weekday()) % 7)
    try:
        day = _written_day(words, today)
    except (ValueError, OverflowError) as error:
        raise DateError(entered=entered) from error
    if day is None:
        raise DateError(entered=entered)
    if day.year not in _YEARS:
        raise DateUnlikely(entered=entered)
    return day


def part_day(text: str) -> tuple[str, str]:
    """Part a text into its day and what follows it, such as a time: a lunar date is of several words."""
    words = text.split(" ")
    for end in range(len(words), 1, -1):
        if _LUNAR.fullmatch(fold(" ".join(words[:end]))):
            return " ".join(words[:end]), " ".join(words[end:])
    day, _space, rest = text.partition(" ")
    return day, rest


def _lunar_day(found: re.Match[str], today: dt.date) -> dt.date:
    """Give the day of a lunar date; without a year the next one. Raises NoLunarDate."""
    day, month, is_leap = int(found[1]), int(found[2]), bool(found[3] or found[5])
    try:
        if found[4]:
            return to_solar(LunarDay(int(found[4]), month, is_leap, day))
        year = to_lunar(today).year
        this = LunarDay(year, month, is_leap, day)
        return to_solar(
            this if this >= to_lunar(today) else LunarDay(min(year + 1, LAST_YEAR), month, is_leap, day)
        )
    except LunarError as error:
        raise NoLunarDate(error) from error


def _written_day(words: str, today: dt.date) -> dt.date | None:
    """Return the day written in digits; None when it is not. Raises ValueError for 31/02."""
    if later := _LATER.fullmatch(words):
        return today + dt.timedelta(days=int(later[1] + later[2]))
    if people := _PEOPLE.fullmatch(words):
        return dt.date(_year(people[3], today), int(people[2]), int(people[1]))
    if programs := _PROGRAMS.fullmatch(words):
        return dt.date(int(programs[1]), int(programs[2]), int(programs[3]))
    return None


def _year(digits: str, today: dt.date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year + _YEARS_AHEAD else year - 100


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
