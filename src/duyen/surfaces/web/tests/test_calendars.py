"""A calendar puts every entry where its time is, and says in words what it shows."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.kernel.day_grid import days_from, month_grid
from duyen.kernel.opening_hours import read_hours
from duyen.kernel.working_time import WorkingTime
from duyen.surfaces.web.calendars import (
    Entry,
    Frame,
    bare_day,
    cells_with,
    days_with,
    opening_minute,
    short_weekdays,
)

MONDAY = dt.date(2026, 11, 23)
WEEK = days_from(MONDAY, 7)
OFFICE = read_hours("8-12, 13:30-17:30")
HOURS = WorkingTime((OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, (), ()))
FRAME = Frame(HOURS, {dt.date(2026, 11, 24): "Ngày Văn hóa Việt Nam"})


def _at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour, minute), tzinfo=ZONE)


def test_a_meeting_across_midnight_stands_in_both_days_of_every_view() -> None:
    night = Entry(1, "Lắp đặt", _at(0, 22), _at(1, 2), drag="time", may_stretch=True)

    week = days_with([night], WEEK, FRAME)
    month = [day for days in month_grid(MONDAY) for day in cells_with([night], days, FRAME, month=11)]

    first, second = week[0].items[0], week[1].items[0]
    assert (first.time, first.goes_on, first.may_stretch, first.drag) == ("22:00–24:00", True, False, "time")
    assert (second.time, second.came_over, second.may_stretch, second.drag) == ("00:00–02:00", True, True, "")
    assert [day.day for day in month if day.items] == ["2026-11-23", "2026-11-24"]
    assert [len(day.items) for day in week] == [1, 1, 0, 0, 0, 0, 0]


def test_the_lunch_break_is_no_worked_time() -> None:
    day = bare_day(MONDAY, FRAME)

    assert [(shade.start, shade.length) for shade in day.spans] == [(480, 240), (810, 240)]
    assert opening_minute(WEEK, HOURS) == 450


@pytest.mark.parametrize(
    ("day", "lunar", "is_moon"),
    [
        (dt.date(2026, 11, 23), "15/10", True),
        (dt.date(2026, 11, 26), "18/10", False),
        (dt.date(2027, 2, 6), "1/1", True),
        (dt.date(2025, 8, 8), "15/6n", True),
        (dt.date(2150, 1, 1), "", False),
    ],
)
def test_every_day_says_its_lunar_date(day: dt.date, lunar: str, is_moon: bool) -> None:
    found = bare_day(day, FRAME)

    assert (found.lunar, found.is_moon) == (lunar, is_moon)


def test_a_holiday_is_named_and_a_sunday_is_off() -> None:
    feast, sunday = bare_day(dt.date(2026, 11, 24), FRAME), bare_day(dt.date(2026, 11, 29), FRAME)

    assert feast.holiday == "Ngày Văn hóa Việt Nam"
    assert "Ngày Văn hóa Việt Nam" in feast.label
    assert (sunday.is_off, sunday.is_rest) == (True, True)


def test_the_week_begins_on_monday() -> None:
    assert short_weekdays()[0] == "T2"
    assert short_weekdays()[6] == "CN"


def test_two_at_one_time_are_marked_and_what_takes_no_time_is_not() -> None:
    entries = [
        Entry(1, "Họp", _at(0, 8), _at(0, 10)),
        Entry(2, "Khảo sát", _at(0, 9), _at(0, 11)),
        Entry(3, "Gọi", _at(0, 9), _at(0, 9), takes_time=False),
        Entry(4, "Của người khác", _at(0, 8), _at(0, 10), owner=9),
        Entry(5, "Xong rồi", _at(0, 8), _at(0, 10), is_done=True),
    ]

    day = days_with(entries, WEEK, FRAME)[0]

    assert {item.id for item in day.items if item.clashes} == {1, 2}


def test_whole_days_stand_above_the_hours_and_first_in_a_cell() -> None:
    entries = [
        Entry(1, "Họp", _at(1, 8), _at(1, 9)),
        Entry(2, "Hội chợ", first=MONDAY, last=MONDAY + dt.timedelta(days=2)),
    ]

    week = days_with(entries, WEEK, FRAME)
    cells = cells_with(entries, WEEK, FRAME)

    assert [[bar.label for bar in day.bars] for day in week[:4]] == [
        ["Hội chợ"],
        ["Hội chợ"],
        ["Hội chợ"],
        [],
    ]
    assert [item.label for item in cells[1].items] == ["Hội chợ", "Họp"]
    assert (week[1].bars[0].came_over, week[1].bars[0].goes_on) == (True, True)


def test_a_cell_counts_what_it_does_not_show() -> None:
    entries = [Entry(number, f"Việc {number}", _at(0, 8 + number), _at(0, 9 + number)) for number in range(5)]

    cell = cells_with(entries, WEEK, FRAME)[0]

    assert [item.time for item in cell.items] == ["08:00", "09:00", "10:00"]
    assert cell.more == "còn 2 nữa"


def test_today_says_what_time_it_is() -> None:
    with clock.stopped(dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)):
        day = bare_day(MONDAY, FRAME)

    assert (day.is_today, day.now) == (True, 570)
