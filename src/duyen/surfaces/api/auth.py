"""Find out who calls: a program by its bearer token, or a person's browser by its session."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.looking import look_of
from duyen.foundation.access.queries import actor_for, owes_second_factor
from duyen.foundation.access.rules import Cut
from duyen.foundation.access.words import Door
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.fields.versions import pin
from duyen.foundation.org.models import User
from duyen.kernel.errors import DomainError
from duyen.surfaces.api.tokens import user_of


class NotSignedIn(DomainError):
    """The call shows neither a good token nor the session of somebody signed in."""

    code = "not_signed_in"
    sentence = _("Sign in first: send the header “Authorization: Bearer” with a token that is still valid.")


class SecondFactorNeeded(DomainError):
    """A role of the caller demands a second factor that is not set up."""

    code = "second_factor_needed"
    sentence = _("Your role demands a second factor. Sign in to the pages, set it up, then call again.")


class ForeignForm(DomainError):
    """A browser's session came without the proof that our own page sent it."""

    code = "csrf"
    sentence = _("The call came without its CSRF token. Reload the page and try again.")


class BearerToken(HttpBearer):
    """Reads the token; a bad one is refused even where a session would do."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        user = user_of(token.strip())
        if user is None:
            raise NotSignedIn
        return _actor(user, cut=getattr(user, "cut", None))


class BrowserSession(APIKeyCookie):
    """Reads the session of the pages; a call that may write proves that it comes from our own page."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        user = request.user
        if not key or not isinstance(user, User) or not user.is_active:
            return None
        if check_csrf(request):
            raise ForeignForm
        if look_of(request.session) is not None:
            raise OnlyLooking(name=_("somebody else"))
        return _actor(user)


def _actor(user: User, *, cut: Cut | None = None) -> Actor:
    translation.activate(user.language)
    pin(getattr(user, "definitions", None))
    actor = actor_for(user, Door.API, epoch=getattr(user, "access_epoch", None), cut=cut)
    if owes_second_factor(user, actor):
        raise SecondFactorNeeded
    return actor
