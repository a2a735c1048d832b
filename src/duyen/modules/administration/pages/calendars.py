"""The days of a year that are not as their weekday says, and a sum to try a working calendar with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Option
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, READ, FieldLevel
from duyen.foundation.org.calendars import YearDay, days_of_year
from duyen.kernel.clock import today
from duyen.kernel.holidays import DayKind
from duyen.kernel.lunar import LunarError, show_lunar, to_lunar, year_name
from duyen.modules.administration.calendar_panels import sees_hours, try_out
from duyen.modules.administration.entities.working_time import DAY_KINDS
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

_YEARS = range(1901, 2101)


@dataclass(frozen=True)
class DayLine:
    """One day as the page shows it; `url` leads to the company's decision or to the form of a new one."""

    day: dt.date
    weekday: str
    lunar: str
    name: str
    kind: Option
    basis: str
    confirmed_by: str
    is_decided: bool
    url: str


@require_safe
@page
def holidays(request: ActorRequest) -> HttpResponse:
    """Show a year: what the law gives, what the company decided, what still awaits confirmation."""
    actor = request.actor
    if not actor.may("special_days", READ):
        raise NotAllowed(why=_("the days of the company are for those who lead or administer it."))
    asked = number_in(request.GET.get("year", ""))
    year = asked if asked is not None and asked in _YEARS else today().year
    language = (get_language() or "vi")[:2]
    lines = [_line(actor, each) for each in days_of_year(year, language=language)]
    context = {
        "year": year,
        "lunar_year": year_name(year),
        "lines": lines,
        "waiting": sum(1 for each in lines if each.kind.code == DayKind.TO_CONFIRM),
        "previous_url": f"/holidays?year={year - 1}" if year - 1 in _YEARS else "",
        "next_url": f"/holidays?year={year + 1}" if year + 1 in _YEARS else "",
        "new_url": "/special_days/new" if actor.may("special_days", CREATE) else "",
        "crumbs": [Crumb(_("Holidays"))],
    }
    return render(request, "administration/holidays.html", context)


def _line(actor: Actor, each: YearDay) -> DayLine:
    shown = {name: _is_open(actor, name) for name in ("basis", "confirmed_by")}
    return DayLine(
        day=each.day,
        weekday=_weekdays()[each.day.weekday()],
        lunar=_lunar(each.day),
        name=each.name or _("Worked in exchange for a bridge day"),
        kind=next(option for option in DAY_KINDS if option.code == each.kind),
        basis=each.basis if shown["basis"] else "",
        confirmed_by=each.confirmed_by if shown["confirmed_by"] else "",
        is_decided=each.decided is not None,
        url=_url(actor, each),
    )


def _is_open(actor: Actor, name: str) -> bool:
    return entity_named("special_days").level(actor, name) is not FieldLevel.HIDDEN


def _url(actor: Actor, each: YearDay) -> str:
    """Lead to the decision about a day, or to a new one that starts from what the law gives."""
    if each.decided is not None:
        return f"/special_days/{each.decided}" + ("/edit" if actor.may("special_days", CHANGE) else "")
    if not actor.may("special_days", CREATE):
        return ""
    start = {"name": each.name, "day": each.day.isoformat(), "kind": DayKind.DAY_OFF.value}
    return f"/special_days/new?{urlencode(start)}"


def _lunar(day: dt.date) -> str:
    try:
        return show_lunar(to_lunar(day), english=not (get_language() or "vi").startswith("vi"))
    except LunarError:
        return ""


def _weekdays() -> tuple[str, ...]:
    return (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )


@require_safe
@page
def try_calendar(request: ActorRequest, calendar_id: int) -> HttpResponse:
    """Answer a sum with one calendar; nothing is kept."""
    actor = request.actor
    if not sees_hours(actor):
        raise NotAllowed(why=_("your role gives no right to the hours of working calendars."))
    row = row_of(entity_named("calendars"), actor, calendar_id)
    trial = try_out(calendar_id, request.GET.dict())
    context = {
        "content": {"trial": trial},
        "name": row["name"],
        "crumbs": [
            Crumb(_("Working calendars"), "/calendars"),
            Crumb(row["name"], f"/calendars/{calendar_id}"),
            Crumb(_("Try it")),
        ],
    }
    if is_fragment(request):
        return HttpResponse(render_block(request, "administration/try_hours_page.html", "trial", context))
    return render(
        request,
        "administration/try_hours_page.html",
        context,
        status=422 if any(trial.errors.values()) else 200,
    )
