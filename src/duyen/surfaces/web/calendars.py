"""What the macros of kit/calendar.html draw: days with their appointments in their places.

A page gives `Entry`s and the `Frame` of its days; what stands where follows from them without a query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from duyen.foundation.org.calendars import days_of_year
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.dates import show_date
from duyen.kernel.day_grid import (
    LEAST_ROOM,
    MINUTES_OF_DAY,
    Piece,
    Span,
    Stay,
    bars,
    clashes,
    cut,
    lay_out,
    touched_days,
)
from duyen.kernel.holidays import DayKind
from duyen.kernel.lunar import LunarError, to_lunar
from duyen.kernel.working_time import WorkingTime

#: So many stand in one cell of a month or of a colleague's day; the others are counted.
MOST_IN_A_CELL = 3
_MOON_DAYS = (1, 15)
#: Below so many minutes there is room for one line of words.
_ONE_LINE = 45


@dataclass(frozen=True)
class Entry:
    """One appointment or task: from `start` to `end`, or in whole days from `first` to `last`, both included.

    `drag` names how it may be dragged, empty for what stays. `owner` is the colleague in whose row it stands.
    """

    id: int
    label: str
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    note: str = ""
    tone: str = "blue"
    icon: str = ""
    url: str = ""
    drag: str = ""
    may_stretch: bool = False
    version: int = 0
    owner: int = 0
    is_done: bool = False
    is_busy: bool = False
    #: Whether its time is taken: a task due at an hour clashes with nothing.
    takes_time: bool = True


@dataclass(frozen=True)
class Item:
    """An entry, or the part of it that lies in one day, in its place; lengths in minutes."""

    id: int
    label: str
    time: str
    note: str
    tone: str
    icon: str
    url: str
    drag: str
    may_stretch: bool
    version: int
    is_done: bool
    is_busy: bool
    clashes: bool = False
    came_over: bool = False
    goes_on: bool = False
    start: int = 0
    length: int = 0
    column: int = 0
    columns: int = 0
    width: int = 1

    @property
    def is_short(self) -> bool:
        return self.length < _ONE_LINE


@dataclass(frozen=True)
class Shade:
    """Worked time of a day, in minutes."""

    start: int
    length: int


@dataclass(frozen=True)
class Hour:
    """One line of the hours."""

    minute: int
    label: str


@dataclass(frozen=True)
class CalendarDay:
    """One day as it is drawn."""

    day: str
    url: str
    label: str
    weekday: str
    number: str
    lunar: str
    is_moon: bool
    holiday: str
    is_today: bool
    is_off: bool
    is_rest: bool
    is_other: bool = False
    now: int = 0
    spans: Sequence[Shade] = ()
    bars: Sequence[Item] = ()
    items: Sequence[Item] = ()
    more: str = ""
    total: str = ""


@dataclass(frozen=True)
class Frame:
    """What is known of days beside their appointments: hours worked, days set apart, addresses."""

    hours: WorkingTime
    feasts: Mapping[dt.date, str] = field(default_factory=dict)
    address: str = "/calendar?view=day&day={day}"


def feasts_of(days: Sequence[dt.date]) -> dict[dt.date, str]:
    """Name the days that law or company set apart; one that awaits confirmation says so. One query a year."""
    language = (get_language() or "vi")[:2]
    years = sorted({days[0].year, days[-1].year})
    found = {}
    for each in (day for year in years for day in days_of_year(year, language=language)):
        name = each.name or (_("Worked in exchange") if each.kind is DayKind.WORKING else "")
        waits = each.kind is DayKind.TO_CONFIRM
        found[each.day] = _("%(name)s (to be confirmed)") % {"name": name} if waits else name
    return found


def hour_lines() -> list[Hour]:
    """List the hours beside the grid."""
    return [Hour(hour * 60, f"{hour:02}:00") for hour in range(24)]


def opening_minute(days: Sequence[dt.date], hours: WorkingTime) -> int:
    """Give the minute at which a calendar is opened: a little before work begins."""
    first = min((spans[0][0] for spans in map(hours.spans, days) if spans), default=7 * 60 + 30)
    return max(first - 30, 0)


def short_weekdays() -> list[str]:
    """List the short names of the weekdays, Monday first."""
    return [
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    ]


def long_weekday(day: dt.date) -> str:
    """Name the weekday of a day in full."""
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return names[day.weekday()]


def days_filled(start: dt.datetime | None, end: dt.datetime | None) -> tuple[dt.date, dt.date]:
    """Give the first and last day of what fills whole days, from midnight to midnight."""
    begins = start or now()
    return touched_days(begins, end or begins)


def bare_day(day: dt.date, frame: Frame, *, month: int = 0) -> CalendarDay:
    """Give a day without its appointments; `month` tells which one the page is about."""
    lunar, is_moon, said = _lunar(day)
    spans = frame.hours.spans(day)
    weekday = short_weekdays()[day.weekday()]
    parts = [f"{weekday} {show_date(day)}", frame.feasts.get(day, ""), said]
    moment = now().astimezone(ZONE)
    return CalendarDay(
        day=day.isoformat(),
        url=frame.address.format(day=day.isoformat()),
        label=", ".join(part for part in parts if part),
        weekday=weekday,
        number=str(day.day) if not month or day.day > 1 else f"{day.day}/{day.month}",
        lunar=lunar,
        is_moon=is_moon,
        holiday=frame.feasts.get(day, ""),
        is_today=day == today(),
        is_off=day.weekday() == 6 or frame.hours.change(day) is DayKind.DAY_OFF,
        is_rest=not spans,
        is_other=bool(month) and day.month != month,
        now=moment.hour * 60 + moment.minute,
        spans=[Shade(start, end - start) for start, end in spans],
    )


def _lunar(day: dt.date) -> tuple[str, bool, str]:
    """Give the lunar date in figures, whether it is the 1st or 15th, and the same in words."""
    try:
        found = to_lunar(day)
    except LunarError:
        return "", False, ""
    is_vietnamese = (get_language() or "vi").startswith("vi")
    leap = ("n" if is_vietnamese else "L") if found.is_leap else ""
    figures = f"{found.day}/{found.month}{leap}"
    said = _("lunar date %(date)s") % {"date": figures}
    return figures, found.day in _MOON_DAYS, said


@dataclass(frozen=True)
class Left:
    """How many stand in each day beside the entries that are given; from `counted` on there are more."""

    by_day: Mapping[dt.date, int] = field(default_factory=dict)
    counted: int = 100

    def words(self, day: dt.date, behind: int) -> str:
        """Say how many are not drawn: those that are left, and those `behind` that were given."""
        left = self.by_day.get(day, 0)
        if left >= self.counted:
            return _("more than %(count)s more") % {"count": left}
        left += max(behind, 0)
        return ngettext("%(count)s more", "%(count)s more", left) % {"count": left} if left else ""


NONE_LEFT = Left()


def days_with(
    entries: Iterable[Entry],
    days: Sequence[dt.date],
    frame: Frame,
    *,
    most: int = 100,
    left: Left = NONE_LEFT,
) -> list[CalendarDay]:
    """Give days by the hour, with what is in them side by side and what fills whole days above.

    Of each day the first `most` are drawn, and the others counted.
    """
    known = {each.id: each for each in entries}
    doubled = _doubled(known.values())
    pieces = cut([_span(each) for each in known.values() if each.start], days)
    stays = [_stay(each) for each in known.values() if each.first]
    laid = bars(stays, days[0], len(days))
    found = []
    for number, day in enumerate(days):
        over = [bar for bar in laid if bar.start <= number < bar.start + bar.days]
        inside = sorted(pieces[day], key=lambda each: (each.start, each.end, each.key))
        found.append(
            replace(
                bare_day(day, frame),
                items=[_placed(piece, known[piece.key], doubled) for piece in lay_out(inside[:most])],
                bars=[_whole(known[bar.key], day) for bar in sorted(over, key=lambda each: each.lane)[:most]],
                more=left.words(day, max(len(inside) - most, 0) + max(len(over) - most, 0)),
            )
        )
    return found


def cells_with(
    entries: Iterable[Entry],
    days: Sequence[dt.date],
    frame: Frame,
    *,
    month: int = 0,
    most: int = MOST_IN_A_CELL,
    left: Left = NONE_LEFT,
) -> list[CalendarDay]:
    """Give days as cells: each with its first entries, whole days first, and the number of the others."""
    known = list(entries)
    doubled = _doubled(known)
    by_day: dict[dt.date, list[tuple[tuple[int, dt.datetime | dt.date, int], Item]]] = {
        day: [] for day in days
    }
    for each in known:
        first, last = _touched(each)
        for day in days:
            if first <= day <= last:
                order = (0, each.first, each.id) if each.first else (1, each.start or now(), each.id)
                by_day[day].append((order, _chip(each, day, doubled)))
    found = []
    for day in days:
        items = [item for _order, item in sorted(by_day[day], key=lambda pair: pair[0])]
        more = left.words(day, len(items) - most)
        found.append(replace(bare_day(day, frame, month=month), items=items[:most], more=more))
    return found


def _touched(each: Entry) -> tuple[dt.date, dt.date]:
    if each.first:
        return each.first, each.last or each.first
    start = each.start or now()
    return touched_days(start, each.end or start)


def _span(each: Entry) -> Span:
    start = each.start or now()
    return Span(each.id, start, max(each.end or start, start))


def _stay(each: Entry) -> Stay:
    first = each.first or today()
    return Stay(each.id, first, max(each.last or first, first))


def _doubled(entries: Iterable[Entry]) -> set[int]:
    """Give the ids of those that fill the same time as another one of the same colleague."""
    of_one: dict[int, list[Span]] = {}
    for each in entries:
        if each.start and each.takes_time and not each.is_done:
            of_one.setdefault(each.owner, []).append(_span(each))
    return {key for spans in of_one.values() for pair in clashes(spans) for key in pair}


def _item(each: Entry, day: dt.date, time: str, *, came_over: bool, goes_on: bool) -> Item:
    return Item(
        id=each.id,
        label=each.label,
        time=time,
        note=each.note,
        tone=each.tone,
        icon=each.icon,
        url=each.url,
        drag=each.drag,
        may_stretch=False,
        version=each.version,
        is_done=each.is_done,
        is_busy=each.is_busy,
        came_over=came_over,
        goes_on=goes_on,
    )


def _placed(piece: Piece, each: Entry, doubled: set[int]) -> Item:
    time = f"{_clock(piece.start)}–{_clock(piece.end)}" if piece.end > piece.start else _clock(piece.start)
    item = _item(each, piece.day, time, came_over=piece.came_over, goes_on=piece.goes_on)
    return replace(
        item,
        start=min(piece.start, MINUTES_OF_DAY - LEAST_ROOM),
        length=max(piece.end - piece.start, LEAST_ROOM),
        column=piece.column,
        columns=piece.columns,
        width=piece.width,
        clashes=each.id in doubled,
        # Its end is dragged where it lies; a beginning of yesterday is moved from yesterday.
        may_stretch=each.may_stretch and not piece.goes_on,
        drag=each.drag if not piece.came_over else "",
    )


def _whole(each: Entry, day: dt.date) -> Item:
    first, last = _touched(each)
    return _item(each, day, _("all day"), came_over=day > first, goes_on=day < last)


def _chip(each: Entry, day: dt.date, doubled: set[int]) -> Item:
    first, last = _touched(each)
    time = "" if each.first or each.start is None or day > first else f"{each.start.astimezone(ZONE):%H:%M}"
    item = _item(each, day, time, came_over=day > first, goes_on=day < last)
    return replace(item, clashes=each.id in doubled, drag=each.drag if day == first else "")


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}" if minutes < MINUTES_OF_DAY else "24:00"
