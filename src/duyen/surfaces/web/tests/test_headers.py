"""Every answer tells the browser what it must not do."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from duyen.surfaces.web.headers import HEADERS, SecurityHeaders


def test_sends_the_policy_with_every_answer() -> None:
    response = SecurityHeaders(lambda _request: HttpResponse())(RequestFactory().get("/"))

    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert "script-src 'self';" in response.headers["Content-Security-Policy"]


def test_leaves_a_stricter_header_of_the_view_alone() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Referrer-Policy": "no-referrer"})

    response = SecurityHeaders(view)(RequestFactory().get("/"))

    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("by_https", [True, False])
def test_holds_browsers_to_https_only_where_the_operator_serves_it(by_https: bool) -> None:
    with override_settings(HTTPS=by_https):
        response = SecurityHeaders(lambda _request: HttpResponse())(RequestFactory().get("/"))

    assert ("Strict-Transport-Security" in response.headers) is by_https
