"""What both sides say of one entry, found and joined field by field. Pure but for the matching of activities.

What the calendar changed is taken. What was changed here and not there goes there. Where both changed the
same field the calendar's value stands, because its owner has it in her hand; ours is kept beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar, Component

from duyen.kernel.clock import ZONE
from duyen.kernel.icalendars import CalendarEntry, written
from duyen.modules.activities.ics import Incoming, from_ics, to_ics
from duyen.modules.activities.words import ActivityState

_EVENT = ("subject", "body", "place", "starts_at", "ends_at", "all_day", "remind_at")
_TASK = ("subject", "body", "place", "due_at", "priority", "remind_at")
STATE = "state"
MOMENTS = frozenset({"starts_at", "ends_at", "due_at", "remind_at"})
#: The properties of an entry that carry a field; all others stay as whoever made it wrote them.
_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "subject": ("SUMMARY",),
    "body": ("DESCRIPTION",),
    "place": ("LOCATION",),
    "starts_at": ("DTSTART", "DTEND", "DURATION"),
    "ends_at": ("DTSTART", "DTEND", "DURATION"),
    "all_day": ("DTSTART", "DTEND", "DURATION"),
    "due_at": ("DUE", "DTSTART", "DURATION"),
    "priority": ("PRIORITY",),
    STATE: ("STATUS", "COMPLETED", "PERCENT-COMPLETE"),
}
_ALWAYS = ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE")
_MOST_STEPS = 20_000
Said = dict[str, Any]


def said_by(incoming: Incoming) -> Said:
    """Give what an entry says, as plain JSON, so that it is kept and compared."""
    is_task = incoming.entity == "tasks"
    said = {name: _plain(incoming.values.get(name)) for name in (_TASK if is_task else _EVENT)}
    # A calendar does not know that an appointment took place.
    cancelled = incoming.state is ActivityState.CANCELLED
    said[STATE] = incoming.state.value if is_task or cancelled else ActivityState.PLANNED.value
    return said


def said_here(activity: Mapping[str, Any], *, uid: str = "") -> Said:
    """Give what an activity says, read as the calendar would read it."""
    return said_by(from_ics(to_ics(activity, uid=uid)))


def _plain(value: Any) -> Any:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def values_of(said: Said, names: Iterable[str]) -> dict[str, Any]:
    """Give fields as an activity takes them; a reminder also as minutes, by which it follows its activity."""
    values = {
        name: dt.datetime.fromisoformat(said[name]) if name in MOMENTS and said[name] else said[name]
        for name in names
        if name != STATE
    }
    if "remind_at" in values:
        values["remind_before"] = minutes_before(said)
    return values


def minutes_before(said: Said) -> int | None:
    """Tell how many minutes before its time something reminds; nothing where it does not."""
    begins, reminds = said.get("starts_at") or said.get("due_at"), said["remind_at"]
    if not begins or not reminds:
        return None
    return int((dt.datetime.fromisoformat(begins) - dt.datetime.fromisoformat(reminds)).total_seconds() // 60)


@dataclass(frozen=True)
class Joined:
    """What is to be taken from there, and what of ours gave way."""

    taken: frozenset[str]
    gave_way: frozenset[str]


def join(*, base: Said, here: Said, there: Said) -> Joined:
    """Find what changed on which side since both were the same."""
    changed_there = {name for name in there if there[name] != base.get(name)}
    taken = frozenset(name for name in changed_there if there[name] != here.get(name))
    return Joined(taken, frozenset(name for name in taken if here.get(name) != base.get(name)))


def changed(base: Said, here: Said) -> frozenset[str]:
    """Name what this side has changed."""
    return frozenset(name for name in here if here[name] != base.get(name))


def patched(content: bytes, ours: Component, names: Iterable[str]) -> bytes:
    """Put the named fields of ours into an entry that somebody else wrote, and leave all else as it is."""
    calendar = Calendar.from_ical(content)
    target = next((each for each in calendar.walk(ours.name) if "RECURRENCE-ID" not in each), None)
    if target is None:
        raise ValueError("the entry holds nothing of this kind")
    put_fields(target, ours, names)
    return written(calendar)


def put_fields(target: Component, ours: Component, names: Iterable[str]) -> None:
    """Put the named fields of ours into one component, as its next version."""
    names, number = set(names), int(target.get("SEQUENCE", 0))
    for prop in {*(each for name in names for each in _PROPERTIES.get(name, ())), *_ALWAYS}:
        target.pop(prop, None)
        moment = getattr(ours.get(prop), "dt", None)
        if isinstance(moment, dt.datetime):
            target.add(prop, moment.astimezone(dt.UTC))  # its calendar need not know our time zone
        elif prop in ours:
            target[prop] = ours[prop]
    target.pop("SEQUENCE", None)
    target.add("SEQUENCE", number + 1)
    if "remind_at" in names:
        alarms = [each for each in ours.subcomponents if each.name == "VALARM"]
        target.subcomponents = [each for each in target.subcomponents if each.name != "VALARM"] + alarms


def is_series(entries: Iterable[CalendarEntry]) -> bool:
    """Tell whether an entry repeats."""
    return any(each.rule or each.added or each.occurrence for each in entries)


def next_shift(entry: CalendarEntry, *, now: dt.datetime) -> dt.timedelta:
    """Tell how far after its first beginning an entry that repeats comes next; nothing where it is over.

    Counted by the clock of Vietnam, at most 20,000 steps: a rule of a million is not followed to its end.
    """
    first = entry.starts_at or (
        dt.datetime.combine(entry.first_day, dt.time.min, ZONE) if entry.first_day else entry.due_at
    )
    if first is None or not entry.rule:
        return dt.timedelta(0)
    begins = first.astimezone(ZONE).replace(tzinfo=None)
    today = now.astimezone(ZONE).replace(tzinfo=None) - dt.timedelta(hours=1)
    left_out = {each.astimezone(ZONE).replace(tzinfo=None) for each in entry.left_out}
    try:
        rule = rrulestr(_without_zone(entry.rule), dtstart=begins)
    except (ValueError, TypeError, KeyError):
        return dt.timedelta(0)
    last = begins
    for step, moment in enumerate(rule):
        if step >= _MOST_STEPS:
            break
        if moment in left_out:
            continue
        last = moment
        if moment >= today:
            break
    return last - begins


def _without_zone(rule: str) -> str:
    """Read an end in world time by the clock here, as the beginning is read."""
    parts = []
    for part in rule.split(";"):
        name, _equals, value = part.partition("=")
        if name.upper() == "UNTIL" and value.endswith("Z"):
            until = dt.datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC).astimezone(ZONE)
            value = until.strftime("%Y%m%dT%H%M%S")
        parts.append(f"{name}={value}" if value else part)
    return ";".join(parts)
