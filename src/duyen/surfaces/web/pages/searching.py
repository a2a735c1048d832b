"""Search over everything the reader may see: the page, and the palette with its commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from duyen.entities.recent import recent_records
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.search import Hit, search_all, search_each
from duyen.foundation.access.actor import Actor
from duyen.kernel.telex import fold_telex
from duyen.kernel.text import fold
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import SEARCH, list_url
from duyen.surfaces.web.pages.commanding import fitting_commands
from duyen.surfaces.web.pages.found import Item, command_item, hit_item, quick_items
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "derived/search.html"
#: The palette shows twelve lines: of them at most seven records, or eight that were opened lately.
MOST_IN_PALETTE, MOST_RECORDS, MOST_RECENT = 12, 7, 6
#: On the page each entity shows so many, and so many when it alone is looked at.
MOST_OF_EACH, MOST_OF_ONE = 10, 60
_LONGEST = 200
#: Typed first, it asks for commands alone.
_COMMANDS_ALONE = ">"


@dataclass(frozen=True)
class Group:
    """Lines under one word; `count` says how many, `more_url` leads to all of them."""

    label: object
    items: Sequence[Item]
    count: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class EntityTab:
    """One entity among which the page may look alone."""

    label: object
    url: str
    is_current: bool
    count: str = ""


@page
def search(request: ActorRequest) -> HttpResponse:
    """Show what is found: as a page, as the palette, or as the palette's results."""
    words = request.GET.get("q", "").strip()[:_LONGEST]
    target = request.headers.get("HX-Target", "")
    if is_fragment(request) and target in ("dlg", "res"):
        context = {
            "query": words,
            "groups": _in_palette(request, words),
            "search_url": SEARCH,
            "here": _here(request),
        }
        block = "palette" if target == "dlg" else "results"
        response = HttpResponse(render_block(request, TEMPLATE, block, context))
    else:
        response = render(request, TEMPLATE, _on_page(request, words))
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


# --- the palette -------------------------------------------------------------------------------------


def _in_palette(request: ActorRequest, words: str) -> list[Group]:
    """Choose at most twelve lines: records, what can be done with the best one, commands, and the way on."""
    actor = request.actor
    if words.startswith(_COMMANDS_ALONE):
        return _commands(words.removeprefix(_COMMANDS_ALONE), actor, MOST_IN_PALETTE)
    if not words:
        recent = _recent(request, MOST_RECENT)
        left = MOST_IN_PALETTE - sum(len(group.items) for group in recent)
        return [*recent, *_commands("", actor, left)]
    hits = _best(words, actor)
    found = _by_entity(hits, words)
    ways = quick_items(hits[0], actor) if hits else []
    left = MOST_IN_PALETTE - len(hits) - len(ways) - 1
    groups = [*found, *([Group(hits[0].label, ways)] if ways else []), *_commands(words, actor, left)]
    if not hits:
        return groups
    all_of_it = _("See all that is found for “%(words)s”") % {"words": words}
    return [*groups, Group(_("Search"), [Item(all_of_it, _search_url(words), icon="search")])]


def _best(words: str, actor: Actor) -> list[Hit]:
    """Find the best records; where there is none, as if a typing tool had been switched on."""
    hits = search_all(words, actor=actor, limit=MOST_RECORDS)
    meant = fold_telex(words)
    return hits if hits or meant == fold(words) else search_all(meant, actor=actor, limit=MOST_RECORDS)


def _by_entity(hits: Iterable[Hit], words: str) -> list[Group]:
    """Put hits into groups by entity, the best group first."""
    groups: dict[str, list[Item]] = {}
    for hit in hits:
        groups.setdefault(hit.entity, []).append(hit_item(hit, words))
    return [Group(entity_named(name).labels, items) for name, items in groups.items()]


def _recent(request: ActorRequest, limit: int) -> list[Group]:
    """List what was opened last, apart from the record on whose page the reader is."""
    here = _here(request).partition("?")[0]
    items = [hit_item(hit, "") for hit in recent_records(request.actor, limit=limit + 1)]
    items = [item for item in items if item.url != here][:limit]
    return [Group(_("Opened lately"), items)] if items else []


def _here(request: ActorRequest) -> str:
    """Give the address of the page over which the palette stands."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _commands(words: str, actor: Actor, limit: int) -> list[Group]:
    items = [command_item(each) for each in fitting_commands(words, actor)[: max(0, limit)]]
    return [Group(_("Commands"), items)] if items else []


# --- the page ----------------------------------------------------------------------------------------


def _on_page(request: ActorRequest, words: str) -> dict[str, object]:
    """Give what the page shows: groups by entity, or what to do where nothing was typed or found."""
    actor, chosen = request.actor, request.GET.get("in", "")
    found, meant = _found_of_each(words, actor) if words else ({}, words)
    groups = _groups(found, meant, chosen, actor)
    ways = [] if groups else _recent(request, MOST_OF_EACH)
    is_asking = bool(words) and not groups
    return {
        "query": words,
        "meant": meant if meant != words else "",
        "tabs": _tabs(found, meant, chosen),
        "groups": groups,
        "fewer": [(word, _search_url(word)) for word in words.split()] if is_asking and " " in words else [],
        "other": [] if groups else [*ways, *_linked_commands("" if is_asking else words, actor)],
        "crumbs": [Crumb(_("Search"))],
    }


def _found_of_each(words: str, actor: Actor) -> tuple[dict[str, list[Hit]], str]:
    """Find the best of each entity, and give the words that found them."""
    for each in dict.fromkeys((words, fold_telex(words))):
        if found := search_each(each, actor=actor, most=MOST_OF_EACH + 1):
            return found, each
    return {}, words


def _groups(found: dict[str, list[Hit]], words: str, chosen: str, actor: Actor) -> list[Group]:
    if chosen in found:
        entities = [entity_named(chosen)]
        alone = search_each(words, actor=actor, most=MOST_OF_ONE + 1, entities=entities)
        return [_group(chosen, alone.get(chosen, []), words, MOST_OF_ONE)]
    return [_group(name, hits, words, MOST_OF_EACH) for name, hits in found.items()]


def _group(name: str, hits: Sequence[Hit], words: str, most: int) -> Group:
    entity = entity_named(name)
    more = f"{list_url(entity)}?{urlencode({'q': words})}" if len(hits) > most else ""
    items = [hit_item(hit, words) for hit in hits[:most]]
    return Group(entity.labels, items, _count(hits, most), more)


def _count(hits: Sequence[Hit], most: int) -> str:
    return f"{most}+" if len(hits) > most else str(len(hits))


def _tabs(found: dict[str, list[Hit]], words: str, chosen: str) -> list[EntityTab]:
    """List the entities in which something was found, where there are several."""
    if len(found) < 2:
        return []
    tabs = [EntityTab(_("All"), _search_url(words), chosen not in found)]
    for each in (each for each in all_entities() if each.name in found):
        count = _count(found[each.name], MOST_OF_EACH)
        tabs.append(EntityTab(each.labels, _search_url(words, within=each.name), chosen == each.name, count))
    return tabs


def _linked_commands(words: str, actor: Actor) -> list[Group]:
    """List the commands that are plain links: they work without a script."""
    items = [command_item(each) for each in fitting_commands(words, actor) if each.url and not each.is_write]
    return [Group(_("Commands"), items)] if items else []


def _search_url(words: str, *, within: str = "") -> str:
    asked = {"q": words} | ({"in": within} if within else {})
    return f"{SEARCH}?{urlencode(asked)}"
