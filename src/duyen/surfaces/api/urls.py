"""The addresses of the API; whatever else stands under /api answers as a problem too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from duyen.surfaces.api.addresses import ADDRESS
from duyen.surfaces.api.api import api
from duyen.surfaces.api.health import healthz
from duyen.surfaces.api.problems import not_there, other_method


def _spoken(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Put the router's own refusals into the API's shape."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"  # what may be read may be asked for its headers alone
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return not_there(request)
        if is_head:
            return _head_alone(response)
        if isinstance(response, HttpResponseNotAllowed):
            return other_method(request, response.headers["Allow"].split(", "))
        return response

    return csrf_exempt(login_not_required(answer))


def _head_alone(response: HttpResponse | StreamingHttpResponse) -> HttpResponseBase:
    """Take the body off an answer; its headers still tell the length."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    else:
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def _patterns() -> Iterator[URLPattern]:
    for pattern in api().urls[0]:
        if isinstance(pattern, URLPattern):
            pattern.callback = _spoken(pattern.callback)
            yield pattern


urlpatterns = [
    path("healthz", healthz),
    path(ADDRESS.lstrip("/"), include((list(_patterns()), "api"))),
    re_path(r"^api(/[\s\S]*)?$", csrf_exempt(login_not_required(not_there))),
]
