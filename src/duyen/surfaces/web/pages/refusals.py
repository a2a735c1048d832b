"""Put a refusal where the reader sees it: a page, or a toast beside the page that asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import trigger_client_event

from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.foundation.access.queries import owes_second_factor
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.org.models import User
from duyen.kernel.errors import DomainError
from duyen.surfaces.web import errors
from duyen.surfaces.web.errors import ErrorPage
from duyen.surfaces.web.guides.around import HELP
from duyen.surfaces.web.middleware import OPEN_PREFIXES, ActorRequest, know_actor
from duyen.surfaces.web.shell import Crumb, own_pages

#: So many pages are offered to whoever came to an address that leads nowhere.
_MOST_WAYS = 8


class NoSuchPage(NotFound):
    """The address leads nowhere."""

    sentence = gettext_lazy("The address leads nowhere: it may be old, or mistyped.")


_PAGES: tuple[tuple[type[DomainError], ErrorPage], ...] = (
    (NoSuchPage, errors.NOWHERE),
    (NotFound, errors.NOT_FOUND),
    (NotAllowed, errors.FORBIDDEN),
    (OnlyLooking, errors.FORBIDDEN),
    (BadRequest, errors.BAD_REQUEST),
    (InvalidValues, errors.BAD_REQUEST),
)

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponse]
Guarded = Callable[Concatenate[Any, P], HttpResponse]


def page(view: View[P]) -> Guarded[P]:
    """Turn what a view refuses into an answer; every derived view stands behind this."""

    @wraps(view)
    def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            return refusal(request, error)

    return guarded


def refusal(request: ActorRequest, error: DomainError) -> HttpResponse:
    """Show a refusal with its own sentence."""
    other = errors.CONFLICT if error.code == StaleVersion.code else errors.REFUSED
    shown = next((shown for kind, shown in _PAGES if isinstance(error, kind)), other)
    if is_fragment(request):
        answer = HttpResponse(status=shown.status)
        return trigger_client_event(answer, "toast", {"text": _sentence(error), "tone": "red"})
    context = {
        "refusal": shown,
        "sentence": _sentence(error),
        "crumbs": [],
        "is_locked": isinstance(error, (NotAllowed, OnlyLooking)),
        "ways": _ways(request) if isinstance(error, NoSuchPage) else [],
    }
    return render(request, "derived/refusal.html", context, status=shown.status)


def nowhere(request: ActorRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404 for an address that leads nowhere, within the frame for whoever is signed in.

    No view was found, so nobody has asked yet who is there.
    """
    user: User | AnonymousUser = request.user
    if isinstance(user, AnonymousUser) or request.path.startswith(OPEN_PREFIXES) or is_fragment(request):
        return errors.not_found(request, exception)
    if owes_second_factor(user, know_actor(request, user)):
        return errors.not_found(request, exception)
    return refusal(request, NoSuchPage())


def _ways(request: ActorRequest) -> list[Crumb]:
    """Lead to what the address may have meant: those of the reader's pages that begin alike, and help."""
    start = request.path.strip("/").partition("/")[0]
    alike = [
        Crumb(each.label, each.url)
        for each in own_pages(request.actor)
        if start and each.url.strip("/").partition("/")[0] == start
    ]
    return [*alike[:_MOST_WAYS], Crumb(_("Help"), HELP)]


def _sentence(error: DomainError) -> str:
    if isinstance(error, InvalidValues):
        return " ".join([str(error), *(str(problem.message) for problem in error.problems)])
    return str(error)


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request
