"""Sign in, sign out, and choose a language before either."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duyen.foundation.org import doorstep
from duyen.foundation.org.models import User
from duyen.foundation.org.queries import has_users
from duyen.foundation.org.rules import SHUT_MINUTES
from duyen.foundation.org.second_factor import Way, WrongCode, ask_code, has_factor, standing_of
from duyen.foundation.org.sessions import remember_origin
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import now
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
CODE_PAGE = "/login/code"
#: What a session holds between the right password and the code, and for how long.
HALF, HALF_SECONDS = "half_signed_in", 600


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
    keep = bool(request.POST.get("keep"))
    if has_factor(user.pk):
        doorstep.settle(knock.id, Outcome.HALF, user=user)
        return half_enter(request, user, to=wanted, keep=keep)
    doorstep.settle(knock.id, Outcome.GOOD, user=user)
    return enter(request, user, to=wanted, keep=keep)


def half_enter(request: HttpRequest, user: User, *, to: str, keep: bool) -> HttpResponse:
    """Keep who gave the right password until the code comes; nothing is open yet.

    The session stays a stranger's. What it holds falls with the password it was given for.
    """
    request.session.flush()
    request.session[HALF] = {
        "user": user.pk,
        "proof": user.get_session_auth_hash(),
        "at": now().timestamp(),
        "to": to,
        "keep": keep,
    }
    request.session.set_expiry(HALF_SECONDS)
    return HttpResponseRedirect(CODE_PAGE)


def half_entered(request: HttpRequest) -> User | None:
    """Give who gave the right password in this browser less than ten minutes ago, if anybody."""
    kept = request.session.get(HALF)
    if not kept or now().timestamp() - kept["at"] > HALF_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).order_by("pk").first()
    if user is None or not constant_time_compare(kept["proof"], user.get_session_auth_hash()):
        return None
    return user


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def give_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password, and sign in whoever has it."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
    user = half_entered(request)
    if user is None:
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?over=1")
    if request.method != "POST":
        return _code_form(request)
    try:
        way = ask_code(user, request.POST.get("code", ""), caller=caller_of(request))
    except doorstep.TooManyTries as shut:
        return _code_form(request, error=str(shut), status=429)
    except WrongCode as refusal:
        return _code_form(request, error=str(refusal), status=422)
    kept = request.session.pop(HALF)
    if way is Way.RECOVERY:
        left = standing_of(user.pk)
        said = _("You used a recovery code; %(count)s are left. Make new ones under Signing in.")
        messages.warning(request, said % {"count": left.codes_left if left else 0})
    return enter(request, user, to=kept["to"], keep=kept["keep"])


def _code_form(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "company": setting("company.name"),
        "error": error,
        "other": other_language(request.get_full_path()),
    }
    return render(request, "accounts/code.html", context, status=status)


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
        "is_kept": is_first and request.GET.get("unsaved") == "kept",
        "is_over": is_first and "over" in request.GET,
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
    # The pages that the browser keeps for its Back button go too, and what was typed and never saved.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
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
