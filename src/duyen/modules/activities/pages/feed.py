"""One's own calendar for other programs: its secret address, and what is read there."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import now, today
from duyen.kernel.icalendars import CalendarEntry, write_calendar
from duyen.modules.activities import agenda
from duyen.modules.activities.actions import feeds
from duyen.modules.activities.coming import coming
from duyen.modules.activities.ics import COLUMNS, entry_from, named_here
from duyen.modules.activities.pages import calendar
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

PAGE = "/calendar/subscribe"
#: How far back and ahead a calendar program is told.
_BACK, _AHEAD = dt.timedelta(days=60), dt.timedelta(days=366)
_REFRESH_MINUTES = 30
_TASK_LENGTH = dt.timedelta(minutes=30)
#: Fields that may be hidden from a role, and what stands in their place.
_TIMES = ("starts_at", "ends_at", "due_at", "all_day")
_BLANK: dict[str, Any] = {"body": "", "place": "", "participants": [], "remind_at": None}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def subscribe(request: ActorRequest) -> HttpResponse:
    """Show whether there is an address; make it, make it anew, or revoke it."""
    actor = request.actor
    if not actor.may("activities", READ):
        raise NotAllowed(why=_("your role gives no right to activities."))
    secret = ""
    if request.method == "POST" and request.POST.get("step") == "revoke":
        if feeds.revoke_feed(actor=actor):
            messages.success(request, _("The address is revoked: no program reads your calendar any more."))
        return HttpResponseRedirect(PAGE)
    if request.method == "POST":
        secret = feeds.open_feed(actor=actor, with_tasks=bool(request.POST.get("with_tasks")))
    address = f"{_home(request)}/calendar/feed/{secret}.ics" if secret else ""
    context = {
        "address": address,
        "feed": feeds.feed_of(actor),
        "action": PAGE,
        "crumbs": [Crumb(_("Calendar"), calendar.ADDRESS), Crumb(_("In another calendar"))],
    }
    return render(request, "activities/subscribe.html", context)


def _home(request: HttpRequest) -> str:
    """Give the address under which the company is reached; that of this request where none is set."""
    return str(setting("company.public_url")).rstrip("/") or request.build_absolute_uri("/").rstrip("/")


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the calendar behind an address, with the rights of now; a worthless one does not exist."""
    reader = feeds.reader_behind(secret)
    if reader is None or not reader.actor.may("activities", READ):
        raise Http404
    with translation.override(reader.actor.language):
        name = _("Calendar of %(name)s") % {"name": reader.actor.name}
        content = write_calendar(
            entries_of(reader.actor, with_tasks=reader.with_tasks),
            name=name,
            refresh_minutes=_REFRESH_MINUTES,
        )
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        return HttpResponseNotModified()
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = mark
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="duyen.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def entries_of(actor: Actor, *, with_tasks: bool) -> Iterator[CalendarEntry]:
    """Give what stands in somebody's own calendar, as entries.

    A task that is due is an appointment of half an hour: most programs that read an address show no tasks.
    """
    entity = entity_named("activities")
    if any(_is_hidden(entity, actor, name) for name in _TIMES):
        return
    own = [actor.user_id or 0]
    found = agenda.between(actor, today() - _BACK, today() + _AHEAD, people=own).appointments
    shown = {each.id: each for each in found if not each.is_veiled and (with_tasks or each.starts_at)}
    hidden = {name for name in COLUMNS if _is_hidden(entity, actor, name)}
    for row in entity.rows(actor).filter(pk__in=[0, *shown]).order_by("at", "pk").values(*COLUMNS):
        told = {**row, **{name: value for name, value in _BLANK.items() if name in hidden}}
        told["subject"] = shown[row["id"]].subject or _("Busy")
        yield from _appointment(entry_from(told, url=""))
    for each in coming(actor, now() + _AHEAD):
        if not with_tasks and each.columns["starts_at"] is None:
            continue
        blank = {name: value for name, value in _BLANK.items() if name in hidden}
        if "subject" in hidden:
            blank["subject"] = _("Busy")
        entry = entry_from({**each.columns, **blank}, uid=named_here(each.name), rule=each.rule)
        yield from _appointment(entry)


def _appointment(entry: CalendarEntry) -> Iterator[CalendarEntry]:
    """Give an entry as an appointment: a task that is due takes half an hour; one without a time is none."""
    if entry.is_task and entry.due_at:
        begins = entry.due_at
        entry = replace(entry, is_task=False, starts_at=begins, ends_at=begins + _TASK_LENGTH, due_at=None)
    if not entry.is_task:
        yield entry


def _is_hidden(entity: Entity, actor: Actor, name: str) -> bool:
    return name in entity.by_name and entity.level(actor, name) is FieldLevel.HIDDEN
