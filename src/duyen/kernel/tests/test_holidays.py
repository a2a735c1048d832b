"""Public holidays as the law gives them."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.kernel.holidays import DayKind, public_holidays


def _days(year: int, kind: DayKind = DayKind.DAY_OFF) -> set[dt.date]:
    return {each.day for each in public_holidays(year) if each.kind is kind}


@pytest.mark.parametrize("year", range(2026, 2031))
def test_gives_at_least_the_eleven_days_of_the_labour_code(year: int) -> None:
    days = _days(year)
    lasting = {dt.date(year, 1, 1), dt.date(year, 4, 30), dt.date(year, 5, 1), dt.date(year, 9, 2)}

    assert lasting <= days
    assert len(days) >= 11


def test_knows_the_days_that_follow_the_moon() -> None:
    days = _days(2026) | _days(2027)

    assert {dt.date(2026, 2, 17), dt.date(2026, 4, 26), dt.date(2027, 2, 6), dt.date(2027, 4, 16)} <= days


def test_marks_the_day_that_awaits_its_law() -> None:
    assert _days(2026, DayKind.TO_CONFIRM) == {dt.date(2026, 11, 24)}
    assert _days(2025, DayKind.TO_CONFIRM) == set()


def test_knows_a_saturday_worked_in_exchange() -> None:
    assert _days(2026, DayKind.WORKING) == {dt.date(2026, 8, 22)}
    assert dt.date(2026, 8, 31) in _days(2026)


def test_names_days_in_both_languages_in_their_order() -> None:
    vietnamese, english = public_holidays(2026), public_holidays(2026, "en")

    assert [each.day for each in vietnamese] == sorted(each.day for each in english)
    assert vietnamese[0].name == "Tết Dương lịch"
    assert english[0].name == "New Year's Day"


def test_has_nothing_to_say_of_years_too_far_off() -> None:
    assert public_holidays(1800) == public_holidays(2300) == ()
