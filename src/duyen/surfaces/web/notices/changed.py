"""What others changed on a record while its page or its form is open."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.history import Step, history
from duyen.foundation.access.words import CREATE
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.notices.addresses import changes_url
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import trail
from duyen.surfaces.web.pages.addresses import HISTORY, record_url
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page

TEMPLATE = "notices/changed.html"
_MOST_TOLD = 5


@require_http_methods(["GET", "HEAD"])
@page
def changes(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Tell what others changed since the version and the moment at which the reader got the page."""
    entity = opened(request, entities)
    if not is_fragment(request):
        return HttpResponseRedirect(record_url(entity, record_id, tab=HISTORY))
    since, seen = number_in(request.GET.get("since", "")), number_in(request.GET.get("at", ""))
    if since is None:
        raise NotFound
    at = dt.datetime.fromtimestamp(min(seen or 0, 2**33), dt.UTC) if seen else None
    context = _told(request, entity, record_id, since, at)
    return HttpResponse(render_block(request, TEMPLATE, "changed", context))


def _told(
    request: ActorRequest, entity: Entity, record_id: int, since: int, at: dt.datetime | None
) -> dict[str, Any]:
    found = history(entity, record_id, actor=request.actor, limit=20)
    steps = [each for each in found.steps if _is_news(each, request.actor.user_id, since, at)]
    told = []
    for step in steps[:_MOST_TOLD]:
        head, lines = trail.sentences(step, step.changes if step.verb != CREATE else (), found.linked)
        told.append({"at": step.at, "head": head, "lines": lines})
    return {
        "steps": told,
        "more": len(steps) - len(told),
        "in_form": request.GET.get("in") == "form",
        "record_url": record_url(entity, record_id),
        "history_url": record_url(entity, record_id, tab=HISTORY),
    }


def _is_news(step: Step, user_id: int | None, since: int, at: dt.datetime | None) -> bool:
    """Tell whether a step came after what the reader has before her, and is not her own.

    A change of a part alone has no version; then the clock tells.
    """
    if step.user_id is not None and step.user_id == user_id:
        return False
    if step.version is not None:
        return step.version > since
    return at is not None and step.at > at


def changed_place(entity: Entity, record_id: int, version: int, *, in_form: bool = False) -> dict[str, Any]:
    """Give the place on a page where it will say what others change, as crm's live script reads it."""
    return {
        "family": entity.family,
        "entity": entity.name,
        "id": record_id,
        "version": version,
        "url": changes_url(entity, record_id),
        "in_form": in_form,
        "label": _("What others changed meanwhile"),
    }
