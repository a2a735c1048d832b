"""Rules of recurrence by the lunar calendar: giỗ, rằm, mùng một, Tết. Pure.

They are written as RFC 7529 writes those of other calendars (RSCALE, a leap month as 6L, SKIP), under a name
of their own, because its Chinese calendar differs on some days:

    RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=30;SKIP=BACKWARD

Each month has 29 or 30 days, and some years have one month twice. By custom a 30th is kept on the 29th of
a month that is short (SKIP=BACKWARD), and what belongs to a leap month in the month itself where the year
has no leap one; SKIP=OMIT leaves such a time out. A rule of one month does not fall again in its leap month;
a rule of every month falls in leap months, too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from duyen.kernel.lunar import LAST_YEAR, LunarDay, LunarError, months_of, to_lunar, to_solar

NAME, OMIT, BACKWARD = "VIETNAMESE", "OMIT", "BACKWARD"
#: What such a rule may say.
PARTS = frozenset({"RSCALE", "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "SKIP"})
_MONTH = re.compile(r"([0-9]{1,2})(L?)")
_LONG_MONTH = 30
_PLAIN = "%Y%m%dT%H%M%S"
#: A lunar day as people write it: 15, 15/8, 30/6 nhuận; folded.
_WRITTEN = re.compile(
    r"(?:ngay )?([0-9]{1,2})(?: ?[/.-] ?([0-9]{1,2})( ?(?:nhuan|leap|n))?)?(?: (?:al|am lich|lunar))?"
)


@dataclass(frozen=True)
class LunarRule:
    """One rule, asked for its times by the clock on the wall here (plain times).

    `month` is none for every month. `count` and `until` end it, as its text says.
    """

    start: dt.datetime
    day: int
    month: int | None
    is_leap: bool
    interval: int
    omits: bool
    count: int | None
    until: dt.datetime | None

    def __iter__(self) -> Iterator[dt.datetime]:
        """Give its times from the start on; the start is the first whatever day it is."""
        for number, each in enumerate(self._falls()):
            if (self.until and each > self.until) or number == self.count:
                return
            yield each

    def after(self, moment: dt.datetime) -> dt.datetime | None:
        """Give the first time after a moment."""
        return next(self.xafter(moment), None)

    def xafter(self, moment: dt.datetime) -> Iterator[dt.datetime]:
        """Give the times after a moment."""
        return (each for each in self if each > moment)

    def _falls(self) -> Iterator[dt.datetime]:
        yield self.start
        for day in self._days():
            moment = dt.datetime.combine(day, self.start.time())
            if moment > self.start:
                yield moment

    def _days(self) -> Iterator[dt.date]:
        first = to_lunar(self.start.date()).year
        if self.month is not None:
            for year in range(first, LAST_YEAR + 1, self.interval):
                if (found := self._in_year(year, self.month)) is not None:
                    yield found
            return
        months = [(year, *each) for year in range(first, LAST_YEAR + 1) for each in months_of(year)]
        at = to_lunar(self.start.date())
        begun = months.index((at.year, at.month, at.is_leap))
        for year, month, is_leap in months[begun :: self.interval]:
            if (found := self._in_month(year, month, is_leap=is_leap)) is not None:
                yield found

    def _in_year(self, year: int, month: int) -> dt.date | None:
        has_it = (month, self.is_leap) in months_of(year)
        if not has_it and self.omits:
            return None
        return self._in_month(year, month, is_leap=self.is_leap and has_it)

    def _in_month(self, year: int, month: int, *, is_leap: bool) -> dt.date | None:
        try:
            return to_solar(LunarDay(year, month, is_leap, self.day))
        except LunarError:
            if self.omits or self.day < _LONG_MONTH:
                return None
        try:
            return to_solar(LunarDay(year, month, is_leap, self.day - 1))
        except LunarError:  # the last moons that are known
            return None


def is_lunar(parts: Mapping[str, str]) -> bool:
    """Tell whether a rule goes by the lunar calendar of Vietnam."""
    return parts.get("RSCALE") == NAME


def read_lunar_rule(parts: Mapping[str, str], start: dt.datetime) -> LunarRule:
    """Read the parts of a rule that begins at a plain time; what it leaves out is that of its start.

    Raises ValueError for parts that say nothing, LunarError for a day or start outside the calendar.
    """
    at = to_lunar(start.date())
    month, is_leap = at.month, at.is_leap
    if "BYMONTH" in parts:
        told = _MONTH.fullmatch(parts["BYMONTH"])
        if told is None or not 1 <= int(told[1]) <= 12:
            raise ValueError(parts["BYMONTH"])
        month, is_leap = int(told[1]), bool(told[2])
    day = int(parts.get("BYMONTHDAY", at.day))
    if not 1 <= day <= _LONG_MONTH or parts["FREQ"] not in ("YEARLY", "MONTHLY"):
        raise ValueError(day)
    by_month = parts["FREQ"] == "MONTHLY" and "BYMONTH" in parts
    if by_month or parts.get("SKIP", OMIT) not in (OMIT, BACKWARD):
        raise ValueError(parts)
    until = dt.datetime.strptime(parts["UNTIL"], _PLAIN) if "UNTIL" in parts else None  # noqa: DTZ007 - plain
    return LunarRule(
        start=start,
        day=day,
        month=month if parts["FREQ"] == "YEARLY" else None,
        is_leap=is_leap,
        interval=int(parts.get("INTERVAL", 1)),
        omits=parts.get("SKIP", OMIT) == OMIT,
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=until,
    )


def filled(parts: Mapping[str, str], start: dt.datetime) -> dict[str, str]:
    """Give the parts with the lunar day and month said, so that a rule holds whichever time comes first."""
    rule = read_lunar_rule(parts, start)
    said = {"BYMONTH": f"{rule.month}{'L' if rule.is_leap else ''}"} if rule.month else {}
    return {**parts, **said, "BYMONTHDAY": str(rule.day), "SKIP": OMIT if rule.omits else BACKWARD}


def read_lunar_day(folded: str) -> tuple[int, int | None, bool]:
    """Read day, month and leap of 15, 15/8 or 30/6 nhuận. Raises ValueError."""
    found = _WRITTEN.fullmatch(folded)
    if found is None:
        raise ValueError(folded)
    day, month = int(found[1]), int(found[2]) if found[2] else None
    if not 1 <= day <= _LONG_MONTH or (month is not None and not 1 <= month <= 12):
        raise ValueError(folded)
    return day, month, bool(found[3])
