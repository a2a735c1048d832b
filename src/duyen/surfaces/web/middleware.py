"""Know who asks before a page is made: the actor, the language, or the way to the sign-in page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for, owes_second_factor
from duyen.foundation.access.words import Door
from duyen.foundation.fields.versions import DECLARED, pin
from duyen.foundation.org.models import User
from duyen.foundation.org.queries import has_users
from duyen.foundation.org.sessions import note_seen
from duyen.foundation.settings.company import hold_settings, settings_held
from duyen.surfaces.web import errors

LANGUAGE_COOKIE = "duyen_language"
#: What knows its callers by itself, or needs none.
OPEN_PREFIXES = ("/api/", "/healthz", "/static/")
#: Where somebody is led whose role demands a second factor that she has not set up.
SET_UP_FACTOR = "/profile/second-factor"
_OPEN_WITHOUT = "open_without_second_factor"

View_ = TypeVar("View_", bound=Callable[..., HttpResponse])


class ActorRequest(HttpRequest):
    """A request whose actor is known: what every page behind the sign-in gets."""

    actor: Actor
    user: User


class ActorMiddleware:
    """Set `request.actor`, speak the reader's language, and send strangers to the sign-in page.

    A view marked with Django's `login_not_required` is open to everybody and gets no actor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Until it is known who asks; not taken back at the end, because a file may still be streaming then.
        pin(DECLARED)
        with translation.override(language_of_browser(request)), settings_held():
            return errors.with_words(self.get_response(request))

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Find the actor, or answer in place of the view."""
        if _holds_the_sign_0(request):
            return errors.bad_request(request)
        if request.path.startswith(OPEN_PREFIXES) or not getattr(view, "login_required", True):
            return None
        user = request.user
        if isinstance(user, AnonymousUser):
            return _to_the_door(request)
        actor = know_actor(request, user)
        note_seen(request.session)
        if owes_second_factor(user, actor) and not getattr(view, _OPEN_WITHOUT, False):
            return _go(request, SET_UP_FACTOR)
        return None


def know_actor(request: HttpRequest, user: User) -> Actor:
    """Set `request.actor`, and speak her language."""
    translation.activate(user.language)
    pin(getattr(user, "definitions", None))
    hold_settings(getattr(user, "company_settings", None))
    actor = actor_for(user, Door.WEB, epoch=getattr(user, "access_epoch", None))
    cast("ActorRequest", request).actor = actor
    return actor


def _holds_the_sign_0(request: HttpRequest) -> bool:
    """Tell whether an address or a form holds the one sign that no database keeps in a text."""
    if request.path.startswith("/api/"):
        return False
    sent = [*request.GET.lists(), *request.POST.lists()]
    return any("\x00" in text for name, values in sent for text in (name, *values))


def open_without_second_factor(view: View_) -> View_:
    """Mark a view that somebody whose role demands a second factor may open before it is set up."""
    setattr(view, _OPEN_WITHOUT, True)
    return view


def language_of_browser(request: HttpRequest) -> str:
    """Give the language chosen on this device, for whoever is not signed in."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _to_the_door(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page and back here afterwards; to the set-up where nobody exists yet."""
    is_fragment = bool(getattr(request, "htmx", False))
    if not has_users():
        address = "/setup"
    else:
        is_sent = request.method not in ("GET", "HEAD")
        wanted = _page_before(request) if is_fragment or is_sent else request.get_full_path()
        asked = {"next": wanted} if wanted != "/" else {}
        if is_sent:
            asked["unsaved"] = "1"
        address = f"{settings.LOGIN_URL}?{urlencode(asked)}" if asked else settings.LOGIN_URL
    return _go(request, address)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    is_fragment = bool(getattr(request, "htmx", False))
    return HttpResponseClientRedirect(address) if is_fragment else HttpResponseRedirect(address)


def _page_before(request: HttpRequest) -> str:
    """Give the address of the page that asked for a part of itself, or on which the sent form stands."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
