"""Who is called next, for which purpose, and when again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.clock import ZONE
from duyen.kernel.working_time import WorkingTime
from duyen.modules.calling.rules import (
    Waiting,
    moment_of,
    next_try,
    outcomes_in,
    problems_of_next,
    purpose_of_call,
    queue_of,
)
from duyen.modules.calling.words import Outcome, Turn
from duyen.modules.consents.words import Purpose

NOW = dt.datetime(2027, 3, 11, 9, 30, tzinfo=ZONE)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_SPAN = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
HOURS = WorkingTime((_SPAN, _SPAN, _SPAN, _SPAN, _SPAN, (), ()))


def _lead(number: int, state: str = "ASSIGNED", **more: Any) -> Waiting:
    given = {"temperature": "WARM", "created_at": NOW - 3 * DAY, "company": "", **more}
    return Waiting(id=number, name=f"Khách {number}", state=state, **given)


def _order(*waiting: Waiting) -> list[int]:
    return [each.lead.id for each in queue_of(waiting, NOW).now]


def test_promised_calls_come_first_then_first_contacts_then_days_then_the_rest() -> None:
    rest = _lead(1, "CONTACTED")
    day = _lead(2, "NURTURING", next_action_on=NOW.date())
    first = _lead(3, first_due_at=NOW + HOUR)
    promised = _lead(4, "CONTACTED", promised_at=NOW - HOUR)

    assert _order(rest, day, first, promised) == [4, 3, 2, 1]


def test_of_first_contacts_the_first_due_comes_first_and_of_equal_ones_the_hotter() -> None:
    late, soon = _lead(1, first_due_at=NOW - HOUR), _lead(2, first_due_at=NOW + HOUR)
    hot = _lead(3, first_due_at=NOW + HOUR, temperature="HOT")

    assert _order(soon, hot, late) == [1, 3, 2]


def test_of_those_without_a_date_the_best_score_comes_first() -> None:
    old, good = _lead(1, "CONTACTED", score=20), _lead(2, "CONTACTED", score=80, created_at=NOW - DAY)

    assert _order(old, _lead(3, "CONTACTED"), good) == [2, 1, 3]


def test_who_was_promised_a_call_later_today_waits_for_it() -> None:
    queue = queue_of([_lead(1, first_due_at=NOW - HOUR, promised_at=NOW + HOUR)], NOW)

    assert (list(queue.now), [each.turn for each in queue.later]) == ([], [Turn.PROMISED])


def test_who_was_promised_a_call_another_day_is_not_shown_today() -> None:
    queue = queue_of(
        [_lead(1, promised_at=NOW + DAY), _lead(2, "NURTURING", next_action_on=NOW.date() + DAY)], NOW
    )

    assert (list(queue.now), list(queue.later)) == ([], [])


def test_who_has_no_date_comes_again_tomorrow_after_a_call_today() -> None:
    called, before = _lead(1, "CONTACTED", called_at=NOW - HOUR), _lead(2, "CONTACTED", called_at=NOW - DAY)

    assert _order(called, before) == [2]


@given(st.permutations([_lead(n, first_due_at=NOW + (n % 3) * HOUR) for n in range(6)]))
def test_the_order_does_not_hang_on_how_leads_are_read(leads: list[Waiting]) -> None:
    assert _order(*leads) == [0, 3, 1, 4, 2, 5]


@pytest.mark.parametrize(
    ("collected", "purpose"),
    [
        ("ADVICE", Purpose.SERVICE),
        ("CONTRACT", Purpose.SERVICE),
        ("SURVEY", Purpose.SURVEY),
        ("EVENT", Purpose.MARKETING),
        ("OWN_OF_THE_COMPANY", Purpose.MARKETING),
        ("", Purpose.MARKETING),
    ],
)
def test_whoever_asked_for_nothing_is_called_to_advertise(collected: str, purpose: Purpose) -> None:
    assert purpose_of_call(collected) is purpose


def test_tries_again_after_working_hours_and_later_each_time() -> None:
    thursday = NOW.replace(hour=11)

    assert next_try(thursday, 1, HOURS) == NOW.replace(hour=14, minute=30)
    assert next_try(thursday, 2, HOURS) == (NOW + DAY).replace(hour=11)
    assert next_try(thursday + DAY, 3, HOURS) == (NOW + 4 * DAY).replace(hour=11)


def test_a_day_alone_means_its_morning() -> None:
    assert moment_of(dt.date(2027, 3, 12), None) == dt.datetime(2027, 3, 12, 9, tzinfo=ZONE)
    assert moment_of(None, None) is None


@pytest.mark.parametrize(
    ("outcome", "when", "state", "codes"),
    [
        (Outcome.CALL_BACK, None, "ASSIGNED", ["required"]),
        (Outcome.REACHED, None, "NURTURING", ["required"]),
        (Outcome.REACHED, None, "CONTACTED", []),
        (Outcome.NO_ANSWER, None, "NURTURING", []),
        (Outcome.CALL_BACK, NOW, "ASSIGNED", ["past"]),
        (Outcome.CALL_BACK, NOW + 180 * DAY, "ASSIGNED", []),
        (Outcome.CALL_BACK, NOW + 181 * DAY, "ASSIGNED", ["too_late"]),
    ],
)
def test_says_what_speaks_against_a_next_call(
    outcome: Outcome, when: dt.datetime | None, state: str, codes: list[str]
) -> None:
    assert [each.code for each in problems_of_next(outcome, when, NOW, state=state)] == codes


def test_qualifies_nobody_who_has_to_be_taken_up_again_first() -> None:
    assert Outcome.QUALIFIED in outcomes_in("ASSIGNED")
    assert Outcome.QUALIFIED not in outcomes_in("NURTURING")
