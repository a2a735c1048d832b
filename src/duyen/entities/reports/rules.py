"""What follows from the counts and sums of a group: shares, ratios, rounding, stretches of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from duyen.entities.reports.declared import Step

Number = int | Decimal
_TENTH = Decimal("0.1")
_MONTHS = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}


def percent_of(part: Number | None, whole: Number | None) -> Decimal | None:
    """Give a part in per cent of a whole, to one place, half up; nothing where there is no whole."""
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)


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


def stretch(first: dt.date, step: Step) -> tuple[dt.date, dt.date]:
    """Give the first and the last day of the month, quarter or year that begins on `first`."""
    months = first.month - 1 + _MONTHS[step]
    after = dt.date(first.year + months // 12, months % 12 + 1, 1)
    return first, after - dt.timedelta(days=1)
