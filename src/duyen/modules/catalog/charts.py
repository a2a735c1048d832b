"""The steps of a price over time as points of a drawing; the template puts them into SVG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from duyen.modules.catalog.queries import Phase

WIDTH, HEIGHT = 420, 130
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 22, 24
#: A label needs so much room; steps that are closer to each other go without.
_ROOM = 66


@dataclass(frozen=True)
class Step:
    """One phase as a piece of the line: where it starts and ends, how high, and its label or nothing."""

    x1: float
    x2: float
    y: float
    label_amount: int | None
    starts: dt.date
    shows_day: bool


@dataclass(frozen=True)
class Chart:
    """A price over time: one horizontal piece for each phase, joined by the dashed lines of its changes."""

    steps: Sequence[Step]
    today_x: float
    floor_y: float
    currency: str

    width: int = WIDTH
    height: int = HEIGHT

    @property
    def jumps(self) -> list[tuple[float, float, float]]:
        """Give the upright lines between neighbouring steps: x, and both heights."""
        pairs = zip(self.steps, self.steps[1:], strict=False)
        return [(one.x2, one.y, other.y) for one, other in pairs if abs(one.x2 - other.x1) < 1]


def drawn(phases: Sequence[Phase], *, today: dt.date) -> Chart | None:
    """Lay the phases out from left to right, the axis from zero; nothing where there is too little to see."""
    priced = [each for each in phases if each.price is not None]
    if len(priced) < 2:
        return None
    first = priced[0].since
    last = max(today, priced[-1].since) + dt.timedelta(days=60)
    span = max(1, (last - first).days)
    top = max(each.price.amount for each in priced if each.price) or 1

    def across(day: dt.date) -> float:
        return round(_LEFT + (day - first).days / span * (WIDTH - _LEFT - _RIGHT), 1)

    def up(amount: int) -> float:
        return round(HEIGHT - _BOTTOM - amount / top * (HEIGHT - _TOP - _BOTTOM), 1)

    steps, free_from = [], 0.0
    for each in priced:
        amount = each.price.amount if each.price else 0
        x1 = across(each.since)
        x2 = across(each.until + dt.timedelta(days=1)) if each.until and each.until < last else across(last)
        has_room = x1 >= free_from
        free_from = x1 + _ROOM if has_room else free_from
        steps.append(Step(x1, x2, up(amount), amount if has_room else None, each.since, has_room))
    currency = priced[0].price.currency if priced[0].price else "VND"
    return Chart(steps, across(today), HEIGHT - _BOTTOM, currency)
