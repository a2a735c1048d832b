"""The Vietnamese lunar calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.dates import NoLunarDate, part_day, read_date
from duyen.kernel.lunar import (
    LunarDay,
    LunarError,
    LunarOutOfRange,
    NoLeapMonth,
    ShortMonth,
    leap_month_of,
    months_of,
    show_lunar,
    to_lunar,
    to_solar,
    year_name,
)

TET = (1, 1)
GIO_TO = (3, 10)
TRUNG_THU = (8, 15)
RAM_THANG_BAY = (7, 15)
ONG_TAO = (12, 23)


@pytest.mark.parametrize(
    ("feast", "year", "day"),
    [
        (TET, 2007, "2007-02-17"),
        (TET, 2024, "2024-02-10"),
        (TET, 2025, "2025-01-29"),
        (TET, 2026, "2026-02-17"),
        (TET, 2027, "2027-02-06"),
        (TET, 2028, "2028-01-26"),
        (TET, 2029, "2029-02-13"),
        (TET, 2030, "2030-02-02"),
        (TET, 2053, "2053-02-18"),
        (GIO_TO, 2026, "2026-04-26"),
        (GIO_TO, 2027, "2027-04-16"),
        (GIO_TO, 2028, "2028-04-04"),
        (TRUNG_THU, 2026, "2026-09-25"),
        (TRUNG_THU, 2027, "2027-09-15"),
        (RAM_THANG_BAY, 2026, "2026-08-27"),
        (RAM_THANG_BAY, 2027, "2027-08-16"),
        (ONG_TAO, 2025, "2026-02-10"),
        (ONG_TAO, 2026, "2027-01-30"),
    ],
)
def test_knows_the_feasts(feast: tuple[int, int], year: int, day: str) -> None:
    month, lunar_day = feast
    solar = dt.date.fromisoformat(day)

    assert to_solar(LunarDay(year, month, False, lunar_day)) == solar
    assert to_lunar(solar) == LunarDay(year, month, False, lunar_day)


def test_tells_a_leap_month_from_the_one_before() -> None:
    """2025 has a second sixth month, from 25 July to 22 August."""
    leap = LunarDay(2025, 6, True, 1)

    assert to_solar(leap) == dt.date(2025, 7, 25)
    assert to_solar(LunarDay(2025, 6, False, 1)) == dt.date(2025, 6, 25)
    assert LunarDay(2025, 6, False, 30) < leap < LunarDay(2025, 7, False, 1)


@pytest.mark.parametrize(
    "lunar",
    [
        LunarDay(2026, 6, True, 1),
        LunarDay(2026, 13, False, 1),
        LunarDay(2026, 1, False, 31),
        LunarDay(2026, 1, False, 0),
        LunarDay(2025, 12, False, 30),
    ],
)
def test_refuses_a_day_that_is_not_there(lunar: LunarDay) -> None:
    with pytest.raises(LunarError) as refused:
        to_solar(lunar)

    assert f"{lunar.day}/{lunar.month}" in str(refused.value)


@pytest.mark.parametrize(
    "day", [dt.date(1899, 12, 31), dt.date(1900, 1, 30), dt.date(2101, 1, 1), dt.date.max]
)
def test_says_between_which_years_it_knows(day: dt.date) -> None:
    with pytest.raises(LunarOutOfRange, match="from 1900 to 2099"):
        to_lunar(day)


def test_names_years_and_days() -> None:
    assert [year_name(year) for year in (1984, 2023, 2024, 2025, 2026)] == [
        "Giáp Tý",
        "Quý Mão",
        "Giáp Thìn",
        "Ất Tỵ",
        "Bính Ngọ",
    ]
    assert show_lunar(LunarDay(2026, 3, False, 10)) == "10/3 âm lịch"
    assert show_lunar(LunarDay(2025, 6, True, 5)) == "5/6 nhuận âm lịch"
    assert show_lunar(LunarDay(2025, 6, True, 5), english=True) == "5/6 leap lunar"


@given(st.dates(dt.date(1900, 2, 1), dt.date(2099, 12, 31)))
def test_comes_back_to_the_same_day_and_keeps_the_order(day: dt.date) -> None:
    lunar = to_lunar(day)

    assert to_solar(lunar) == day
    assert lunar < to_lunar(day + dt.timedelta(days=1))


def test_says_what_is_missing_in_a_year() -> None:
    with pytest.raises(ShortMonth, match="29 days"):
        to_solar(LunarDay(2025, 12, False, 30))
    with pytest.raises(NoLeapMonth, match="2026 has no leap month 6"):
        to_solar(LunarDay(2026, 6, True, 1))
    assert (leap_month_of(2025), leap_month_of(2026)) == (6, None)
    assert len(months_of(2025)) == 13
    assert months_of(2025)[5:7] == ((6, False), (6, True))


TODAY = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15/8 âl", "2027-09-15"),
        ("1/1 âm lịch", "2027-02-06"),
        ("23/12 ÂL", "2027-01-30"),
        ("5/6 nhuận/2025 âl", "2025-07-29"),
        ("5/6/2025 nhuận âl", "2025-07-29"),
        ("10/3/2026 lunar", "2026-04-26"),
    ],
)
def test_is_read_where_a_day_is_typed(text: str, day: str) -> None:
    assert read_date(text, today=TODAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("30/12/2025 âl", "lunar_short_month"),
        ("1/6/2026 nhuận âl", "lunar_no_leap_month"),
        ("31/1 âl", "lunar_date"),
        ("1/1/2150 âl", "lunar_range"),
    ],
)
def test_a_lunar_date_that_does_not_exist_gets_its_sentence(text: str, code: str) -> None:
    with pytest.raises(NoLunarDate) as refused:
        read_date(text, today=TODAY)
    assert refused.value.code == code


def test_parts_a_lunar_day_from_the_time_behind_it() -> None:
    assert part_day("30/6 nhuận âm lịch 9:30") == ("30/6 nhuận âm lịch", "9:30")
    assert part_day("31/12/2026 09:30") == ("31/12/2026", "09:30")
