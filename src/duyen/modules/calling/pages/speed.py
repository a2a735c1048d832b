"""The speed to answer: who waits for a first contact now, and how fast first contacts came lately."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel.clock import ZONE, now
from duyen.modules.calling import answering
from duyen.modules.calling.answering import Lately, Waiting
from duyen.modules.calling.speed import First, Speed, speed_of
from duyen.modules.leads.actions import ASSIGN
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

ADDRESS = "/leads/speed"
#: Whoever may not read these is told no figures of them.
_TOLD = ("state", "owner", "unit", "source", "first_due_at", "first_response_at", "assigned_at")


def may_open(actor: Actor) -> bool:
    """Tell whether the actor says who works on leads, and reads what the figures come from."""
    leads = entity_named("leads")
    return actor.may("leads", ASSIGN) and all(
        leads.level(actor, name) is not FieldLevel.HIDDEN for name in _TOLD
    )


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show who waits now, and how fast first contacts came in the last 30 days."""
    actor = request.actor
    if not may_open(actor):
        raise NotAllowed(why=_("your role gives no right to say who works on leads."))
    waiting, lately = answering.waiting_now(actor), answering.lately(actor)
    people, units = answering.names_of(
        [*(each.owner_id for each in waiting), *(each.owner_id for each in lately), 0],
        [*(each.unit_id for each in waiting), 0],
    )
    source = entity_named("leads").field("source")
    context = {
        "late": sum(each.late for each in waiting),
        "soon": sum(each.soon for each in waiting),
        "later": sum(each.later for each in waiting),
        "late_url": _waiting_url("late"),
        "soon_url": _waiting_url("soon"),
        "later_url": _waiting_url("later"),
        "waiting": [_waiting(each, people.get(each.owner_id or 0, ""), units) for each in waiting],
        "all": _row("", speed_of(each.first for each in lately), _lately_url()),
        "by_owner": _grouped(
            lately, lambda each: each.owner_id, lambda key: people.get(key or 0, ""), "owner.eq"
        ),
        "by_source": _grouped(
            lately, lambda each: each.source, lambda key: source.show(key) if key else "", "source.eq"
        ),
        "days": answering.DAYS,
        "most": answering.MOST,
        "is_cut": len(lately) == answering.MOST,
        "crumbs": [Crumb(entity_named("leads").labels, "/leads"), Crumb(_("Speed to answer"))],
    }
    return render(request, "calling/speed.html", context)


def _waiting(each: Waiting, name: str, units: Any) -> dict[str, Any]:
    whose = (("owner.eq", str(each.owner_id)), ("unit.eq", str(each.unit_id)))
    return {
        "name": name,
        "unit": units.get(each.unit_id, ""),
        "late": each.late,
        "soon": each.soon,
        "later": each.later,
        "late_url": _waiting_url("late", *whose),
        "soon_url": _waiting_url("soon", *whose),
        "later_url": _waiting_url("later", *whose),
    }


def _waiting_url(part: str, *whose: tuple[str, str]) -> str:
    """Give the list of the leads behind one figure, as it stood when the page was drawn."""
    moment, soon = _typed(now()), _typed(now() + answering.SOON)
    bounds = {
        "late": (("first_due_at.lt", moment),),
        "soon": (("first_due_at.gte", moment), ("first_due_at.lt", soon)),
        "later": (("first_due_at.gte", soon),),
    }[part]
    return "/leads?" + urlencode([("list", "all"), ("state.eq", "ASSIGNED"), *whose, *bounds])


def _typed(moment: dt.datetime) -> str:
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def _lately_url(*whose: tuple[str, str]) -> str:
    bounds = [("first_due_at.gte", _typed(answering.since())), ("first_due_at.lt", _typed(now()))]
    return "/leads?" + urlencode([("list", "all"), *whose, *bounds])


def _grouped(lately: list[Lately], key_of: Any, name_of: Any, filtered: str) -> list[dict[str, Any]]:
    """Sum up by a key, whoever has the most first."""
    found: dict[Any, list[First]] = defaultdict(list)
    for each in lately:
        found[key_of(each)].append(each.first)
    rows = [
        _row(name_of(key), speed_of(firsts), _lately_url((filtered, str(key))) if key else "")
        for key, firsts in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["name"]))


def _row(name: str, speed: Speed, url: str) -> dict[str, Any]:
    return {
        "name": name,
        "url": url,
        "count": speed.count,
        "came": speed.came,
        "median": _duration(speed.median),
        "ninetieth": _duration(speed.ninetieth),
        "share": "—" if speed.share is None else f"{round(speed.share * 100)}%",
    }


def _duration(took: dt.timedelta | None) -> str:
    if took is None:
        return "—"
    hours, minutes = divmod(round(took.total_seconds() / 60), 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
