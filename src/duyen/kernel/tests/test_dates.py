"""Days, moments and the clock. Today is Saturday 21/11/2026."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.clock import now, stopped, today
from duyen.kernel.dates import (
    DateError,
    DateUnlikely,
    near,
    read_date,
    show_date,
    show_moment,
    show_time,
)

TODAY = dt.date(2026, 11, 21)
days = st.dates(dt.date(1800, 1, 1), dt.date(2199, 12, 31))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("23/11/2026", "2026-11-23"), ("3/1/2026", "2026-01-03"), ("03-01-2026", "2026-01-03"),
        ("3.1.26", "2026-01-03"), ("3 / 1 / 2026", "2026-01-03"), ("2026-11-23", "2026-11-23"),
        ("2026-11-23T09:30:00Z", "2026-11-23"), ("2026-11-23 00:00:00", "2026-11-23"),
        ("29/02/2024", "2024-02-29"), ("3/1/41", "2041-01-03"), ("3/1/46", "2046-01-03"),
        ("3/1/47", "1947-01-03"), ("12/5/65", "1965-05-12"), (" 23/11/2026 ", "2026-11-23"),
        ("hôm nay", "2026-11-21"), ("Hôm Nay", "2026-11-21"), ("hom nay", "2026-11-21"),
        ("mai", "2026-11-22"), ("ngày mai", "2026-11-22"), ("hôm qua", "2026-11-20"),
        ("+7", "2026-11-28"), ("+ 7", "2026-11-28"), ("-1", "2026-11-20"), ("t6", "2026-11-27"),
        ("T7", "2026-11-21"), ("cn", "2026-11-22"), ("chủ nhật", "2026-11-22"), ("thứ 2", "2026-11-23"),
        ("thứ tư", "2026-11-25"), ("today", "2026-11-21"),
    ],
)  # fmt: skip
def test_reads_a_day_as_people_write_it(written: str, day: str) -> None:
    assert read_date(written, today=TODAY).isoformat() == day


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("", DateError), ("31/02/2026", DateError), ("2026-13-01", DateError), ("23/11", DateError),
        ("t9", DateError), ("mai mốt", DateError), ("23112026", DateError), ("1/1/0026", DateUnlikely),
        ("1/1/2926", DateUnlikely), ("٣/١/٢٠٢٦", DateError), ("1/1/202", DateError),
        ("+99999", DateError),
    ],
)  # fmt: skip
def test_refuses_what_is_on_no_calendar(written: str, error: type[DateError]) -> None:
    with pytest.raises(DateError) as refusal:
        read_date(written, today=TODAY)

    assert type(refusal.value) is error
    assert str(refusal.value)


@given(days)
def test_reads_back_what_it_shows(day: dt.date) -> None:
    assert read_date(show_date(day), today=TODAY) == day
    assert read_date(day.isoformat(), today=TODAY) == day


@given(st.text(alphabet="0123456789/-.+ thứainomqủậ", max_size=12) | st.text(max_size=12))
def test_meets_any_text_with_a_day_or_its_own_refusal(written: str) -> None:
    with suppress(DateError):
        assert read_date(written, today=TODAY).year in range(1800, 2200)


def test_shows_moments_by_the_clock_of_vietnam() -> None:
    moment = dt.datetime(2026, 11, 22, 18, 5, tzinfo=dt.UTC)

    assert show_moment(moment) == "23/11/2026 01:05"
    assert show_time(moment) == "01:05"


@pytest.mark.parametrize(
    ("moment", "vi", "en"),
    [
        ("2026-11-21T02:30:00+00:00", "hôm nay 09:30", "today 09:30"),
        ("2026-11-20T16:59:00+00:00", "hôm qua 23:59", "yesterday 23:59"),
        ("2026-11-20T17:00:00+00:00", "hôm nay 00:00", "today 00:00"),
        ("2026-11-21T17:00:00+00:00", "ngày mai 00:00", "tomorrow 00:00"),
        ("2026-11-19T02:00:00+00:00", "2 ngày trước", "2 days ago"),
        ("2026-11-24T02:00:00+00:00", "3 ngày nữa", "in 3 days"),
        ("2026-11-14T02:00:00+00:00", "14/11/2026", "14/11/2026"),
        ("2026-11-28T02:00:00+00:00", "28/11/2026", "28/11/2026"),
    ],
)
def test_writes_near_moments_in_words(moment: str, vi: str, en: str) -> None:
    here = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)

    assert near(dt.datetime.fromisoformat(moment), now=here) == vi
    assert near(dt.datetime.fromisoformat(moment), now=here, language="en") == en


class TestClock:
    def test_begins_the_day_at_midnight_in_vietnam(self) -> None:
        with stopped(dt.datetime(2026, 12, 31, 17, tzinfo=dt.UTC)):
            assert today() == dt.date(2027, 1, 1)
        with stopped(dt.datetime(2026, 12, 31, 16, 59, tzinfo=dt.UTC)):
            assert today() == dt.date(2026, 12, 31)

    def test_stands_still_while_it_is_stopped_and_runs_on_after(self) -> None:
        at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

        with stopped(at):
            assert now() == now() == at
        assert now() > at

    def test_needs_a_time_zone(self) -> None:
        with pytest.raises(ValueError, match="time zone"), stopped(dt.datetime(2026, 1, 1)):  # noqa: DTZ001
            pass
