"""The door's counters, and which unit may stand where."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from duyen.foundation.org.rules import Limits, Try, door_state, may_contain
from duyen.foundation.org.words import Outcome, UnitKind

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
LIMITS = Limits(of_both=3, of_email=5, of_address=7)


def _tries(
    *minutes: float, email: str = "a", address: str = "1", outcome: Outcome = Outcome.WRONG
) -> list[Try]:
    return [Try(NOW - dt.timedelta(minutes=each), email, address, outcome) for each in minutes]


def _state(tries: list[Try]) -> tuple[dt.datetime | None, int]:
    found = door_state(sorted(tries, key=lambda each: each.at), email="a", address="1", at=NOW, limits=LIMITS)
    return found.shut_until, found.tries_left


def test_counts_down_and_shuts_for_a_quarter_of_an_hour() -> None:
    assert _state([]) == (None, 3)
    assert _state(_tries(2, 1)) == (None, 1)
    assert _state(_tries(3, 2, 1)) == (NOW + dt.timedelta(minutes=14), 0)
    assert _state(_tries(18, 17, 15)) == (None, 3)


def test_forgets_old_tries_and_those_before_a_good_one() -> None:
    assert _state(_tries(16, 15.5, 1)) == (None, 2)
    assert _state([*_tries(3, 2), *_tries(1.5, outcome=Outcome.GOOD), *_tries(1)]) == (None, 2)


def test_a_refused_try_does_not_lengthen_the_wait() -> None:
    shut = [*_tries(10, 9, 8), *_tries(5, 4, 1, outcome=Outcome.REFUSED)]

    assert _state(shut) == (NOW + dt.timedelta(minutes=7), 0)


def test_counts_an_email_over_addresses_and_an_address_over_emails() -> None:
    over_addresses = [each for number in range(5) for each in _tries(1, address=str(10 + number))]
    over_emails = [each for number in range(7) for each in _tries(1, email=f"x{number}")]
    good_between = [*over_emails[:4], *_tries(0.5, outcome=Outcome.GOOD), *over_emails[4:]]

    assert _state(over_addresses)[0] is not None
    assert _state(over_emails)[0] is not None
    assert _state(good_between)[0] is not None


@given(
    st.lists(
        st.tuples(
            st.floats(0, 40, allow_nan=False),
            st.sampled_from("ab"),
            st.sampled_from("12"),
            st.sampled_from([Outcome.WRONG, Outcome.GOOD, Outcome.REFUSED, Outcome.TRIED]),
        ),
        max_size=30,
    )
)
def test_is_never_shut_for_longer_than_it_says_and_never_both_open_and_empty(
    events: list[tuple[float, str, str, Outcome]],
) -> None:
    tries = [Try(NOW - dt.timedelta(minutes=at), email, address, out) for at, email, address, out in events]

    until, left = _state(tries)

    if until is None:
        assert 0 < left <= 3
    else:
        assert left == 0
        assert NOW < until <= NOW + dt.timedelta(minutes=15)


def test_nothing_stands_above_the_head_office_and_teams_hold_teams_alone() -> None:
    assert not any(may_contain(kind, UnitKind.HEAD_OFFICE) for kind in UnitKind)
    assert [kind for kind in UnitKind if may_contain(UnitKind.TEAM, kind)] == [UnitKind.TEAM]
    assert may_contain(UnitKind.BRANCH, UnitKind.STORE)
    assert not may_contain(UnitKind.STORE, UnitKind.AREA)
