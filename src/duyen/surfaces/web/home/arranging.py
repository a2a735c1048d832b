"""Arrange the start page: by a tile's menu, by dragging, on a page of its own; for oneself or a role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.errors import NotFound
from duyen.entities.home.declared import Tile, Whose, all_tiles, tile_named
from duyen.entities.home.keeping import (
    arrange,
    arrangement_for_role,
    arrangement_of,
    is_ones_own,
    may_arrange_for_roles,
    reset,
    role_to_arrange,
)
from duyen.entities.home.rules import HIDE, MOVES, SHOW, Arrangement, Place, arranged, dropped, moved
from duyen.foundation.access.actor import Actor
from duyen.foundation.org.models import Role
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.home.addresses import ARRANGE, arrange_url, home_url
from duyen.surfaces.web.home.looking_on import look_of, places_of
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import HOME
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

RESET = "reset"


@require_safe
@page
def menu(request: ActorRequest, name: str) -> HttpResponse:
    """Show the menu that moves one tile."""
    look, found = look_of(request), tile_named(name)
    if found is None or not found.fits(look.actor):
        raise NotFound
    tiles, places = places_of(look.actor, look=look)
    now = arranged(places, arrangement_of(look.actor))
    column = now.wide if name in now.wide else now.narrow
    context = {
        "name": name,
        "whose": look.whose,
        "action": ARRANGE,
        "is_first": column[:1] == (name,),
        "is_last": column[-1:] == (name,),
        "is_wide": name in now.wide,
        "arrange_url": arrange_url(),
        "home_url": home_url(look.whose),
    }
    if not is_fragment(request) or name not in tiles:
        return HttpResponseRedirect(arrange_url())
    return HttpResponse(render_block(request, "home/arrange.html", "menu", context))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def arranging(request: ActorRequest) -> HttpResponse:
    """Show all tiles in their order, and keep another one."""
    code = (request.POST if request.method == "POST" else request.GET).get("role", "")
    role = role_to_arrange(request.actor, code) if code else None
    if request.method == "POST":
        return _kept(request, role)
    return _shown(request, role)


def _kept(request: ActorRequest, role: Role | None) -> HttpResponse:
    sent = request.POST
    if RESET in sent:
        reset(actor=request.actor, role=role)
        messages.success(request, _("The page is as it was at first."))
        return HttpResponseRedirect(arrange_url(role=role.code if role else ""))
    _tiles, places = _those(request.actor, role)
    now = arranged(places, _arrangement(request.actor, role))
    if "wide" in sent or "narrow" in sent:
        wide, narrow = (sent.get(each, "").split() for each in ("wide", "narrow"))
        arrange(dropped(now, wide, narrow), actor=request.actor, role=role)
        return HttpResponse(status=204)
    name, move = sent.get("tile", ""), sent.get("move", "")
    if name not in now.known or move not in MOVES:
        raise NotFound
    arrange(_after(request, now, name, move, places), actor=request.actor, role=role)
    if move == HIDE:
        messages.success(request, _("Put away. You find it under “Arrange the page”."))
    if role is None and sent.get("whose") in {each.value for each in Whose}:
        return HttpResponseRedirect(home_url(Whose(sent["whose"])))
    return HttpResponseRedirect(arrange_url(role=role.code if role else ""))


def _after(request: ActorRequest, now: Arrangement, name: str, move: str, places: list[Place]) -> Arrangement:
    """Move one tile, past those that stand on the side of the page from which it was moved."""
    whose = request.POST.get("whose", "")
    seen = [
        each.name
        for each in places
        if not whose or ((tile := tile_named(each.name)) is not None and whose in tile.whose)
    ]
    is_wide = next(each.is_wide for each in places if each.name == name)
    return moved(now, name, move, is_wide=is_wide, seen=seen)


def _arrangement(actor: Actor, role: Role | None) -> Arrangement | None:
    return arrangement_for_role(role) if role else arrangement_of(actor)


def _those(actor: Actor, role: Role | None) -> tuple[Mapping[str, Tile], list[Place]]:
    """Give the tiles that can be arranged: one's own, or for a role all that there are."""
    if role is None:
        return places_of(actor)
    places = [Place(each.name, each.side.value == "wide", each.is_chosen) for each in all_tiles()]
    return {each.name: each for each in all_tiles()}, places


def _shown(request: ActorRequest, role: Role | None) -> HttpResponse:
    actor = request.actor
    tiles, places = _those(actor, role)
    now = arranged(places, _arrangement(actor, role))
    title = _("Start page of: %(role)s") % {"role": role.name} if role else _("Arrange the page")
    context: dict[str, Any] = {
        "title": title,
        "parts": [
            {"label": _("Wide column"), "rows": _rows(now.wide, tiles), "is_wide": True},
            {"label": _("Narrow column"), "rows": _rows(now.narrow, tiles), "is_wide": False},
        ],
        "away": _rows(now.away, tiles),
        "show": SHOW,
        "action": ARRANGE,
        "role": role,
        "roles": _roles() if may_arrange_for_roles(actor) else [],
        "can_reset": arrangement_for_role(role) is not None if role else is_ones_own(actor),
        "home_url": HOME,
        "own_url": arrange_url(),
        "crumbs": [Crumb(_("Today"), HOME), Crumb(title)],
    }
    return render(request, "home/arrange.html", context)


def _rows(names: tuple[str, ...], tiles: Mapping[str, Tile]) -> list[dict[str, Any]]:
    only = {frozenset({Whose.MINE}): _("under “Mine”"), frozenset({Whose.TEAM}): _("under “Team”")}
    return [
        {
            "name": name,
            "label": tiles[name].label,
            "icon": tiles[name].icon,
            "only": only.get(tiles[name].whose, ""),
            "is_first": place == 0,
            "is_last": place == len(names) - 1,
        }
        for place, name in enumerate(names)
    ]


def _roles() -> list[dict[str, str]]:
    rows = Role.objects.order_by("name", "pk").values_list("code", "name")
    return [{"label": name, "url": arrange_url(role=code)} for code, name in rows]
