"""A list as a calendar: the days of a month with their first records, and what days and weeks come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duyen.entities.dated.declared import Calendar
from duyen.entities.dated.reading import DayHeld, Sum, days_held
from duyen.entities.errors import NotFound
from duyen.entities.fields import Amount, Field
from duyen.entities.marking import RISK, STALE, Mark, marks_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.calendars import working_times_of_units
from duyen.kernel.clock import today
from duyen.kernel.day_grid import month_after, month_grid
from duyen.surfaces.web import calendars
from duyen.surfaces.web.calendars import CalendarDay, Frame, Item
from duyen.surfaces.web.filters import so, vnd, vnd_short
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.pages.cards import movable
from duyen.surfaces.web.pages.list_state import Asked
from duyen.surfaces.web.pages.state import ListState

TEMPLATE = "derived/calendar.html"
#: A page of HTML stays below 60 kB: it has room for so many records, of one day for so many; fewer of each
#: where the month is full.
ROOM, MOST_IN_A_DAY = 44, 3
#: Days outside these have no month around them that could be drawn.
_FIRST, _LAST = dt.date(1900, 2, 1), dt.date(2199, 11, 1)
#: The tone of what a mark of each kind stands on, and of what has none.
TONES = {RISK: "red", STALE: "amber", "": "blue"}


@dataclass(frozen=True)
class Week:
    """One week as it is drawn, and what its days come to."""

    days: Sequence[CalendarDay]
    label: str
    number: str
    total: str = ""
    is_empty: bool = False


def month_asked(text: str) -> dt.date:
    """Read the month of an address, such as 2026-11; what is none is this month."""
    try:
        found = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        found = today().replace(day=1)
    return min(max(found, _FIRST), _LAST)


def calendar_of(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Give what the page needs of a calendar. Raises BadRequest."""
    state = asked.state
    entity, calendar = state.entity, _calendar(state)
    month = month_asked(state.at)
    grid = month_grid(month)
    first, last = grid[0][0], grid[-1][-1]
    held = days_held(
        entity, calendar, actor=actor, view=state.view(), first=first, last=last, most=MOST_IN_A_DAY
    )
    most = _most(held.values())
    drawn = _Drawn(state, calendar, actor, held, most)
    frame = Frame(_hours(actor), calendars.feasts_of([first, last]))
    weeks = [drawn.week(days, frame, month) for days in grid]
    within = [each.held for day, each in held.items() if day.month == month.month]
    return {
        "calendar": calendar,
        "title": _("Month %(month)s/%(year)s") % {"month": month.month, "year": month.year},
        "day_label": entity.field(calendar.by).label,
        "weekdays": calendars.short_weekdays(),
        "weeks": weeks,
        "in_all": _words(sum(within, Sum()), drawn.added, vnd),
        "before_url": state.moved_to(_name(month_after(month, -1))).url(),
        "after_url": state.moved_to(_name(month_after(month))).url(),
        "today_url": state.moved_to("").url(),
        "move_url": f"{list_url(entity)}/calendar",
        "is_empty": False,
    }


def draw_calendar(request: ActorRequest, asked: Asked) -> str:
    """Draw the calendar alone, as it stands now."""
    context = {"state": asked.state, "entity": asked.state.entity, **calendar_of(request.actor, asked)}
    return render_block(request, TEMPLATE, "calendar", context)


def may_be_moved(state: ListState, calendar: Calendar, actor: Actor) -> bool:
    """Tell whether the reader may set the day of such records at all."""
    field = state.entity.field(calendar.by)
    return not actor.is_looking and field in state.entity.writable(actor)


def _calendar(state: ListState) -> Calendar:
    if state.calendar is None:
        raise NotFound
    return state.calendar


def _name(month: dt.date) -> str:
    """Say a month as an address does; this one goes without saying."""
    return "" if month == today().replace(day=1) else f"{month:%Y-%m}"


def _most(held: Iterable[DayHeld]) -> int:
    """Say how many stand in each day: as many as there is room for, and one at least."""
    numbers = [len(each.rows) for each in held]
    fitting = (
        most for most in range(MOST_IN_A_DAY, 0, -1) if sum(min(each, most) for each in numbers) <= ROOM
    )
    return next(fitting, 1)


def _hours(actor: Actor) -> Any:
    unit = (actor.facts.home_unit_id if actor.facts else None) or 0
    return working_times_of_units([unit])[unit]


def _words(held: Sum, added: Field | None, write: Any) -> tuple[str, str]:
    """Say how many there are, and what they come to."""
    total = write(held.total) if isinstance(added, Amount) else so(held.total) if added else ""
    return so(held.number), total if held.number else ""


class _Drawn:
    """Draws the days of one month; what its records need besides is read once for all of them."""

    def __init__(
        self,
        state: ListState,
        calendar: Calendar,
        actor: Actor,
        held: Mapping[dt.date, DayHeld],
        most: int,
    ) -> None:
        self._state, self._calendar, self._held, self._most = state, calendar, held, most
        rows = [row for each in held.values() for row in each.rows[:most]]
        self._marks: Mapping[int, Sequence[Mark]] = marks_of(state.entity, actor, rows)
        self._may = movable(state.entity, actor) if may_be_moved(state, calendar, actor) else _never
        self._title = state.entity.field(state.entity.title).columns[0]
        readable = {each.name: each for each in state.entity.readable(actor)}
        self.added: Field | None = readable.get(calendar.total)

    def week(self, days: Sequence[dt.date], frame: Frame, month: dt.date) -> Week:
        held = sum((self._held[day].held for day in days if day in self._held), Sum())
        number, total = _words(held, self.added, vnd_short)
        label = _("Week %(week)s") % {"week": days[0].isocalendar().week}
        return Week([self._day(day, frame, month) for day in days], label, number, total, not held.number)

    def _day(self, day: dt.date, frame: Frame, month: dt.date) -> CalendarDay:
        held = self._held.get(day, DayHeld())
        bare = calendars.bare_day(day, frame, month=month.month)
        behind = held.held.number - len(held.rows[: self._most])
        return replace(
            bare,
            lunar="",
            url=self._state.narrowed([self._calendar.by, "eq", day.isoformat()]).url(),
            items=[self._item(row) for row in held.rows[: self._most]],
            more=_more(behind),
            total=_words(held.held, self.added, vnd_short)[1] if held.held.number > 1 else "",
        )

    def _item(self, row: Mapping[str, Any]) -> Item:
        marks = self._marks.get(row["id"], ())
        worst = RISK if any(each.kind == RISK for each in marks) else STALE if marks else ""
        value = self.added.load(row) if self.added else None
        shown = vnd_short(value) if isinstance(self.added, Amount) and value is not None else ""
        return Item(
            id=row["id"],
            label=str(row[self._title] or "—"),
            time=shown,
            note="; ".join(str(each.text) for each in marks),
            tone=TONES[worst],
            icon="",
            url=f"{list_url(self._state.entity)}/calendar/{row['id']}/move",
            drag="day" if self._may(row) else "",
            may_stretch=False,
            version=row["version"],
            is_done=False,
            is_busy=False,
        )


def _more(behind: int) -> str:
    if not behind:
        return ""
    return ngettext("%(count)s more", "%(count)s more", behind) % {"count": so(behind)}


def _never(_row: Mapping[str, Any]) -> bool:
    return False
