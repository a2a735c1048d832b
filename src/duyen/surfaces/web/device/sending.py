"""Answer a form that a script sends, so that the script learns where the page would have gone.

A browser hides from scripts where an answer leads; following it would use up what the next page is to say.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: Set by device.js on what it sends; the answer to it names the next page.
ASKED, LEADS_TO = "Duyen-Device", "Duyen-To"
_REDIRECTS = (301, 302, 303)


class SentByScript:
    """Turn a redirect into an empty answer with its address, where a script of ours asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if ASKED not in request.headers or response.status_code not in _REDIRECTS:
            return response
        told = HttpResponse(status=204, headers={LEADS_TO: response["Location"]})
        told.cookies = response.cookies
        return told
