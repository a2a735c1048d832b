"""The reader's own page: name, phone, language, looks."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duyen.foundation.access.looking import looks_at
from duyen.foundation.org.profile import (
    BadName,
    BadPhone,
    Profile,
    UnknownChoice,
    change_profile,
    choose_language,
)
from duyen.foundation.org.queries import positions_of
from duyen.surfaces.web.accounts.browser import remember_choices, safe_next
from duyen.surfaces.web.accounts.own_pages import PROFILE, own_page
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the reader's page, and keep what she changed on it."""
    known = cast("ActorRequest", request)
    if request.method != "POST":
        return _page(known)
    given = Profile(**{name: request.POST.get(name, "") for name in Profile.__dataclass_fields__})
    try:
        user = change_profile(given, actor=known.actor)
    except BadPhone as refusal:
        return _page(known, given=given, errors={"phone": str(refusal)})
    except (BadName, UnknownChoice) as refusal:
        return _page(known, given=given, errors={"full_name": str(refusal)})
    with translation.override(user.language):
        messages.success(request, _("Your profile is saved."))
    response = HttpResponseRedirect(PROFILE)
    remember_choices(response, user)
    return response


@require_POST
@page
def language(request: ActorRequest) -> HttpResponse:
    """Speak another language from here on, in every browser of the reader."""
    user = choose_language(request.POST.get("language", ""), actor=request.actor)
    response = HttpResponseRedirect(safe_next(request, request.POST.get("back", PROFILE)))
    remember_choices(response, user)
    return response


def _page(
    request: ActorRequest, *, given: Profile | None = None, errors: dict[str, str] | None = None
) -> HttpResponse:
    user = request.user
    kept = Profile(user.full_name, user.phone, user.language, user.theme, user.density)
    context: dict[str, Any] = {
        "given": given or kept,
        "errors": {"full_name": "", "phone": ""} | (errors or {}),
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
        "looks": looks_at(user.pk),
    }
    return own_page(request, "accounts/profile.html", PROFILE, context, status=422 if errors else 200)
