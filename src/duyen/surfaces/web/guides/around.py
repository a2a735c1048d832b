"""What stands around every page of help: where its guide is, and whether something is new."""

from __future__ import annotations

from django.http import HttpRequest

from duyen.foundation.access.actor import Actor
from duyen.surfaces.web.guides.reading import (
    Guide,
    Release,
    guide_on,
    number_of,
    releases,
    words_of_kinds,
)

HELP, NEWS = "/help", "/help/new"


def address_of(guide: Guide, entity: str = "") -> str:
    """Give the address of a guide, with what is said of one kind of records beside it."""
    return f"{HELP}/{guide.name}" + (f"/{entity}" if entity else "")


def help_url(request: HttpRequest) -> str:
    """Give the address of the guide of the page that was asked for."""
    found = request.resolver_match
    if found is None:
        return HELP
    entity = str(found.kwargs.get("entities", ""))
    return address_of(guide_on(found.url_name or ""), entity if entity in words_of_kinds() else "")


def is_news_for(request: HttpRequest) -> bool:
    """Tell whether a newer version runs than the one of which the reader knows what it brought."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.is_looking or getattr(request, "viewed", None):
        return False
    return bool(newer_than(getattr(request.user, "news_seen", "")))


def newer_than(seen: str) -> list[Release]:
    """Give what the versions brought that came after one, the newest first."""
    return [each for each in releases() if number_of(each.version) > number_of(seen)]
