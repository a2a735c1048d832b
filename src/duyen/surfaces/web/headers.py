"""Send with every answer what a browser must not do."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

#: Scripts come from our own files only. Styles keep 'unsafe-inline' for `--v`, widths and the font.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
_OWN = "connect-src 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Several people share a computer at the counter: what one saw is asked for anew.
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: Where the operator serves by HTTPS, browsers never come back without it: half a year, this host alone.
BY_HTTPS = {"Strict-Transport-Security": "max-age=15552000"}


class SecurityHeaders:
    """Set the headers that an answer has not set itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        wanted = HEADERS | BY_HTTPS if settings.HTTPS else HEADERS
        for name, value in wanted.items():
            response.headers.setdefault(name, value)
        # A page that is told live may connect to that one origin beside its own, which context.py named.
        live = getattr(request, "live_origin", "")
        if live and response.headers["Content-Security-Policy"] == POLICY:
            response.headers["Content-Security-Policy"] = POLICY.replace(_OWN, f"{_OWN} {live}")
        return response
