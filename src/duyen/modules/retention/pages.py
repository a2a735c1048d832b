"""The page that shows which leads nobody uses, before and after they are erased."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Choice
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.settings.declaring import area_named
from duyen.kernel.clock import today
from duyen.modules.retention import queries
from duyen.modules.retention.actions import ADDRESS
from duyen.modules.retention.rules import month_from, nights_for
from duyen.modules.retention.settings import AREA, may_decide
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb, OwnPage, put_into_navigation

_SHOWN, _NIGHTS = 20, 30


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the rule, whom it erases tonight and within a month, and what was erased each night."""
    actor = request.actor
    if not may_decide(actor):
        raise NotAllowed(
            why=_("how long personal data are kept is decided by whoever answers data requests.")
        )
    rule = queries.rule()
    tonight = today() + dt.timedelta(days=1)
    now_due = queries.due(tonight, rule.months)
    later_due = queries.due(month_from(tonight), rule.months)
    due = queries.count(now_due)
    later = queries.count(later_due)
    area = area_named(AREA)
    context = {
        "rule": rule,
        "tells_first": not queries.has_told(),
        "tonight": min(due, rule.most),
        "due": due,
        "later": max(0, later - due),
        "is_bounded": max(due, later) > queries.COUNTED,
        "counted": queries.COUNTED,
        "nights_needed": nights_for(due, rule.most),
        "takes_longer": due > rule.most,
        "tonight_leads": _lines(actor, now_due),
        "later_leads": _lines(actor, later_due.exclude(pk__in=now_due.order_by().values("pk"))),
        "nights": queries.nights(_NIGHTS),
        "settings_url": area.address if area else "",
        "crumbs": [
            Crumb(entity_named("subject_requests").labels, "/subject_requests"),
            Crumb(_("How long personal data are kept")),
        ],
    }
    return render(request, "retention/page.html", context)


def _lines(actor: Actor, rows: Any) -> list[dict[str, Any]]:
    leads = entity_named("leads")
    sees = leads.level(actor, "name") is not FieldLevel.HIDDEN
    state = leads.field("state")
    return [
        {
            "name": each["name"] if sees else each["code"],
            "code": each["code"],
            "url": "" if each["deleted_at"] else record_url(leads, each["id"]),
            "state": state.option(each["state"]) if isinstance(state, Choice) else None,
            "created_at": each["created_at"],
            "in_bin": each["deleted_at"] is not None,
        }
        for each in queries.told_of(actor, rows, most=_SHOWN)
    ]


put_into_navigation(
    OwnPage(
        pgettext_lazy("navigation", "Marketing"),
        pgettext_lazy("navigation", "Data retention"),
        ADDRESS,
        "shredder",
        may_decide,
        under="/consents",
    )
)

urlpatterns: list[URLPattern] = [path(ADDRESS.removeprefix("/"), show, name="retention")]
