"""While somebody views as another person: her eyes for reading, a banner, and no write by any door.

The trail refuses to begin for such an actor. Beside it, forms are refused before they reach a page, and
the whole request runs in a transaction in which the database takes no write.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, cast

from django.contrib import messages
from django.db import InternalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect
from psycopg.errors import ReadOnlySqlTransaction

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.looking import (
    KEPT,
    Look,
    MayNotLook,
    end_look,
    eyes_of,
    look_of,
    nothing_written,
)
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.org.models import User
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import is_fragment, refusal

END_URL = "/view-as/end"
_SAFE = ("GET", "HEAD", "OPTIONS")
#: Where the one who looks acts as herself.
_OWN_DOORS = (END_URL, "/logout", "/language/")
#: What belongs to the person alone: her profile, password, sessions, tokens, second factor.
_HERS_ALONE = ("/profile",)


class LookingMiddleware:
    """Let a session that views as somebody read as that person, and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as held:
            request.held = held  # type: ignore[attr-defined] # for `process_view`, which learns who asks
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Put the viewed person's eyes on, or answer in place of the view."""
        look = look_of(request.session)
        if look is None or not hasattr(request, "actor") or request.path.startswith(_OWN_DOORS):
            return None
        own = cast("ActorRequest", request)
        try:
            viewed, eyes = eyes_of(look, actor=own.actor)
        except MayNotLook as over:
            return _over(own, look, over)
        own.actor, own.look, own.viewed = eyes, look, viewed  # type: ignore[attr-defined]
        if request.method not in _SAFE or request.path.startswith(_HERS_ALONE):
            return refusal(own, OnlyLooking(name=eyes.name))
        request.held.enter_context(nothing_written())  # type: ignore[attr-defined]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say why the database took no write, where a page that only reads would have noted something."""
        is_refused = isinstance(exception, InternalError) and isinstance(
            exception.__cause__, ReadOnlySqlTransaction
        )
        if not is_refused or not hasattr(request, "look"):
            return None
        request.held.close()  # type: ignore[attr-defined]
        own = cast("ActorRequest", request)
        return refusal(own, OnlyLooking(name=own.actor.name))


def keep_look(request: HttpRequest, look: Look) -> None:
    """Let this session view as somebody from the next request on."""
    request.session[KEPT] = look.kept()


def leave(request: HttpRequest) -> int | None:
    """End the look of this session, if there is one, in the trail; gives who was viewed."""
    look = look_of(request.session)
    if look is None or not isinstance(request.user, User):
        return None
    end_look(look, actor=actor_for(request.user, Door.WEB))
    del request.session[KEPT]
    return look.viewed_id


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest) -> HttpResponse:
    """End the look and go back to the page of the person."""
    if request.method != "POST":
        return HttpResponseRedirect("/")
    viewed_id = leave(request)
    if viewed_id is None:
        return HttpResponseRedirect("/")
    messages.success(request, _("You see the pages as yourself again."))
    return HttpResponseRedirect(f"/users/{viewed_id}?tab=access")


def _over(request: ActorRequest, look: Look, why: MayNotLook) -> HttpResponse:
    """Go back to oneself: whatever was asked for was meant for other eyes, so it is not done."""
    leave(request)
    messages.info(request, _("You see the pages as yourself again: %(why)s") % {"why": why.params["why"]})
    address = f"/users/{look.viewed_id}?tab=access"
    return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)


def banner(request: HttpRequest) -> dict[str, Any] | None:
    """Give what the banner of every page says while somebody looks."""
    look: Look | None = getattr(request, "look", None)
    if look is None:
        return None
    actor: Actor = cast("ActorRequest", request).actor
    return {"name": actor.name, "until": look.until, "end_url": END_URL}
