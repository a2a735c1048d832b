"""Watch a record or no longer, and the page of all that the reader watches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.notices.watching import is_watched, unwatch, watch, watched
from duyen.entities.registry import all_entities
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.watching.models import Watch
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.notices.addresses import NOTICES, PREFERENCES, WATCHING, watch_url
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "notices/watching.html"
BUTTON = "notices/watch_button.html"
_AT_ONCE = 50


@require_POST
@page
def begin(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Watch a record from now on."""
    entity = opened(request, entities)
    watch(entity, record_id, actor=request.actor)
    return _answer(request, entity, record_id, _("You watch this record now."))


@require_POST
@page
def end(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Watch a record no longer."""
    entity = opened(request, entities)
    unwatch(entity, record_id, actor=request.actor)
    return _answer(request, entity, record_id, _("You no longer watch this record."))


@require_POST
@page
def stop(request: ActorRequest) -> HttpResponse:
    """End one watch from the page of all, also of a record that is closed or gone."""
    _refuse_looking(request)
    number = number_in(request.POST.get("watch", ""))
    gone, _rows = Watch.objects.filter(pk=number or 0, user_id=request.actor.user_id or 0).delete()
    if not gone:
        raise NotFound
    messages.success(request, _("You no longer watch this record."))
    return HttpResponseRedirect(WATCHING)


@require_http_methods(["GET", "HEAD"])
@page
def show(request: ActorRequest) -> HttpResponse:
    """List what the reader watches, the latest first."""
    _refuse_looking(request)
    before = number_in(request.GET.get("before", ""))
    found = watched(request.actor, before=before, limit=_AT_ONCE + 1)
    families: Mapping[str, Any] = {each.family: each.label for each in reversed(all_entities())}
    rows = [
        {
            "id": each.watch.pk,
            "url": record_url(each.entity, each.watch.record_id) if each.entity else "",
            "name": (each.record.label or each.record.code) if each.record else "",
            "code": each.record.code if each.record else "",
            "kind": each.entity.label if each.entity else families.get(each.watch.entity, ""),
            "since": each.watch.since,
            "is_own": each.watch.is_own,
        }
        for each in found[:_AT_ONCE]
    ]
    context = {
        "rows": rows,
        "next_url": f"{WATCHING}?before={found[_AT_ONCE - 1].watch.pk}" if len(found) > _AT_ONCE else "",
        "preferences_url": PREFERENCES,
        "crumbs": [Crumb(_("Notices"), NOTICES), Crumb(_("Watched records"))],
    }
    return render(request, TEMPLATE, context)


def watch_state(entity: Entity, row: Mapping[str, Any], request: ActorRequest) -> dict[str, Any]:
    """Give what the button on a record needs; nothing while somebody looks through another's eyes."""
    if request.actor.is_looking or request.actor.user_id is None:
        return {}
    is_on = is_watched(entity, row["id"], actor=request.actor)
    return {"is_on": is_on, "url": watch_url(entity, row["id"], ends=is_on)}


def _answer(request: ActorRequest, entity: Entity, record_id: int, text: str) -> HttpResponse:
    if not is_fragment(request):
        messages.success(request, text)
        return HttpResponseRedirect(record_url(entity, record_id))
    context = {"watching": watch_state(entity, {"id": record_id}, request)}
    answer = HttpResponse(render_block(request, BUTTON, "button", context))
    return trigger_client_event(answer, "toast", {"text": text, "tone": "green"})


def _refuse_looking(request: ActorRequest) -> None:
    if request.actor.is_looking:
        raise OnlyLooking(name=request.actor.name)
