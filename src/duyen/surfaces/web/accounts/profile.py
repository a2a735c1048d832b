"""The reader's own page: name, language, looks, password."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from duyen.foundation.org.passwords import (
    LEAST_LENGTH,
    PASSWORD_RULE,
    PasswordRefused,
    WrongPassword,
    change_password,
)
from duyen.foundation.org.profile import BadName, Profile, UnknownChoice, change_profile
from duyen.foundation.org.queries import positions_of
from duyen.surfaces.web.accounts.browser import remember_choices
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.shell import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the reader's page, and keep what she changed on it."""
    known = cast("ActorRequest", request)
    if request.method != "POST":
        return _page(known)
    given = Profile(
        full_name=request.POST.get("full_name", ""),
        language=request.POST.get("language", ""),
        theme=request.POST.get("theme", ""),
        density=request.POST.get("density", ""),
    )
    try:
        user = change_profile(given, actor=known.actor)
    except (BadName, UnknownChoice) as refusal:
        return _page(known, given=given, errors={"full_name": str(refusal)})
    with translation.override(user.language):
        messages.success(request, _("Your profile is saved."))
    response = HttpResponseRedirect("/profile")
    remember_choices(response, user)
    return response


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
            keep_session=request.session.session_key,
        )
    except WrongPassword as refusal:
        return _page(known, errors={"old": str(refusal)})
    except PasswordRefused as refusal:
        return _page(known, errors={"password": str(refusal)})
    update_session_auth_hash(request, user)
    messages.success(request, _("The password is changed. Your other devices are signed out."))
    return HttpResponseRedirect("/profile")


def _page(
    request: ActorRequest, *, given: Profile | None = None, errors: dict[str, str] | None = None
) -> HttpResponse:
    user = request.user
    context: dict[str, Any] = {
        "crumbs": [Crumb(_("Your profile"))],
        "email": user.email,
        "given": given or Profile(user.full_name, user.language, user.theme, user.density),
        "errors": {"full_name": "", "old": "", "password": "", "again": ""} | (errors or {}),
        "languages": [{"value": code, "label": name} for code, name in settings.LANGUAGES],
        "themes": [
            {"value": "auto", "label": _("As the device")},
            {"value": "light", "label": _("Light")},
            {"value": "dark", "label": _("Dark")},
        ],
        "densities": [
            {"value": "compact", "label": _("Tight")},
            {"value": "normal", "label": _("Normal")},
            {"value": "comfortable", "label": _("Wide")},
        ],
        "positions": positions_of(user.pk),
        "rule": PASSWORD_RULE % {"least": LEAST_LENGTH},
    }
    return render(request, "accounts/profile.html", context, status=422 if errors else 200)
