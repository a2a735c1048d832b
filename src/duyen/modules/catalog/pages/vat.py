"""What each VAT class is taxed, by law and by the company, from which day."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.kernel.clock import today
from duyen.kernel.vat import VatStep
from duyen.modules.catalog import choices, queries
from duyen.modules.catalog.tabs import sees
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb


@dataclass(frozen=True)
class RateLine:
    """One step of one class: does it hold today, is it over; `url` leads to the company's entry."""

    step: VatStep
    is_now: bool
    is_over: bool
    is_own: bool
    url: str


@dataclass(frozen=True)
class ClassOfVat:
    """One class with its steps, the latest first."""

    label: Label
    lines: list[RateLine]
    new_url: str


def may_open(actor: Actor) -> bool:
    """Tell whether the actor may read what the company added to the law's rates."""
    return sees(actor, "vat_rates", "vat_class", "since", "percent")


def may_add(actor: Actor) -> bool:
    """Tell whether the actor may add a rate of the company's own."""
    return may_open(actor) and actor.may("vat_rates", CREATE)


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the rates of each class: what the law gives, and what the company added."""
    actor = request.actor
    if not may_open(actor):
        raise NotAllowed(why=_("your role gives no right to VAT rates."))
    steps, own = queries.vat_steps(), queries.own_rates(actor)
    may_add = actor.may("vat_rates", CREATE)
    classes = [
        ClassOfVat(
            option.label,
            _lines([each for each in steps if each.vat_class == option.code], own),
            f"/vat_rates/new?{urlencode({'vat_class': option.code})}" if may_add else "",
        )
        for option in choices.VAT_CLASSES.held().options
    ]
    context = {"classes": classes, "crumbs": [Crumb(_("VAT rates"))]}
    return render(request, "catalog/vat.html", context)


def _lines(steps: list[VatStep], own: dict[tuple[str, object], int]) -> list[RateLine]:
    day = today()
    by_day = {each.since: each for each in steps}  # the company's entry of a day comes last, and stands
    days = sorted(by_day)
    begun = [each for each in days if each <= day]
    found = []
    for since in reversed(days):
        step, entry = by_day[since], own.get((by_day[since].vat_class, since))
        found.append(
            RateLine(
                step,
                is_now=bool(begun) and since == begun[-1],
                is_over=bool(begun) and since < begun[-1],
                is_own=entry is not None,
                url=f"/vat_rates/{entry}" if entry else "",
            )
        )
    return found
