"""The page of the trail: who changed or opened what, who came in at the door, and all of it as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from duyen.entities.csv_writing import csv_lines
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.fields import Label
from duyen.entities.registry import all_entities
from duyen.entities.trail_lines import Line, Lines
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, EXPORT_TRAIL, OVERSEE_TRAIL, READ_TRAIL
from duyen.foundation.org.browsers import browser_of
from duyen.foundation.org.models import DoorstepEvent, User
from duyen.kernel.clock import ZONE, today
from duyen.kernel.dates import show_moment
from duyen.modules.administration.actions import export_trail, look_at_door, look_into_trail
from duyen.modules.administration.pages.trail_form import (
    CHANGES,
    DOOR,
    OPENED,
    PICKED,
    Asked,
    choices,
    options_like,
)
from duyen.modules.administration.tabs import DOOR_TONES, words_at_the_door
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import page_or_block, render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.shown import closed, plain
from duyen.surfaces.web.pages.trail import DOORS, icon_of, sentences, things_said
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "administration/trail.html"
_LONGEST_WORDS = 120
#: How the parts of a noted question are called.
_ASKED: Mapping[str, Label] = {
    "who": gettext_lazy("Who"),
    "record": gettext_lazy("Record"),
    "kind": gettext_lazy("Kind of record"),
    "verb": gettext_lazy("Step"),
    "door": gettext_lazy("Door"),
    "field": gettext_lazy("Field changed"),
    "words": gettext_lazy("Words"),
    "outcome": gettext_lazy("Outcome"),
    "since": gettext_lazy("From"),
    "until": gettext_lazy("To"),
    "opened": gettext_lazy("Opened only"),
    "format": gettext_lazy("File"),
    "filter": gettext_lazy("Conditions"),
    "columns": gettext_lazy("Columns"),
    "chosen": gettext_lazy("Rows chosen"),
    "bin": gettext_lazy("From the bin"),
}


@dataclass(frozen=True)
class Shown:
    """One entry, ready for the page."""

    at: dt.datetime
    head: Markup
    record: Markup
    lines: list[Markup]
    note: str
    door: Label
    behalf: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Day:
    """The entries of one day."""

    day: dt.date
    entries: list[Shown]


@never_cache
@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the trail, what was opened, or the door, newest first; further rows come as one scrolls."""
    asked, actor, after = (
        Asked.read(request.GET, request.actor),
        request.actor,
        request.GET.get("after") or None,
    )
    context: dict[str, Any] = {"days": [], "events": [], "next_url": "", "reached": None, "problem": ""}
    try:
        context |= _door(asked, actor, after) if asked.tab == DOOR else _entries(asked, actor, after)
    except InvalidValues as error:
        context["problem"] = str(error)
    block = "more" if after else "found"
    status = 422 if context["problem"] else 200
    return page_or_block(request, TEMPLATE, block, _frame(asked, actor) | context, status=status)


@never_cache
@require_safe
@page
def options(request: ActorRequest, name: str) -> HttpResponse:
    """Offer the steps or fields that fit what is typed."""
    if name not in PICKED or not request.actor.may("users", READ_TRAIL):
        raise NotFound
    if not is_fragment(request):
        return HttpResponseRedirect("/trail")
    words = request.GET.get(f"{name}_text", "")[:_LONGEST_WORDS]
    context = {"options": options_like(name, words, request.actor), "prefix": f"trail-{name}"}
    return HttpResponse(render_block(request, "derived/filter.html", "options", context))


def _frame(asked: Asked, actor: Actor) -> dict[str, Any]:
    tabs = [(CHANGES, _("Everything")), (OPENED, _("Opened"))]
    if actor.may("users", OVERSEE_TRAIL):
        tabs.append((DOOR, _("Sign-ins")))
    may_export = actor.may("users", EXPORT_TRAIL) and asked.tab != DOOR
    return {
        "asked": asked,
        "typed": asked.typed,
        "errors": dict.fromkeys(asked.typed, "") | {each.field: each.message for each in asked.problems},
        "choices": choices(),
        "picked": asked.picked,
        "tabs": [
            {"label": label, "url": Asked.read({"tab": tab}, actor).url(), "is_current": tab == asked.tab}
            for tab, label in tabs
        ],
        "is_door": asked.tab == DOOR,
        "export_url": asked.url("/trail/export") if may_export else "",
        "clear_url": Asked.read({"tab": asked.tab}, actor).url(),
        "oversees": actor.may("users", OVERSEE_TRAIL),
        "crumbs": [Crumb(_("Trail"))],
    }


def _entries(asked: Asked, actor: Actor, after: str | None) -> dict[str, Any]:
    found, lines = look_into_trail(asked.question(), actor=actor, after=after)
    behalves = _names(line.step.on_behalf_of for line in lines.lines)
    days: list[Day] = []
    for line in lines.lines:
        day = line.step.at.astimezone(ZONE).date()
        if not days or days[-1].day != day:
            days.append(Day(day, []))
        days[-1].entries.append(_shown(line, lines, behalves))
    next_url = asked.url(after=found.next) if found.next else ""
    return {"days": days, "next_url": next_url, "reached": found.reached}


def _shown(line: Line, lines: Lines, behalves: Mapping[int, str]) -> Shown:
    icon, tone = ("eye", "amber") if line.was_opened else icon_of(line.step.verb)
    # What a new record was born with stands on the record itself.
    head, said = sentences(line.step, line.step.changes if line.step.verb != CREATE else (), lines.linked)
    return Shown(
        at=line.step.at,
        head=head,
        record=_record(line),
        lines=said or things_said(line.said) or _told(line.told),
        note=line.step.note,
        door=DOORS.get(line.step.door, line.step.door),
        behalf=behalves.get(line.step.on_behalf_of or 0, ""),
        icon=icon,
        tone=tone,
    )


def _record(line: Line) -> Markup:
    """Name the record: a link where the reader may open it, where it stands and whom to ask where not."""
    if line.entity is None:
        return Markup('<span class="mute">{}</span>').format(
            " · ".join(filter(None, (str(line.kind), line.thing)))
        )
    if line.record is None:
        gone = _("%(kind)s no. %(id)s, which is no longer there") % {"kind": line.kind, "id": line.record_id}
        return Markup('<span class="mute">{}</span>').format(gone)
    if not line.is_open:
        # Without its name, the number tells one closed record from another.
        kind = _("%(kind)s no. %(id)s") % {"kind": line.kind, "id": line.record_id}
        words = line.record.label if line.record.is_open else closed(line.record)
        return Markup('<span class="mute">{} · {}</span>').format(kind, words)
    words = " · ".join(filter(None, (str(line.kind), line.record.code, line.record.label)))
    return Markup('<a class="link" href="{}">{}</a>').format(record_url(line.entity, line.record_id), words)


def _told(told: Mapping[str, Any]) -> list[Markup]:
    """Say what was told about something opened: the question that was asked, and how much came out."""
    asked: Mapping[str, Any] = told.get("asked") or {}
    parts = [(_ASKED.get(name, name), _value(name, value, asked)) for name, value in asked.items()]
    if told.get("entries") is not None:
        parts.append((_("Entries"), so(told["entries"])))
    if "whole" in told:
        parts.append((_("To the end"), _("yes") if told["whole"] else _("no, broken off")))
    return [Markup("{}: {}").format(name, value) for name, value in parts]


def _value(name: str, value: Any, asked: Mapping[str, Any]) -> Any:
    kind = next((each for each in all_entities() if each.name == asked.get("kind")), None)
    if name == "kind":
        return kind.labels if kind else value
    if name == "columns" and kind:
        return ", ".join(
            str(kind.by_name[each].label) if each in kind.by_name else each for each in value.split(", ")
        )
    return _("yes") if value is True or (name == "bin" and value) else value


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {each for each in ids if each is not None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "full_name")) if wanted else {}


def _door(asked: Asked, actor: Actor, after: str | None) -> dict[str, Any]:
    found, following = look_at_door(asked.question_to_door(), actor=actor, after=after)
    return {
        "events": [_event(each) for each in found],
        "next_url": asked.url(after=following) if following else "",
    }


def _event(event: DoorstepEvent) -> dict[str, Any]:
    by = event.by.full_name if event.by else None
    browser = browser_of(event.browser)
    return {
        "at": event.at,
        "who": event.user.full_name if event.user else event.email,
        "url": f"/users/{event.user_id}?tab=access" if event.user_id else "",
        "email": event.email,
        "words": words_at_the_door(event.what, event.outcome, by),
        "tone": DOOR_TONES[event.outcome],
        "address": event.address,
        "browser": ", ".join(filter(None, (browser.name, browser.system))),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: ActorRequest) -> HttpResponse:
    """Ask what the file is for, and send what the search found as CSV, line by line."""
    if not request.actor.may("users", EXPORT_TRAIL):
        raise NotAllowed(why=_("exporting the trail is a right of its own."))
    asked = Asked.read(request.POST if request.method == "POST" else request.GET, request.actor)
    if request.method != "POST":
        return _export_form(request, asked, {}, 200)
    try:
        sets = export_trail(asked.question(), request.POST.get("purpose", ""), actor=request.actor)
    except InvalidValues as error:
        return _export_form(request, asked, {each.field: each.message for each in error.problems}, 422)
    response = StreamingHttpResponse(
        _file(sets, request.actor.language), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="trail-{today():%Y%m%d}.csv"'
    return cast("HttpResponse", response)  # every middleware here takes a stream as well


def _export_form(
    request: ActorRequest, asked: Asked, errors: Mapping[str, object], status: int
) -> HttpResponse:
    context = {
        "asked": asked,
        "kept": {"tab": asked.tab, **asked.typed},
        "purpose": request.POST.get("purpose", ""),
        "error": errors.get("purpose", ""),
        "problem": "" if "purpose" in errors else next(iter(errors.values()), ""),
        "conditions": [
            (_ASKED[{"from": "since", "to": "until"}.get(name, name)], value)
            for name, value in asked.typed.items()
            if value
        ],
        "back_url": asked.url(),
        "crumbs": [Crumb(_("Trail"), asked.url()), Crumb(_("Export"))],
    }
    return render(request, "administration/trail_export.html", context, status=status)


def _file(sets: Generator[Lines], language: str) -> Iterator[bytes]:
    """Write the file in the reader's language; it is sent after the page's own language has ended."""
    with closing(sets), translation.override(language):
        heads = [
            *(
                _("Time"),
                _("Operation"),
                _("Who"),
                _("On behalf of"),
                _("Door"),
                _("Step"),
                _("Kind of record"),
            ),
            *(_("Code"), _("Record"), _("Field"), _("From"), _("To"), _("Note")),
        ]
        yield from csv_lines([str(head) for head in heads], _cells(sets))


def _cells(sets: Iterator[Lines]) -> Iterator[list[str]]:
    for lines in sets:
        behalves = _names(line.step.on_behalf_of for line in lines.lines)
        for line in lines.lines:
            step, record = line.step, line.record
            is_named = record is not None and line.is_open and record.is_open
            head = [
                *(
                    show_moment(step.at),
                    str(step.operation),
                    step.who,
                    behalves.get(step.on_behalf_of or 0, ""),
                ),
                *(str(DOORS.get(step.door, step.door)), str(step.label), str(line.kind)),
                *(
                    (record.code, record.label)
                    if record and is_named
                    else ("", line.thing or str(line.record_id or ""))
                ),
            ]
            for each in line.said:
                was, now = ("•", "•") if each.is_secret else (each.was, each.now)
                yield [*head, str(each.label), was, now, step.note]
            for change in step.changes if step.verb != CREATE else ():
                was, now = (
                    ("•", "•")
                    if change.is_secret
                    else (
                        plain(change.field, change.was, lines.linked),
                        plain(change.field, change.now, lines.linked),
                    )
                )
                yield [*head, str(change.field.label), was, now, step.note]
            if not line.said and (not step.changes or step.verb == CREATE):
                yield [*head, "", "", "; ".join(str(each) for each in _told(line.told)), step.note]
