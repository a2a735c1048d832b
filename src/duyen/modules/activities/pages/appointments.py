"""One appointment in the calendar: looked at, moved, stretched, handed to a colleague, or made.

Everything that is dragged can be typed here, too; without a script these are pages of their own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.entities.standard import change, hand_over
from duyen.foundation.access.words import CREATE, DELETE
from duyen.kernel.clock import ZONE, today
from duyen.kernel.dates import DateError, read_date, show_date
from duyen.modules.activities import actions, agenda
from duyen.modules.activities.agenda import Appointment
from duyen.modules.activities.choices import KINDS
from duyen.modules.activities.pages import calendar
from duyen.modules.activities.pages.looks import ICONS, label_of, tone_of, when_in_words
from duyen.modules.activities.words import ActivityKind
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.jinja import hx
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import record_url, step_url, undo_url
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

_TIME = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.h]([0-5][0-9])?)?")
_MOST_MINUTES = 60 * 24 * 60
#: What one makes in a calendar; the rest is noted when it has happened.
MADE = (ActivityKind.MEETING, ActivityKind.VISIT, ActivityKind.CALL, ActivityKind.TASK)


@dataclass(frozen=True)
class Typed:
    """What stands in the form, and what is wrong with it by field."""

    day: str
    start: str
    end: str
    last: str = ""
    is_all_day: bool = False
    subject: str = ""
    kind: str = ActivityKind.MEETING.value
    place: str = ""
    is_private: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Show an appointment; keep the times that were typed for it."""
    found = _found(request, activity_id)
    back = _back(request)
    if request.method != "POST":
        return _shown(request, found, _typed_of(found), back)
    if not found.may_change:
        raise NotAllowed(why=_("changing this one is not among your rights."))
    typed = _typed(request)
    times, errors = _times(typed, found.kind)
    if errors:
        return _shown(request, found, _with(typed, errors), back, status=422)
    try:
        return _moved(request, found, times, back, version=number_in(request.POST.get("version", "")))
    except InvalidValues as error:
        return _shown(request, found, _with(typed, {}, _all_said(error)), back, status=422)


@require_POST
@page
def move(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Move an appointment by days and minutes, stretch it, or give it to a colleague, as it was dragged."""
    found = _found(request, activity_id)
    sent = request.POST
    days, shift, longer = _days_between(sent.get("from", ""), sent.get("day", "")), *_minutes(sent)
    moved = dt.timedelta(days=days, minutes=shift)
    times: dict[str, Any] = {}
    if found.starts_at is not None:
        end = found.ends_at or found.starts_at
        times["starts_at"] = found.starts_at + moved
        times["ends_at"] = max(end + moved + dt.timedelta(minutes=longer), found.starts_at + moved)
    elif found.due_at is not None:
        times["due_at"] = found.due_at + moved
    owner = number_in(sent.get("owner", ""))
    given = owner if owner is not None and owner != found.owner_id else None
    return _moved(
        request, found, times, _back(request), version=number_in(sent.get("version", "")), owner=given
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: ActorRequest) -> HttpResponse:
    """Ask for an appointment at a time, and make it."""
    actor = request.actor
    if not actor.may("activities", CREATE):
        raise NotAllowed(why=_("your role gives no right to plan activities."))
    back = _back(request)
    if request.method != "POST":
        return _asked(request, _start(request), back)
    typed = _typed(request)
    kind = ActivityKind(typed.kind) if typed.kind in {each.value for each in MADE} else ActivityKind.MEETING
    times, errors = _times(typed, kind)
    if not typed.subject:
        errors["subject"] = _("Say in a few words what it is about.")
    if errors:
        return _asked(request, _with(typed, errors), back, status=422)
    times.pop("all_day" if kind is ActivityKind.TASK else "", None)
    try:
        done = actions.plan(
            kind, typed.subject, actor=actor, place=typed.place, is_private=typed.is_private, **times
        )
    except InvalidValues as error:
        return _asked(request, _with(typed, {}, _all_said(error)), back, status=422)
    made = agenda.one(actor, done.id)
    text = _("“%(subject)s” is in the calendar.") % {"subject": typed.subject}
    undo = undo_url(done.operation.id) if actor.may("activities", DELETE) else ""
    return _answer(request, made, text, back, undo=undo)


def _found(request: ActorRequest, activity_id: int) -> Appointment:
    """Find one in the calendar; of a veiled one there is nothing to open. Raises NotFound."""
    found = agenda.one(request.actor, activity_id)
    if found is None or found.is_veiled:
        raise NotFound
    return found


def _back(request: ActorRequest) -> str:
    """Give the calendar to which one goes back; nothing else than a calendar."""
    sent = request.POST if request.method == "POST" else request.GET
    return calendar.asked_back(sent.get("back", "") or calendar.came_from(request)).url()


def _days_between(first: str, last: str) -> int:
    try:
        return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
    except ValueError:
        return 0


def _minutes(sent: Mapping[str, str]) -> tuple[int, int]:
    """Read by how many minutes something is moved, and by how many it becomes longer."""
    found = []
    for name in ("shift", "length"):
        text = sent.get(name, "") or "0"
        number = number_in(text.removeprefix("-")) or 0
        found.append(min(number, _MOST_MINUTES) * (-1 if text.startswith("-") else 1))
    return found[0], found[1]


def _moved(
    request: ActorRequest,
    found: Appointment,
    times: Mapping[str, Any],
    back: str,
    *,
    version: int | None,
    owner: int | None = None,
) -> HttpResponse:
    """Write the new times, and hand it over where another one is named."""
    entity, actor = entity_named("activities"), request.actor
    undo = ""
    with transaction.atomic():
        if any(value != getattr(found, _ATTRIBUTES[name]) for name, value in times.items()):
            done = change(entity, found.id, actor=actor, values=dict(times), version=version or found.version)
            undo = undo_url(done.operation.id)
        if owner is not None:
            operation = hand_over(entity, [found.id], actor=actor, owner=owner)
            undo = undo or undo_url(operation.id)
    now_there = agenda.one(actor, found.id)
    return _answer(request, now_there, _moved_in_words(now_there or found), back, undo=undo)


_ATTRIBUTES = {"starts_at": "starts_at", "ends_at": "ends_at", "due_at": "due_at", "all_day": "is_all_day"}


def _moved_in_words(found: Appointment) -> str:
    start = found.starts_at or found.due_at
    if start is None:
        return _("Kept.")
    end = found.ends_at if found.starts_at else None
    said_when = when_in_words(start, end, is_all_day=found.is_all_day)
    return _("“%(subject)s”: %(when)s.") % {
        "subject": found.subject or label_of(found.kind),
        "when": said_when,
    }


def _answer(
    request: ActorRequest, found: Appointment | None, text: str, back: str, *, undo: str
) -> HttpResponse:
    """Draw the calendar anew and say what was done, and what lies at the same time."""
    doubled = agenda.at_the_same_time(request.actor, found) if found else []
    if doubled:
        names = ", ".join(f"“{each.subject}”" if each.subject else _("Busy") for each in doubled[:3])
        text = f"{text} " + _("At the same time as %(names)s.") % {"names": names}
    if not is_fragment(request):
        messages.success(request, text, extra_tags=undo)
        return HttpResponseRedirect(back)
    response = HttpResponse(calendar.drawn(request, calendar.asked_back(back)))
    response = trigger_client_event(response, "close-dialog", {})
    told = {"text": text, "tone": "amber" if doubled else "green"} | ({"undo": undo} if undo else {})
    return trigger_client_event(response, "toast", told)


def _typed_of(found: Appointment) -> Typed:
    start = (found.starts_at or found.due_at or dt.datetime.now(ZONE)).astimezone(ZONE)
    end = (found.ends_at or start).astimezone(ZONE)
    last = (end - dt.timedelta(minutes=1)).date() if found.is_all_day else end.date()
    return Typed(
        day=show_date(start.date()),
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        last=show_date(last) if last != start.date() else "",
        is_all_day=found.is_all_day,
        kind=found.kind.value,
    )


def _start(request: ActorRequest) -> Typed:
    """Give what the form of a new one starts with: the time that was chosen, else the next whole hour."""
    sent = request.GET
    try:
        day = dt.date.fromisoformat(sent.get("day", ""))
    except ValueError:
        day = today()
    begin, end = number_in(sent.get("start", "")), number_in(sent.get("end", ""))
    if begin is None or end is None or not 0 <= begin < end <= 1440:
        begin, end = 8 * 60, 9 * 60
    after = day + dt.timedelta(days=1) if end == 1440 else day
    return Typed(
        day=show_date(day),
        start=f"{begin // 60:02}:{begin % 60:02}",
        end=f"{end % 1440 // 60:02}:{end % 60:02}",
        last=show_date(after) if after != day else "",
        subject=sent.get("subject", "")[:250],
    )


def _typed(request: ActorRequest) -> Typed:
    sent = request.POST

    def text(name: str) -> str:
        return str(sent.get(name, "")).strip()[:250]

    return Typed(
        day=text("day"),
        start=text("start"),
        end=text("end"),
        last=text("last"),
        subject=text("subject"),
        place=text("place"),
        kind=text("kind") or ActivityKind.MEETING.value,
        is_all_day=bool(sent.get("all_day")),
        is_private=bool(sent.get("is_private")),
    )


def _with(typed: Typed, errors: Mapping[str, str], problem: str = "") -> Typed:
    return replace(typed, errors=errors, problem=problem)


def _all_said(error: InvalidValues) -> str:
    return " ".join(str(each.message) for each in error.problems)


def _times(typed: Typed, kind: ActivityKind) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the times of a form: what to write, and what is wrong by field.

    An end before the beginning means the next morning where no last day is named.
    """
    errors: dict[str, str] = {}
    first = _day(typed.day, "day", errors)
    last = _day(typed.last, "last", errors) if typed.last else first
    if typed.is_all_day and kind is not ActivityKind.TASK:
        begin, end = dt.time.min, dt.time.min
    else:
        begin = _clock(typed.start, "start", errors)
        end = begin if kind is ActivityKind.TASK else _clock(typed.end, "end", errors)
    if errors:
        return {}, errors
    start = dt.datetime.combine(first, begin, tzinfo=ZONE)
    if kind is ActivityKind.TASK:
        return {"due_at": start}, {}
    stop = dt.datetime.combine(last, end, tzinfo=ZONE)
    if typed.is_all_day or (stop < start and not typed.last):
        stop += dt.timedelta(days=1)
    if stop < start:
        return {}, {"last": _("It ends before it begins. Correct one of the two.")}
    return {"starts_at": start, "ends_at": stop, "all_day": typed.is_all_day}, {}


def _day(text: str, name: str, errors: dict[str, str]) -> dt.date:
    try:
        return read_date(text, today=today())
    except DateError as error:
        errors[name] = said(error) if text else _("Say on which day.")
        return today()


def _clock(text: str, name: str, errors: dict[str, str]) -> dt.time:
    found = _TIME.fullmatch(text.replace(" ", ""))
    if found is None:
        errors[name] = _("Give the time as 16:00.")
        return dt.time.min
    return dt.time(int(found[1]), int(found[2] or 0))


def _shown(
    request: ActorRequest, found: Appointment, typed: Typed, back: str, *, status: int = 200
) -> HttpResponse:
    entity = entity_named("activities")
    start = found.starts_at or found.due_at
    end = found.ends_at if found.starts_at else None
    title = found.subject or label_of(found.kind)
    context = {
        "title": title,
        "found": found,
        "typed": typed,
        "is_task": found.starts_at is None,
        "kind": label_of(found.kind),
        "tone": tone_of(found.kind),
        "kind_icon": ICONS[found.kind],
        "when": when_in_words(start, end, is_all_day=found.is_all_day) if start else "",
        "record_url": record_url(entity, found.id),
        "finish_url": step_url(entity, found.id, "finish") if found.may_change and not found.is_done else "",
        "action": f"{calendar.ADDRESS}/{found.id}",
        "back": back,
        "doubled": [each.subject or _("Busy") for each in agenda.at_the_same_time(request.actor, found)],
        "crumbs": [Crumb(_("Calendar"), back), Crumb(title)],
    }
    return _drawn(request, "activities/appointment.html", context, status)


def _asked(request: ActorRequest, typed: Typed, back: str, *, status: int = 200) -> HttpResponse:
    context = {
        "title": _("Make an appointment"),
        "typed": typed,
        "kinds": [option for option in KINDS if option.code in {each.value for each in MADE}],
        "action": f"{calendar.ADDRESS}/new",
        "full_url": f"/activities/new?{urlencode({'kind': typed.kind, 'subject': typed.subject})}",
        "back": back,
        "crumbs": [Crumb(_("Calendar"), back), Crumb(_("Make an appointment"))],
    }
    return _drawn(request, "activities/new_appointment.html", context, status)


def _drawn(request: ActorRequest, template: str, context: Mapping[str, Any], status: int) -> HttpResponse:
    """Draw a dialog, or a page of its own; a form with errors goes back into the dialog it came from."""
    in_dialog = is_fragment(request)
    sends = hx(post=context["action"], target="#calendar", swap="outerHTML") if in_dialog else {}
    context = {**context, "sends": sends}
    if not in_dialog:
        return render(request, template, context, status=status)
    response = HttpResponse(render_block(request, template, "dialog", context), status=status)
    return response if request.method != "POST" else reswap(retarget(response, "#dlg"), "innerHTML")
