"""Shares, ratios, rounding and stretches of time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.reports import rules
from duyen.entities.reports.declared import Step

_DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))


def test_rounds_a_share_half_up_to_one_place() -> None:
    assert rules.percent_of(1, 3) == Decimal("33.3")
    assert rules.percent_of(1, 8) == Decimal("12.5")
    assert rules.percent_of(5, 2_000) == Decimal("0.3")
    assert rules.percent_of(0, 7) == Decimal("0.0")


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (None, 4), (3, None), (3, 0)])
def test_gives_no_share_of_nothing(part: int | None, whole: int | None) -> None:
    assert rules.percent_of(part, whole) is None


def test_rounds_an_average_half_up() -> None:
    assert rules.rounded(Decimal("2.5"), is_whole=True) == 3
    assert rules.rounded(Decimal("2.45"), is_whole=False) == Decimal("2.5")
    assert rules.rounded(None, is_whole=True) is None


def test_adds_up_what_is_known() -> None:
    assert rules.added([1, None, 2]) == 3
    assert rules.added([]) == 0


@pytest.mark.parametrize(
    ("values", "at", "expected"),
    [
        ([], 50, None),
        ([7], 50, 7),
        ([7], 90, 7),
        ([1, 2], 50, Decimal("1.5")),
        ([3, 1, 11, 2, 2], 50, 2),
        ([1, 3, 11], 90, Decimal("9.4")),
        ([0, 10], 25, Decimal("2.5")),
        ([5, 5, 5, 9], 100, 9),
    ],
)
def test_finds_the_middle_by_how_often_each_was_met(
    values: list[int], at: int, expected: Decimal | None
) -> None:
    assert rules.percentile([(value, 1) for value in values], at) == expected
    assert rules.percentile(Counter(values).items(), at) == expected


@given(values=st.lists(st.integers(0, 60), min_size=1, max_size=40), at=st.integers(0, 100))
def test_lies_on_the_line_between_the_values_around_it(values: list[int], at: int) -> None:
    place = Fraction(at * (len(values) - 1), 100)
    below, above = (sorted(values)[each] for each in (floor(place), ceil(place)))

    found = rules.percentile(Counter(values).items(), at)

    assert found is not None
    assert Fraction(found) == below + (place - floor(place)) * (above - below)


@given(day=_DAYS, step=st.sampled_from(Step))
def test_lets_each_day_lie_in_one_stretch(day: dt.date, step: Step) -> None:
    months = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}[step]
    begins = dt.date(day.year, (day.month - 1) // months * months + 1, 1)

    first, last = rules.stretch(begins, step)

    assert first <= day <= last
    assert (last + dt.timedelta(days=1)).day == 1
    assert rules.stretch(last + dt.timedelta(days=1), step)[0] == last + dt.timedelta(days=1)


@given(days=st.tuples(_DAYS, _DAYS).map(sorted))
def test_divides_days_into_columns_without_a_gap(days: list[dt.date]) -> None:
    first, last = days

    step, columns = rules.stretches(first, last)

    assert columns[0] <= first
    assert rules.stretch(columns[-1], step)[1] >= last
    for one, after in pairwise(columns):
        assert rules.stretch(one, step)[1] + dt.timedelta(days=1) == after
    assert len(columns) <= rules.MOST_COLUMNS or step is Step.YEAR


@pytest.mark.parametrize(
    ("first", "last", "step", "number"),
    [
        (dt.date(2026, 1, 1), dt.date(2026, 12, 31), Step.MONTH, 12),
        (dt.date(2025, 12, 31), dt.date(2026, 12, 1), Step.QUARTER, 5),
        (dt.date(2024, 1, 1), dt.date(2026, 12, 31), Step.QUARTER, 12),
        (dt.date(2023, 12, 31), dt.date(2026, 12, 31), Step.YEAR, 4),
    ],
)
def test_takes_the_shortest_step_that_makes_few_columns(
    first: dt.date, last: dt.date, step: Step, number: int
) -> None:
    found, columns = rules.stretches(first, last)

    assert (found, len(columns)) == (step, number)


@given(day=_DAYS)
def test_keeps_the_end_of_a_month_its_end_a_year_before(day: dt.date) -> None:
    before = rules.year_before(day)

    assert (before.year, before.month) == (day.year - 1, day.month)
    is_end = [(each + dt.timedelta(days=1)).day == 1 for each in (day, before)]
    assert is_end[0] <= is_end[1]
    assert before.day == day.day or is_end[0]


def test_tells_growth_in_per_cent_of_what_was() -> None:
    assert rules.change_of(3, 2) == 50
    assert rules.change_of(0, 4) == -100
    assert rules.change_of(1, 3) == Decimal("-66.7")
    assert rules.change_of(5, 0) is None
