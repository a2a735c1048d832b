"""By which rule tax is withheld from commissions: the law, and what the company added, from which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ, FieldLevel
from duyen.kernel.clock import today
from duyen.kernel.money import Money
from duyen.modules.commissions import queries, rules
from duyen.modules.commissions.rules import Withholding
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_ENTITY = "withholding_rules"


@dataclass(frozen=True)
class RuleLine:
    """One rule: does it hold today, is it over; `url` leads to the company's entry."""

    rule: Withholding
    least: Money
    is_now: bool
    is_over: bool
    url: str


def may_open(actor: Actor) -> bool:
    """Tell whether the actor may read what the company added to the law."""
    if not actor.may(_ENTITY, READ):
        return False
    entity = entity_named(_ENTITY)
    fields = ("basis", "since", "percent", "least")
    return all(entity.level(actor, each) is not FieldLevel.HIDDEN for each in fields)


def may_add(actor: Actor) -> bool:
    """Tell whether the actor may add a rule of the company's own."""
    return may_open(actor) and actor.may(_ENTITY, CREATE)


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the rules, the latest first."""
    if not may_open(request.actor):
        raise NotAllowed(why=_("your role gives no right to the rules of tax on commissions."))
    context = {
        "lines": _lines(queries.own_rules(), queries.entries_by_day(request.actor), today()),
        "may_add": may_add(request.actor),
        "crumbs": [Crumb(_("Commissions"), "/commissions"), Crumb(_("Tax on commissions"))],
    }
    return render(request, "commissions/tax.html", context)


def _lines(own: Sequence[Withholding], entries: Mapping[dt.date, int], day: dt.date) -> list[RuleLine]:
    """Put the rules that hold at some time into lines: the company's stands for the law's of its day."""
    by_day = {each.since: each for each in (*rules.LAW, *own)}
    held = rules.rule_on(day, own)
    return [
        RuleLine(
            by_day[since],
            Money(by_day[since].least),
            is_now=by_day[since] == held,
            is_over=held is not None and since < held.since,
            url=f"/{_ENTITY}/{entries[since]}" if since in entries and by_day[since] in own else "",
        )
        for since in sorted(by_day, reverse=True)
    ]
