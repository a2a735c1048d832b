"""The pages of a webhook that its entity does not give: its secret, its log, one delivery."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duyen.entities.errors import NotAllowed
from duyen.foundation.access.words import CHANGE
from duyen.foundation.webhooks.models import Delivery, DeliveryState, Webhook
from duyen.foundation.webhooks.problems import problem_of
from duyen.modules.administration.hook_tabs import STATES, shown
from duyen.surfaces.api.hooks.keeping import (
    deliveries_of,
    delivery_of,
    hook_in_sight,
    make_secret,
    replay_one,
    shown_request,
)
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb


@require_safe
@page
def all_webhooks(request: ActorRequest) -> HttpResponse:
    """Lead to the list, which stands beside the other lists of administration."""
    return HttpResponseRedirect("/webhooks")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def secret(request: ActorRequest, hook_id: int) -> HttpResponse:
    """Ask, then make a new secret and show it this once."""
    hook = hook_in_sight(hook_id, request.actor)
    if not request.actor.may("webhooks", CHANGE):
        raise NotAllowed(why=_("changing webhooks is not among your rights."))
    made = make_secret(hook_id, actor=request.actor) if request.method == "POST" else ""
    context = {
        "hook": hook,
        "hook_url": f"/webhooks/{hook_id}",
        "secret": made,
        "has_secret": hook.sealed is not None,
        "crumbs": _crumbs(hook, _("Secret")),
    }
    return render(request, "administration/hook_secret.html", context)


@require_safe
@page
def log(request: ActorRequest, hook_id: int) -> HttpResponse:
    """List the deliveries of a webhook, of one state where that is asked for."""
    hook = hook_in_sight(hook_id, request.actor)
    given = request.GET.get("state", "")
    state = given if given in DeliveryState.values else ""
    found, following = deliveries_of(
        hook_id, state=state, before=number_in(request.GET.get("before", "")), limit=50
    )
    after = urlencode({"state": state, "before": following}) if following else ""
    context = {
        "hook": hook,
        "deliveries": [shown(each) for each in found],
        "state": state,
        "states": [{"value": value, "label": label} for value, (label, _tone) in STATES.items()],
        "next_url": f"/webhooks/{hook_id}/deliveries?{after}" if after else "",
        "crumbs": _crumbs(hook, _("Deliveries")),
    }
    return render(request, "administration/delivery_log.html", context)


@require_safe
@page
def delivery(request: ActorRequest, hook_id: int, delivery_id: int) -> HttpResponse:
    """Show one delivery; while its next try is near, it asks again every two seconds."""
    hook = hook_in_sight(hook_id, request.actor)
    kept = delivery_of(hook_id, delivery_id)
    context = _one(request, hook, kept)
    if is_fragment(request):
        return HttpResponse(render_block(request, "administration/delivery.html", "card", context))
    return render(request, "administration/delivery.html", context)


def _one(request: ActorRequest, hook: Webhook, kept: Delivery) -> dict[str, Any]:
    url = f"/webhooks/{hook.pk}/deliveries/{kept.pk}"
    is_waiting = kept.state == DeliveryState.WAITING
    may_replay = not is_waiting and request.actor.may("webhooks", CHANGE) and hook.deleted_at is None
    tries = [
        {**each, "at": dt.datetime.fromisoformat(each["at"]), "problem": problem_of(each)}
        for each in kept.tries
    ]
    return {
        "hook": hook,
        "shown": shown(kept),
        "url": url,
        "log_url": f"/webhooks/{hook.pk}/deliveries",
        "replay_url": f"{url}/replay" if may_replay else "",
        "waits_now": is_waiting and not kept.tries,
        "next_at": kept.next_at if is_waiting and kept.tries else None,
        "tries": tries,
        "request_body": shown_request(kept, request.actor) if kept.request else "",
        "crumbs": _crumbs(hook, _("Delivery")),
    }


@require_POST
@page
def replay(request: ActorRequest, hook_id: int, delivery_id: int) -> HttpResponse:
    """Send one delivery once more."""
    hook_in_sight(hook_id, request.actor)
    made = replay_one(hook_id, delivery_id, actor=request.actor)
    messages.success(request, _("It is being sent once more."))
    return HttpResponseRedirect(f"/webhooks/{hook_id}/deliveries/{made.pk}")


def _crumbs(hook: Webhook, label: str) -> list[Crumb]:
    return [Crumb(_("Webhooks"), "/webhooks"), Crumb(hook.name, f"/webhooks/{hook.pk}"), Crumb(label)]
