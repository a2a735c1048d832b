"""A line that somebody types says when at its end."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.clock import ZONE
from duyen.kernel.endings import Ending, read_ending

#: A Thursday, ten in the morning.
NOW = dt.datetime(2026, 11, 26, 10, 0, tzinfo=ZONE)
TODAY = NOW.date()


def _in(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "words", "day", "time"),
    [
        ("Gọi lại chị Trà mai 15:00", "Gọi lại chị Trà", _in(1), dt.time(15)),
        ("Gọi lại chị Trà 15:00 mai", "Gọi lại chị Trà", _in(1), dt.time(15)),
        ("Gửi báo giá t6", "Gửi báo giá", _in(1), None),
        ("Gửi báo giá thứ sáu", "Gửi báo giá", _in(1), None),
        ("Gửi báo giá thứ 2 9h", "Gửi báo giá", _in(4), dt.time(9)),
        ("Nộp hồ sơ chủ nhật", "Nộp hồ sơ", _in(3), None),
        ("Nộp hồ sơ cn", "Nộp hồ sơ", _in(3), None),
        ("Nhắc đóng cước +7", "Nhắc đóng cước", _in(7), None),
        ("Khảo sát 30/11", "Khảo sát", dt.date(2026, 11, 30), None),
        ("Khảo sát 1/2", "Khảo sát", dt.date(2027, 2, 1), None),
        ("Khảo sát 30/11/2026 lúc 8h30", "Khảo sát", dt.date(2026, 11, 30), dt.time(8, 30)),
        ("Khảo sát vào ngày mai", "Khảo sát", _in(1), None),
        ("Họp nhóm 15h", "Họp nhóm", TODAY, dt.time(15)),
        ("Họp nhóm 3h chiều", "Họp nhóm", TODAY, dt.time(15)),
        ("Họp nhóm 8 giờ tối mai", "Họp nhóm", _in(1), dt.time(20)),
        ("Họp nhóm 8 giờ 30 mai", "Họp nhóm", _in(1), dt.time(8, 30)),
        ("Họp nhóm 9:00", "Họp nhóm", _in(1), dt.time(9)),
        ("gui bao gia hom nay", "gui bao gia", TODAY, None),
        ("Gửi hàng mốt", "Gửi hàng", _in(2), None),
    ],
)
def test_reads_the_end(text: str, words: str, day: dt.date | None, time: dt.time | None) -> None:
    assert read_ending(text, now=NOW) == Ending(words, day, time)


@pytest.mark.parametrize(
    "text",
    [
        "Gọi chị Mai",
        "gọi chị mai",
        "Gửi quà cho Mai",
        "Mua một",
        "Đổi gói cước 7",
        "Gọi 0912 345 678",
        "Báo giá cho 30 máy",
        "Ký phụ lục 31/02",
        "Giao ở phòng 25:00",
        "mai",
        "15:00",
        "mai 15:00",
        "",
    ],
)
def test_leaves_alone_what_is_no_end(text: str) -> None:
    assert read_ending(text, now=NOW) == Ending(text)


@given(text=st.text(max_size=80))
def test_takes_any_line(text: str) -> None:
    found = read_ending(text, now=NOW)

    assert found.words or not text.split()
    assert found.day is not None or found.time is None


@given(
    words=st.text("abcdđeêghikư ", min_size=1, max_size=30).filter(str.strip),
    day=st.dates(dt.date(2026, 11, 26), dt.date(2099, 1, 1)),
)
def test_reads_every_written_date(words: str, day: dt.date) -> None:
    found = read_ending(f"{words} việc {day:%d/%m/%Y} 08:15", now=NOW)

    assert (found.day, found.time) == (day, dt.time(8, 15))
    assert found.words == " ".join(f"{words} việc".split())
