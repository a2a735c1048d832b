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
    missing = LunarError(day=lunar.day, month=lunar.month, year=lunar.year)
    try:
        day = lunar_vn.lunar_to_solar(lunar_vn.LunarDate(lunar.day, lunar.month, lunar.year, lunar.is_leap))
    except (ValueError, OverflowError) as error:
        raise missing from error
    # The library counts on from a 30th that a short month does not have.
    if to_lunar(day) != lunar:
        raise missing
    return day


def year_name(year: int) -> str:
    """Name a lunar year by stem and branch, such as Bính Ngọ for 2026."""
    return f"{_CAN[(year + 6) % 10]} {_CHI[(year + 8) % 12]}"


def show_lunar(lunar: LunarDay, *, english: bool = False) -> str:
    """Write a lunar date without its year: 10/3 âm lịch, 5/6 nhuận âm lịch."""
    leap = (" leap" if english else " nhuận") if lunar.is_leap else ""
    return f"{lunar.day}/{lunar.month}{leap} {'lunar' if english else 'âm lịch'}"


def _out_of_range() -> LunarOutOfRange:
    return LunarOutOfRange(first=FIRST_YEAR, last=LAST_YEAR)
