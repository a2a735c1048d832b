"""The hours of one day as people write them: 8-12, 13:30-17:30; 7h30–18h; 24/24; nothing for a closed day."""

from __future__ import annotations

import re

from duyen.kernel.errors import DomainError
from duyen.kernel.text import fold
from duyen.kernel.words import mark

#: Worked spans of one day as minutes after midnight, in their order, none touching the next; 1440 is its end.
Spans = tuple[tuple[int, int], ...]

WHOLE_DAY: Spans = ((0, 1440),)
MOST_SPANS = 6
_CLOSED = ("", "nghi", "closed", "-", "—")
_WHOLE = ("24/24", "24/7", "24h", "ca ngay", "all day")
_TIME = r"([0-9]{1,2})(?:[:.h]([0-9]{2})?)?"
_SPAN = re.compile(rf"{_TIME} ?(?:-|–|—|den|to) ?{_TIME}")


class HoursError(DomainError):
    """The text names no hours of a day."""

    code = "hours"
    sentence: object = mark(
        "“%(entered)s” are no working hours. Write them as 8:00-12:00, 13:30-17:30, or leave the day empty."
    )


class HoursOverlap(HoursError):
    """Spans of one day run into each other or backwards."""

    code = "hours_overlap"
    sentence = mark(
        "“%(entered)s”: each span ends after it starts and before the next one. Divide a night at midnight."
    )


def read_hours(text: str) -> Spans:
    """Read the hours of one day; spans that touch become one. Raises HoursError."""
    words, entered = fold(text), text.strip()[:60]
    if words in _CLOSED:
        return ()
    if words in _WHOLE:
        return WHOLE_DAY
    found: list[tuple[int, int]] = []
    parts = [part.strip() for part in re.split(r"[,;]", words)]
    if len(parts) > MOST_SPANS:
        raise HoursError(entered=entered)
    for part in parts:
        spelled = _SPAN.fullmatch(part)
        if spelled is None:
            raise HoursError(entered=entered)
        start, end = _minutes(spelled[1], spelled[2]), _minutes(spelled[3], spelled[4])
        if start is None or end is None:
            raise HoursError(entered=entered)
        if end <= start or (found and start < found[-1][1]):
            raise HoursOverlap(entered=entered)
        if found and start == found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def _minutes(hours: str, minutes: str | None) -> int | None:
    total = int(hours) * 60 + int(minutes or 0)
    return total if total <= 1440 and int(minutes or 0) < 60 else None


def show_hours(spans: Spans) -> str:
    """Write spans as they are read again, such as 08:00–12:00, 13:30–17:30; empty for a closed day."""
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
