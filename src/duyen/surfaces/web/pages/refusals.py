"""Put a refusal where the reader sees it: a page, or a toast beside the page that asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.foundation.audit.trail import OnlyLooking
from duyen.kernel.errors import DomainError
from duyen.surfaces.web import errors
from duyen.surfaces.web.errors import ErrorPage
from duyen.surfaces.web.middleware import ActorRequest

_PAGES: tuple[tuple[type[DomainError], ErrorPage], ...] = (
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
    }
    return render(request, "derived/refusal.html", context, status=shown.status)


def _sentence(error: DomainError) -> str:
    if isinstance(error, InvalidValues):
        return " ".join([str(error), *(str(problem.message) for problem in error.problems)])
    return str(error)


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request
