"""What goes out to a calendar program comes back as what it was."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.clock import ZONE
from duyen.kernel.icalendars import CalendarPerson, read_calendar, write_calendar
from duyen.modules.activities.ics import (
    entry_from,
    from_ics,
    incoming_from,
    own_id,
    participants_from,
    to_ics,
    uid_of,
)
from duyen.modules.activities.words import ActivityKind, ActivityState

MOMENT = dt.datetime(2026, 11, 26, 3, 0, tzinfo=dt.UTC)


def _activity(**other: Any) -> dict[str, Any]:
    return {
        "id": 12,
        "kind": ActivityKind.MEETING.value,
        "subject": "Họp rà soát kỹ thuật",
        "body": "Mang bản vẽ",
        "place": "Phòng họp 3",
        "state": ActivityState.PLANNED.value,
        "starts_at": MOMENT,
        "ends_at": MOMENT + dt.timedelta(hours=1),
        "all_day": False,
        "due_at": None,
        "done_at": None,
        "remind_at": None,
        "priority": "NORMAL",
        "progress": 0,
        "is_private": False,
        "participants": [],
        "updated_at": MOMENT,
        "version": 4,
        **other,
    }


@given(
    start=st.integers(0, 60 * 24 * 365).map(lambda minutes: MOMENT + dt.timedelta(minutes=minutes)),
    lasts=st.integers(0, 60 * 24 * 30),
    is_private=st.booleans(),
)
def test_an_appointment_keeps_its_time_and_words(start: dt.datetime, lasts: int, is_private: bool) -> None:
    end = start + dt.timedelta(minutes=lasts)
    activity = _activity(starts_at=start, ends_at=end, is_private=is_private)

    found = from_ics(to_ics(activity))

    assert found.entity == "activities"
    assert own_id(found.uid) == 12
    assert {name: found.values[name] for name in ("subject", "body", "place", "is_private")} == {
        "subject": "Họp rà soát kỹ thuật",
        "body": "Mang bản vẽ",
        "place": "Phòng họp 3",
        "is_private": is_private,
    }
    assert (found.values["starts_at"], found.values["ends_at"], found.values["all_day"]) == (
        start,
        end,
        False,
    )


@pytest.mark.parametrize("days", [1, 3])
def test_whole_days_keep_their_midnights(days: int) -> None:
    start = dt.datetime(2026, 11, 26, tzinfo=ZONE)
    end = start + dt.timedelta(days=days)

    found = from_ics(to_ics(_activity(starts_at=start, ends_at=end, all_day=True)))

    assert (found.values["starts_at"], found.values["ends_at"], found.values["all_day"]) == (start, end, True)


@pytest.mark.parametrize("state", list(ActivityState))
@pytest.mark.parametrize("priority", ["HIGH", "NORMAL", "LOW"])
def test_a_task_keeps_state_priority_progress_and_due_date(state: ActivityState, priority: str) -> None:
    task = _activity(
        kind=ActivityKind.TASK.value,
        starts_at=None,
        ends_at=None,
        due_at=MOMENT,
        state=state.value,
        done_at=MOMENT if state is ActivityState.DONE else None,
        priority=priority,
        progress=40,
    )

    found = from_ics(to_ics(task))

    assert (found.entity, found.state) == ("tasks", state)
    assert found.values["due_at"] == MOMENT
    assert (found.values["priority"], found.values["progress"]) == (priority, 40)


def test_a_task_of_a_day_is_due_at_the_end_of_work() -> None:
    lines = ("BEGIN:VCALENDAR", "BEGIN:VTODO", "UID:1", "SUMMARY:Gọi", "DUE;VALUE=DATE:20261127", "END:VTODO")
    (entry,) = read_calendar("\r\n".join((*lines, "END:VCALENDAR", "")).encode()).entries

    assert incoming_from(entry).values["due_at"] == dt.datetime(2026, 11, 27, 17, tzinfo=ZONE)


def test_a_reminder_stays_as_far_before() -> None:
    activity = _activity(remind_at=MOMENT - dt.timedelta(minutes=45))

    assert from_ics(to_ics(activity)).values["remind_at"] == MOMENT - dt.timedelta(minutes=45)


def test_a_foreign_uid_is_kept_and_is_nobodys_own() -> None:
    component = to_ics(_activity(), uid="abc-123@google.com")

    found = from_ics(component)

    assert found.uid == "abc-123@google.com"
    assert own_id(found.uid) is None


@pytest.mark.parametrize("uid", ["activity-12@x.duyen", "activity-@", "activity-12", "", "x" * 300])
def test_a_uid_of_another_house_is_not_ours(uid: str) -> None:
    assert own_id(uid) is None


def test_a_uid_stays_the_same() -> None:
    assert uid_of(12) == uid_of(12)
    assert own_id(uid_of(987)) == 987


def test_people_of_the_house_come_back_by_their_ids() -> None:
    people = (CalendarPerson("hanh@example.com", "Hạnh", "ACCEPTED"), CalendarPerson("an@example.com", "An"))
    written = write_calendar([entry_from(_activity(), people=people)])
    (entry,) = read_calendar(written).entries

    found = participants_from(incoming_from(entry).people, {"hanh@example.com": 7})

    assert found == [
        {"entity": "users", "id": 7, "answer": "YES"},
        {"name": "An", "email": "an@example.com", "answer": ""},
    ]


def test_guests_go_out_with_their_answers() -> None:
    guest = {"name": "Lê An", "email": "an@example.com", "answer": "NO"}

    written = write_calendar([entry_from(_activity(participants=[guest, {"entity": "users", "id": 3}]))])

    assert b"PARTSTAT=DECLINED:mailto:an@example.com" in written.replace(b"\r\n ", b"")
