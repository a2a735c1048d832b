"""Faults that nobody foresaw: found by the number that somebody quotes, grouped, marked as solved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from duyen.entities.errors import NotAllowed, NotFound
from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.declaring import administers
from duyen.foundation.troubles.declared import KEEP_DAYS
from duyen.foundation.troubles.models import Trouble
from duyen.foundation.troubles.queries import (
    names_of,
    reopen,
    report_called,
    reports_of,
    solve,
    trouble_called,
    troubles,
)
from duyen.modules.administration.pages.areas import shown_settings
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.trail import DOORS
from duyen.surfaces.web.shell import Crumb

TROUBLES = "/settings/troubles"
_LONGEST_NUMBER = 20


def _refuse_others(actor: Actor) -> None:
    if not administers(actor):
        raise NotAllowed(why=_("error reports are for administrators to see."))


@require_safe
@page
def index(request: ActorRequest) -> HttpResponse:
    """List faults, or lead to the one whose number was typed."""
    _refuse_others(request.actor)
    asked = request.GET.get("q", "").strip()[:_LONGEST_NUMBER]
    found = report_called(asked) if asked else None
    if found is not None:
        address = reverse("trouble", args=[found.trouble_id])
        return HttpResponseRedirect(f"{address}?number={found.number}#{found.number}")
    is_solved = request.GET.get("state") == "solved"
    context = {
        "q": asked,
        "is_solved": is_solved,
        "troubles": troubles(solved=is_solved),
        "setting": [each for each in shown_settings("retention") if each.name == KEEP_DAYS],
        "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("Error reports"))],
    }
    return render(request, "administration/troubles.html", context)


@require_safe
@page
def show(request: ActorRequest, trouble_id: int) -> HttpResponse:
    """Show one fault: where it happens, how often, who met it when."""
    _refuse_others(request.actor)
    found = _trouble(trouble_id)
    reports = reports_of(found)
    quoted = report_called(request.GET.get("number", "")[:_LONGEST_NUMBER])
    if quoted is not None and quoted.trouble_id == found.pk and quoted not in reports:
        reports = [quoted, *reports]
    names = names_of([found.solved_by_id, *(each.user_id for each in reports)])
    context = {
        "trouble": found,
        "frames": _frames(found.trace),
        "solved_by": names.get(found.solved_by_id or 0, ""),
        "reports": [
            {
                "number": each.number,
                "at": each.at,
                "door": DOORS.get(each.door, each.door),
                "pattern": each.pattern,
                "who": names.get(each.user_id or 0, ""),
                "product": each.product,
                "is_quoted": quoted is not None and quoted.pk == each.pk,
            }
            for each in reports
        ],
        "crumbs": [
            Crumb(_("Settings"), "/settings"),
            Crumb(_("Error reports"), TROUBLES),
            Crumb(found.kind),
        ],
    }
    return render(request, "administration/trouble.html", context)


@require_POST
@page
def step(request: ActorRequest, trouble_id: int, verb: str) -> HttpResponse:
    """Mark a fault as solved, or take that back."""
    _refuse_others(request.actor)
    found = _trouble(trouble_id)
    if verb == "solve":
        solve(found, actor=request.actor)
        undo = reverse("trouble_step", args=[found.pk, "reopen"])
        messages.success(
            request, _("Marked as solved. It opens again when somebody meets it."), extra_tags=undo
        )
    elif verb == "reopen":
        reopen(found)
        messages.success(request, _("Open again."))
    else:
        raise NotFound
    return HttpResponseRedirect(reverse("trouble", args=[found.pk]))


def _trouble(trouble_id: int) -> Trouble:
    found = trouble_called(trouble_id)
    if found is None:
        raise NotFound
    return found


def _frames(trace: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    names = ("file", "line", "function", "source", "is_ours")
    return [dict(zip(names, each, strict=False)) for each in trace]
