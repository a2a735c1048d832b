"""Search over everything the reader may see: the page, and the palette with its commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from duyen.entities.registry import entity_named
from duyen.entities.search import Hit, search_all, search_words
from duyen.foundation.access.actor import Actor
from duyen.kernel.text import fold
from duyen.surfaces.web.context import creatable, readable
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import HOME, SEARCH, list_url, record_url
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "derived/search.html"
#: The palette shows twelve lines: of them at most eight records.
MOST_IN_PALETTE, MOST_RECORDS, MOST_ON_PAGE = 12, 8, 60
_LONGEST = 200


@dataclass(frozen=True)
class Item:
    """One line: a record or a command."""

    label: str | Markup
    url: str
    icon: str
    note: str = ""
    aside: str | Markup = ""


@dataclass(frozen=True)
class Group:
    """Lines under one word."""

    label: object
    items: Sequence[Item]


@page
def search(request: ActorRequest) -> HttpResponse:
    """Show what is found: as a page, as the palette, or as the palette's results."""
    actor, words = request.actor, request.GET.get("q", "").strip()[:_LONGEST]
    target = request.headers.get("HX-Target", "")
    if is_fragment(request) and target in ("dlg", "res"):
        found = _hits(words, actor, MOST_RECORDS) if words else []
        left = MOST_IN_PALETTE - sum(len(group.items) for group in found)
        context: dict[str, Any] = {
            "query": words,
            "groups": [*found, *_commands(words, actor, left)],
            "search_url": SEARCH,
        }
        block = "palette" if target == "dlg" else "results"
        response = HttpResponse(render_block(request, TEMPLATE, block, context))
    else:
        context = {
            "query": words,
            "groups": _hits(words, actor, MOST_ON_PAGE) if words else [],
            "commands": _commands(words, actor, 20) if not words else [],
            "crumbs": [Crumb(_("Search"))],
        }
        response = render(request, TEMPLATE, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _hits(words: str, actor: Actor, limit: int) -> list[Group]:
    """Find records, in groups by entity, the best group first."""
    groups: dict[str, list[Item]] = {}
    for hit in search_all(words, actor=actor, limit=limit):
        groups.setdefault(hit.entity, []).append(_item(hit, words))
    return [Group(entity_named(name).labels, items) for name, items in groups.items()]


def _item(hit: Hit, words: str) -> Item:
    entity = entity_named(hit.entity)
    return Item(marked(hit.label, words), record_url(entity, hit.id), entity.icon, note=hit.code)


def marked(text: str, words: str) -> Markup:
    """Mark in a name the words that were looked for, with or without tone marks."""
    wanted = set(search_words(words))
    parts = []
    for word in text.split(" "):
        folded = fold(word)
        is_found = any(folded.startswith(each) for each in wanted if each)
        parts.append(Markup("<mark>{}</mark>").format(word) if is_found else escape(word))
    return Markup(" ").join(parts)


def _commands(words: str, actor: Actor, limit: int) -> list[Group]:
    """List the commands that fit the words: go to a list, create something."""
    known = [
        *(
            Item(
                _("Create: %(what)s") % {"what": str(each.label).lower()},
                each.url,
                "plus",
                aside=_keys("C", each.key),
            )
            for each in creatable(actor)
        ),
        *(
            Item(
                _("Go to: %(what)s") % {"what": each.labels},
                list_url(each),
                each.icon,
                aside=_keys("G", each.key),
            )
            for each in readable(actor)
        ),
        Item(_("Go to: %(what)s") % {"what": _("Home")}, HOME, "house", aside=_keys("G", "H")),
    ]
    fitting = list(_fitting(known, words))[:limit]
    return [Group(_("Commands"), fitting)] if fitting else []


def _fitting(items: Iterable[Item], words: str) -> Iterable[Item]:
    wanted = fold(words).split()
    return (item for item in items if all(word in fold(str(item.label)) for word in wanted))


def _keys(first: str, second: str) -> Markup | str:
    if not second:
        return ""
    return Markup('<kbd class="kbd">{}</kbd> <kbd class="kbd">{}</kbd>').format(first, second.upper())
