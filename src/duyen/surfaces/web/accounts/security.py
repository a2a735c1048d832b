"""How the reader signs in: her password, and the browsers in which she is signed in."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from duyen.foundation.org.doorstep import TooManyTries
from duyen.foundation.org.passwords import (
    LEAST_LENGTH,
    PASSWORD_RULE,
    PasswordRefused,
    WrongPassword,
    change_password,
)
from duyen.foundation.org.second_factor import standing_of
from duyen.foundation.org.sessions import end_all_sessions, end_session, sessions_of
from duyen.surfaces.web.accounts.browser import caller_of
from duyen.surfaces.web.accounts.own_pages import SECURITY, own_page
from duyen.surfaces.web.middleware import ActorRequest


@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show how the reader signs in."""
    return _page(cast("ActorRequest", request))


@sensitive_post_parameters("old", "password", "again")
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Change the reader's password; she stays signed in here alone."""
    known = cast("ActorRequest", request)
    new = request.POST.get("password", "")
    if new != request.POST.get("again", ""):
        return _page(known, errors={"again": _("The two passwords differ. Type the same one twice.")})
    try:
        user = change_password(
            actor=known.actor,
            old=request.POST.get("old", ""),
            new=new,
            caller=caller_of(request),
            keep_session=request.session.session_key,
        )
    except TooManyTries as refusal:
        return _page(known, errors={"old": str(refusal)}, status=429)
    except WrongPassword as refusal:
        return _page(known, errors={"old": str(refusal)})
    except PasswordRefused as refusal:
        return _page(known, errors={"password": str(refusal)})
    update_session_auth_hash(request, user)
    messages.success(request, _("The password is changed. Your other devices are signed out."))
    return HttpResponseRedirect(SECURITY)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Sign the reader out of one other browser, or of all others."""
    known = cast("ActorRequest", request)
    handle, caller = request.POST.get("session", ""), caller_of(request)
    if handle:
        ended = end_session(known.user, handle, by=known.user.pk, caller=caller)
    else:
        here = request.session.session_key
        ended = end_all_sessions(known.user, by=known.user.pk, but=here, caller=caller)
    if not ended:
        messages.info(request, _("Nothing to sign out: that browser is signed out already."))
    else:
        said = ngettext("Signed out of %(count)s browser.", "Signed out of %(count)s browsers.", ended)
        messages.success(request, said % {"count": ended})
    return HttpResponseRedirect(SECURITY)


def _page(request: ActorRequest, *, errors: dict[str, str] | None = None, status: int = 422) -> HttpResponse:
    sessions = sessions_of(request.user.pk, here=request.session.session_key)
    context = {
        "errors": {"old": "", "password": "", "again": ""} | (errors or {}),
        "rule": PASSWORD_RULE % {"least": LEAST_LENGTH},
        "standing": standing_of(request.user.pk),
        "sessions": sessions,
        "has_others": any(not each.is_here for each in sessions),
    }
    return own_page(request, "accounts/security.html", SECURITY, context, status=status if errors else 200)
