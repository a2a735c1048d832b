"""What the doorstep needs to know of a browser, and what it remembers in it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from duyen.foundation.org.doorstep import Caller
from duyen.foundation.org.models import User
from duyen.foundation.settings.company import setting
from duyen.surfaces.web.middleware import LANGUAGE_COOKIE

_YEAR = 365 * 24 * 3600
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def caller_of(request: HttpRequest) -> Caller:
    """Tell where a request comes from; behind the operator's proxy, what that proxy saw.

    Only the last entry of X-Forwarded-For was written by our proxy; the ones before it are the
    caller's own words.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.HTTPS:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    return Caller(address, request.headers.get("User-Agent", ""))


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Give the page to go to after the sign-in, or the first page when `wanted` leads out of the house."""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours and wanted.startswith("/") else settings.LOGIN_REDIRECT_URL


def public_address(request: HttpRequest) -> str:
    """Give the address under which others reach Duyên, without a slash at the end; nothing if unknown.

    The Host header is believed on this machine alone: elsewhere a stranger could write it, and our
    mails would carry links to a foreign place.
    """
    kept = str(setting("company.public_url")).rstrip("/")
    if kept:
        return kept
    host = request.get_host()
    return f"{request.scheme}://{host}" if host.rpartition(":")[0] in _LOOPBACK or host in _LOOPBACK else ""


def other_language(here: str) -> dict[str, str]:
    """Give the link to the language that is not spoken now; it leads back to `here`."""
    spoken = translation.get_language()
    code, name = next((code, name) for code, name in settings.LANGUAGES if code != spoken)
    return {"code": code, "name": name, "url": f"/language/{code}?{urlencode({'next': here})}"}


def remember_choices(response: HttpResponseBase, user: User) -> None:
    """Put language, theme and density into the browser, so that pages without a sign-in follow them too."""
    remember(response, LANGUAGE_COOKIE, user.language)
    remember(response, "duyen_theme", "" if user.theme == "auto" else user.theme)
    remember(response, "duyen_density", "" if user.density == "normal" else user.density)


def remember(response: HttpResponseBase, name: str, value: str) -> None:
    """Keep one choice in the browser for a year; an empty one is forgotten."""
    if value:
        response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS)
    else:
        response.delete_cookie(name, samesite="Lax")
