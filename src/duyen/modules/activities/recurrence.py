"""Rules of recurrence as RFC 5545 writes them (RRULE): read, judged, and asked for their moments. Pure.

Those by the lunar calendar are read in `lunar_recurrence.py`.

Times are those of the clock on the wall here: «every Monday at nine» stays at nine. The country has no summer
time, and the library is asked with plain times for that reason.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from duyen.kernel.clock import ZONE
from duyen.kernel.errors import DomainError
from duyen.kernel.lunar import LAST_YEAR, LunarError
from duyen.kernel.words import mark
from duyen.modules.activities import lunar_recurrence
from duyen.modules.activities.lunar_recurrence import LunarRule, is_lunar, read_lunar_rule

#: How often at most a rule with a count may fall.
MOST = 1_000
#: A rule that never falls within so many years never falls.
_YEARS = 10
_LONGEST = 400
#: Weekdays and leap years repeat after so many years; the last whole time begins in that year.
_CYCLE, _LAST_CYCLE = 400, 9_600
_MOST_WORDS = "1.000"
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)
_PLAIN = "%Y%m%dT%H%M%S"
_EARLY = dt.datetime(1900, 3, 1, tzinfo=dt.UTC)
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


class RuleRefused(DomainError):
    """A rule of recurrence that cannot be taken; the sentence says what to do."""

    code = "recurrence"
    sentence: object = mark("This rule cannot be read. Write it as FREQ=WEEKLY;BYDAY=MO,TH.")


class TooOften(RuleRefused):
    code = "recurrence_too_often"
    sentence = mark(
        "This falls %(count)s times. A series has at most %(most)s: give an earlier last day,"
        " or no end at all."
    )


class TooFast(RuleRefused):
    code = "recurrence_too_fast"
    sentence = mark("Something recurs at most once a day. Choose daily, weekly, monthly or yearly.")


class NeverFalls(RuleRefused):
    code = "recurrence_never"
    sentence = mark("No day fits this rule within ten years. Check its day and month.")


class NeverFallsByTheMoon(RuleRefused):
    code = "recurrence_lunar_never"
    sentence = mark(
        "No later year up to %(last)s has this lunar day. Let it be kept on the day or month before,"
        " or choose another day."
    )


@dataclass(frozen=True)
class Recurrence:
    """One rule, by its parts in their usual order, and the first moment."""

    text: str
    start: dt.datetime

    @cached_property
    def _rule(self) -> rrule | LunarRule:
        if self.is_lunar:
            return read_lunar_rule(parts_of(self.text), _here(self.start))
        found = rrulestr(self.text, dtstart=_here(self.start))
        if not isinstance(found, rrule):
            raise RuleRefused
        return found

    def after(self, moment: dt.datetime) -> dt.datetime | None:
        """Give the first time after a moment, or nothing where the rule has ended."""
        found = self._rule.after(_here(moment))
        return _utc(found) if found else None

    def between(self, first: dt.datetime, last: dt.datetime) -> Iterator[dt.datetime]:
        """Give the times after `first` up to `last`."""
        for each in self._rule.xafter(_here(first)):
            if each > _here(last):
                return
            yield _utc(each)

    def ended_before(self, moment: dt.datetime) -> Recurrence:
        """Give the same rule, the last time before a moment."""
        parts = {name: value for name, value in parts_of(self.text).items() if name not in ("COUNT", "UNTIL")}
        until = _here(moment) - dt.timedelta(seconds=1)
        return Recurrence(_joined({**parts, "UNTIL": until.strftime(_PLAIN)}), self.start)

    def told_from(self, moment: dt.datetime) -> str:
        """Give the rule as calendars write it for what begins at one of its times; its end in UTC."""
        parts = parts_of(self.text)
        if self.count is not None:
            parts["COUNT"] = str(self.count - sum(1 for _each in self.between(_EARLY, moment)) + 1)
        if "UNTIL" in parts:
            until = dt.datetime.strptime(parts["UNTIL"], _PLAIN).replace(tzinfo=ZONE)
            parts["UNTIL"] = until.astimezone(dt.UTC).strftime(f"{_PLAIN}Z")
        return _joined(parts)

    @property
    def is_lunar(self) -> bool:
        """Tell whether it goes by the moon, which no calendar program knows."""
        return is_lunar(parts_of(self.text))

    @property
    def count(self) -> int | None:
        """How often it falls where the rule says so."""
        told = parts_of(self.text).get("COUNT")
        return int(told) if told else None


def read_rule(text: str, start: dt.datetime) -> Recurrence:
    """Read and judge a rule that begins at `start`. Raises RuleRefused."""
    told = text.strip().upper().removeprefix("RRULE:")
    if not told or len(told) > _LONGEST:
        raise RuleRefused
    parts = parts_of(told)
    known = lunar_recurrence.PARTS if is_lunar(parts) else _PARTS
    if not set(parts) <= known or "FREQ" not in parts:
        raise RuleRefused
    if parts["FREQ"] not in _FREQUENCIES:
        raise TooFast
    if "UNTIL" in parts:
        parts["UNTIL"] = _until_here(parts["UNTIL"])
    for name in ("COUNT", "INTERVAL"):
        _refuse_bad_number(name, parts)
    if is_lunar(parts):
        return _read_lunar(parts, start)
    found = Recurrence(_joined(parts), start)
    _judge(found, parts)
    return found


def _read_lunar(parts: dict[str, str], start: dt.datetime) -> Recurrence:
    """Read and judge a rule by the moon. Raises RuleRefused."""
    try:
        said = lunar_recurrence.filled(parts, _here(start))
        found = Recurrence(_joined(said), start)
        endless = {name: value for name, value in said.items() if name not in ("COUNT", "UNTIL")}
        falls_again = len(list(islice(read_lunar_rule(endless, _here(start)), 2))) > 1
        times = list(islice(read_lunar_rule(said, _here(start)), 1))
    except ValueError as error:
        raise RuleRefused from error
    except LunarError as error:
        raise NeverFallsByTheMoon(last=LAST_YEAR) from error
    if not falls_again:
        raise NeverFallsByTheMoon(last=LAST_YEAR)
    if not times:
        raise NeverFalls
    return found


def _judge(found: Recurrence, parts: dict[str, str]) -> None:
    """Refuse a rule that falls too often or never. Raises RuleRefused."""
    before = found.start - dt.timedelta(seconds=1)
    try:
        first = _first_within_years({**parts}, found.start)
        times = list(islice(found.between(before, _FAR), MOST + 1)) if first and "UNTIL" in parts else []
    except (ValueError, TypeError, OverflowError, KeyError) as error:
        raise RuleRefused from error
    if not first or ("UNTIL" in parts and not times):
        raise NeverFalls
    if len(times) > MOST:
        raise TooOften(count="1.000+", most=_MOST_WORDS)


def _first_within_years(parts: dict[str, str], start: dt.datetime) -> bool:
    """Tell whether a rule without its end falls at all within the years to come.

    Asked late in the ten thousand years of the library, where the calendar is the same: it walks to their end
    for a rule that never falls.
    """
    endless = _joined({name: value for name, value in parts.items() if name not in ("COUNT", "UNTIL")})
    here = _here(start)
    late = here.replace(year=here.year % _CYCLE + _LAST_CYCLE)
    found = next(iter(rrulestr(endless, dtstart=late)), None)
    return found is not None and found <= late.replace(day=1) + dt.timedelta(days=366 * _YEARS)


_FAR = dt.datetime(9990, 1, 1, tzinfo=dt.UTC)


def _refuse_bad_number(name: str, parts: dict[str, str]) -> None:
    told = parts.get(name)
    if told is None:
        return
    if not (told.isascii() and told.isdecimal()) or len(told) > 9 or int(told) < 1:
        raise RuleRefused
    if name == "COUNT" and int(told) > MOST:
        raise TooOften(count=f"{int(told):,}".replace(",", "."), most=_MOST_WORDS)
    if name == "INTERVAL" and int(told) > 1_000:
        raise NeverFalls


def parts_of(text: str) -> dict[str, str]:
    """Give the parts of a rule by their names. Raises RuleRefused."""
    found: dict[str, str] = {}
    for part in text.strip(";").split(";"):
        name, sign, value = part.partition("=")
        if not sign or not value or name in found:
            raise RuleRefused
        found[name] = value
    return found


def _joined(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _until_here(text: str) -> str:
    """Give the end of a rule as a plain time here; a day alone counts whole. Raises RuleRefused."""
    found = _UNTIL.fullmatch(text)
    if found is None:
        raise RuleRefused
    day, time, is_utc = found.groups()
    try:
        moment = dt.datetime.strptime(f"{day}{time or '235959'}", "%Y%m%d%H%M%S")  # noqa: DTZ007 - plain
    except ValueError as error:
        raise RuleRefused from error
    if is_utc:
        moment = _here(moment.replace(tzinfo=dt.UTC))
    return moment.strftime(_PLAIN)


def _here(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(ZONE).replace(tzinfo=None)


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=ZONE).astimezone(dt.UTC)
