"""Sign in, sign out, and choose a language before either."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duyen.foundation.org import doorstep
from duyen.foundation.org.models import User
from duyen.foundation.org.queries import has_users
from duyen.foundation.org.rules import SHUT_MINUTES
from duyen.foundation.org.sessions import remember_origin
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.foundation.settings.company import setting
from duyen.surfaces.web.accounts.browser import (
    caller_of,
    other_language,
    remember,
    remember_choices,
    safe_next,
)
from duyen.surfaces.web.looking import leave
from duyen.surfaces.web.middleware import LANGUAGE_COOKIE

BACKEND = "duyen.foundation.org.backend.EmailBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, and sign in whoever knows e-mail and password."""
    wanted = safe_next(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted)
    if request.method != "POST":
        return _form(request, wanted) if has_users() else HttpResponseRedirect("/setup")
    email = request.POST.get("email", "").strip().lower()
    password = request.POST.get("password", "")
    if not email or not password:
        return _form(request, wanted, error=_("Give your e-mail and your password."), status=422)
    try:
        knock = doorstep.knock(Doorstep.SIGN_IN, email=email, caller=caller_of(request))
    except doorstep.TooManyTries as shut:
        return _form(request, wanted, error=str(shut), status=429)
    user = authenticate(request, email=email, password=password)
    if not isinstance(user, User):
        doorstep.settle(knock.id, Outcome.WRONG)
        return _form(request, wanted, error=_wrong(knock.tries_left), status=422)
    doorstep.settle(knock.id, Outcome.GOOD, user=user)
    return enter(request, user, to=wanted, keep=bool(request.POST.get("keep")))


def enter(request: HttpRequest, user: User, *, to: str, keep: bool) -> HttpResponse:
    """Begin a session: for 30 days, or until the browser closes."""
    login(request, user, backend=BACKEND)
    remember_origin(request.session, caller_of(request))
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if keep else 0)
    response = HttpResponseRedirect(to)
    remember_choices(response, user)
    return response


def _wrong(tries_left: int) -> str:
    """Say that e-mail or password is wrong, never which, and how many tries are left."""
    if tries_left <= 0:
        return _("E-mail or password is wrong. Too many tries: wait %(minutes)s minutes.") % {
            "minutes": SHUT_MINUTES
        }
    return ngettext(
        "E-mail or password is wrong. %(count)s try left, then a wait of %(minutes)s minutes.",
        "E-mail or password is wrong. %(count)s tries left, then a wait of %(minutes)s minutes.",
        tries_left,
    ) % {"count": tries_left, "minutes": SHUT_MINUTES}


def _form(request: HttpRequest, wanted: str, *, error: str = "", status: int = 200) -> HttpResponse:
    is_first = request.method != "POST"
    context: dict[str, Any] = {
        "company": setting("company.name"),
        "next": wanted,
        "email": request.POST.get("email", ""),
        "keep": is_first or bool(request.POST.get("keep")),
        "error": error,
        "is_unsaved": is_first and "unsaved" in request.GET,
        "sends_mail": bool(settings.EMAIL_HOST),
        "other": other_language(request.get_full_path()),
    }
    return render(request, "accounts/login.html", context, status=status)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session in this browser."""
    if isinstance(request.user, User):
        leave(request)
        doorstep.note(Doorstep.SIGN_OUT, user=request.user, caller=caller_of(request))
    logout(request)
    response = HttpResponseRedirect(settings.LOGIN_URL)
    # The pages that the browser keeps for its Back button go too.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@login_not_required
@require_safe
def choose_language(request: HttpRequest, code: str) -> HttpResponse:
    """Speak another language in this browser until somebody signs in."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponseRedirect(safe_next(request, request.GET.get("next", settings.LOGIN_URL)))
    remember(response, LANGUAGE_COOKIE, code)
    return response
