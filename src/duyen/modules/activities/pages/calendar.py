"""The calendar: a day, a week, a month, or a week of one's colleagues."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed, NotFound
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.foundation.org.calendars import working_times_of_units
from duyen.kernel.clock import now, today
from duyen.kernel.dates import show_date
from duyen.kernel.day_grid import days_from, monday_of, month_after, month_grid
from duyen.kernel.working_time import WorkingTime
from duyen.modules.activities import agenda, worklist
from duyen.modules.activities.agenda import Appointment, Colleague
from duyen.modules.activities.agenda_by_day import COUNTED, Days, by_day
from duyen.modules.activities.pages.looks import ICONS, LOCK, fullness, label_of, named, tone_of
from duyen.surfaces.web import calendars
from duyen.surfaces.web.calendars import CalendarDay, Entry, Frame
from duyen.surfaces.web.fragments import page_or_block, render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "activities/calendar.html"
ADDRESS = "/calendar"
DAY, WEEK, MONTH, TEAM = "day", "week", "month", "team"
_VIEWS = (DAY, WEEK, MONTH, TEAM)
#: So many of one day are drawn; the others are counted. A page stays below 60 kB.
_MOST = {DAY: 60, WEEK: 15, MONTH: calendars.MOST_IN_A_CELL, TEAM: 3}
#: Days outside these have no week around them that could be drawn.
_FIRST, _LAST = dt.date(1900, 1, 15), dt.date(2199, 12, 1)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Shown:
    """What a calendar shows: how, around which day, of whom (none is the reader herself), from whom on."""

    view: str
    day: dt.date
    who: int | None = None
    after: str = ""

    def url(self, **other: object) -> str:
        """Give the address of the same calendar with something else."""
        told = {"view": self.view, "day": self.day, "who": self.who, "after": "", **other}
        return f"{ADDRESS}?{urlencode({name: value for name, value in told.items() if value})}"


def asked(query: Mapping[str, str]) -> Shown:
    """Read what an address asks for; what it does not say right is the week of today."""
    view = query.get("view", "")
    try:
        day = dt.date.fromisoformat(query.get("day", ""))
    except ValueError:
        day = today()
    return Shown(
        view if view in _VIEWS else WEEK,
        min(max(day, _FIRST), _LAST),
        number_in(query.get("who", "")),
        query.get("after", "")[:300],
    )


def came_from(request: ActorRequest) -> str:
    """Give the page on which something was opened, as the browser tells it."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def asked_back(address: str) -> Shown:
    """Read which calendar stood behind an address that was sent along."""
    path, _mark, query = address.partition("?")
    return asked(QueryDict(query).dict() if path == ADDRESS else {})


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the calendar."""
    if not request.actor.may("activities", READ):
        raise NotAllowed(why=_("your role gives no right to activities."))
    return page_or_block(request, TEMPLATE, "calendar", context_of(request, asked(request.GET.dict())))


def drawn(request: ActorRequest, shown: Shown) -> str:
    """Draw the calendar alone, as it stands now."""
    return render_block(request, TEMPLATE, "calendar", context_of(request, shown))


def context_of(request: ActorRequest, shown: Shown) -> dict[str, Any]:
    """Gather what the page shows."""
    actor = request.actor
    whose = _whose(actor, shown)
    days = _days(shown)
    rows = _colleagues(actor, shown) if shown.view == TEAM else []
    hours = _hours([whose, *(each for each, _place in rows)])
    frame = Frame(
        hours[whose.unit_id or 0],
        calendars.feasts_of(days),
        f"{ADDRESS}?view=day&day={{day}}" + (f"&who={shown.who}" if shown.who else ""),
    )
    by_colleague = partial(_by_colleague, found=rows, hours=hours)
    ways: Mapping[str, Callable[..., dict[str, Any]]]
    ways = {DAY: _by_hour, WEEK: _by_hour, MONTH: _by_month, TEAM: by_colleague}
    step = _STEPS[shown.view]
    name = whose.name if shown.who else ""
    return {
        "title": _title(shown, days),
        "name": name,
        "views": [
            {"label": label, "url": shown.url(view=view), "is_pressed": view == shown.view}
            for view, label in zip(_VIEWS, _labels(), strict=True)
        ],
        "before_url": shown.url(day=step(shown.day, -1)),
        "after_url": shown.url(day=step(shown.day, 1)),
        "today_url": shown.url(day=today()),
        "own_url": shown.url(who=None),
        "here": shown.url(),
        "may_create": actor.may("activities", CREATE),
        "new_url": f"{ADDRESS}/new?{urlencode({'day': shown.day, 'back': shown.url()})}",
        "is_hourly": shown.view in (DAY, WEEK),
        "is_month": shown.view == MONTH,
        "is_cut": False,
        "next_url": "",
        "move_url": ADDRESS,
        "menu": _menu(actor),
        "free_url": f"{ADDRESS}/new" if actor.may("activities", CREATE) and not shown.who else "",
        "crumbs": [Crumb(_("Calendar"))],
        **ways[shown.view](actor, shown, days, frame, whose),
    }


def _menu(actor: Actor) -> list[dict[str, str]]:
    found = [{"label": _("In another calendar…"), "url": f"{ADDRESS}/subscribe", "icon": named(icon="rss")}]
    if actor.may("activities", CREATE):
        found.append(
            {
                "label": _("Bring in a calendar file…"),
                "url": f"{ADDRESS}/import",
                "icon": named(icon="upload"),
            }
        )
    return found


def _labels() -> tuple[str, ...]:
    return (
        pgettext("calendar", "Day"),
        pgettext("calendar", "Week"),
        pgettext("calendar", "Month"),
        pgettext("calendar", "Team"),
    )


def _whose(actor: Actor, shown: Shown) -> Colleague:
    """Find whose calendar it is: the reader's own, or a colleague's whom she may see. Raises NotFound."""
    if shown.who is None or shown.who == actor.user_id:
        home = actor.facts.home_unit_id if actor.facts else None
        return Colleague(actor.user_id or 0, actor.name, "", home)
    found = agenda.colleagues(actor, only=shown.who)
    if not found:
        raise NotFound
    return found[0][0]


def _days(shown: Shown) -> list[dt.date]:
    if shown.view == DAY:
        return [shown.day]
    if shown.view == MONTH:
        return [day for week in month_grid(shown.day) for day in week]
    return days_from(monday_of(shown.day), 7)


_STEPS: Mapping[str, Callable[[dt.date, int], dt.date]] = {
    DAY: lambda day, step: day + _DAY * step,
    WEEK: lambda day, step: day + _DAY * 7 * step,
    TEAM: lambda day, step: day + _DAY * 7 * step,
    MONTH: month_after,
}


def _title(shown: Shown, days: Sequence[dt.date]) -> str:
    if shown.view == DAY:
        return f"{calendars.long_weekday(shown.day)}, {show_date(shown.day)}"
    if shown.view == MONTH:
        return _("Month %(month)s/%(year)s") % {"month": shown.day.month, "year": shown.day.year}
    week = days[0].isocalendar().week
    span = {"first": f"{days[0]:%d/%m}", "last": show_date(days[-1]), "week": week}
    return _("%(first)s – %(last)s · week %(week)s") % span


def _hours(people: Sequence[Colleague]) -> dict[int, WorkingTime]:
    """Give the working time by unit; 0 stands for whoever works in none."""
    return working_times_of_units(sorted({each.unit_id or 0 for each in people}))


def _by_hour(
    actor: Actor, shown: Shown, days: Sequence[dt.date], frame: Frame, whose: Colleague
) -> dict[str, Any]:
    most = _MOST[shown.view]
    found = by_day(actor, days, people=[whose.id], most=most)
    entries = [_entry(each, shown) for each in found.appointments]
    return {
        "days": calendars.days_with(entries, days, frame, most=most, left=_left(found, whose)),
        "hours": calendars.hour_lines(),
        "open": calendars.opening_minute(days, frame.hours),
        "is_cut": found.is_cut,
    }


def _left(found: Days, whose: Colleague) -> calendars.Left:
    """Say how many of one person's stand in each day beside those that were read."""
    own = {day: left for (person, day), left in found.left.items() if person == whose.id}
    return calendars.Left(own, COUNTED)


def _by_month(
    actor: Actor, shown: Shown, days: Sequence[dt.date], frame: Frame, whose: Colleague
) -> dict[str, Any]:
    most = _MOST[MONTH]
    found = by_day(actor, days, people=[whose.id], most=most)
    entries = [_entry(each, shown, drag="day") for each in found.appointments]
    left = _left(found, whose)
    cells = calendars.cells_with(entries, days, frame, month=shown.day.month, most=most, left=left)
    return {
        "weekdays": calendars.short_weekdays(),
        "weeks": [cells[number : number + 7] for number in range(0, len(cells), 7)],
        "is_cut": found.is_cut,
    }


def _colleagues(actor: Actor, shown: Shown) -> list[tuple[Colleague, tuple[str, int]]]:
    """List those whose weeks stand on the page, each with the key of her place, and one who follows."""
    return agenda.colleagues(actor, after=_key(shown.after), most=agenda.MOST_ROWS)


def _by_colleague(
    actor: Actor,
    shown: Shown,
    days: Sequence[dt.date],
    frame: Frame,
    _whose: Colleague,
    *,
    found: Sequence[tuple[Colleague, tuple[str, int]]],
    hours: Mapping[int, WorkingTime],
) -> dict[str, Any]:
    people = [each for each, _place in found[: agenda.MOST_ROWS]]
    ids = [each.id for each in people]
    held = by_day(actor, days, people=ids, most=_MOST[TEAM])
    loads = worklist.load_of(actor, ids, now=now())
    more = found[agenda.MOST_ROWS - 1][1] if len(found) > agenda.MOST_ROWS else None
    return {
        "heads": [calendars.bare_day(day, frame) for day in days],
        "people": [
            _row(each, shown, days, Frame(hours[each.unit_id or 0], frame.feasts, frame.address), held, loads)
            for each in people
        ],
        "is_cut": held.is_cut,
        "next_url": shown.url(after=f"{more[0]}~{more[1]}") if more else "",
    }


def _row(
    person: Colleague,
    shown: Shown,
    days: Sequence[dt.date],
    frame: Frame,
    held: Days,
    loads: Mapping[int, worklist.Load],
) -> dict[str, Any]:
    own = [each for each in held.appointments if each.is_of(person.id)]
    cells: list[CalendarDay] = calendars.cells_with(
        [_entry(each, shown, drag="day", owner=person.id) for each in own],
        days,
        frame,
        most=_MOST[TEAM],
        left=_left(held, person),
    )
    return {
        "id": person.id,
        "name": person.name,
        "note": person.job_title,
        "url": shown.url(view=WEEK, who=person.id),
        "load": fullness(loads.get(person.id, worklist.Load()), days, frame.hours),
        "days": cells,
    }


def _key(text: str) -> tuple[str, int] | None:
    name, _sign, number = text.rpartition("~")
    read = number_in(number)
    return (name, read) if read is not None else None


def _entry(each: Appointment, shown: Shown, *, drag: str = "time", owner: int = 0) -> Entry:
    is_whole = each.is_all_day and each.starts_at is not None
    first, last = calendars.days_filled(each.starts_at, each.ends_at) if is_whole else (None, None)
    start = None if is_whole else each.starts_at or each.due_at
    kind = label_of(each.kind)
    return Entry(
        id=each.id,
        label=_("Busy") if each.is_veiled else each.subject or kind,
        start=start,
        end=None if is_whole else (each.ends_at if each.starts_at else start),
        first=first,
        last=last,
        note=each.place,
        tone="gray" if each.is_veiled else tone_of(each.kind),
        icon=LOCK if each.is_veiled else "" if owner else ICONS[each.kind],
        url="" if each.is_veiled else f"{ADDRESS}/{each.id}",
        drag=drag if each.may_change and not each.is_done and (drag != "time" or not is_whole) else "",
        may_stretch=each.may_change and each.takes_time and not each.is_done,
        version=each.version,
        owner=owner,
        is_done=each.is_done,
        is_busy=each.is_veiled,
        takes_time=each.takes_time,
    )
