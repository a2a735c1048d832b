"""Points, their fading and their sum, as plain values."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.scoring.rules import part_of_behaviour, score_of, signed, temperature_of

_POINTS = st.integers(-100, 100)
_AGES = st.lists(st.integers(-5, 800), max_size=12)
_DAYS = st.integers(1, 730)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [([0], 10), ([3], 7), ([9], 1), ([10], 0), ([-1], 0), ([0, 5], 10), ([], 0)],
)
def test_one_time_fades_evenly_over_its_days(ages: list[int], expected: int) -> None:
    assert part_of_behaviour(10, ages, within=10, fades=True, most=1) == expected


def test_the_newest_times_count() -> None:
    assert part_of_behaviour(10, [9, 0, 5], within=10, fades=True, most=2) == 15
    assert part_of_behaviour(10, [9, 0, 5, 12], within=10, fades=False, most=5) == 30


def test_halves_are_rounded_away_from_zero() -> None:
    assert part_of_behaviour(5, [1], within=2, fades=True, most=1) == 3
    assert part_of_behaviour(-5, [1], within=2, fades=True, most=1) == -3


@given(_POINTS, _AGES, _DAYS, st.integers(1, 20))
def test_a_part_lies_between_nothing_and_all_of_its_points(
    points: int, ages: list[int], within: int, most: int
) -> None:
    part = part_of_behaviour(points, ages, within=within, fades=True, most=most)
    whole = part_of_behaviour(points, ages, within=within, fades=False, most=most)
    assert abs(part) <= abs(whole) <= abs(points) * most
    assert part * points >= 0


@given(st.integers(1, 100), st.integers(0, 729), _DAYS)
def test_a_day_later_is_never_worth_more(points: int, age: int, within: int) -> None:
    now, later = (
        part_of_behaviour(points, [each], within=within, fades=True, most=1) for each in (age, age + 1)
    )
    assert later <= now
    exact = Fraction(points * max(within - age, 0), within)
    assert abs(now - exact) <= Fraction(1, 2)


@given(st.lists(st.integers(-300, 300), max_size=20))
def test_a_score_is_the_sum_between_0_and_100(parts: list[int]) -> None:
    total = score_of(parts)
    assert 0 <= total <= 100
    assert total == sum(parts) or sum(parts) < 0 == total or sum(parts) > 100 == total


def test_a_score_proposes_a_temperature() -> None:
    told = [temperature_of(each, hot_from=60, warm_from=30).value for each in (0, 29, 30, 59, 60, 100)]
    assert told == ["COLD", "COLD", "WARM", "WARM", "HOT", "HOT"]


def test_points_are_written_with_their_sign() -> None:
    assert [signed(each) for each in (20, -10, 0)] == ["+20", "−10", "0"]
