"""How fast leads are spoken to, in working time. Plain values in, plain values out.

Percentiles are those of the nearest rank: the smallest value that so large a share does not exceed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class First:
    """The first contact of one lead: how long it took in working time, none where nobody was in touch yet.

    `in_time` says whether it came before it was due.
    """

    took: dt.timedelta | None
    in_time: bool


@dataclass(frozen=True)
class Speed:
    """First contacts in sum: how many were due, came at all, and came in time, and how long they took."""

    count: int
    came: int
    median: dt.timedelta | None
    ninetieth: dt.timedelta | None
    in_time: int

    @property
    def share(self) -> float | None:
        """The share in time, from 0 to 1; none where nothing was due."""
        return self.in_time / self.count if self.count else None


def speed_of(firsts: Iterable[First]) -> Speed:
    """Sum up first contacts."""
    found = list(firsts)
    took = sorted(each.took for each in found if each.took is not None)
    return Speed(
        count=len(found),
        came=len(took),
        median=percentile(took, 0.5),
        ninetieth=percentile(took, 0.9),
        in_time=sum(1 for each in found if each.in_time),
    )


def percentile(values: Sequence[dt.timedelta], share: float) -> dt.timedelta | None:
    """Give the value of the nearest rank among rising values; none where there are none."""
    return values[max(ceil(share * len(values)), 1) - 1] if values else None
