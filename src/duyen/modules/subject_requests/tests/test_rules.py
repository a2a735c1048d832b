"""The terms of the law: kept by any reading, never shorter than nothing, never longer than the law."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.working_time import WorkingTime, no_changes
from duyen.modules.subject_requests.rules import most_added, terms_of
from duyen.modules.subject_requests.words import RequestKind

_OPEN = ((8 * 60, 17 * 60),)
HOURS = WorkingTime((_OPEN, _OPEN, _OPEN, _OPEN, _OPEN, (), ()), no_changes)
_DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2035, 12, 31))
_ALLOWED = {
    RequestKind.ACCESS: (10, 10),
    RequestKind.CORRECT: (10, 10),
    RequestKind.DELETE: (20, 20),
    RequestKind.WITHDRAW: (15, 20),
    RequestKind.RESTRICT: (15, 20),
    RequestKind.OBJECT: (15, 20),
}


@pytest.mark.parametrize(
    ("kind", "received", "acknowledge", "due"),
    [
        # Thursday: two working days on is Monday; ten days on is a Sunday, so the Friday before it.
        (RequestKind.ACCESS, "2026-10-01", "2026-10-05", "2026-10-09"),
        (RequestKind.DELETE, "2026-10-01", "2026-10-05", "2026-10-21"),
        (RequestKind.WITHDRAW, "2026-10-02", "2026-10-06", "2026-10-16"),
    ],
)
def test_counts_as_the_law_does(kind: RequestKind, received: str, acknowledge: str, due: str) -> None:
    terms = terms_of(kind, dt.date.fromisoformat(received), HOURS)

    assert (terms.acknowledge_by.isoformat(), terms.due_on.isoformat()) == (acknowledge, due)


@given(day=_DAYS, kind=st.sampled_from(RequestKind), through=st.booleans(), share=st.integers(0, 15))
def test_never_ends_behind_the_law(day: dt.date, kind: RequestKind, through: bool, share: int) -> None:
    added = min(share, most_added(kind, day))

    terms = terms_of(kind, day, HOURS, through_processor=through, added=added)

    allowed = day + dt.timedelta(days=_ALLOWED[kind][through] + added)
    assert allowed - dt.timedelta(days=2) <= terms.due_on <= allowed
    assert HOURS.is_working_day(terms.due_on)
    worked = [day + dt.timedelta(days=each) for each in range(1, (terms.acknowledge_by - day).days + 1)]
    assert sum(map(HOURS.is_working_day, worked)) == 2


@given(day=_DAYS, kind=st.sampled_from(RequestKind))
def test_knows_no_extension_but_for_what_has_to_stop(day: dt.date, kind: RequestKind) -> None:
    may_stop = kind in (RequestKind.WITHDRAW, RequestKind.RESTRICT, RequestKind.OBJECT)
    assert most_added(kind, day) == (15 if may_stop else 0)
