"""When an answer keeps a suggestion away."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.suggesting.rules import (
    Answered,
    facts_of,
    is_kept_away,
    most_pressing,
    problem_of_day,
    problem_of_reason,
)
from duyen.entities.words import Verdict

DAY = dt.date(2026, 11, 23)


def test_what_was_dismissed_stays_away_while_its_facts_stand() -> None:
    answer = Answered(Verdict.DISMISSED, "2026-09-02")

    assert is_kept_away(answer, facts="2026-09-02", day=DAY)
    assert not is_kept_away(answer, facts="2026-11-20", day=DAY)
    assert not is_kept_away(None, facts="2026-09-02", day=DAY)


def test_what_was_put_off_comes_back_on_its_day() -> None:
    answer = Answered(Verdict.PUT_OFF, "x", DAY + dt.timedelta(days=3))

    assert is_kept_away(answer, facts="x", day=DAY + dt.timedelta(days=2))
    assert is_kept_away(answer, facts="other", day=DAY)
    assert not is_kept_away(answer, facts="x", day=DAY + dt.timedelta(days=3))


@pytest.mark.parametrize(("ahead", "problem"), [(0, "past"), (-5, "past"), (1, ""), (366, ""), (367, "far")])
def test_a_day_to_put_off_until_lies_within_a_year(ahead: int, problem: str) -> None:
    assert problem_of_day(DAY + dt.timedelta(days=ahead), day=DAY) == problem
    assert problem_of_day(None, day=DAY) == "missing"


@pytest.mark.parametrize(
    ("reason", "problem"), [("", "missing"), ("  ", "missing"), ("đã gặp", ""), ("x" * 301, "long")]
)
def test_a_reason_says_something(reason: str, problem: str) -> None:
    assert problem_of_reason(reason) == problem


@given(st.lists(st.one_of(st.none(), st.integers(), st.text(), st.dates()), max_size=6))
def test_facts_are_short_and_read_the_same(parts: list[object]) -> None:
    assert facts_of(*parts) == facts_of(*parts)
    assert len(facts_of(*parts)) <= 120


def test_each_rule_has_a_say_before_a_second_of_any() -> None:
    weights = [(90, "quiet", 1), (80, "quiet", 2), (70, "birthday", 3), (10, "incomplete", 4)]

    assert [record for _weight, _rule, record in most_pressing(weights, 4)] == [1, 3, 4, 2]
