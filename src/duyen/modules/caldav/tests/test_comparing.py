"""What each side changed is found field by field, and what the phone wrote is left alone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.kernel.clock import ZONE
from duyen.kernel.icalendars import CalendarEntry
from duyen.modules.caldav.comparing import changed, join, next_shift
from duyen.modules.caldav.protocol import NotCalDav, read_told

_SAID = st.fixed_dictionaries({name: st.sampled_from(["", "a", "b"]) for name in ("subject", "place")})
MONDAY = dt.datetime(2026, 11, 2, 8, 0, tzinfo=ZONE)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws slowly
@given(base=_SAID, here=_SAID, there=_SAID)
def test_loses_no_change_of_either_side(
    base: dict[str, str], here: dict[str, str], there: dict[str, str]
) -> None:
    joined = join(base=base, here=here, there=there)

    after = {name: there[name] if name in joined.taken else here[name] for name in here}
    for name in base:
        if there[name] != base[name]:
            assert after[name] == there[name]
        else:
            assert after[name] == here[name]
        if here[name] not in (base[name], after[name]):
            assert name in joined.gave_way
    # What is still to be sent there is what only this side had changed.
    assert changed(there, after) == {name for name in base if there[name] == base[name] != here[name]}


def _entry(rule: str, left_out: tuple[dt.datetime, ...] = ()) -> CalendarEntry:
    end = MONDAY + dt.timedelta(hours=1)
    return CalendarEntry("u", "Giao ban", starts_at=MONDAY, ends_at=end, rule=rule, left_out=left_out)


@pytest.mark.parametrize(
    ("rule", "at", "days"),
    [
        ("FREQ=WEEKLY", "2026-11-26 10:00", 28),
        ("FREQ=WEEKLY;COUNT=2", "2026-11-26 10:00", 7),
        ("FREQ=DAILY;UNTIL=20261104T010000Z", "2026-11-26 10:00", 2),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "2026-11-03 10:00", 2),
        ("", "2026-11-26 10:00", 0),
        ("FREQ=NIE", "2026-11-26 10:00", 0),
    ],
)
def test_finds_where_a_repeating_entry_comes_next(rule: str, at: str, days: int) -> None:
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=ZONE)

    assert next_shift(_entry(rule), now=moment) == dt.timedelta(days=days)


def test_passes_over_a_time_that_was_taken_out() -> None:
    left_out = (MONDAY + dt.timedelta(days=7),)

    shift = next_shift(_entry("FREQ=WEEKLY", left_out=left_out), now=MONDAY + dt.timedelta(days=3))

    assert shift == dt.timedelta(days=14)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Welcome</html>",
        b"not xml <",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc">]><multistatus xmlns="DAV:">&b;</multistatus>',
    ],
)
def test_takes_no_other_answer_for_a_calendar(content: bytes) -> None:
    with pytest.raises(NotCalDav):
        read_told(content, base="https://lich.example.com/")
