"""Say what went wrong in one plain sentence, and what to do next; also without a database."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event
from psycopg_pool import PoolTimeout

from duyen.foundation.access.words import Door
from duyen.foundation.troubles.keeping import Where, keep_trouble
from duyen.foundation.troubles.rules import state_of


@dataclass(frozen=True)
class ErrorPage:
    """The words of one refusal."""

    status: int
    title: object
    sentence: object
    advice: object


BAD_REQUEST = ErrorPage(
    400,
    _("The request was not understood"),
    _("The address or the form held something that Duyên could not read."),
    _("Go back, reload the page and try again."),
)
FORM_EXPIRED = ErrorPage(
    403,
    _("The page was open too long"),
    _("For safety the form was not sent, because you have signed in or out since you opened it."),
    _("Go back, copy what you typed, reload the page and send it again."),
)
FORBIDDEN = ErrorPage(
    403,
    _("You may not do this"),
    _("Your role does not allow it."),
    _("Ask the person who administers Duyên in your company for the right."),
)
NOT_FOUND = ErrorPage(
    404,
    _("Nothing is here"),
    _("The record was deleted, has moved, or is not among those you may see."),
    _("Search for it by name or code, or ask its owner to share it with you."),
)
NOWHERE = ErrorPage(
    404,
    _("There is no such page"),
    _("The address leads nowhere: it may be old, or mistyped."),
    _("Nothing was changed. Go on from one of these pages, or search above for what you need."),
)
NO_PAGE = ErrorPage(
    405,
    _("There is no page at this address"),
    _("The address only takes what a form sends. Nothing was changed."),
    _("Go back to the page with the form and send it from there."),
)
CONFLICT = ErrorPage(
    409,
    _("Somebody else was faster"),
    _("The record has changed since you opened it, so nothing was overwritten."),
    _("Open it again and repeat your change."),
)
REFUSED = ErrorPage(
    409,
    _("This cannot be done as things stand"),
    _("Something stands against this step. Nothing was changed."),
    _("Go back, settle what is said above, and try again."),
)
BROKEN = ErrorPage(
    500,
    _("Something broke in Duyên"),
    _("Nothing was saved by this request. The fault has been written to the log."),
    _("Go back and try again. When it happens again, tell your administrator the time and what you did."),
)
QUOTE = _("Go back and try again. When it happens again, give your administrator the number %(report)s.")
OFFLINE = ErrorPage(
    503,
    _("The database cannot be reached"),
    _("Duyên is running, but its database does not answer. Your data is not lost."),
    _("Wait a minute and reload. An administrator can run “duyen check” on the server to see the cause."),
)


def error_response(
    request: HttpRequest | None,
    page: ErrorPage,
    *,
    sentence: object = None,
    advice: object = None,
    report: str = "",
) -> HttpResponse:
    """Show an error page; a `sentence` says what happened better than the general one.

    `report` is the number under which the fault was kept.
    """
    context = {
        "status": page.status,
        "title": page.title,
        "sentence": sentence or page.sentence,
        "advice": advice or page.advice,
        "report": report,
    }
    # Rendered without the request: its context asks for the session, which may be what just failed.
    return HttpResponse(loader.render_to_string("error.html", context), status=page.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return error_response(request, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return error_response(request, FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 for an address that leads nowhere; whoever is signed in gets it by `refusals.nowhere`."""
    advice = _("Nothing was changed. Go on from the start page.")
    return error_response(request, NOWHERE, advice=advice)


def with_words(response: HttpResponse) -> HttpResponse:
    """Put the page for it where an address was asked in a way that it does not take, and said nothing."""
    if response.status_code != NO_PAGE.status or response.content:
        return response
    told = error_response(None, NO_PAGE)
    told["Allow"] = response["Allow"]
    return told


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with the number of its report, or 503 where the database does not answer.

    A part of a page gets the number in the message beside it.
    """
    error = sys.exc_info()[1]
    is_offline = isinstance(error, (OperationalError, InterfaceError, PoolTimeout))
    report = keep_trouble(error, _where(request)) if error and not _is_silent(error) else ""
    page = OFFLINE if is_offline else BROKEN
    advice = QUOTE % {"report": report} if report else None
    if getattr(request, "htmx", False) and report:
        text = f"{page.title}. {advice}"
        return trigger_client_event(HttpResponse(status=page.status), "toast", {"text": text, "tone": "red"})
    return error_response(request, page, advice=advice, report=report)


def _is_silent(error: BaseException) -> bool:
    """Tell whether the database did not even answer; then nothing can be kept there."""
    return isinstance(error, (OperationalError, InterfaceError, PoolTimeout)) and not state_of(error)


def _where(request: HttpRequest) -> Where:
    match = getattr(request, "resolver_match", None)
    actor = getattr(request, "actor", None)
    return Where(Door.WEB, str(match.route) if match else "", actor.user_id if actor else None)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose proof of origin is missing or old."""
    return error_response(request, FORM_EXPIRED)
