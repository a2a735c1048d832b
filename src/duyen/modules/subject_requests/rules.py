"""By when a request has to be acknowledged and answered, and what must hold of one; pure.

Law 91/2025/QH15 and decree 356/2025/NĐ-CP: two working days to acknowledge; ten days to give a copy or to
correct, twenty to delete; fifteen to withdraw, restrict or object, twenty where a processor has to stop,
with one extension of fifteen days at most. Days are days of the calendar as the decree counts them; a term
that ends on a day of rest ends on the working day before, so that it is kept by any reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from duyen.kernel.working_time import WorkingTime, working_days_after, working_days_before
from duyen.modules.subject_requests.words import RequestKind


@dataclass(frozen=True)
class Clock:
    """The days for one kind: as a rule, where a processor has to stop too, and how many may be added once."""

    days: int
    with_processor: int
    most_added: int = 0


@dataclass(frozen=True)
class Clocks:
    """The terms of the law that hold from a day on; `acknowledge` counts working days."""

    since: dt.date
    acknowledge: int
    by_kind: Mapping[RequestKind, Clock]


_STOP = Clock(15, 20, most_added=15)
#: The latest that began counts. A change of the law is one more line.
CLOCKS = (
    Clocks(
        dt.date(2026, 1, 1),
        2,
        {
            RequestKind.ACCESS: Clock(10, 10),
            RequestKind.CORRECT: Clock(10, 10),
            RequestKind.DELETE: Clock(20, 20),
            RequestKind.WITHDRAW: _STOP,
            RequestKind.RESTRICT: _STOP,
            RequestKind.OBJECT: _STOP,
        },
    ),
)


@dataclass(frozen=True)
class Terms:
    """By the end of which day a request is acknowledged and answered."""

    acknowledge_by: dt.date
    due_on: dt.date


def clocks_on(day: dt.date) -> Clocks:
    """Give the terms that hold for what is received on a day; before the law, those that it began with."""
    begun = [each for each in CLOCKS if each.since <= day]
    return begun[-1] if begun else CLOCKS[0]


def terms_of(
    kind: RequestKind,
    received_on: dt.date,
    hours: WorkingTime,
    *,
    through_processor: bool = False,
    added: int = 0,
) -> Terms:
    """Work out both terms. `added` are the days of an extension. Raises NeverWorked."""
    clocks = clocks_on(received_on)
    clock = clocks.by_kind[kind]
    days = (clock.with_processor if through_processor else clock.days) + added
    last = received_on + dt.timedelta(days=days)
    if not hours.is_working_day(last):
        last = working_days_before(last, 1, hours)
    return Terms(working_days_after(received_on, clocks.acknowledge, hours), max(last, received_on))


def most_added(kind: RequestKind, received_on: dt.date) -> int:
    """Give how many days may be added once; none where the law knows no extension."""
    return clocks_on(received_on).by_kind[kind].most_added
