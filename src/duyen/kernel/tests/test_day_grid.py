"""Appointments stand where their time is, and none covers another."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.clock import ZONE
from duyen.kernel.day_grid import (
    LEAST_ROOM,
    MINUTES_OF_DAY,
    Piece,
    Span,
    Stay,
    bars,
    clashes,
    cut,
    days_from,
    lay_out,
    midnight,
    monday_of,
    month_grid,
    touched_days,
)

DAY = dt.date(2026, 11, 26)


def _at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=ZONE)


def _spans(most: int = 12) -> st.SearchStrategy[list[Span]]:
    start = midnight(DAY - dt.timedelta(days=2))
    pairs = st.tuples(st.integers(0, 7 * MINUTES_OF_DAY), st.integers(0, 3 * MINUTES_OF_DAY))
    return st.lists(pairs, max_size=most).map(
        lambda found: [
            Span(key, start + dt.timedelta(minutes=begin), start + dt.timedelta(minutes=begin + lasts))
            for key, (begin, lasts) in enumerate(found)
        ]
    )


def _room(piece: Piece) -> tuple[int, int]:
    return piece.start, max(piece.end, min(piece.start + LEAST_ROOM, MINUTES_OF_DAY), piece.start + 1)


@given(spans=_spans())
def test_nothing_covers_another(spans: list[Span]) -> None:
    for pieces in cut(spans, days_from(DAY, 7)).values():
        laid = lay_out(pieces)
        assert sorted(each.key for each in laid) == sorted(each.key for each in pieces)
        for one in laid:
            assert one.column + one.width <= one.columns
            for other in laid:
                if (
                    one.key == other.key
                    or _room(one)[0] >= _room(other)[1]
                    or _room(other)[0] >= _room(one)[1]
                ):
                    continue
                taken = range(one.column, one.column + one.width)
                assert not set(taken) & set(range(other.column, other.column + other.width))
                assert one.columns == other.columns


@given(spans=_spans())
def test_the_pieces_add_up_to_the_whole(spans: list[Span]) -> None:
    days = days_from(DAY - dt.timedelta(days=3), 20)

    found = [piece for pieces in cut(spans, days).values() for piece in pieces]

    for span in spans:
        own = [piece for piece in found if piece.key == span.key]
        minutes = sum(piece.end - piece.start for piece in own)
        assert minutes == (span.end - span.start).total_seconds() / 60
        assert [piece.came_over for piece in own] == [False, *([True] * (len(own) - 1))]
        assert [piece.goes_on for piece in own] == [*([True] * (len(own) - 1)), False]


def test_a_meeting_across_midnight_stands_in_both_days() -> None:
    span = Span(1, _at(DAY, 22), _at(DAY + dt.timedelta(days=1), 1, 30))

    found = cut([span], days_from(DAY, 2))

    assert found[DAY] == [Piece(1, DAY, 22 * 60, MINUTES_OF_DAY, goes_on=True)]
    assert found[DAY + dt.timedelta(days=1)] == [Piece(1, DAY + dt.timedelta(days=1), 0, 90, came_over=True)]


def test_what_ends_at_midnight_stays_in_its_day() -> None:
    span = Span(1, _at(DAY, 22), _at(DAY + dt.timedelta(days=1), 0))

    found = cut([span], days_from(DAY, 2))

    assert found == {DAY: [Piece(1, DAY, 22 * 60, MINUTES_OF_DAY)], DAY + dt.timedelta(days=1): []}
    assert touched_days(span.start, span.end) == (DAY, DAY)


def test_days_are_those_of_vietnam() -> None:
    span = Span(1, dt.datetime(2026, 11, 25, 17, tzinfo=dt.UTC), dt.datetime(2026, 11, 25, 18, tzinfo=dt.UTC))

    assert cut([span], [DAY])[DAY] == [Piece(1, DAY, 0, 60)]


def test_one_that_overlaps_nothing_takes_the_whole_width() -> None:
    pieces = [Piece(1, DAY, 480, 540), Piece(2, DAY, 500, 560), Piece(3, DAY, 600, 660)]

    laid = {each.key: (each.column, each.width, each.columns) for each in lay_out(pieces)}

    assert laid == {1: (0, 1, 2), 2: (1, 1, 2), 3: (0, 1, 1)}


def test_one_grows_to_the_right_where_nothing_stands() -> None:
    pieces = [
        Piece(1, DAY, 480, 600),
        Piece(2, DAY, 480, 540),
        Piece(3, DAY, 480, 540),
        Piece(4, DAY, 550, 600),
    ]

    laid = {each.key: (each.column, each.width, each.columns) for each in lay_out(pieces)}

    assert laid == {1: (0, 1, 3), 2: (1, 1, 3), 3: (2, 1, 3), 4: (1, 2, 3)}


@given(month=st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 1)))
def test_a_month_stands_in_whole_weeks_from_monday(month: dt.date) -> None:
    weeks = month_grid(month)
    days = [day for week in weeks for day in week]

    assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks)
    assert days == days_from(days[0], len(days))
    inside = [day for day in days if (day.year, day.month) == (month.year, month.month)]
    assert inside[0].day == 1
    assert (inside[-1] + dt.timedelta(days=1)).day == 1
    assert all(any(day.month == month.month for day in week) for week in weeks)
    assert monday_of(month) in days


@given(
    stays=st.lists(st.tuples(st.integers(-10, 20), st.integers(0, 12)), max_size=12).map(
        lambda pairs: [
            Stay(key, DAY + dt.timedelta(days=first), DAY + dt.timedelta(days=first + more))
            for key, (first, more) in enumerate(pairs)
        ]
    )
)
def test_bars_never_cover_each_other(stays: list[Stay]) -> None:
    found = bars(stays, DAY, 7)

    last = DAY + dt.timedelta(days=6)
    assert {bar.key for bar in found} == {
        each.key for each in stays if each.first <= last and each.last >= DAY
    }
    taken = [(bar.lane, day) for bar in found for day in range(bar.start, bar.start + bar.days)]
    assert len(taken) == len(set(taken))
    for bar in found:
        own = next(each for each in stays if each.key == bar.key)
        assert (bar.came_over, bar.goes_on) == (own.first < DAY, own.last > last)


@given(spans=_spans())
def test_two_clash_when_they_share_time(spans: list[Span]) -> None:
    found = {tuple(sorted(pair)) for pair in clashes(spans)}

    for one in spans:
        for other in spans:
            if one.key < other.key and one.end > one.start and other.end > other.start:
                shares = one.start < other.end and other.start < one.end
                assert ((one.key, other.key) in found) is shares


@pytest.mark.parametrize("minutes", [0, 5])
def test_what_is_short_keeps_room_for_its_words(minutes: int) -> None:
    pieces = [Piece(1, DAY, 480, 480 + minutes), Piece(2, DAY, 490, 540)]

    assert [each.columns for each in lay_out(pieces)] == [2, 2]
