"""Hours of a day as people write them, and sums with working time."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.clock import ZONE
from duyen.kernel.holidays import DayKind
from duyen.kernel.opening_hours import WHOLE_DAY, HoursError, Spans, read_hours, show_hours
from duyen.kernel.working_time import (
    NeverWorked,
    WorkingTime,
    add_working_time,
    next_opening,
    working_days_after,
    working_days_before,
    working_time_between,
)

DAY: Spans = ((480, 720), (810, 1050))
OFFICE = WorkingTime((DAY, DAY, DAY, DAY, DAY, (), ()))
STORE = WorkingTime((((450, 1080),),) * 7)
ALWAYS = WorkingTime((WHOLE_DAY,) * 7)
NEVER = WorkingTime(((),) * 7)
#: 2 September 2026 is a Wednesday; Monday, 31 August, is off for Saturday, 22 August.
CHANGES = {
    dt.date(2026, 9, 1): DayKind.DAY_OFF,
    dt.date(2026, 9, 2): DayKind.DAY_OFF,
    dt.date(2026, 8, 31): DayKind.DAY_OFF,
    dt.date(2026, 8, 22): DayKind.WORKING,
    dt.date(2026, 11, 24): DayKind.TO_CONFIRM,
}
LAWFUL = WorkingTime(OFFICE.week, CHANGES.get)


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _hours(count: float) -> dt.timedelta:
    return dt.timedelta(hours=count)


# --- hours as written ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("8-12, 13:30-17:30", "08:00–12:00, 13:30–17:30"),
        ("7h30–18h", "07:30–18:00"),
        ("7.30 đến 18.00", "07:30–18:00"),
        ("8-12; 12-17", "08:00–17:00"),
        ("24/24", "00:00–24:00"),
        ("cả ngày", "00:00–24:00"),
        ("nghỉ", ""),
        ("  ", ""),
    ],
)
def test_reads_hours_as_people_write_them(written: str, shown: str) -> None:
    assert show_hours(read_hours(written)) == shown


@pytest.mark.parametrize(
    "written",
    [
        "sáng",
        "8",
        "8-25",
        "8:75-9",
        "12-8",
        "8-8",
        "8-12, 11-17",
        "22-6",
        "8-9,9:30-10,11-12,13-14,15-16,17-18,19-20",
    ],
)
def test_refuses_what_is_no_day_of_work(written: str) -> None:
    with pytest.raises(HoursError):
        read_hours(written)


@given(st.lists(st.integers(0, 1440), max_size=12, unique=True))
def test_reads_back_the_hours_that_it_shows(minutes: list[int]) -> None:
    edges = sorted(minutes)[: len(minutes) // 2 * 2]
    spans = tuple(zip(edges[::2], edges[1::2], strict=True))

    assert read_hours(show_hours(spans)) == spans


@given(st.text(max_size=40))
def test_meets_any_text_with_hours_or_its_own_refusal(written: str) -> None:
    try:
        spans = read_hours(written)
    except HoursError:
        return
    assert all(0 <= start < end <= 1440 for start, end in spans)


# --- sums ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-08-20T16:00", 4, "2026-08-21T10:30"),
        ("2026-08-21T11:00", 1, "2026-08-21T12:00"),
        ("2026-08-21T11:00", 2, "2026-08-21T14:30"),
        ("2026-08-21T12:30", 1, "2026-08-21T14:30"),
        ("2026-08-21T17:00", 1, "2026-08-22T08:30"),
        ("2026-08-22T17:00", 1, "2026-08-24T08:30"),
        ("2026-08-28T17:00", 1, "2026-09-03T08:30"),
        ("2026-08-28T17:00", 0, "2026-08-28T17:00"),
        ("2026-11-23T17:00", 1, "2026-11-24T08:30"),
    ],
)
def test_finds_the_end_of_a_term_in_working_hours(start: str, hours: int, end: str) -> None:
    assert add_working_time(_at(start), _hours(hours), LAWFUL) == _at(end)


def test_knows_hours_without_a_break() -> None:
    assert add_working_time(_at("2026-08-20T17:00"), _hours(4), STORE) == _at("2026-08-21T10:30")
    assert add_working_time(_at("2026-08-20T17:00"), _hours(48), ALWAYS) == _at("2026-08-22T17:00")


@pytest.mark.parametrize(
    ("day", "before", "found"),
    [
        ("2026-09-03", 1, "2026-08-28"),
        ("2026-09-03", 10, "2026-08-18"),
        ("2026-09-06", 1, "2026-09-04"),
        ("2026-09-06", 0, "2026-09-06"),
    ],
)
def test_counts_working_days_back(day: str, before: int, found: str) -> None:
    assert working_days_before(dt.date.fromisoformat(day), before, LAWFUL) == dt.date.fromisoformat(found)


def test_tells_when_it_opens() -> None:
    assert LAWFUL.is_open(_at("2026-08-21T08:00"))
    assert not LAWFUL.is_open(_at("2026-08-21T12:00"))
    assert next_opening(_at("2026-08-29T09:00"), LAWFUL) == _at("2026-09-03T08:00")


def test_says_so_where_nobody_ever_works() -> None:
    with pytest.raises(NeverWorked):
        add_working_time(_at("2026-08-21T08:00"), _hours(1), NEVER)
    with pytest.raises(NeverWorked):
        working_days_before(dt.date(2026, 8, 21), 1, NEVER)


def test_refuses_to_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_time(_at("2026-08-21T08:00"), _hours(-1), OFFICE)
    with pytest.raises(ValueError, match="nought"):
        working_days_before(dt.date(2026, 8, 21), -1, OFFICE)


CALENDARS = st.sampled_from([OFFICE, STORE, ALWAYS, LAWFUL])
MOMENTS = st.integers(0, 2 * 365 * 24 * 3600).map(
    lambda seconds: dt.datetime(2026, 1, 1, tzinfo=ZONE) + dt.timedelta(seconds=seconds)
)
DURATIONS = st.timedeltas(dt.timedelta(0), dt.timedelta(hours=300))


@given(CALENDARS, MOMENTS, DURATIONS)
def test_the_time_between_is_what_was_added(
    hours: WorkingTime, start: dt.datetime, duration: dt.timedelta
) -> None:
    end = add_working_time(start, duration, hours)

    assert working_time_between(start, end, hours) == duration
    assert end >= start


@given(CALENDARS, MOMENTS, DURATIONS, DURATIONS)
def test_adding_in_two_steps_is_adding_at_once(
    hours: WorkingTime, start: dt.datetime, one: dt.timedelta, two: dt.timedelta
) -> None:
    assert (
        add_working_time(add_working_time(start, one, hours), two, hours)
        == add_working_time(start, one + two, hours)
        or not one + two
    )


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_the_time_between_adds_up_and_turns_round(
    hours: WorkingTime, first: dt.datetime, second: dt.datetime, third: dt.datetime
) -> None:
    def between(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        return working_time_between(start, end, hours)

    assert between(first, second) + between(second, third) == between(first, third)
    assert between(first, second) == -between(second, first)


@given(CALENDARS, MOMENTS, MOMENTS, DURATIONS)
def test_a_later_start_never_ends_earlier(
    hours: WorkingTime, one: dt.datetime, other: dt.datetime, duration: dt.timedelta
) -> None:
    earlier, later = sorted((one, other))

    assert add_working_time(earlier, duration, hours) <= add_working_time(later, duration, hours)


@given(CALENDARS, st.dates(dt.date(2026, 1, 1), dt.date(2028, 1, 1)), st.integers(1, 60))
def test_days_back_and_forth_meet_on_a_working_day(hours: WorkingTime, day: dt.date, count: int) -> None:
    back = working_days_before(day, count, hours)

    assert hours.is_working_day(back)
    assert working_days_after(back, count, hours) >= day or not hours.is_working_day(day)
    if hours.is_working_day(day):
        assert working_days_after(back, count, hours) == day
