"""Which days are off and which hours are worked, by company and by unit. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from duyen.foundation.org.models import SpecialDay, Unit, WorkingCalendar
from duyen.kernel.holidays import DayKind, public_holidays
from duyen.kernel.opening_hours import Spans, read_hours
from duyen.kernel.working_time import WorkingTime, no_changes

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: The hours that hold where no calendar is given: those of an office.
_OFFICE: Spans = read_hours("8-12, 13:30-17:30")
_DEFAULT_WEEK = (_OFFICE, _OFFICE, _OFFICE, _OFFICE, _OFFICE, (), ())


@dataclass(frozen=True)
class YearDay:
    """One day of a year that is not as its weekday says.

    `by_law` is what the law gives for the day, none where it gives nothing; `decided` is the id of
    the company's own decision, which then tells name, kind and basis.
    """

    day: dt.date
    name: str
    kind: DayKind
    by_law: DayKind | None = None
    decided: int | None = None
    basis: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True)
class Followed:
    """The calendar that a unit follows: its own or that of the nearest unit above; none is office hours."""

    calendar_id: int | None = None
    name: str = ""
    unit_id: int | None = None
    unit: str = ""


def days_of_year(year: int, *, language: str = "vi") -> list[YearDay]:
    """List the days that the law or the company sets apart in a year, in their order."""
    law = {each.day: each for each in public_holidays(year, language)}
    found = {day: YearDay(day, each.name, each.kind, each.kind) for day, each in law.items()}
    rows = SpecialDay.objects.filter(day__year=year, deleted_at=None).order_by("pk")
    columns = ("day", "name", "kind", "pk", "basis", "confirmed_by__full_name")
    for day, name, kind, pk, basis, confirmed_by in rows.values_list(*columns):
        by_law = law[day].kind if day in law else None
        found[day] = YearDay(day, name, DayKind(kind), by_law, pk, basis, confirmed_by or "")
    return sorted(found.values(), key=lambda each: each.day)


class Changes:
    """What changes the week, by law and by the company; asks the table once, the law year by year."""

    def __init__(self) -> None:
        rows = SpecialDay.objects.filter(deleted_at=None).order_by("pk").values_list("day", "kind")
        self._decided = {day: DayKind(kind) for day, kind in rows}

    def __call__(self, day: dt.date) -> DayKind | None:
        return self._decided[day] if day in self._decided else _by_law(day.year).get(day)


@lru_cache(maxsize=256)
def _by_law(year: int) -> Mapping[dt.date, DayKind]:
    return {each.day: each.kind for each in public_holidays(year)}


def working_time(calendar_id: int | None) -> WorkingTime:
    """Give the working time of a calendar; none, or one that is not there, gives office hours."""
    columns = ("rests_on_holidays", *WEEKDAYS)
    found = WorkingCalendar.objects.filter(pk=calendar_id) if calendar_id else WorkingCalendar.objects.none()
    row = found.order_by("pk").values_list(*columns).first()
    if row is None:
        return WorkingTime(_DEFAULT_WEEK, Changes())
    rests, *hours = row
    return _of_row(rests, hours, Changes() if rests else None)


def _of_row(rests: bool, hours: Sequence[str], changes: Changes | None) -> WorkingTime:
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = map(read_hours, hours)
    week = (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
    return WorkingTime(week, changes if rests and changes else no_changes)


def calendar_of_unit(unit_id: int) -> Followed:
    """Find the calendar that a unit follows: its own, else that of the nearest unit above that has one."""
    columns = ("pk", "name", "parent_id", "calendar_id", "calendar__name")
    units = {row[0]: row for row in Unit.objects.values_list(*columns)}
    seen: set[int] = set()
    place: int | None = unit_id
    while place is not None and place in units and place not in seen:
        seen.add(place)
        pk, unit, above, calendar_id, name = units[place]
        if calendar_id is not None:
            return Followed(calendar_id, name, pk, unit)
        place = above
    return Followed()


def working_times_of_units(unit_ids: Collection[int]) -> dict[int, WorkingTime]:
    """Give the working time of each of some units, asking the tables as often for one as for fifty."""
    above = {row[0]: row[1:] for row in Unit.objects.values_list("pk", "parent_id", "calendar_id")}
    changes = Changes()
    rows = WorkingCalendar.objects.order_by("pk").values_list("pk", "rests_on_holidays", *WEEKDAYS)
    known = {row[0]: _of_row(row[1], row[2:], changes) for row in rows}
    office = WorkingTime(_DEFAULT_WEEK, changes)
    found = {}
    for unit_id in unit_ids:
        place: int | None = unit_id
        seen: set[int] = set()
        while place in above and place not in seen and above[place][1] is None:
            seen.add(place)
            place = above[place][0]
        calendar_id = above[place][1] if place in above else None
        found[unit_id] = known.get(calendar_id or 0, office)
    return found


def working_time_of_unit(unit_id: int) -> WorkingTime:
    """Give the working time by which a unit's terms run."""
    return working_time(calendar_of_unit(unit_id).calendar_id)
