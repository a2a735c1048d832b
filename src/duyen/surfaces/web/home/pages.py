"""The start page and its parts: the page with its light tiles, one tile, the strip of figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from duyen.entities.errors import NotFound
from duyen.entities.home.declared import (
    Figure,
    Look,
    Tile,
    Told,
    Whose,
    figures_for,
    headline_for,
    tile_named,
)
from duyen.entities.home.keeping import arrangement_of
from duyen.foundation.org.models import Unit
from duyen.kernel.dates import show_date
from duyen.kernel.lunar import LunarError, show_lunar, to_lunar
from duyen.kernel.names import given_name
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import page_or_block
from duyen.surfaces.web.home.addresses import arrange_url, figures_url, home_url, menu_url, tile_url
from duyen.surfaces.web.home.looking_on import Shown, has_both, look_of, shown_on
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

TEMPLATE, TILE = "home/page.html", "home/tile.html"


@dataclass(frozen=True)
class Box:
    """One tile as the page draws it: with its content, or as a place that asks for it."""

    tile: Tile
    url: str
    menu_url: str
    content: Mapping[str, Any] | None
    is_here: bool

    @property
    def id(self) -> str:
        return "tile-" + self.tile.name.replace(".", "-").replace("_", "-")

    @property
    def trigger(self) -> str:
        """Say when the tile asks for itself: at once where it is not there yet, later by the clock."""
        again = ["every 300s"] if self.tile.refreshes else []
        return ", ".join([*([] if self.is_here else ["load"]), *again, "home-changed from:body"])


@require_safe
@page
def home(request: ActorRequest) -> HttpResponse:
    """Show the start page."""
    look = look_of(request)
    shown = shown_on(look, arrangement_of(look.actor))
    context = {
        "greeting": _greeting(look),
        "subtitle": _subtitle(request, look),
        "sides": _sides(look) if has_both(look.actor) else [],
        "figures_url": figures_url(look.whose) if figures_for(look) else "",
        "figure_count": len(figures_for(look)),
        "wide": list(_boxes(shown, shown.arrangement.wide, look)),
        "narrow": list(_boxes(shown, shown.arrangement.narrow, look)),
        "arrange_url": arrange_url(),
        "crumbs": [Crumb(_("Today"))],
    }
    return render(request, TEMPLATE, context)


@require_safe
@page
def tile(request: ActorRequest, name: str) -> HttpResponse:
    """Show one tile: inside its page for htmx, else on a page of its own."""
    look, found = look_of(request), tile_named(name)
    if found is None or look.whose not in found.whose or not found.fits(look.actor):
        raise NotFound
    content = found.content(look)
    box = Box(found, tile_url(name, look.whose), menu_url(name, look.whose), content, is_here=True)
    context = {
        "box": box,
        "title": found.label,
        "home_url": home_url(look.whose),
        "crumbs": [Crumb(_("Today"), home_url(look.whose)), Crumb(found.label)],
    }
    return page_or_block(request, TILE, "tile", context)


@require_POST
@page
def tick(request: ActorRequest, name: str, record_id: int) -> HttpResponse:
    """Do what a line of a tile asks for, in place; with `undo` take it back."""
    found = tile_named(name)
    if found is None or found.tick is None or not found.fits(request.actor):
        raise NotFound
    is_undo = request.GET.get("undo") == "1"
    taken = found.tick(request.actor, record_id, is_undo)
    undo = "" if is_undo else f"{request.path}?undo=1"
    if not is_fragment(request):
        messages.success(request, taken.text, extra_tags=undo)
        return HttpResponseRedirect(home_url(Whose.MINE))
    told = HttpResponse(status=204)
    trigger_client_event(
        told, "toast", {"text": taken.text, "tone": "green", **({"undo": undo} if undo else {})}
    )
    return trigger_client_event(told, "home-changed", {})


@require_safe
@page
def figures(request: ActorRequest) -> HttpResponse:
    """Show the strip of figures."""
    look = look_of(request)
    context = {
        "items": [_item(each, told) for each in figures_for(look) if (told := each.tell(look))],
        "url": figures_url(look.whose),
        "home_url": home_url(look.whose),
        "crumbs": [Crumb(_("Today"), home_url(look.whose)), Crumb(_("Figures"))],
    }
    return page_or_block(request, "home/figures.html", "figures", context)


def _boxes(shown: Shown, names: Iterable[str], look: Look) -> Iterable[Box]:
    for name in names:
        content = shown.contents.get(name)
        is_here = name in shown.contents
        if is_here and content is None:
            continue
        yield Box(shown.tiles[name], tile_url(name, look.whose), menu_url(name, look.whose), content, is_here)


def _greeting(look: Look) -> str:
    """Greet by name, with what the day holds where a module says so."""
    name, said = given_name(look.actor.name), headline_for(look)
    if said:
        return _("Hello, %(name)s, %(said)s") % {"name": name, "said": said}
    return _("Hello, %(name)s") % {"name": name}


def _subtitle(request: ActorRequest, look: Look) -> str:
    """Say which day it is by both calendars, and as what the reader works where."""
    user: Any = getattr(request, "viewed", request.user)
    day = look.day
    said = [f"{_weekday(day.weekday())}, {show_date(day)}", *_lunar(day)]
    said.append(_("Week %(number)s") % {"number": day.isocalendar().week})
    said += [user.job_title] if user.job_title else []
    home_unit = look.actor.facts.home_unit_id if look.actor.facts else None
    said += Unit.objects.filter(pk=home_unit).values_list("name", flat=True) if home_unit else []
    return " · ".join(said)


def _lunar(day: dt.date) -> list[str]:
    try:
        return [show_lunar(to_lunar(day), english=get_language() == "en")]
    except LunarError:
        return []


def _weekday(number: int) -> str:
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return names[number]


def _sides(look: Look) -> list[dict[str, Any]]:
    words = {Whose.MINE: _("Mine"), Whose.TEAM: pgettext("whose work", "Team")}
    return [
        {"label": label, "url": home_url(whose), "is_pressed": whose is look.whose}
        for whose, label in words.items()
    ]


def _item(figure: Figure, told: Told) -> dict[str, Any]:
    value = so(told.value) if isinstance(told.value, int) else told.value
    return {
        "label": figure.label,
        "value": f"{value}+" if told.is_more else value,
        "note": told.note,
        "tone": {"red": "down", "green": "up", "amber": "warn"}.get(told.tone, ""),
        "url": told.url,
    }
