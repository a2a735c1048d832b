"""What an entry that repeats says of all its times, and how a change of some of them is written. Pure."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from icalendar import Calendar, Component

from duyen.kernel.clock import ZONE
from duyen.kernel.day_grid import midnight
from duyen.kernel.icalendars import (
    CalendarEntry,
    as_begun,
    component_of,
    entry_of,
    write_left_out,
    write_rule,
    written,
)
from duyen.modules.activities.ics import entry_from, incoming_from
from duyen.modules.activities.recurrence import parts_of
from duyen.modules.activities.words import ActivityState
from duyen.modules.caldav.comparing import MOMENTS, STATE, Said, changed, put_fields, said_by

_OF_THE_SERIES = ("RRULE", "RDATE", "EXDATE")
_TIMES = frozenset({"starts_at", "ends_at", "due_at", "all_day"})


@dataclass(frozen=True)
class Repeated:
    """What an entry says that repeats.

    `first` is the first time, `main` what it says then and, so much later, at every other one; but for
    `moved` times, which say something else, and those `left_out`. Times are those that an activity stands
    for; the entry itself may begin `lead` earlier.
    """

    first: dt.datetime
    rule: str
    main: Said
    lead: dt.timedelta = dt.timedelta(0)
    left_out: frozenset[dt.datetime] = frozenset()
    moved: Mapping[dt.datetime, Said] | None = None

    def at(self, moment: dt.datetime) -> Said | None:
        """Give what it says of one time; nothing where that is left out."""
        if moment in self.left_out:
            return None
        return (self.moved or {}).get(moment) or self.plain(moment)

    def plain(self, moment: dt.datetime) -> Said:
        """Give what it says of every time that is like the others."""
        return shifted(self.main, moment - self.first)

    def without_own_times(self) -> Repeated:
        """Give it with every time like the others."""
        return replace(self, moved={}, left_out=frozenset())

    @property
    def parts(self) -> dict[str, str]:
        """Give the rule by its parts, without those that change nothing."""
        parts = parts_of(self.rule.upper())
        return {name: told for name, told in parts.items() if (name, told) not in _NOTHING}

    def kept(self) -> dict[str, Any]:
        """Give it as it is kept."""
        return {
            "first": self.first.isoformat(),
            "rule": self.rule,
            "main": self.main,
            "lead": self.lead.total_seconds(),
            "left_out": sorted(each.isoformat() for each in self.left_out),
            "moved": {each.isoformat(): said for each, said in (self.moved or {}).items()},
        }


_NOTHING = frozenset({("INTERVAL", "1"), ("WKST", "MO")})


def kept_before(base: Mapping[str, Any]) -> Repeated:
    """Give what an entry said as it was kept."""
    read = dt.datetime.fromisoformat
    return Repeated(
        read(base["first"]),
        base["rule"],
        base["main"],
        dt.timedelta(seconds=base["lead"]),
        frozenset(read(each) for each in base["left_out"]),
        {read(each): said for each, said in base["moved"].items()},
    )


def shifted(said: Said, by: dt.timedelta) -> Said:
    """Give what is said of another time, so much later."""
    return {
        name: (dt.datetime.fromisoformat(value) + by).isoformat() if name in MOMENTS and value else value
        for name, value in said.items()
    }


def column_of(entry: CalendarEntry) -> str:
    """Tell by which of its times an entry that comes from elsewhere is counted here."""
    return "starts_at" if incoming_from(entry).values.get("starts_at") else "due_at"


def read_repeated(entries: Iterable[CalendarEntry], column: str) -> Repeated | None:
    """Give what the parts of an entry say; nothing where it does not repeat by one rule."""
    held = list(entries)
    main = next((each for each in held if each.occurrence is None), None)
    if main is None or not main.rule:
        return None
    incoming = incoming_from(main)
    first = incoming.values[column]
    if first is None:
        return None
    lead = first - _beginning(main, incoming.values.get("starts_at") or first)
    own = {each.occurrence + lead: each for each in held if each.occurrence is not None}
    said = {moment: said_by(incoming_from(each)) for moment, each in own.items()}
    gone = {moment for moment, each in said.items() if each[STATE] == ActivityState.CANCELLED}
    return Repeated(
        first,
        main.rule,
        said_by(incoming),
        lead,
        frozenset({each + lead for each in main.left_out} | gone),
        {moment: each for moment, each in said.items() if moment not in gone},
    )


def _beginning(entry: CalendarEntry, moment: dt.datetime) -> dt.datetime:
    """Give the moment by which an entry counts its times; a task that is due on a day does by the day."""
    is_by_day = entry.is_task and entry.starts_at is None and entry.due_on is not None
    return midnight(moment.astimezone(ZONE).date()) if is_by_day else moment


def parts_as_read(content: bytes) -> list[CalendarEntry]:
    """Give the parts of an entry that was written here."""
    calendar = Calendar.from_ical(content)
    return [entry_of(each) for each in calendar.walk() if each.name in ("VEVENT", "VTODO")]


def rewritten(
    content: bytes,
    before: Repeated,
    times: Mapping[dt.datetime, Mapping[str, Any] | None],
    *,
    rule: str = "",
) -> bytes:
    """Put some times of ours into an entry, and leave all else in it as whoever made it wrote it.

    `times` are activities by their columns, nothing for one that is to be left out; `rule` is a new one, by
    its words.
    """
    calendar = Calendar.from_ical(content)
    main = next(
        each for each in calendar.walk() if each.name in ("VEVENT", "VTODO") and "RECURRENCE-ID" not in each
    )
    own = {at + before.lead: each for each in calendar.walk(main.name) if (at := entry_of(each).occurrence)}
    left_out = {each + before.lead for each in entry_of(main).left_out}
    for moment, columns in times.items():
        if columns is None:
            left_out.add(moment)
            if moment in own:
                calendar.subcomponents.remove(own[moment])
            continue
        left_out.discard(moment)
        _put_time(calendar, main, own.get(moment), before, moment, columns)
    write_left_out(main, {each - before.lead for each in left_out})
    if rule:
        write_rule(main, rule)
    main["SEQUENCE"] = int(main.get("SEQUENCE", 0)) + 1
    return written(calendar)


def _put_time(
    calendar: Calendar,
    main: Component,
    own: Component | None,
    before: Repeated,
    moment: dt.datetime,
    columns: Mapping[str, Any],
) -> None:
    """Write one time that differs, as a component of its own."""
    entry = replace(entry_from(columns, uid=str(main["UID"])), occurrence=moment - before.lead)
    ours = component_of(entry)
    names = set(changed(before.at(moment) or before.plain(moment), said_by(incoming_from(entry))))
    if own is None:
        own = copy.deepcopy(main)
        for each in _OF_THE_SERIES:
            own.pop(each, None)
        own.add("RECURRENCE-ID", as_begun(main, moment - before.lead))
        calendar.add_component(own)
        names |= _TIMES
    put_fields(own, ours, names)


def ends_with(rule: str, last: dt.datetime) -> str:
    """Give a rule as calendars write it that falls at a time for the last time."""
    parts = {name: told for name, told in parts_of(rule.upper()).items() if name not in ("COUNT", "UNTIL")}
    parts["UNTIL"] = last.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    return ";".join(f"{name}={told}" for name, told in parts.items())


def is_moved_on(base: Repeated, there: Repeated) -> bool:
    """Tell whether a task was ticked as some phones do it: by moving all of it to its next time."""
    by = there.first - base.first
    same = {name: told for name, told in base.parts.items() if name != "COUNT"}
    return (
        by > dt.timedelta(0)
        and {name: told for name, told in there.parts.items() if name != "COUNT"} == same
        and there.main == shifted(base.main, by)
    )


@dataclass
class Base:
    """What both sides of a series said when they were last the same, as it is kept with the entry.

    `waiting` are times that differ there and are not made here yet; `apart` those on which the two sides may
    differ: cleared away there, staying here. `until` is the last time, where the series has ended here;
    `former` are series that this one took the place of.
    """

    said: Repeated
    waiting: set[dt.datetime] = field(default_factory=set)
    apart: set[dt.datetime] = field(default_factory=set)
    until: dt.datetime | None = None
    former: list[int] = field(default_factory=list)

    def kept(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return {
            **self.said.kept(),
            "waiting": sorted(each.isoformat() for each in self.waiting),
            "apart": sorted(each.isoformat() for each in self.apart),
            "until": self.until.isoformat() if self.until else "",
            "former": self.former,
        }


def base_of(kept: Mapping[str, Any]) -> Base:
    """Give what was kept."""
    read = dt.datetime.fromisoformat
    return Base(
        kept_before(kept),
        {read(each) for each in kept["waiting"]},
        {read(each) for each in kept["apart"]},
        read(kept["until"]) if kept["until"] else None,
        list(kept["former"]),
    )
