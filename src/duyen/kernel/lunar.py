"""Days of the Vietnamese lunar calendar (âm lịch), by which Tết, giỗ and birthdays of the elderly are kept.

The moons are those of Ho Ngoc Duc's algorithm at UTC+7, as the library lunar-vn computes them. The
Chinese calendar differs on some days (Tết 2007 and 2030 among them), so no other one may stand in for it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import lunar_vn

from duyen.kernel.errors import DomainError
from duyen.kernel.words import mark

#: The lunar years whose moons are known; days between them have a lunar date.
FIRST_YEAR, LAST_YEAR = 1900, 2099
_CAN = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
_CHI = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")


class LunarError(DomainError):
    """There is no such lunar day."""

    code = "lunar_date"
    sentence: object = mark(
        "The lunar calendar has no day %(day)s/%(month)s in %(year)s. Check day, month and leap month."
    )


class ShortMonth(LunarError):
    """A 30th of a month that has 29 days."""

    code = "lunar_short_month"
    sentence = mark(
        "There is no lunar day %(day)s/%(month)s in %(year)s: that month has 29 days. Choose 29/%(month)s."
    )


class NoLeapMonth(LunarError):
    """A leap month that its year does not have."""

    code = "lunar_no_leap_month"
    sentence = mark(
        "The lunar year %(year)s has no leap month %(month)s. Choose %(day)s/%(month)s of the month itself."
    )


class LunarOutOfRange(LunarError):
    """The day lies outside the years whose moons are known."""

    code = "lunar_range"
    sentence = mark("Lunar dates are known from %(first)s to %(last)s. Choose a day between them.")


@dataclass(frozen=True, order=True)
class LunarDay:
    """One day of the lunar calendar; of two months with one number the leap one comes second."""

    year: int
    month: int
    is_leap: bool
    day: int


@lru_cache(maxsize=4096)
def to_lunar(day: dt.date) -> LunarDay:
    """Give the lunar date of a day. Raises LunarOutOfRange."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR + 1:
        raise _out_of_range()
    found = lunar_vn.solar_to_lunar(day)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _out_of_range()
    return LunarDay(found.year, found.month, bool(found.leap), found.day)


def to_solar(lunar: LunarDay) -> dt.date:
    """Give the day of a lunar date. Raises LunarOutOfRange, or LunarError for a day that is not there."""
    if not FIRST_YEAR <= lunar.year <= LAST_YEAR:
        raise _out_of_range()
    day = _counted(lunar)
    # The library counts on from a 30th that a short month does not have.
    if day is not None and to_lunar(day) == lunar:
        return day
    missing = {"day": lunar.day, "month": lunar.month, "year": lunar.year}
    if lunar.is_leap and leap_month_of(lunar.year) != lunar.month:
        raise NoLeapMonth(**missing)
    if lunar.day == 30 and 1 <= lunar.month <= 12:
        raise ShortMonth(**missing)
    raise LunarError(**missing)


def _counted(lunar: LunarDay) -> dt.date | None:
    try:
        return lunar_vn.lunar_to_solar(lunar_vn.LunarDate(lunar.day, lunar.month, lunar.year, lunar.is_leap))
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=256)
def leap_month_of(year: int) -> int | None:
    """Give the number of the leap month of a lunar year; most years have none."""
    for month in range(1, 13):
        first = LunarDay(year, month, True, 1)
        day = _counted(first)
        if day is not None and to_lunar(day) == first:
            return month
    return None


@lru_cache(maxsize=256)
def months_of(year: int) -> tuple[tuple[int, bool], ...]:
    """List the months of a lunar year in their order, each with whether it is the leap one."""
    leap = leap_month_of(year)
    return tuple(
        (month, is_leap)
        for month in range(1, 13)
        for is_leap in (False, True)
        if not is_leap or month == leap
    )


def year_name(year: int) -> str:
    """Name a lunar year by stem and branch, such as Bính Ngọ for 2026."""
    return f"{_CAN[(year + 6) % 10]} {_CHI[(year + 8) % 12]}"


def show_lunar(lunar: LunarDay, *, english: bool = False) -> str:
    """Write a lunar date without its year: 10/3 âm lịch, 5/6 nhuận âm lịch."""
    leap = (" leap" if english else " nhuận") if lunar.is_leap else ""
    return f"{lunar.day}/{lunar.month}{leap} {'lunar' if english else 'âm lịch'}"


def _out_of_range() -> LunarOutOfRange:
    return LunarOutOfRange(first=FIRST_YEAR, last=LAST_YEAR)
