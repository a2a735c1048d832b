"""An activity as calendar programs know it, and back: the one place where both are matched.

`to_ics` and `from_ics` are what synchronisation, feeds and imports stand on. A task is a VTODO, all else with
a beginning a VEVENT. No rights are asked here: whoever calls has asked them, and writes through the actions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from icalendar import Component

from duyen.foundation.sensitive import digest
from duyen.kernel import icalendars
from duyen.kernel.clock import ZONE
from duyen.kernel.day_grid import midnight, touched_days
from duyen.kernel.icalendars import CalendarEntry, CalendarPerson, component_of, entry_of
from duyen.modules.activities.words import ActivityKind, ActivityState, Answer, Priority

#: The columns of an activity that `to_ics` reads.
COLUMNS = (
    "id",
    "kind",
    "subject",
    "body",
    "place",
    "state",
    "starts_at",
    "ends_at",
    "all_day",
    "due_at",
    "done_at",
    "remind_at",
    "priority",
    "progress",
    "is_private",
    "participants",
    "updated_at",
    "version",
)
#: The hour by which a task of a day without an hour is due.
DUE_HOUR = dt.time(17, 0)
_SUBJECT, _PLACE = 250, 250
_STATES = {
    ActivityState.PLANNED: icalendars.OPEN,
    ActivityState.STARTED: icalendars.IN_PROCESS,
    ActivityState.DONE: icalendars.COMPLETED,
    ActivityState.CANCELLED: icalendars.CANCELLED,
}
_STATES_BACK = {told: state for state, told in _STATES.items()}
_PRIORITIES = {Priority.HIGH: 1, Priority.NORMAL: 0, Priority.LOW: 9}
_ANSWERS = {
    Answer.YES: icalendars.ACCEPTED,
    Answer.NO: icalendars.DECLINED,
    Answer.MAYBE: icalendars.TENTATIVE,
    Answer.NONE: icalendars.NEEDS_ACTION,
}
_ANSWERS_BACK = {told: answer for answer, told in _ANSWERS.items()}


@dataclass(frozen=True)
class Incoming:
    """What a calendar's entry means here.

    `values` are fields of the entity `entity`, as `create` and `change` take them; `state` is where it should
    stand, to be reached by a command. `rule`, `left_out` and `occurrence` tell how it repeats (RFC 5545).
    """

    entity: str
    uid: str
    values: Mapping[str, Any]
    state: ActivityState = ActivityState.PLANNED
    rule: str = ""
    left_out: tuple[dt.datetime, ...] = ()
    added: tuple[dt.datetime, ...] = ()
    occurrence: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    people: tuple[CalendarPerson, ...] = field(default=())


def uid_of(activity_id: int) -> str:
    """Give the name under which an activity made here is known to calendars, the same for ever."""
    return named_here(f"activity-{activity_id}")


def named_here(name: str) -> str:
    """Give the name of something of this installation, which no other one gives."""
    return f"{name}@{_installation()}.duyen"


def is_coming(uid: str) -> bool:
    """Tell whether a UID names what a series made here is still to bring."""
    head, _at, home = uid.partition("@")
    return head.startswith("series-") and home == f"{_installation()}.duyen"


def own_series_id(uid: str) -> int | None:
    """Give the series that a UID made here names; nothing for any other one."""
    number = uid.partition("@")[0].removeprefix("series-")
    return int(number) if is_coming(uid) and number.isdecimal() and len(number) < 19 else None


def own_id(uid: str) -> int | None:
    """Give the activity that a UID made here names; nothing for any other one."""
    head, _at, home = uid.partition("@")
    number = head.removeprefix("activity-")
    is_own = home == f"{_installation()}.duyen" and head != number and number.isdecimal()
    return int(number) if is_own and len(number) < 19 else None


def _installation() -> str:
    """Tell this installation from others, so that a file of one is no file of another."""
    return digest("calendar").hex()[:12]


def to_ics(
    activity: Mapping[str, Any],
    *,
    uid: str = "",
    people: tuple[CalendarPerson, ...] = (),
    rule: str = "",
    url: str = "",
) -> Component:
    """Give an activity, by its columns, as a VEVENT or VTODO.

    `uid` is the name it came with, where it was not made here; `people` are those of the house who take part
    (guests stand in the activity itself); `rule` is how it repeats.
    """
    return component_of(entry_from(activity, uid=uid, people=people, rule=rule, url=url))


def entry_from(
    activity: Mapping[str, Any],
    *,
    uid: str = "",
    people: tuple[CalendarPerson, ...] = (),
    rule: str = "",
    url: str = "",
) -> CalendarEntry:
    """Give an activity, by its columns, as an entry of a calendar."""
    is_task = activity["kind"] == ActivityKind.TASK or activity["starts_at"] is None
    times = _task_times(activity) if is_task else _times(activity)
    return CalendarEntry(
        uid=uid or uid_of(activity["id"]),
        subject=activity["subject"],
        is_task=is_task,
        body=activity["body"],
        place=activity["place"],
        state=_STATES[ActivityState(activity["state"])],
        done_at=activity["done_at"],
        priority=_PRIORITIES[Priority(activity["priority"])] if is_task else 0,
        progress=activity["progress"] if is_task else 0,
        is_private=activity["is_private"],
        people=(*people, *_guests(activity["participants"])),
        reminders=_reminders(activity),
        changed_at=activity["updated_at"],
        sequence=max(activity["version"] - 1, 0),
        rule=rule,
        url=url,
        **times,
    )


def _task_times(activity: Mapping[str, Any]) -> dict[str, Any]:
    return {"starts_at": activity["starts_at"], "due_at": activity["due_at"]}


def _times(activity: Mapping[str, Any]) -> dict[str, Any]:
    start, end = activity["starts_at"], activity["ends_at"] or activity["starts_at"]
    if not activity["all_day"]:
        return {"starts_at": start, "ends_at": end}
    first, last = touched_days(start, end)
    return {"first_day": first, "last_day": last}


def _guests(participants: Any) -> tuple[CalendarPerson, ...]:
    """Give those from outside who have an address; records are named by whoever may read them."""
    return tuple(
        CalendarPerson(each["email"], each.get("name", ""), _ANSWERS[Answer(each.get("answer", ""))])
        for each in participants or ()
        if each.get("email")
    )


def _reminders(activity: Mapping[str, Any]) -> tuple[int, ...]:
    begins = activity["starts_at"] or activity["due_at"]
    if not activity["remind_at"] or not begins or activity["remind_at"] > begins:
        return ()
    return (int((begins - activity["remind_at"]).total_seconds() // 60),)


def from_ics(component: Component) -> Incoming:
    """Give what a VEVENT or VTODO means here. Raises icalendars.BadEntry."""
    return incoming_from(entry_of(component))


def incoming_from(entry: CalendarEntry) -> Incoming:
    """Give what an entry of a calendar means here."""
    values: dict[str, Any] = {
        "subject": entry.subject[:_SUBJECT],
        "body": entry.body,
        "place": entry.place[:_PLACE],
        "is_private": entry.is_private,
    }
    values |= _todo_values(entry) if entry.is_task else _event_values(entry)
    begins = values.get("starts_at") or values.get("due_at")
    values["remind_at"] = (
        begins - dt.timedelta(minutes=max(entry.reminders)) if begins and entry.reminders else None
    )
    return Incoming(
        entity="tasks" if entry.is_task else "activities",
        uid=entry.uid,
        values=values,
        state=_state(entry),
        rule=entry.rule,
        left_out=entry.left_out,
        added=entry.added,
        occurrence=entry.occurrence,
        changed_at=entry.changed_at,
        people=tuple(each for each in entry.people if not each.is_organizer),
    )


def _event_values(entry: CalendarEntry) -> dict[str, Any]:
    if entry.first_day is not None:
        last = entry.last_day or entry.first_day
        start, end = midnight(entry.first_day), midnight(last + dt.timedelta(days=1))
    else:
        start, end = entry.starts_at, entry.ends_at  # type: ignore[assignment]  # one of both is given
    return {
        "kind": ActivityKind.MEETING.value,
        "starts_at": start,
        "ends_at": end,
        "all_day": entry.is_all_day,
    }


def _todo_values(entry: CalendarEntry) -> dict[str, Any]:
    due = entry.due_at
    if due is None and entry.due_on is not None:
        due = dt.datetime.combine(entry.due_on, DUE_HOUR, tzinfo=ZONE).astimezone(dt.UTC)
    high, low = range(1, 5), range(6, 10)
    priority = (
        Priority.HIGH
        if entry.priority in high
        else Priority.LOW
        if entry.priority in low
        else Priority.NORMAL
    )
    return {
        "due_at": due,
        "starts_at": entry.starts_at,
        "priority": priority.value,
        "progress": entry.progress,
    }


def _state(entry: CalendarEntry) -> ActivityState:
    found = _STATES_BACK[entry.state]
    if entry.done_at and found is ActivityState.PLANNED:
        return ActivityState.DONE
    return found


def participants_from(people: tuple[CalendarPerson, ...], users: Mapping[str, int]) -> list[dict[str, Any]]:
    """Give people of a calendar as participants; `users` are ids of the house by e-mail in small letters."""
    return [
        {
            **(
                {"entity": "users", "id": users[each.email]}
                if each.email in users
                else {"name": each.name, "email": each.email}
            ),
            "answer": _ANSWERS_BACK[each.answer].value,
        }
        for each in people
    ]
