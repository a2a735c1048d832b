"""The pages of help: the guide of a page, all guides, and what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.entity import Entity
from duyen.entities.registry import all_entities, entity_named
from duyen.foundation.access.words import READ
from duyen.foundation.org.news import read_news
from duyen.surfaces.web.fragments import page_or_block
from duyen.surfaces.web.guides.around import HELP, NEWS, address_of, is_news_for, newer_than
from duyen.surfaces.web.guides.reading import Release, guides, marked, releases, words_of_kind
from duyen.surfaces.web.keys import groups_called
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import HOME
from duyen.surfaces.web.pages.refusals import NoSuchPage, is_fragment, page
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "help.html"


@dataclass(frozen=True)
class Line:
    """One entry of the list of all guides."""

    label: object
    text: str
    url: str
    icon: str


@require_http_methods(["GET", "HEAD"])
@page
def all_guides(request: ActorRequest) -> HttpResponse:
    """List the guides: of pages, and of the kinds of records that the reader may see."""
    kinds = [
        Line(each.labels, words.lead, address_of(guides()["list"], each.name), each.icon)
        for each in all_entities()
        if request.actor.may(each.name, READ) and (words := words_of_kind(each.name))
    ]
    of_pages = [
        Line(each.said.title, each.said.lead, address_of(each), each.icon) for each in guides().values()
    ]
    context = {"kinds": kinds, "of_pages": of_pages, "news_page": NEWS, "crumbs": [Crumb(_("Help"))]}
    return page_or_block(request, TEMPLATE, "index", context)


@require_http_methods(["GET", "HEAD"])
@page
def guide(request: ActorRequest, name: str, entities: str = "") -> HttpResponse:
    """Show one guide. Raises NoSuchPage where there is none. It tells of no record: all may read it."""
    found = guides().get(name)
    if found is None:
        raise NoSuchPage
    kind = _kind(entities) if entities else None
    words = words_of_kind(entities) if kind else None
    said = found.said
    context = {
        "title": f"{kind.labels}: {said.title.lower()}" if kind and words else said.title,
        "about": (words.lead, [marked(each) for each in words.points]) if words else None,
        "lead": said.lead,
        "points_said": [marked(each) for each in said.points],
        "groups": groups_called(found.keys, off=request.user.keys_off),
        "help_index": HELP,
        "news_page": NEWS,
        "crumbs": [Crumb(_("Help"), HELP), Crumb(said.title)],
    }
    return page_or_block(request, TEMPLATE, "guide", context)


def _kind(entities: str) -> Entity:
    try:
        return entity_named(entities)
    except KeyError as error:
        raise NoSuchPage from error


@require_http_methods(["GET", "HEAD", "POST"])
@page
def news(request: ActorRequest) -> HttpResponse:
    """Show what each version brought; a form sent says that the reader knows it."""
    if request.method == "POST":
        read_news(actor=request.actor)
        if not is_fragment(request):
            return HttpResponseRedirect(_back(request))
        return HttpResponse("")
    newer = newer_than(request.user.news_seen) if is_news_for(request) else []
    told: Sequence[Release] = releases() if "all" in request.GET else newer or releases()
    context = {
        "told": [(each.version, [marked(note) for note in each.said]) for each in told],
        "is_new": bool(newer),
        "more_url": f"{NEWS}?all=1" if len(told) < len(releases()) else "",
        "news_page": NEWS,
        "back": _page_before(request),
        "crumbs": [Crumb(_("Help"), HELP), Crumb(_("What is new"))],
    }
    return page_or_block(request, TEMPLATE, "news", context)


def _page_before(request: ActorRequest) -> str:
    """Give the page over which the dialog stands."""
    path = request.htmx.current_url_abs_path if is_fragment(request) else ""  # type: ignore[attr-defined]
    return path or HOME


def _back(request: HttpRequest) -> str:
    """Give the page to return to: one of ours, else the start page."""
    given = request.POST.get("back", "")
    return given if given and url_has_allowed_host_and_scheme(given, allowed_hosts=None) else HOME
