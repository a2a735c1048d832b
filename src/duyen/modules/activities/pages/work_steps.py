"""What is done with work on the page of each day: added in one line, finished, put off, given away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.entities.standard import change, hand_over
from duyen.foundation.access.words import CREATE
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.dates import DateError, read_date, show_moment
from duyen.kernel.day_grid import monday_of
from duyen.kernel.endings import read_ending
from duyen.modules.activities import actions, agenda, worklist
from duyen.modules.activities.choices import OUTCOMES
from duyen.modules.activities.ics import DUE_HOUR
from duyen.modules.activities.pages import work
from duyen.modules.activities.pages.calendar import came_from
from duyen.modules.activities.pages.looks import label_of
from duyen.modules.activities.words import ActivityKind
from duyen.modules.activities.worklist import Work
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.jinja import hx
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import record_url, undo_url
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

_FINISH = "activities/finish.html"
_MENU = "activities/work_menu.html"
#: The fields of the form that finishes something.
_ASKED = ("outcome", "result", "next_step", "next_due")


@require_POST
@page
def add(request: ActorRequest) -> HttpResponse:
    """Plan a task from one line; a day and a time at its end say when it is due."""
    actor = request.actor
    if not actor.may("tasks", CREATE):
        raise NotAllowed(why=_("your role gives no right to plan activities."))
    typed = read_ending(request.POST.get("text", "")[:300], now=now())
    if not typed.words:
        return _answer(request, _("Type what is to be done first."), tone="amber")
    due = None
    if typed.day is not None:
        due = dt.datetime.combine(typed.day, typed.time or DUE_HOUR, tzinfo=ZONE)
    shown = work.asked_back(request.POST.get("back", ""))
    whose: dict[str, Any] = {"owner": shown.person} if shown.is_team and shown.person else {}
    done = actions.plan(ActivityKind.TASK, typed.words[:250], actor=actor, due_at=due, **whose)
    undo = undo_url(done.operation.id)
    if due is None:
        text = _("Added: “%(subject)s”, without a due date.") % {"subject": typed.words}
    else:
        text = _("Added: “%(subject)s”, due %(due)s.") % {"subject": typed.words, "due": show_moment(due)}
    return _answer(request, text, undo=undo)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def finish(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Ask what came of it and what comes next, and finish it."""
    found = _found(request, activity_id)
    if not found.may_change:
        raise NotAllowed(why=_("changing this one is not among your rights."))
    if request.method != "POST":
        return _asked(request, found, {}, {})
    sent = {
        name: request.POST.get(name, "").strip() for name in ("outcome", "result", "next_step", "next_due")
    }
    errors: dict[str, str] = {}
    due = None
    if sent["next_due"]:
        ending = read_ending(f"x {sent['next_due']}", now=now())
        try:
            day = ending.day or read_date(sent["next_due"], today=today())
            due = dt.datetime.combine(day, ending.time or DUE_HOUR, tzinfo=ZONE)
        except DateError as error:
            errors["next_due"] = said(error)
    if due and not sent["next_step"]:
        errors["next_step"] = _("Say what is to be done by then, or leave the day empty.")
    if errors:
        return _asked(request, found, sent, errors, status=422)
    try:
        actions.finish(
            found.id,
            actor=request.actor,
            version=number_in(request.POST.get("version", "")) or found.version,
            outcome=sent["outcome"],
            result=sent["result"],
            next_step=sent["next_step"],
            next_due=due,
        )
    except InvalidValues as error:
        return _asked(
            request, found, sent, {each.field: str(each.message) for each in error.problems}, status=422
        )
    text = _("Done: “%(subject)s”.") % {"subject": found.subject or label_of(found.kind)}
    if sent["next_step"]:
        text += " " + _("Next: “%(subject)s”.") % {"subject": sent["next_step"]}
    return _answer(request, text)


@require_safe
@page
def menu(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Give the steps for one row: put off, give away."""
    found = _found(request, activity_id)
    back = work.asked_back(request.GET.get("back", "") or came_from(request)).url()
    people = [each for each, _place in agenda.colleagues(request.actor)] if found.may_hand_over else []
    context = {
        "title": found.subject or label_of(found.kind),
        "offers": _offers() if found.may_change and not found.begins else [],
        "people": [each for each in people if each.id != found.owner_id],
        "due_url": f"{work.ADDRESS}/{found.id}/due",
        "give_url": f"{work.ADDRESS}/{found.id}/give",
        "open_url": record_url(entity_named("activities"), found.id),
        "version": found.version,
        "back": back,
        "crumbs": [Crumb(_("Work to do"), back)],
    }
    if is_fragment(request):
        return HttpResponse(render_block(request, _MENU, "menu", context))
    return render(request, _MENU, context)


def _offers() -> list[dict[str, str]]:
    """List the days to which something can be put off."""
    day = today()
    monday = monday_of(day) + dt.timedelta(days=7)
    return [
        {"day": day.isoformat(), "label": _("Today")},
        {"day": (day + dt.timedelta(days=1)).isoformat(), "label": _("Tomorrow")},
        {"day": monday.isoformat(), "label": _("Next Monday, %(day)s") % {"day": f"{monday:%d/%m}"}},
        {"day": (day + dt.timedelta(days=7)).isoformat(), "label": _("In a week")},
    ]


@require_POST
@page
def put_off(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Let something be due on another day, at the hour it was."""
    found = _found(request, activity_id)
    try:
        day = dt.date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise NotFound from error
    hour = found.due.astimezone(ZONE).time() if found.due and not found.begins else DUE_HOUR
    due = dt.datetime.combine(day, hour, tzinfo=ZONE)
    done = change(
        entity_named("activities"),
        found.id,
        actor=request.actor,
        values={"due_at": due},
        version=number_in(request.POST.get("version", "")) or found.version,
    )
    text = _("“%(subject)s” is due %(due)s.") % {"subject": found.subject, "due": show_moment(due)}
    return _answer(request, text, undo=undo_url(done.operation.id))


@require_POST
@page
def give(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Hand something over to a colleague."""
    found = _found(request, activity_id)
    people = agenda.colleagues(request.actor, only=number_in(request.POST.get("owner", "")) or 0)
    if not people:
        raise NotFound
    person = people[0][0]
    operation = hand_over(entity_named("activities"), [found.id], actor=request.actor, owner=person.id)
    text = _("“%(subject)s” is now with %(name)s.") % {"subject": found.subject, "name": person.name}
    return _answer(request, text, undo=undo_url(operation.id))


def _found(request: ActorRequest, activity_id: int) -> Work:
    """Find one open thing to do. Raises NotFound."""
    found = worklist.one(request.actor, activity_id, now=now())
    if found is None:
        raise NotFound
    return found


def _answer(request: ActorRequest, text: str, *, undo: str = "", tone: str = "green") -> HttpResponse:
    """Draw the list anew and say what was done."""
    shown = work.asked_back(request.POST.get("back", ""))
    if not is_fragment(request):
        messages.success(request, text, extra_tags=undo)
        return HttpResponseRedirect(shown.url())
    response = HttpResponse(work.drawn(request, shown))
    response = trigger_client_event(response, "close-dialog", {})
    return trigger_client_event(
        response, "toast", {"text": text, "tone": tone} | ({"undo": undo} if undo else {})
    )


def _asked(
    request: ActorRequest,
    found: Work,
    sent: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    action = f"{work.ADDRESS}/{found.id}/finish"
    in_dialog = is_fragment(request)
    context: dict[str, Any] = {
        "title": _("Finish “%(subject)s”") % {"subject": found.subject or label_of(found.kind)},
        "action": action,
        "sends": hx(post=action, target="#work", swap="outerHTML") if in_dialog else {},
        "version": found.version,
        "back": work.asked_back(given.get("back", "") or came_from(request)).url(),
        "outcomes": list(OUTCOMES),
        "sent": {name: sent.get(name, "") for name in _ASKED},
        "errors": {name: errors.get(name, "") for name in _ASKED},
        "other": [{"message": text} for name, text in errors.items() if name not in _ASKED],
        "crumbs": [Crumb(_("Work to do"), work.ADDRESS), Crumb(_("Finish"))],
    }
    if not in_dialog:
        return render(request, _FINISH, context, status=status)
    response = HttpResponse(render_block(request, _FINISH, "dialog", context), status=status)
    return response if request.method != "POST" else reswap(retarget(response, "#dlg"), "innerHTML")
