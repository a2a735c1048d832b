"""What follows from the counts and sums of a group: shares, ratios, rounding, stretches of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from duyen.entities.reports.declared import Step

Number = int | Decimal
_TENTH = Decimal("0.1")
#: All of something in per cent.
WHOLE = 100
#: A matrix has no more columns than this, unless it is about more years.
MOST_COLUMNS = 12
_MONTHS = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}


def percent_of(part: Number | None, whole: Number | None) -> Decimal | None:
    """Give a part in per cent of a whole, to one place, half up; nothing where there is no whole."""
    if part is None or not whole:
        return None
    return (Decimal(part) * WHOLE / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)


def added(values: Iterable[Number | None]) -> Number:
    """Add up what is known."""
    return sum((value for value in values if value is not None), start=0)


def rounded(value: Decimal | None, *, is_whole: bool) -> Number | None:
    """Round an average half up: to whole units, or to one place."""
    if value is None:
        return None
    return (
        int(value.quantize(Decimal(1), ROUND_HALF_UP)) if is_whole else value.quantize(_TENTH, ROUND_HALF_UP)
    )


def percentile(met: Iterable[tuple[int, int]], at: int) -> Decimal | None:
    """Give what `at` per cent of whole numbers do not exceed, of pairs: a value, and how often it was met.

    Between two values it lies on the line between them, as PostgreSQL's percentile_cont does. Pairs come in
    any order, and a value may come more than once.
    """
    counts: dict[int, int] = {}
    for value, times in met:
        counts[value] = counts.get(value, 0) + times
    whole, part = divmod(at * (sum(counts.values()) - 1), WHOLE)
    passed, lower = 0, None
    for value in sorted(counts):
        passed += counts[value]
        if lower is None and passed > whole:
            lower = value
        if lower is not None and passed > whole + (part > 0):
            return lower + Decimal(part * (value - lower)) / WHOLE
    return None


def stretch(first: dt.date, step: Step) -> tuple[dt.date, dt.date]:
    """Give the first and the last day of the month, quarter or year that begins on `first`."""
    return first, _month(_months_of(first) + _MONTHS[step]) - dt.timedelta(days=1)


def stretches(first: dt.date, last: dt.date) -> tuple[Step, list[dt.date]]:
    """Divide days, both included, into the shortest stretches that make few columns, by their first days."""

    def places(step: Step) -> range:
        begin, end = (_months_of(day) // _MONTHS[step] for day in (first, last))
        return range(begin, end + 1)

    step = next((each for each in Step if len(places(each)) <= MOST_COLUMNS), Step.YEAR)
    return step, [_month(place * _MONTHS[step]) for place in places(step)]


def _months_of(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _month(months: int) -> dt.date:
    return dt.date(months // 12, months % 12 + 1, 1)


def year_before(day: dt.date) -> dt.date:
    """Give the same day of the year before; the end of a month stays its end, also in February."""
    after = day + dt.timedelta(days=1)
    if after.day == 1:
        return after.replace(year=after.year - 1) - dt.timedelta(days=1)
    return day.replace(year=day.year - 1)


def change_of(now: Number | None, before: Number | None) -> Decimal | None:
    """Give by how many per cent something grew, to one place, half up; nothing where there was nothing."""
    part = percent_of(now, before)
    return None if part is None else part - WHOLE
