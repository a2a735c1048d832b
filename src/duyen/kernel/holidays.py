"""Public holidays of Vietnam, and the Saturdays worked in exchange for a bridge day.

Days follow Labour Code 45/2019 art. 112 as the library `holidays` computes them: exchanged days are in
it only after the yearly decision was published, so a company adds what it knows earlier.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from holidays import country_holidays

_LANGUAGES = {"vi": "vi", "en": "en_US"}
#: 24/11: Resolution 80-NQ/TW of 7/1/2026 names it a paid day off; the Labour Code does not grant it yet.
_AWAITED = (11, 24)


class DayKind(StrEnum):
    """What a day is to those who work: off, worked in exchange for another, or off once it is confirmed."""

    DAY_OFF = "DAY_OFF"
    WORKING = "WORKING"
    TO_CONFIRM = "TO_CONFIRM"


@dataclass(frozen=True)
class Holiday:
    """One day that is not as its weekday says."""

    day: dt.date
    name: str
    kind: DayKind


@lru_cache(maxsize=256)
def public_holidays(year: int, language: str = "vi") -> tuple[Holiday, ...]:
    """List the days of one year in their order, named in `language` (vi or en).

    A day worked in exchange has no name of its own. Years for which nothing can be computed (before
    1901, after 2100) have no days.
    """
    known = country_holidays("VN", years=[year], language=_LANGUAGES.get(language, "vi"))
    found = [Holiday(day, name, _kind(day)) for day, name in known.items()]
    found += [Holiday(day, "", DayKind.WORKING) for day in known.weekend_workdays if day.year == year]
    return tuple(sorted(found, key=lambda each: each.day))


def _kind(day: dt.date) -> DayKind:
    return DayKind.TO_CONFIRM if (day.month, day.day) == _AWAITED else DayKind.DAY_OFF
