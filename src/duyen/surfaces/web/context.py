"""What every page shows around its content: company, navigation, what may be created, the reader."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.quick import quick_for
from duyen.entities.registry import all_entities, entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.foundation.settings.company import setting
from duyen.surfaces.web.device.marks import device_mark
from duyen.surfaces.web.guides.around import NEWS, help_url, is_news_for
from duyen.surfaces.web.looking import banner
from duyen.surfaces.web.notices.bell import bell
from duyen.surfaces.web.pages.addresses import HOME, SEARCH, list_url, new_url
from duyen.surfaces.web.shell import Create, NavGroup, NavItem, Person, own_pages

THEMES = frozenset({"light", "dark"})
DENSITIES = frozenset({"compact", "comfortable"})
#: The phone's bar has five places: the start page, these many lists, and "more".
_MOST_ON_PHONE = 3
MANIFEST = "/manifest.webmanifest"
#: The cookie in which a device remembers what of its navigation is unfolded (`crm.js`).
UNFOLDED = "duyen_unfolded"

#: Group, address of the page above it, and link.
_Place = tuple[str, str, NavItem]


@cache
def product_version() -> str:
    """Return the installed version, or nothing when Duyên runs from its sources."""
    try:
        return version("duyen")
    except PackageNotFoundError:
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Give the templates what stands around every page; before sign-in only what needs no reader."""
    actor: Actor | None = getattr(request, "actor", None)
    frame: dict[str, Any] = {
        "theme": _preference(request, "theme", THEMES),
        "density": _preference(request, "density", DENSITIES),
        "company": setting("company.name"),
        "product_version": product_version(),
        "manifest_url": MANIFEST,
    }
    if actor is None:
        return frame
    nav = navigation(actor, request.path, request.COOKIES.get(UNFOLDED, "").split("."))
    links = [item for group in nav for item in group.items]
    return frame | {
        "nav": nav,
        "bottom": links[: _MOST_ON_PHONE + 1],
        "creates": offered(actor, request.path),
        "person": _person(request, actor),
        "keys_off": getattr(request.user, "keys_off", ""),
        "search_url": SEARCH,
        "help_url": help_url(request),
        "news_url": NEWS if is_news_for(request) else "",
        "look": banner(request),
        "device": device_mark(request),
        **bell(request, actor),
    }


def navigation(actor: Actor, path: str, opened: Collection[str] = ()) -> list[NavGroup]:
    """Group the pages that the actor may open, each with those that belong to it under it.

    `opened` are the names of those that were unfolded; one is so, too, while she is in it.
    """
    daily, lists, pages = _places(actor, path)
    places = [*daily, *pages, *lists]
    tops = {item.url for _group, under, item in places if not under}
    below: dict[str, list[NavItem]] = {}
    for _group, under, item in places:
        if under in tops:
            below.setdefault(under, []).append(item)

    def whole(item: NavItem) -> NavItem:
        items = below.get(item.url, [])
        is_in = item.is_current or any(each.is_current for each in items)
        return replace(item, items=items, is_open=bool(items) and (is_in or item.name in opened))

    groups: dict[str, list[NavItem]] = {}
    for group, under, item in (*lists, *pages):
        if under not in tops:
            groups.setdefault(group, []).append(whole(item))
    first = NavGroup("", [whole(item) for _group, under, item in daily if under not in tops])
    return [first, *(NavGroup(label, items) for label, items in groups.items())]


def _places(actor: Actor, path: str) -> tuple[list[_Place], list[_Place], list[_Place]]:
    """List the pages of every day, the lists as they are declared, and the modules' own pages."""
    daily: list[_Place] = [
        ("", "", NavItem(_("Today"), HOME, icon="house", key="h", is_current=path == HOME))
    ]
    lists: list[_Place] = []
    pages: list[_Place] = []
    own = own_pages(actor)
    # A module's own page may stand below the address of a list: then it is the page that one is on.
    here = max((each.url for each in own if f"{path}/".startswith(f"{each.url}/")), key=len, default="")
    for entity in (each for each in readable(actor) if each.in_menu):
        url = list_url(entity)
        is_current = not here and f"{path}/".startswith(f"{url}/")
        item = NavItem(entity.labels, url, entity.icon, key=entity.key, is_current=is_current)
        lists.append((str(entity.group), entity.under, item))
    for each in own:
        item = NavItem(each.label, each.url, each.icon, key=each.key, is_current=each.url == here)
        (daily if each.is_daily else pages).append((str(each.group), each.under, item))
    return daily, lists, pages


def readable(actor: Actor) -> Iterable[Entity]:
    """List the entities that the actor may read."""
    return [entity for entity in all_entities() if actor.may(entity.name, READ)]


def creatable(actor: Actor) -> list[Create]:
    """List what the actor may create."""
    short = quick_for(actor)
    found = []
    for each in short:
        url = f"/quick/{each.name}" if each.fixed else new_url(entity_named(each.entity))
        found.append(Create(each.label, url, each.icon, each.key, dialog_url=f"/quick/{each.name}"))
    covered = {each.entity for each in short}
    return [
        *found,
        *(
            Create(entity.label, new_url(entity), icon=entity.icon, key=entity.key)
            for entity in all_entities()
            if actor.may(entity.name, CREATE) and entity.name not in covered
        ),
    ]


def offered(actor: Actor, path: str) -> list[Create]:
    """List what the menu «Create» offers: what has a letter of its own, and first what the page is about.

    The rest is made from its own list and from Ctrl+K.
    """
    every = creatable(actor)
    here = [each for each in every if f"{path}/".startswith(f"{each.url.removesuffix('/new')}/")]
    return [
        *(each for each in here if not each.key),
        *(each for each in every if each.key),
    ]


def _person(request: HttpRequest, actor: Actor) -> Person:
    viewed: Any = getattr(request, "viewed", None)
    user: Any = viewed or request.user
    return Person(actor.name, user.job_title or actor.email, "" if viewed else "/profile")


def _preference(request: HttpRequest, name: str, known: frozenset[str]) -> str:
    """Read what was chosen on this device; what the user keeps in her profile holds elsewhere."""
    chosen = request.COOKIES.get(f"duyen_{name}", "")
    if not chosen:
        chosen = getattr(getattr(request, "user", None), name, "")
    return chosen if chosen in known else ""
