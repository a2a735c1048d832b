"""Appointments and tasks as files and calendar programs carry them (iCalendar, RFC 5545), read and written.

The library icalendar knows the grammar and time zones, also those that a file brings or that Windows names.
Times without a zone are read by the clock of Vietnam. Rules of repetition travel as text: nothing here
follows them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from icalendar import (
    Alarm,
    Calendar,
    Component,
    Event,
    Timezone,
    TimezoneStandard,
    Todo,
    vCalAddress,
    vRecur,
    vText,
)

from duyen.kernel.clock import ZONE, now
from duyen.kernel.errors import DomainError
from duyen.kernel.words import mark

#: More than anybody keeps in one calendar by hand; a file above it is an export of a whole company.
MOST_ENTRIES = 5000
MOST_BYTES = 10 * 1024 * 1024
_LONGEST = {"subject": 300, "place": 300, "body": 20_000, "uid": 255}
_DAY = dt.timedelta(days=1)
#: So long before it is due a task begins that repeats and has no beginning of its own.
_BEFORE_DUE = dt.timedelta(minutes=30)
#: The answers of those who are asked to come, as RFC 5545 §3.2.12 names them.
ACCEPTED, DECLINED, TENTATIVE, NEEDS_ACTION = "ACCEPTED", "DECLINED", "TENTATIVE", "NEEDS-ACTION"
#: States of tasks (§3.8.1.11); appointments know CANCELLED alone, everything else stands.
OPEN, IN_PROCESS, COMPLETED, CANCELLED = "NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"
_STATES = frozenset({OPEN, IN_PROCESS, COMPLETED, CANCELLED})


class NotACalendar(DomainError):
    """The file holds no calendar."""

    code = "not_a_calendar"
    sentence: object = mark(
        "This file is not a whole calendar. Choose a file that a calendar program saved as .ics."
    )


class CalendarTooLarge(DomainError):
    """The file holds more than is taken at once."""

    code = "calendar_too_large"
    sentence = mark(
        "This calendar is too large: at most %(most)s entries and 10 MB at once. "
        "Save a shorter period in your calendar program and choose that file."
    )


class BadEntry(DomainError):
    """One entry of a calendar cannot be understood."""

    code = "bad_entry"
    sentence: object = mark("“%(subject)s” has no time that can be read. It stays out.")


class EndsBeforeStart(BadEntry):
    """One entry ends before it begins."""

    code = "ends_before_start"
    sentence = mark("“%(subject)s” ends before it begins. It stays out.")


@dataclass(frozen=True)
class CalendarPerson:
    """Somebody whom an entry names; `answer` is one of the words above."""

    email: str
    name: str = ""
    answer: str = NEEDS_ACTION
    is_organizer: bool = False


@dataclass(frozen=True)
class CalendarEntry:
    """One appointment or task.

    An appointment has `starts_at` and `ends_at` in UTC, or, for whole days, `first_day` and `last_day`, both
    included. A task has `due_at`, or `due_on` where no hour is given, or neither. `rule` is a RRULE as text,
    `left_out` are starts that fall out of it, `occurrence` is the start that this entry stands in for.
    `is_by_our_clock` tells that its rule falls on the same moments when the clock of Vietnam counts it.
    `reminders` are minutes before the start. `priority` runs from 1 (high) to 9, 0 is none.
    """

    uid: str
    subject: str
    is_task: bool = False
    body: str = ""
    place: str = ""
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    due_at: dt.datetime | None = None
    due_on: dt.date | None = None
    state: str = OPEN
    done_at: dt.datetime | None = None
    priority: int = 0
    progress: int = 0
    is_private: bool = False
    rule: str = ""
    left_out: tuple[dt.datetime, ...] = ()
    added: tuple[dt.datetime, ...] = ()
    occurrence: dt.datetime | None = None
    people: tuple[CalendarPerson, ...] = ()
    reminders: tuple[int, ...] = ()
    changed_at: dt.datetime | None = None
    sequence: int = 0
    url: str = ""
    is_by_our_clock: bool = True

    @property
    def is_all_day(self) -> bool:
        return self.first_day is not None


@dataclass(frozen=True)
class CalendarFile:
    """What a calendar holds: the entries that were understood, and what is wrong with the others."""

    entries: tuple[CalendarEntry, ...]
    problems: tuple[BadEntry, ...] = ()
    name: str = ""


def read_calendar(content: bytes) -> CalendarFile:
    """Read a calendar file. An entry that cannot be understood stops no other one.

    Raises NotACalendar and CalendarTooLarge.
    """
    if len(content) > MOST_BYTES:
        raise CalendarTooLarge(most=MOST_ENTRIES)
    if b"BEGIN:VCALENDAR" not in content.upper():
        raise NotACalendar
    if content.upper().count(b"BEGIN:VEVENT") + content.upper().count(b"BEGIN:VTODO") > MOST_ENTRIES:
        raise CalendarTooLarge(most=MOST_ENTRIES)
    try:
        calendars = Calendar.from_ical(content, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, UnicodeError) as error:
        raise NotACalendar from error
    if not calendars:  # one that was cut off on its way has no end
        raise NotACalendar
    entries: list[CalendarEntry] = []
    problems: list[BadEntry] = []
    for component in (each for calendar in calendars for each in calendar.walk()):
        if component.name not in ("VEVENT", "VTODO"):
            continue
        try:
            entries.append(entry_of(component))
        except BadEntry as problem:
            problems.append(problem)
    name = next((str(each.get("X-WR-CALNAME", "")) for each in calendars), "")
    return CalendarFile(tuple(entries), tuple(problems), name[:120])


def entry_of(component: Component) -> CalendarEntry:
    """Give what a VEVENT or VTODO says. Raises BadEntry."""
    subject = _text(component, "SUMMARY", "subject")
    try:
        return _entry_of(component, subject)
    except BadEntry:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise BadEntry(subject=subject or "—") from error


def _entry_of(component: Component, subject: str) -> CalendarEntry:
    is_task = component.name == "VTODO"
    times = _task_times(component) if is_task else _event_times(component, subject)
    state = str(component.get("STATUS", "")).upper()
    return CalendarEntry(
        uid=_text(component, "UID", "uid"),
        subject=subject,
        is_task=is_task,
        body=_text(component, "DESCRIPTION", "body"),
        place=_text(component, "LOCATION", "place"),
        state=state if state in _STATES else OPEN,
        done_at=_moment(_value(component, "COMPLETED")),
        priority=min(max(int(component.get("PRIORITY", 0)), 0), 9),
        progress=min(max(int(component.get("PERCENT-COMPLETE", 0)), 0), 100),
        is_private=str(component.get("CLASS", "PUBLIC")).upper() in ("PRIVATE", "CONFIDENTIAL"),
        rule=_rule(component),
        left_out=_moments(component, "EXDATE"),
        added=_moments(component, "RDATE"),
        occurrence=_moment(_value(component, "RECURRENCE-ID")),
        people=_people(component),
        reminders=_reminders(component),
        changed_at=_moment(_value(component, "LAST-MODIFIED") or _value(component, "DTSTAMP")),
        sequence=max(int(component.get("SEQUENCE", 0)), 0),
        url=str(component.get("URL", ""))[:500],
        is_by_our_clock=_is_by_our_clock(component),
        **times,
    )


def _is_by_our_clock(component: Component) -> bool:
    """Tell whether a clock that goes evenly, on the same day as here, counts the beginning."""
    begins = _value(component, "DTSTART") or _value(component, "DUE")
    if not isinstance(begins, dt.datetime) or begins.tzinfo is None:
        return True
    halves = {(begins + _DAY * days).utcoffset() for days in (0, 91, 182, 273)}
    return len(halves) == 1 and begins.date() == begins.astimezone(ZONE).date()


def _event_times(component: Component, subject: str) -> dict[str, Any]:
    start, end = _value(component, "DTSTART"), _value(component, "DTEND")
    lasts = _value(component, "DURATION")
    if start is None:
        raise BadEntry(subject=subject or "—")
    if not isinstance(start, dt.datetime):
        last = _day(end) - _DAY if end is not None else start
        if isinstance(lasts, dt.timedelta):
            last = start + max(lasts - _DAY, dt.timedelta(0))
        # Some programs write the day itself as the end of one day.
        if last < start - _DAY:
            raise EndsBeforeStart(subject=subject or "—")
        return {"first_day": start, "last_day": max(start, last)}
    begin = _utc(start)
    if isinstance(lasts, dt.timedelta):
        stop = begin + lasts
    elif end is None:
        stop = begin
    else:
        stop = _utc(end) if isinstance(end, dt.datetime) else _midnight(end)
    if stop < begin:
        raise EndsBeforeStart(subject=subject or "—")
    return {"starts_at": begin, "ends_at": stop}


def _task_times(component: Component) -> dict[str, Any]:
    start, due = _value(component, "DTSTART"), _value(component, "DUE")
    lasts = _value(component, "DURATION")
    if due is None and start is not None and isinstance(lasts, dt.timedelta):
        due = start + lasts
    found: dict[str, Any] = {"starts_at": _utc(start) if isinstance(start, dt.datetime) else None}
    if isinstance(due, dt.datetime):
        return found | {"due_at": _utc(due)}
    return found | {"due_on": due}


def _text(component: Component, name: str, kept: str) -> str:
    # A text that the library could not read is a list of properties of one name: the first one counts.
    value = component.get(name, "")
    first = value[0] if isinstance(value, list) and value else value
    return str(first).replace("\x00", "").strip()[: _LONGEST[kept]]


def _value(component: Component, name: str) -> Any:
    found = component.get(name)
    if isinstance(found, list):
        found = found[0] if found else None
    return getattr(found, "dt", None)


def _day(value: dt.date | dt.datetime) -> dt.date:
    return value.astimezone(ZONE).date() if isinstance(value, dt.datetime) else value


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=ZONE).astimezone(dt.UTC)


def _utc(moment: dt.datetime) -> dt.datetime:
    """Give a moment in UTC; one that names no zone is one of Vietnam."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(dt.UTC)


def _moment(value: dt.date | dt.datetime | None) -> dt.datetime | None:
    if value is None:
        return None
    return _utc(value) if isinstance(value, dt.datetime) else _midnight(value)


def _moments(component: Component, name: str) -> tuple[dt.datetime, ...]:
    held = component.get(name) or []
    lists = held if isinstance(held, list) else [held]
    found = [_moment(_start(each.dt)) for one in lists for each in getattr(one, "dts", [])]
    return tuple(sorted(each for each in found if each is not None))


def _start(value: Any) -> Any:
    """Give the beginning of a period; RDATE may hold periods."""
    return value[0] if isinstance(value, tuple) else value


def _rule(component: Component) -> str:
    held = component.get("RRULE")
    first = held[0] if isinstance(held, list) and held else held
    if not isinstance(first, vRecur):
        return ""
    rule: bytes = first.to_ical()  # type: ignore[no-untyped-call]
    return rule.decode()


def _people(component: Component) -> tuple[CalendarPerson, ...]:
    found = []
    for name in ("ORGANIZER", "ATTENDEE"):
        held = component.get(name) or []
        for each in held if isinstance(held, list) else [held]:
            address = str(each)
            email = address[7:] if address.lower().startswith("mailto:") else address
            if "@" not in email:
                continue
            known = getattr(each, "params", {})
            answer = str(known.get("PARTSTAT", NEEDS_ACTION)).upper()
            found.append(
                CalendarPerson(
                    email=email.strip().lower()[:254],
                    name=str(known.get("CN", "")).strip()[:120],
                    answer=answer if answer in (ACCEPTED, DECLINED, TENTATIVE) else NEEDS_ACTION,
                    is_organizer=name == "ORGANIZER",
                )
            )
    return tuple(found)


def _reminders(component: Component) -> tuple[int, ...]:
    found = set()
    for alarm in component.walk("VALARM"):
        trigger = _value(alarm, "TRIGGER")
        if isinstance(trigger, dt.timedelta) and trigger <= dt.timedelta(0):
            found.add(int(-trigger.total_seconds() // 60))
    return tuple(sorted(found))


def component_of(entry: CalendarEntry) -> Component:
    """Write one entry as a VEVENT or VTODO; by the clock of Vietnam, so that rules keep their hour."""
    component: Component = Todo() if entry.is_task else Event()
    component.add("UID", entry.uid)
    component.add("DTSTAMP", entry.changed_at or now())
    component.add("SUMMARY", entry.subject)
    for name, text in (("DESCRIPTION", entry.body), ("LOCATION", entry.place), ("URL", entry.url)):
        if text:
            component.add(name, text)
    if entry.changed_at:
        component.add("LAST-MODIFIED", entry.changed_at)
    component.add("SEQUENCE", entry.sequence)
    component.add("CLASS", "PRIVATE" if entry.is_private else "PUBLIC")
    _write_times(component, entry)
    _write_state(component, entry)
    if entry.rule:
        write_rule(component, entry.rule)
    is_day = entry.is_all_day
    for name, moments in (("EXDATE", entry.left_out), ("RDATE", entry.added)):
        for moment in moments:
            component.add(name, [_written(moment, is_day=is_day)])
    if entry.occurrence:
        component.add("RECURRENCE-ID", _written(entry.occurrence, is_day=is_day))
    for person in entry.people:
        component.add("ORGANIZER" if person.is_organizer else "ATTENDEE", _address(person))
    for minutes in entry.reminders:
        component.add_component(_alarm(minutes, entry.subject))
    return component


def _write_times(component: Component, entry: CalendarEntry) -> None:
    if entry.first_day is not None:
        component.add("DTSTART", entry.first_day)
        component.add("DTEND", (entry.last_day or entry.first_day) + _DAY)
    elif entry.starts_at is not None:
        component.add("DTSTART", entry.starts_at.astimezone(ZONE))
        if entry.ends_at is not None and not entry.is_task:
            component.add("DTEND", entry.ends_at.astimezone(ZONE))
    if entry.due_at is not None:
        component.add("DUE", entry.due_at.astimezone(ZONE))
        if entry.rule and entry.starts_at is None:
            component.add("DTSTART", _before_due(entry.due_at))
    elif entry.due_on is not None:
        component.add("DUE", entry.due_on)


def _before_due(due: dt.datetime) -> dt.datetime:
    """Give a beginning to a task that repeats, as RFC 5545 §3.8.2.4 demands, on the day when it is due."""
    local = due.astimezone(ZONE)
    return max(local - _BEFORE_DUE, local.replace(hour=0, minute=0, second=0, microsecond=0))


def write_rule(component: Component, rule: str) -> None:
    """Write how a component repeats; its end is a day where it takes whole days (§3.3.10)."""
    begins = _value(component, "DTSTART")
    recur = vRecur.from_ical(rule)
    if begins is not None and not isinstance(begins, dt.datetime):
        recur["UNTIL"] = [_day(each) for each in recur.get("UNTIL", [])]
        if not recur["UNTIL"]:
            del recur["UNTIL"]
    component.pop("RRULE", None)
    component.add("RRULE", recur)


def write_left_out(component: Component, moments: Iterable[dt.datetime]) -> None:
    """Write the times that fall out of its rule, in place of those that stand there."""
    component.pop("EXDATE", None)
    for each in sorted(moments):
        component.add("EXDATE", [as_begun(component, each)])


def as_begun(component: Component, moment: dt.datetime) -> dt.date | dt.datetime:
    """Give a moment as a component writes its beginning: a day, or by the same clock."""
    begins = _value(component, "DTSTART")
    if begins is not None and not isinstance(begins, dt.datetime):
        return moment.astimezone(ZONE).date()
    if begins is not None and begins.tzinfo is None:
        return moment.astimezone(ZONE).replace(tzinfo=None)
    return moment.astimezone(begins.tzinfo if begins is not None else ZONE)


def _write_state(component: Component, entry: CalendarEntry) -> None:
    if not entry.is_task:
        component.add("STATUS", CANCELLED if entry.state == CANCELLED else "CONFIRMED")
        return
    component.add("STATUS", entry.state)
    if entry.priority:
        component.add("PRIORITY", entry.priority)
    if entry.progress:
        component.add("PERCENT-COMPLETE", entry.progress)
    if entry.done_at:
        component.add("COMPLETED", entry.done_at)


def _written(moment: dt.datetime, *, is_day: bool) -> dt.date | dt.datetime:
    local = moment.astimezone(ZONE)
    return local.date() if is_day else local


def _address(person: CalendarPerson) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    if person.name:
        address.params["CN"] = vText(person.name)
    if not person.is_organizer:
        address.params["PARTSTAT"] = vText(person.answer)
    return address


def _alarm(minutes: int, subject: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", subject)
    alarm.add("TRIGGER", dt.timedelta(minutes=-minutes))
    return alarm


def write_calendar(entries: Iterable[CalendarEntry], *, name: str = "", refresh_minutes: int = 0) -> bytes:
    """Write a whole calendar with its time zone; `refresh_minutes` tells how often to fetch it anew."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Duyen//Duyen CRM//VI")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    if name:
        calendar.add("X-WR-CALNAME", name)
        calendar.add("X-WR-TIMEZONE", ZONE.key)
    if refresh_minutes:
        calendar.add(
            "REFRESH-INTERVAL", dt.timedelta(minutes=refresh_minutes), parameters={"VALUE": "DURATION"}
        )
        calendar.add("X-PUBLISHED-TTL", f"PT{refresh_minutes}M")
    calendar.add_component(_vietnam())
    for entry in entries:
        calendar.add_component(component_of(entry))
    return written(calendar)


class _Text(vText):
    """A text as RFC 5545 §3.3.11 escapes it; the library takes a stroke before N for the end of a line."""

    def to_ical(self) -> bytes:
        text = str(self).replace("\r\n", "\n").replace("\r", "\n")
        for sign, said in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
            text = text.replace(sign, said)
        return text.encode()


def written(calendar: Calendar) -> bytes:
    """Write a calendar, ours or somebody else's, with each text as it is."""
    for component in calendar.walk():
        for name, value in list(component.items()):
            held = value if isinstance(value, list) else [value]
            told = [_Text(each, params=each.params) if type(each) is vText else each for each in held]
            component[name] = told if isinstance(value, list) else told[0]
    content: bytes = calendar.to_ical()
    return content


def _vietnam() -> Timezone:
    """Describe the clock of Vietnam, which has stood at UTC+7 all year since 13/6/1975."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("TZID", ZONE.key)
    standard.add("DTSTART", dt.datetime(1975, 6, 13))  # noqa: DTZ001 - by its own clock, as RFC 5545 wants it
    standard.add("TZOFFSETFROM", dt.timedelta(hours=8))
    standard.add("TZOFFSETTO", dt.timedelta(hours=7))
    standard.add("TZNAME", "+07")
    zone.add_component(standard)
    return zone
