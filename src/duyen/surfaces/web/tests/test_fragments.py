"""One address answers with the page, or with one part of it when htmx asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from duyen.surfaces.web.fragments import page_or_block

pytestmark = pytest.mark.usefixtures("bare_pages")


def ask(**headers: str) -> HttpResponse:
    request: Any = RequestFactory(headers=headers).get("/help/keys")
    request.htmx = HtmxDetails(request)
    assert isinstance(request, HttpRequest)
    context: dict[str, Any] = {"groups": [], "switches": [], "is_on": True, "is_chosen": False, "off": set()}
    return page_or_block(request, "help_keys.html", "keys", context)


def test_answers_a_browser_with_the_whole_page() -> None:
    response = ask()

    assert response.content.decode().lstrip().startswith("<!doctype html>")
    assert response.headers["Vary"] == "HX-Request"


def test_answers_htmx_with_the_part_alone() -> None:
    response = ask(**{"HX-Request": "true"})

    html = response.content.decode()
    assert html.startswith("<header>")
    assert "<html" not in html
    assert response.headers["Vary"] == "HX-Request"


def test_answers_a_restored_history_entry_with_the_whole_page() -> None:
    response = ask(**{"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert "<html" in response.content.decode()
