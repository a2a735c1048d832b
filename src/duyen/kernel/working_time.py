"""Working time: which hours of which days are worked, and sums with them. All by the clock of Vietnam.

A deadline of four working hours that starts at 16:00 ends the next morning. Nothing is rounded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from duyen.kernel.clock import ZONE
from duyen.kernel.errors import DomainError
from duyen.kernel.holidays import DayKind
from duyen.kernel.opening_hours import Spans
from duyen.kernel.words import mark

#: Nobody waits longer for a working hour, and a calendar without hours must not be searched for ever.
_MOST_DAYS = 3660
_DAY = dt.timedelta(days=1)


class NeverWorked(DomainError):
    """The calendar has no working time left in the next ten years."""

    code = "never_worked"
    sentence = mark(
        "This calendar has no working time in the next ten years. Give at least one day its hours."
    )


def no_changes(_day: dt.date) -> DayKind | None:
    """Say of every day that it is as its weekday says."""
    return None


@dataclass(frozen=True)
class WorkingTime:
    """Seven days of hours, Monday first, and what changes them.

    `change` tells of a day whether it is off or worked in exchange; a day that awaits confirmation is
    worked until then, so that no deadline is promised later than it may turn out to be.
    """

    week: tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
    change: Callable[[dt.date], DayKind | None] = no_changes

    def spans(self, day: dt.date) -> Spans:
        """Give the worked spans of a day as minutes after midnight.

        A day worked in exchange has the hours of its weekday or, where that has none, of the
        nearest weekday before it that has some: a Saturday those of Friday.
        """
        change = self.change(day)
        if change is DayKind.DAY_OFF:
            return ()
        own = self.week[day.weekday()]
        if own or change is not DayKind.WORKING:
            return own
        earlier = (self.week[(day.weekday() - back) % 7] for back in range(1, 7))
        return next((spans for spans in earlier if spans), ())

    def is_working_day(self, day: dt.date) -> bool:
        return bool(self.spans(day))

    def is_open(self, moment: dt.datetime) -> bool:
        """Tell whether a moment lies in working time; the first minute of a span does, its end does not."""
        local = moment.astimezone(ZONE)
        return any(start <= local < end for start, end in self._moments(local.date()))

    def _moments(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        midnight = dt.datetime.combine(day, dt.time.min, tzinfo=ZONE)
        for start, end in self.spans(day):
            yield midnight + dt.timedelta(minutes=start), midnight + dt.timedelta(minutes=end)

    def _after(self, moment: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Give the worked spans that end after `moment`, the running one from there. Raises NeverWorked."""
        local = moment.astimezone(ZONE)
        day, waited = local.date(), 0
        while waited < _MOST_DAYS:
            waited += 1
            for start, end in self._moments(day):
                if end > local:
                    waited = 0
                    yield max(start, local), end
            day += _DAY
        raise NeverWorked


def add_working_time(start: dt.datetime, duration: dt.timedelta, hours: WorkingTime) -> dt.datetime:
    """Give the earliest moment by which `duration` of working time has passed since `start`, in UTC.

    Nothing to wait for gives `start` itself. Raises ValueError for a negative duration and
    NeverWorked.
    """
    if duration < dt.timedelta(0):
        raise ValueError("Working time runs forward only.")
    if not duration:
        return start.astimezone(dt.UTC)
    left = duration
    for begin, end in hours._after(start):
        if end - begin >= left:
            return (begin + left).astimezone(dt.UTC)
        left -= end - begin
    raise NeverWorked


def working_time_between(start: dt.datetime, end: dt.datetime, hours: WorkingTime) -> dt.timedelta:
    """Sum the working time between two moments; negative where `end` lies before `start`."""
    if end < start:
        return -working_time_between(end, start, hours)
    first, last = start.astimezone(ZONE), end.astimezone(ZONE)
    total, day = dt.timedelta(0), first.date()
    while day <= last.date():
        for begin, stop in hours._moments(day):
            total += max(min(stop, last) - max(begin, first), dt.timedelta(0))
        day += _DAY
    return total


def next_opening(moment: dt.datetime, hours: WorkingTime) -> dt.datetime:
    """Give the first moment of working time from `moment` on, in UTC. Raises NeverWorked."""
    begin, _end = next(hours._after(moment))
    return begin.astimezone(dt.UTC)


def working_days_before(day: dt.date, count: int, hours: WorkingTime) -> dt.date:
    """Give the working day that lies `count` working days before `day` (D−10 for ten); none is `day`.

    `day` itself does not count. Raises ValueError for a negative count and NeverWorked.
    """
    return _walk(day, count, hours, -_DAY)


def working_days_after(day: dt.date, count: int, hours: WorkingTime) -> dt.date:
    """Give the working day that lies `count` working days after `day`; none is `day` itself.

    Raises ValueError for a negative count and NeverWorked.
    """
    return _walk(day, count, hours, _DAY)


def _walk(day: dt.date, count: int, hours: WorkingTime, step: dt.timedelta) -> dt.date:
    if count < 0:
        raise ValueError("Count working days from nought on.")
    left, waited = count, 0
    while left:
        day, waited = day + step, waited + 1
        if hours.is_working_day(day):
            left, waited = left - 1, 0
        elif waited > _MOST_DAYS:
            raise NeverWorked
    return day
