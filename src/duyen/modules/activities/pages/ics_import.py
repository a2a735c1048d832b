"""Bring a calendar file in: look at what is in it, then make it one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import NotAllowed
from duyen.entities.refusals import said
from duyen.foundation.access.words import CREATE
from duyen.kernel.errors import DomainError
from duyen.kernel.icalendars import MOST_BYTES, MOST_ENTRIES, CalendarTooLarge
from duyen.modules.activities.actions import bringing
from duyen.modules.activities.actions.bringing import Found, Looked
from duyen.modules.activities.pages import calendar
from duyen.modules.activities.pages.looks import when_in_words
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

PAGE = "/calendar/import"
TEMPLATE = "activities/import_calendar.html"
#: So many entries are shown before they come in; the others are counted.
_MOST_SHOWN = 60


@require_http_methods(["GET", "HEAD", "POST"])
@page
def upload(request: ActorRequest) -> HttpResponse:
    """Ask for a file, show what is in it, bring it in."""
    actor = request.actor
    if not actor.may("activities", CREATE):
        raise NotAllowed(why=_("your role gives no right to plan activities."))
    context: dict[str, Any] = {
        "action": PAGE,
        "error": "",
        "looked": [],
        "counts": {},
        "more": 0,
        "crumbs": [Crumb(_("Calendar"), calendar.ADDRESS), Crumb(_("Bring in a calendar file"))],
    }
    if request.method != "POST":
        return render(request, TEMPLATE, context)
    file = request.FILES.get("file")
    try:
        if file is None:
            return _shown(request, context | {"error": _("Choose a file first.")})
        if (file.size or 0) > MOST_BYTES:
            raise CalendarTooLarge(most=MOST_ENTRIES)
        content = file.read()
        if request.POST.get("step") == "bring":
            return _brought(request, bringing.bring_in(content, actor=actor))
        looked = bringing.look(content, actor=actor)
    except DomainError as error:
        return _shown(request, context | {"error": said(error)})
    return _shown(request, context | _told(looked), status=200)


def _told(looked: list[Looked]) -> dict[str, Any]:
    lines = [
        {
            "subject": each.subject or each.reason,
            "when": when_in_words(each.starts_at, None) if each.starts_at else "",
            "reason": each.reason if each.subject else "",
            "times": len(each.times) if len(each.times) > 1 else 0,
            "repeats": bool(each.repeats),
            "is_new": each.found is Found.NEW,
            "is_known": each.found is Found.KNOWN,
        }
        for each in looked[:_MOST_SHOWN]
    ]
    return {
        "looked": lines,
        "counts": {found.value: sum(each.found is found for each in looked) for found in Found},
        "more": max(len(looked) - _MOST_SHOWN, 0),
    }


def _shown(request: ActorRequest, context: dict[str, Any], *, status: int = 422) -> HttpResponse:
    if is_fragment(request):
        return HttpResponse(render_block(request, TEMPLATE, "preview", context), status=status)
    return render(request, TEMPLATE, context, status=status)


def _brought(request: ActorRequest, brought: bringing.Brought) -> HttpResponse:
    text = ngettext("%(count)s entry came in.", "%(count)s entries came in.", brought.made) % {
        "count": brought.made
    }
    if brought.known:
        text += " " + ngettext(
            "%(count)s was there already.", "%(count)s were there already.", brought.known
        ) % {"count": brought.known}
    messages.success(request, text)
    if brought.refused:
        left = _("Left out: %(reasons)s") % {"reasons": " ".join(brought.refused[:5])}
        messages.warning(request, left)
    return HttpResponseRedirect(calendar.ADDRESS)
