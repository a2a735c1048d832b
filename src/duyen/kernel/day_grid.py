"""Where appointments stand in a calendar: cut at midnight, side by side where they overlap, bars across days.

All by the clock of Vietnam. Sums only: no page and no row is known here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duyen.kernel.clock import ZONE

MINUTES_OF_DAY = 1440
#: What is shorter takes this much room, because a line of words must fit into it.
LEAST_ROOM = 25
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """What fills time from `start` to `end`; `key` is whatever the caller knows it by."""

    key: int
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Piece:
    """The part of a span that lies in one day, in minutes after its midnight.

    It stands in column `column` of `columns` and is `width` columns wide. `goes_on` and `came_over` tell that
    the span runs on into the next day, or began on an earlier one.
    """

    key: int
    day: dt.date
    start: int
    end: int
    column: int = 0
    columns: int = 1
    width: int = 1
    came_over: bool = False
    goes_on: bool = False


@dataclass(frozen=True)
class Stay:
    """What fills whole days, first and last included."""

    key: int
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Bar:
    """A stay in one row of days: from day number `start` (0 is the first) for `days`, in lane `lane`."""

    key: int
    start: int
    days: int
    lane: int
    came_over: bool = False
    goes_on: bool = False


def days_from(first: dt.date, count: int) -> list[dt.date]:
    """List `count` days from `first` on."""
    return [first + _DAY * number for number in range(count)]


def monday_of(day: dt.date) -> dt.date:
    """Give the Monday on which the week of a day begins."""
    return day - _DAY * day.weekday()


def month_grid(month: dt.date) -> list[list[dt.date]]:
    """List the weeks that a month touches, each from Monday to Sunday: four to six of them."""
    first = month.replace(day=1)
    after = (first + _DAY * 31).replace(day=1)
    weeks, monday = [], monday_of(first)
    while monday < after:
        weeks.append(days_from(monday, 7))
        monday += _DAY * 7
    return weeks


def month_after(day: dt.date, months: int = 1) -> dt.date:
    """Give the first day of the month that lies so many months after that of a day, or before it."""
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def midnight(day: dt.date) -> dt.datetime:
    """Give the moment at which a day begins in Vietnam, in UTC."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=ZONE).astimezone(dt.UTC)


def touched_days(start: dt.datetime, end: dt.datetime) -> tuple[dt.date, dt.date]:
    """Give the first and last day that a span lies in; what ends at midnight does not touch the day after."""
    first = start.astimezone(ZONE).date()
    last = end.astimezone(ZONE)
    touches = last.date() if last.time() != dt.time.min else last.date() - _DAY
    return first, max(first, touches)


def cut(spans: Iterable[Span], days: Sequence[dt.date]) -> dict[dt.date, list[Piece]]:
    """Cut spans at midnight and give the pieces that lie in `days`, not yet laid out, in their order."""
    found: dict[dt.date, list[Piece]] = {day: [] for day in days}
    for span in spans:
        first, last = touched_days(span.start, span.end)
        for day in days:
            if first <= day <= last:
                found[day].append(_piece(span, day, came_over=day > first, goes_on=day < last))
    for pieces in found.values():
        pieces.sort(key=lambda each: (each.start, -each.end, each.key))
    return found


def _piece(span: Span, day: dt.date, *, came_over: bool, goes_on: bool) -> Piece:
    start = 0 if came_over else _minute(span.start)
    end = MINUTES_OF_DAY if goes_on else _minute(span.end)
    if end == 0 and span.end > span.start:
        end = MINUTES_OF_DAY
    return Piece(span.key, day, start, max(start, end), came_over=came_over, goes_on=goes_on)


def _minute(moment: dt.datetime) -> int:
    local = moment.astimezone(ZONE)
    return local.hour * 60 + local.minute


def lay_out(pieces: Iterable[Piece]) -> list[Piece]:
    """Put the pieces of one day side by side, so that none covers another, in as few columns as can be.

    Pieces that overlap, also by way of others, share the width of the day; one grows to the right as far
    as nothing stands there.
    """
    waiting = sorted(pieces, key=lambda each: (each.start, -each.end, each.key))
    done: list[Piece] = []
    group: list[Piece] = []
    until = -1
    for piece in waiting:
        if group and piece.start >= until:
            done += _columns(group)
            group, until = [], -1
        group.append(piece)
        until = max(until, _room(piece))
    return done + _columns(group)


def _room(piece: Piece) -> int:
    """Give the minute at which the room of a piece ends; a short one takes more than its time."""
    return max(piece.end, min(piece.start + LEAST_ROOM, MINUTES_OF_DAY), piece.start + 1)


def _columns(group: Sequence[Piece]) -> list[Piece]:
    columns: list[list[Piece]] = []
    placed: list[tuple[Piece, int]] = []
    for piece in group:
        free = next((n for n, held in enumerate(columns) if _room(held[-1]) <= piece.start), len(columns))
        if free == len(columns):
            columns.append([])
        columns[free].append(piece)
        placed.append((piece, free))
    return [_settled(piece, number, columns) for piece, number in placed]


def _settled(piece: Piece, number: int, columns: Sequence[Sequence[Piece]]) -> Piece:
    width = 1
    for held in columns[number + 1 :]:
        if any(each.start < _room(piece) and piece.start < _room(each) for each in held):
            break
        width += 1
    return Piece(
        piece.key,
        piece.day,
        piece.start,
        piece.end,
        column=number,
        columns=len(columns),
        width=width,
        came_over=piece.came_over,
        goes_on=piece.goes_on,
    )


def bars(stays: Iterable[Stay], first: dt.date, count: int) -> list[Bar]:
    """Lay stays over a row of `count` days from `first` on: none covers another, longer ones above."""
    last = first + _DAY * (count - 1)
    shown = [each for each in stays if each.first <= last and each.last >= first]
    shown.sort(
        key=lambda each: (
            max(each.first, first),
            -(min(each.last, last) - max(each.first, first)).days,
            each.key,
        )
    )
    lanes: list[int] = []
    found = []
    for each in shown:
        start, end = (max(each.first, first) - first).days, (min(each.last, last) - first).days
        lane = next((n for n, taken in enumerate(lanes) if taken < start), len(lanes))
        if lane == len(lanes):
            lanes.append(end)
        lanes[lane] = end
        found.append(Bar(each.key, start, end - start + 1, lane, each.first < first, each.last > last))
    return found


def clashes(spans: Iterable[Span]) -> set[tuple[int, int]]:
    """Give the pairs of keys that fill the same time; what begins as another ends does not clash with it."""
    found: set[tuple[int, int]] = set()
    running: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, each.end, each.key)):
        running = [each for each in running if each.end > span.start]
        if span.end > span.start:
            found |= {(each.key, span.key) for each in running}
            running.append(span)
    return found
