"""What stands against a step is told whole: in its dialog, on its page, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.surfaces.web.pages.tests.conftest import HTMX


@pytest.fixture
def two_reasons() -> Iterator[None]:
    """Set two reasons against the first step of every customer."""
    customers = entity_named("customers")
    customers.guards["start"] = [lambda _row: ["giấy phép còn thiếu.", "chưa có người ký."]]
    yield
    customers.guards.clear()


@pytest.mark.parametrize(("headers", "status"), [({**HTMX, "HX-Target": "dlg"}, 422), ({}, 409)])
def test_lists_every_reason(
    browser_of: Callable[[str], Client],
    make_customer: Callable[..., Any],
    two_reasons: None,
    headers: dict[str, str],
    status: int,
) -> None:
    record, client = make_customer().id, browser_of("seller")
    before = History.objects.count()

    answer = client.post(f"/customers/{record}/start", {"note": "Đã ký"}, headers=headers)

    page = answer.content.decode()
    assert answer.status_code == status
    assert "<li>Giấy phép còn thiếu.</li><li>Chưa có người ký.</li>" in page
    assert "Đã ký" in page
    assert History.objects.count() == before


@pytest.mark.parametrize("headers", [{**HTMX, "HX-Target": "dlg"}, {}])
def test_lists_them_before_anybody_fills_in_the_form(
    browser_of: Callable[[str], Client],
    make_customer: Callable[..., Any],
    two_reasons: None,
    headers: dict[str, str],
) -> None:
    answer = browser_of("seller").get(f"/customers/{make_customer().id}/start", headers=headers)

    page = answer.content.decode()
    assert answer.status_code == 200
    told, asked = page.index("<li>Giấy phép còn thiếu.</li><li>Chưa có người ký.</li>"), page.index("<form")
    assert asked < told < page.index('name="note"')


def test_says_of_a_step_that_nothing_stands_against_no_word(
    browser_of: Callable[[str], Client], make_customer: Callable[..., Any]
) -> None:
    page = browser_of("seller").get(f"/customers/{make_customer().id}/start").content.decode()

    assert 'role="alert"' not in page
