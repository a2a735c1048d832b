"""Set a second factor up, renew its recovery codes, turn it off."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, cast

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from markupsafe import Markup

from duyen.foundation.access.queries import owes_second_factor
from duyen.foundation.org import second_factor
from duyen.foundation.org.doorstep import TooManyTries
from duyen.foundation.org.passwords import WrongPassword
from duyen.foundation.org.second_factor import FactorStands, NoFactor, WrongCode, standing_of
from duyen.foundation.sensitive import seal, unseal
from duyen.foundation.settings.company import setting
from duyen.kernel.errors import DomainError
from duyen.surfaces.web.accounts.browser import caller_of, other_language
from duyen.surfaces.web.accounts.own_pages import SECURITY, own_page
from duyen.surfaces.web.middleware import SET_UP_FACTOR, ActorRequest, open_without_second_factor

#: Where a session keeps the secret, sealed, between the page with the QR code and the first right code.
_PENDING = "pending_factor"
_KEY_GROUP = 4
Errors = dict[str, str]


@open_without_second_factor
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponse:
    """Show the second factor or how to set one up, and set it up."""
    known = cast("ActorRequest", request)
    if request.method != "POST":
        return _page(known)

    def set_up() -> list[str]:
        return second_factor.set_up(
            actor=known.actor,
            secret=_pending_secret(known),
            password=request.POST.get("password", ""),
            code=request.POST.get("code", ""),
            caller=caller_of(request),
            keep_session=request.session.session_key,
        )

    return _codes(known, set_up)


@open_without_second_factor
@never_cache
@sensitive_post_parameters("password")
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them this once."""
    known = cast("ActorRequest", request)
    password, caller = request.POST.get("password", ""), caller_of(request)
    return _codes(
        known,
        lambda: second_factor.renew_codes(actor=known.actor, password=password, caller=caller),
        field="renew_password",
    )


@sensitive_post_parameters("password", "code")
@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """Ask for no codes any more."""
    known = cast("ActorRequest", request)
    try:
        second_factor.turn_off(
            actor=known.actor,
            password=request.POST.get("password", ""),
            code=request.POST.get("code", ""),
            caller=caller_of(request),
            keep_session=request.session.session_key,
        )
    except NoFactor:
        return HttpResponseRedirect(SET_UP_FACTOR)
    except (WrongPassword, WrongCode, TooManyTries) as refusal:
        return _refused(known, refusal, "off_password", "off_code")
    messages.success(request, _("The second factor is off. Your other devices are signed out."))
    return HttpResponseRedirect(SECURITY)


def _codes(request: ActorRequest, make: Callable[[], list[str]], *, field: str = "password") -> HttpResponse:
    """Show the codes that `make` gives, this once; they are kept nowhere that could be read."""
    try:
        codes = make()
    except (FactorStands, NoFactor) as refusal:
        messages.info(request, str(refusal))
        return HttpResponseRedirect(SET_UP_FACTOR)
    except (WrongPassword, WrongCode, TooManyTries) as refusal:
        return _refused(request, refusal, field, "code")
    request.session.pop(_PENDING, None)
    text = "\n".join(
        [_("Recovery codes of %(email)s for Duyên") % {"email": request.user.email}, "", *codes, ""]
    )
    encoded = base64.b64encode(text.encode()).decode()
    # With a set-up behind her nothing is owed any more, whatever the session's user said at its start.
    context = {"codes": codes, "file": f"data:text/plain;charset=utf-8;base64,{encoded}"}
    return own_page(request, "accounts/recovery_codes.html", SECURITY, context)


def _refused(request: ActorRequest, refusal: DomainError, password: str, code: str) -> HttpResponse:
    at = code if isinstance(refusal, WrongCode) else password
    return _page(request, errors={at: str(refusal)}, status=429 if isinstance(refusal, TooManyTries) else 422)


def _page(request: ActorRequest, *, errors: Errors | None = None, status: int = 200) -> HttpResponse:
    names = ("password", "code", "renew_password", "off_password", "off_code")
    context: dict[str, Any] = {"errors": dict.fromkeys(names, "") | (errors or {})}
    standing = standing_of(request.user.pk)
    if standing is not None:
        return own_page(
            request, "accounts/second_factor.html", SECURITY, context | {"standing": standing}, status=status
        )
    context |= _to_scan(request)
    if owes_second_factor(request.user, request.actor):
        context |= {
            "company": setting("company.name"),
            "other": other_language(request.get_full_path()),
            "email": request.user.email,
        }
        return render(request, "accounts/second_factor_first.html", context, status=status)
    return own_page(request, "accounts/second_factor_new.html", SECURITY, context, status=status)


def _to_scan(request: ActorRequest) -> dict[str, Any]:
    """Give what an app needs: the QR code as a drawing in the page, and the key to type."""
    secret = _pending_secret(request)
    company = str(setting("company.name")).replace(":", " ") or "Duyên"
    address = second_factor.app_address(secret, email=request.user.email, company=f"Duyên {company}".strip())
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        scale=4, border=3, dark="black", light="white", omitsize=False, svgclass="qr", lineclass=None
    )
    groups = [secret[at : at + _KEY_GROUP] for at in range(0, len(secret), _KEY_GROUP)]
    # The drawing is segno's own and holds nothing but squares.
    return {"qr": Markup(drawn), "key": " ".join(groups), "app_url": address}  # noqa: S704


def _pending_secret(request: ActorRequest) -> str:
    """Give the secret that this browser is about to set up, the same until it is set up."""
    kept = request.session.get(_PENDING)
    if kept:
        return unseal(base64.b64decode(kept))
    secret = second_factor.new_secret()
    request.session[_PENDING] = base64.b64encode(seal(secret)).decode()
    return secret
