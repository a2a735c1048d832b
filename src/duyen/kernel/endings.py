"""A day and a time at the end of a typed line: «Gọi lại chị Trà mai 15:00», «Gửi báo giá t6»."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from duyen.kernel.clock import ZONE
from duyen.kernel.dates import DateError, read_date
from duyen.kernel.text import fold

_TIME = re.compile(
    r"([01]?[0-9]|2[0-4])(?:[:.]([0-5][0-9])|[hg]([0-5][0-9])?|(?= gio))(?: gio(?: ([0-5]?[0-9]))?)?"
)
_PARTS = {"sang": 0, "trua": 0, "chieu": 12, "toi": 12, "dem": 12}
_DAY_AND_MONTH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
_LATER = re.compile(r"\+[0-9]{1,3}")
_WEEKDAY = re.compile(r"t[2-7]|cn|thu (?:[2-7]|hai|ba|tu|nam|sau|bay)|chu nhat")
_FULL_DATE = re.compile(r"[0-9]{1,2}[/-][0-9]{1,2}[/-](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_SOON = {"hom nay": 0, "today": 0, "mai": 1, "ngay mai": 1, "tomorrow": 1, "ngay kia": 2}
#: Words that only lead to a day or time, and say nothing once it was read.
_LEADS = ("luc", "vao", "hen", "truoc", "at", "on", "by")
#: After these «mai» is somebody's name.
_CALLED = ("chi", "anh", "co", "ong", "ba", "em", "chu", "bac", "ban", "cau", "di", "ms", "mr", "mrs")
_MOST_WORDS = 4


@dataclass(frozen=True)
class Ending:
    """What a line says without its end, and the day and time that stood there."""

    words: str
    day: dt.date | None = None
    time: dt.time | None = None


def read_ending(text: str, *, now: dt.datetime) -> Ending:
    """Take a day, a time or both off the end of a line; a line that is nothing else stays as it is.

    Days are words (hôm nay, mai, t6, +7) or dates (30/11, 30/11/2026); one without a year is the next one.
    Times are 15:00, 15h, 15h30, 3h chiều. A time alone is the next one: today, or tomorrow where it is over.
    A name is no day: «gọi chị Mai» ends in nothing.
    """
    local = now.astimezone(ZONE)
    words = unicodedata.normalize("NFC", text).split()
    day: dt.date | None = None
    time: dt.time | None = None
    while words:
        if time is None and (found := _last_time(words)):
            time, count = found
        elif day is None and (last := _last_day(words, today=local.date())):
            day, count = last
        else:
            break
        words = _without_leads(words[:-count])
    if not words or (day is None and time is None):
        return Ending(" ".join(text.split()))
    if day is None and time is not None:
        day = local.date() if time > local.time() else local.date() + dt.timedelta(days=1)
    return Ending(" ".join(words), day, time)


def _without_leads(words: list[str]) -> list[str]:
    while words and fold(words[-1]) in _LEADS:
        words = words[:-1]
    return words


def _last_time(words: list[str]) -> tuple[dt.time, int] | None:
    """Read the time at the end, and from how many words."""
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        *before, last = fold(" ".join(words[-count:])).split() or [""]
        later = _PARTS.get(last) if before else None
        phrase = " ".join(before if later is not None else [*before, last])
        found = _TIME.fullmatch(phrase)
        if found is None:
            continue
        hour, minute = int(found[1]), int(found[2] or found[3] or found[4] or 0)
        if later and hour < 12:
            hour += later
        if hour < 24 and minute < 60:
            return dt.time(hour, minute), count
    return None


def _last_day(words: list[str], *, today: dt.date) -> tuple[dt.date, int] | None:
    """Read the day at the end, and from how many words."""
    for count in range(min(2, len(words)), 0, -1):
        phrase, before = " ".join(words[-count:]), words[:-count]
        day = _day(phrase, today=today)
        if day is not None and not _is_a_name(phrase, before):
            return day, count
    return None


def _day(phrase: str, *, today: dt.date) -> dt.date | None:
    said = fold(phrase)
    if said in _SOON:
        return today + dt.timedelta(days=_SOON[said])
    if phrase.lower() == "mốt":  # without its mark it is the number one
        return today + dt.timedelta(days=2)
    try:
        if short := _DAY_AND_MONTH.fullmatch(said):
            return _next(int(short[1]), int(short[2]), today)
        if _LATER.fullmatch(said) or _WEEKDAY.fullmatch(said) or _FULL_DATE.fullmatch(said):
            return read_date(said, today=today)
    except (DateError, ValueError, OverflowError):
        return None
    return None


def _next(day: int, month: int, today: dt.date) -> dt.date:
    """Give the next day of this number and month. Raises ValueError where the next years have none."""
    for year in range(today.year, today.year + 9):
        try:
            found = dt.date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError


def _is_a_name(phrase: str, before: list[str]) -> bool:
    """Tell whether «Mai» is somebody: written large, or after a form of address."""
    if fold(phrase) != "mai":
        return False
    return phrase[0].isupper() or (bool(before) and fold(before[-1]) in _CALLED)
