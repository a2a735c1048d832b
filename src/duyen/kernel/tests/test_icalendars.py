"""Calendar files come in and go out without losing what they say."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.icalendars import (
    ACCEPTED,
    MOST_BYTES,
    MOST_ENTRIES,
    OPEN,
    CalendarEntry,
    CalendarPerson,
    CalendarTooLarge,
    EndsBeforeStart,
    NotACalendar,
    read_calendar,
    write_calendar,
)

MOMENT = dt.datetime(2026, 11, 26, 3, 0, tzinfo=dt.UTC)
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n"


def _file(*lines: str, kind: str = "VEVENT", before: str = "") -> bytes:
    body = "\r\n".join((f"BEGIN:{kind}", "UID:1@example.com", "SUMMARY:Họp giao ban", *lines, f"END:{kind}"))
    return f"{HEAD}{before}{body}\r\nEND:VCALENDAR\r\n".encode()


def _only(content: bytes) -> CalendarEntry:
    found = read_calendar(content)
    assert not found.problems
    (entry,) = found.entries
    return entry


_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=60
)
_moments = st.integers(631_152_000, 3_786_912_000).map(
    lambda second: dt.datetime.fromtimestamp(second, dt.UTC)
)


@given(
    subject=_texts,
    body=_texts,
    place=_texts,
    start=_moments,
    minutes=st.integers(0, 5000),
    private=st.booleans(),
)
def test_an_appointment_comes_back_as_it_went(
    subject: str, body: str, place: str, start: dt.datetime, minutes: int, private: bool
) -> None:
    entry = CalendarEntry(
        uid="1@example.com",
        subject=subject,
        body=body,
        place=place,
        starts_at=start,
        ends_at=start + dt.timedelta(minutes=minutes),
        is_private=private,
        rule="FREQ=WEEKLY;BYDAY=TH",
        left_out=(start + dt.timedelta(days=7),),
        people=(CalendarPerson("a@example.com", "Đặng Ấn", ACCEPTED),),
        reminders=(15, 60),
        changed_at=MOMENT,
        sequence=3,
    )

    assert _only(write_calendar([entry])) == entry


@pytest.mark.parametrize("text", [r"C:\Nam\new", "dòng 1\ndòng 2", r"a\; b\, c\\N", "Hải Phòng; Hà Nội, \\n"])
def test_a_stroke_is_no_end_of_a_line(text: str) -> None:
    entry = CalendarEntry(uid="1@example.com", subject="Họp", body=text, starts_at=MOMENT, changed_at=MOMENT)

    assert _only(write_calendar([entry])).body == text


@given(first=st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), days=st.integers(0, 40))
def test_whole_days_come_back_with_their_last_day(first: dt.date, days: int) -> None:
    entry = CalendarEntry(
        uid="1",
        subject="Hội chợ",
        first_day=first,
        last_day=first + dt.timedelta(days=days),
        changed_at=MOMENT,
    )

    assert _only(write_calendar([entry])) == entry


@given(due=st.one_of(st.none(), _moments), priority=st.integers(0, 9), progress=st.integers(0, 100))
def test_a_task_comes_back_as_it_went(due: dt.datetime | None, priority: int, progress: int) -> None:
    entry = CalendarEntry(
        uid="1",
        subject="Gọi lại",
        is_task=True,
        due_at=due,
        priority=priority,
        progress=progress,
        changed_at=MOMENT,
    )

    assert _only(write_calendar([entry])) == entry


def test_reads_the_zone_that_a_windows_program_names() -> None:
    entry = _only(_file("DTSTART;TZID=SE Asia Standard Time:20261126T090000", "DURATION:PT1H"))

    assert entry.starts_at == dt.datetime(2026, 11, 26, 2, tzinfo=dt.UTC)
    assert entry.ends_at == dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC)


def test_reads_the_zone_that_a_file_brings_itself() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Văn phòng Tokyo\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )

    entry = _only(_file("DTSTART;TZID=Văn phòng Tokyo:20261126T090000", before=zone))

    assert entry.starts_at == dt.datetime(2026, 11, 26, 0, tzinfo=dt.UTC)


def test_a_time_without_a_zone_is_one_of_vietnam() -> None:
    entry = _only(_file("DTSTART:20261126T090000", "DTEND:20261126T100000"))

    assert entry.starts_at == dt.datetime(2026, 11, 26, 2, tzinfo=dt.UTC)


def test_summer_time_of_another_country_is_kept() -> None:
    entry = _only(
        _file("DTSTART;TZID=Europe/Paris:20260701T090000", "DTEND;TZID=Europe/Paris:20260701T100000")
    )

    assert entry.starts_at == dt.datetime(2026, 7, 1, 7, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (("DTSTART;VALUE=DATE:20261126",), 26),
        (("DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261127"), 26),
        (("DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261126"), 26),
        (("DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261129"), 28),
        (("DTSTART;VALUE=DATE:20261126", "DURATION:P2D"), 27),
    ],
)
def test_the_end_of_whole_days_lies_outside(lines: tuple[str, ...], last: int) -> None:
    entry = _only(_file(*lines))

    assert (entry.first_day, entry.last_day) == (dt.date(2026, 11, 26), dt.date(2026, 11, last))


def test_what_ends_before_it_begins_stays_out_and_stops_no_other() -> None:
    bad = _file("DTSTART:20261126T090000Z", "DTEND:20261126T080000Z").decode()
    good = "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Gặp\r\nDTSTART:20261126T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR"

    found = read_calendar(bad.replace("END:VCALENDAR", good).encode())

    assert [each.subject for each in found.entries] == ["Gặp"]
    assert [type(each) for each in found.problems] == [EndsBeforeStart]
    assert found.problems[0].params == {"subject": "Họp giao ban"}


@pytest.mark.parametrize(
    "lines", [(), ("DTSTART:hôm nay",), ("DTSTART:20261326T090000Z",), ("DTSTART:00000101T000000",)]
)
def test_an_entry_without_a_readable_time_is_told(lines: tuple[str, ...]) -> None:
    found = read_calendar(_file(*lines))

    assert not found.entries
    assert [each.code for each in found.problems] == ["bad_entry"]


def test_reads_a_task_of_another_program() -> None:
    entry = _only(
        _file(
            "DUE;VALUE=DATE:20261127", "STATUS:IN-PROCESS", "PERCENT-COMPLETE:40", "PRIORITY:1", kind="VTODO"
        )
    )

    assert (entry.is_task, entry.due_on, entry.progress, entry.priority) == (
        True,
        dt.date(2026, 11, 27),
        40,
        1,
    )
    assert entry.state == "IN-PROCESS"


@pytest.mark.parametrize(
    "content", [b"", b"name;phone\r\n", b"\x89PNG\r\n", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"]
)
def test_refuses_what_is_no_calendar(content: bytes) -> None:
    with pytest.raises(NotACalendar):
        read_calendar(content)


def test_refuses_what_is_too_large() -> None:
    with pytest.raises(CalendarTooLarge):
        read_calendar(b"BEGIN:VCALENDAR" + b" " * MOST_BYTES)
    with pytest.raises(CalendarTooLarge):
        read_calendar(b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * (MOST_ENTRIES + 1))


def test_an_odd_answer_counts_as_none() -> None:
    entry = _only(
        _file(
            "DTSTART:20261126T090000Z",
            "ATTENDEE;CN=An;PARTSTAT=X-SOMETHING:mailto:An@Example.com",
            "ATTENDEE:tel:0912345678",
        )
    )

    assert entry.people == (CalendarPerson("an@example.com", "An"),)
    assert replace(entry, people=()).state == OPEN


def test_writes_rules_by_the_clock_of_vietnam() -> None:
    """Seven in the morning on a Monday is a Sunday in UTC: the weekday of a rule must be that of Vietnam."""
    monday = dt.datetime(2026, 11, 29, 23, 30, tzinfo=dt.UTC)
    entry = CalendarEntry(
        uid="1",
        subject="Giao ban",
        starts_at=monday,
        ends_at=monday,
        rule="FREQ=WEEKLY;BYDAY=MO",
        changed_at=MOMENT,
    )

    written = write_calendar([entry], name="Lịch", refresh_minutes=60).decode()

    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261130T063000" in written
    assert "BEGIN:VTIMEZONE" in written
    assert "X-WR-CALNAME:Lịch" in written
