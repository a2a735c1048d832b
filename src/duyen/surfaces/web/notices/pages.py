"""The bell's panel and the page of notices: read them, mark them, go where they lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event
from markupsafe import Markup, escape

from duyen.entities.errors import NotFound
from duyen.entities.notices.showing import JOBS, Told, tell
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.notices.kinds import GROUPS
from duyen.foundation.notices.models import Notice
from duyen.foundation.notices.reading import (
    MOST_COUNTED,
    mark_read,
    mark_unread,
    notices_of,
    unread_by_group,
    unread_count,
)
from duyen.kernel.clock import ZONE
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.notices.addresses import NOTICES, PREFERENCES, UNREAD, WATCHING, notice_url
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import job_url, list_url, record_url
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "notices/page.html"
PANEL = "notices-menu"
ALL, NEW = "all", "unread"
_AT_ONCE, _IN_PANEL = 50, 10


@require_http_methods(["GET", "HEAD"])
@page
def show(request: ActorRequest) -> HttpResponse:
    """List the reader's notices, or the newest of them in the bell's panel."""
    _refuse_looking(request)
    if is_fragment(request) and request.headers.get("HX-Target") == PANEL:
        return HttpResponse(render_block(request, TEMPLATE, "panel", _panel(request)))
    context = _context(request)
    if is_fragment(request) and request.headers.get("HX-Target") == "more-notices":
        return HttpResponse(render_block(request, TEMPLATE, "rows", context))
    return render(request, TEMPLATE, context)


@require_http_methods(["GET", "HEAD"])
@page
def follow(request: ActorRequest, notice_id: int) -> HttpResponse:
    """Mark a notice read, and go to what it is about."""
    _refuse_looking(request)
    user_id = request.actor.user_id or 0
    notice = Notice.objects.filter(pk=notice_id, user_id=user_id).order_by("pk").first()
    if notice is None:
        raise NotFound
    mark_read(user_id, [notice.pk])
    told = next(iter(tell(request.actor, [notice])), None)
    return HttpResponseRedirect((told and _target(told)) or NOTICES)


@require_POST
@page
def read(request: ActorRequest) -> HttpResponse:
    """Mark the named notices read, or all of them, or all of one group."""
    ids = _ids(request.POST)
    group = request.POST.get("group", "")
    count, moment = mark_read(
        request.actor.user_id or 0, ids, group=group if group in GROUPS and ids is None else ""
    )
    text = ngettext("%(count)s notice marked read.", "%(count)s notices marked read.", count)
    undo = f"{UNREAD}?{urlencode({'at': moment.isoformat()})}" if count else ""
    return _answer(request, text % {"count": count}, undo)


@require_POST
@page
def unread(request: ActorRequest) -> HttpResponse:
    """Mark the named notices unread again, or those that were marked read at one moment."""
    ids = _ids(request.POST)
    moment = _moment(request.GET.get("at", "")) if ids is None else None
    count = mark_unread(request.actor.user_id or 0, ids, read_at=moment)
    text = ngettext("%(count)s notice is unread again.", "%(count)s notices are unread again.", count)
    return _answer(request, text % {"count": count}, "")


def _answer(request: ActorRequest, text: str, undo: str) -> HttpResponse:
    """Show the panel or the page anew, with what was done as a message that can be undone."""
    if not is_fragment(request):
        messages.success(request, text, extra_tags=undo)
        return HttpResponseRedirect(_back(request.POST.get("back", "")))
    request.user.unread_notices = unread_count(request.actor.user_id or 0)  # type: ignore[attr-defined]
    in_panel = request.headers.get("HX-Target") == PANEL
    if in_panel:
        answer = HttpResponse(render_block(request, TEMPLATE, "panel", _panel(request)))
    else:
        answer = HttpResponse(status=204)
    trigger_client_event(answer, "toast", {"text": text, "tone": "green", **({"undo": undo} if undo else {})})
    return trigger_client_event(answer, "notices-changed", {})


def _back(address: str) -> str:
    """Go back to the page of notices as it was; nowhere else."""
    return address if address == NOTICES or address.startswith(f"{NOTICES}?") else NOTICES


def _ids(sent: QueryDict) -> list[int] | None:
    if "id" not in sent:
        return None
    return [number for each in sent.getlist("id") if (number := number_in(each)) is not None]


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _panel(request: ActorRequest) -> dict[str, Any]:
    user_id = request.actor.user_id or 0
    return {"rows": rows_of(tell(request.actor, notices_of(user_id, limit=_IN_PANEL))), "all_url": NOTICES}


def _context(request: ActorRequest) -> dict[str, Any]:
    user_id = request.actor.user_id or 0
    group = request.GET.get("group", "")
    group = group if group in GROUPS else ""
    which = NEW if request.GET.get("show") == NEW else ALL
    before = _place(request.GET.get("before", ""))
    found = notices_of(user_id, unread=which == NEW, group=group, before=before, limit=_AT_ONCE + 1)
    shown = found[:_AT_ONCE]
    counts = unread_by_group(user_id)
    rows = rows_of(tell(request.actor, shown))
    following = ""
    if len(found) > _AT_ONCE:
        place = f"{shown[-1].created_at.isoformat()},{shown[-1].pk}"
        following = _url(which, group) + f"&{urlencode({'before': place})}"
    return {
        "days": _by_day(rows),
        "next_url": following,
        "tabs": _tabs(which, group, counts),
        "groups": _groups(which, group, counts),
        "group": group,
        "here": _url(which, group),
        "is_new": which == NEW,
        "is_any_unread": counts[group] if group else sum(counts.values()),
        "watching_url": WATCHING,
        "preferences_url": PREFERENCES,
        "crumbs": [Crumb(_("Notices"))],
    }


def _url(which: str, group: str) -> str:
    return f"{NOTICES}?" + urlencode({"show": which, **({"group": group} if group else {})})


def _tabs(which: str, group: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    count = counts[group] if group else sum(counts.values())
    return [
        {"label": _("All"), "url": _url(ALL, group), "is_current": which == ALL},
        {
            "label": _("Unread"),
            "url": _url(NEW, group),
            "is_current": which == NEW,
            "count": shown_count(count),
        },
    ]


def _groups(which: str, chosen: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    every = {"label": _("Every kind"), "url": _url(which, ""), "is_current": not chosen, "count": ""}
    return [
        every,
        *(
            {
                "label": each.label,
                "url": _url(which, each.name),
                "is_current": each.name == chosen,
                "count": shown_count(counts[each.name]),
            }
            for each in GROUPS.values()
        ),
    ]


def shown_count(count: int) -> str:
    """Write how many are unread as the bell does: nothing for none, 99+ above."""
    return "" if not count else str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _place(text: str) -> tuple[dt.datetime, int] | None:
    moment, _comma, number = text.partition(",")
    at, last = _moment(moment), number_in(number)
    return (at, last) if at is not None and last is not None else None


def rows_of(told: Sequence[Told]) -> list[dict[str, Any]]:
    """Give what a page or a mail shows of notices."""
    return [
        {
            "id": each.notice.pk,
            "url": notice_url(each.notice.pk),
            "words": _words(each),
            "text": each.text,
            "fields": ", ".join(str(label) for label in each.fields),
            "at": each.at,
            "icon": each.kind.icon,
            "tone": each.kind.tone,
            "is_unread": each.is_unread,
            "leads": bool(_target(each)),
        }
        for each in told
    ]


def _words(told: Told) -> Markup:
    """Say the sentence with the names in it set off; all that is filled in is escaped."""
    bold = {
        name: Markup("<b>{}</b>").format(told.words[name]) for name in ("who", "label") if name in told.words
    }
    record = Markup("<b>{}</b>").format(told.record)
    return escape(told.sentence) % {**told.words, **bold, "record": record}


def _target(told: Told) -> str:
    """Give the address of what a notice is about."""
    if told.notice.entity == JOBS and told.notice.record_id is not None:
        return job_url(told.notice.record_id)
    if told.entity is not None:
        return record_url(told.entity, told.opens)
    if told.many is None:
        return ""
    listed = [(name, value) for name, value in told.notice.args.get("listed", ())]
    return list_url(told.many) + (f"?{urlencode(listed)}" if listed else "")


def _by_day(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    days: list[dict[str, Any]] = []
    for each in rows:
        day = each["at"].astimezone(ZONE).date()
        if not days or days[-1]["day"] != day:
            days.append({"day": day, "rows": []})
        days[-1]["rows"].append(each)
    return days


def _refuse_looking(request: ActorRequest) -> None:
    """Keep one person's notices to herself: whoever sees as she does reads the records, not her post."""
    if request.actor.is_looking:
        raise OnlyLooking(name=request.actor.name)
