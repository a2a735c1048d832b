"""Periods that keep their name while time goes on."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.periods import UnknownPeriod, read_period

#: A Saturday.
TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-11-21", "2026-11-21"),
        ("yesterday", "2026-11-20", "2026-11-20"),
        ("tomorrow", "2026-11-22", "2026-11-22"),
        ("this_week", "2026-11-16", "2026-11-22"),
        ("last_week", "2026-11-09", "2026-11-15"),
        ("this_month", "2026-11-01", "2026-11-30"),
        ("next_month", "2026-12-01", "2026-12-31"),
        ("this_quarter", "2026-10-01", "2026-12-31"),
        ("next_quarter", "2027-01-01", "2027-03-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("last_7_days", "2026-11-15", "2026-11-21"),
        ("next_7_days", "2026-11-22", "2026-11-28"),
        ("last_1_days", "2026-11-21", "2026-11-21"),
    ],
)
def test_gives_the_days_behind_a_name(name: str, first: str, last: str) -> None:
    period = read_period(name, today=TODAY)

    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "name",
    ["", "month", "this_", "this_decade", "last_0_days", "last_30_day", "30", "this_month ", "last_١_days"],
)
def test_knows_no_other_names(name: str) -> None:
    with pytest.raises(UnknownPeriod):
        read_period(name, today=TODAY)


@given(
    today=st.dates(dt.date(1990, 1, 1), dt.date(2200, 1, 1)),
    unit=st.sampled_from(["week", "month", "quarter", "year"]),
)
def test_leaves_no_day_between_periods_that_follow_each_other(today: dt.date, unit: str) -> None:
    last, this, coming = (read_period(f"{shift}_{unit}", today=today) for shift in ("last", "this", "next"))

    assert this.first <= today <= this.last
    assert last.last + dt.timedelta(days=1) == this.first
    assert this.last + dt.timedelta(days=1) == coming.first
