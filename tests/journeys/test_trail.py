"""The trail in a real browser: without an accessibility fault, and with rows that go on by themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, OpenWindow, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", ["wide", "dark", "phone"])
def test_has_no_accessibility_fault(
    open_window: OpenWindow, make_customer: Callable[..., Any], mode: str
) -> None:
    make_customer(phones=["0912345678"])
    looks: dict[str, Any] = {"size": PHONE} if mode == "phone" else {"is_dark": mode == "dark"}
    page = open_window("director", **looks)
    found = {}

    for path in (
        "/trail",
        "/trail?tab=opened",
        "/trail?tab=door",
        "/trail?kind=customers&from=hom+nay",
        "/trail?from=never",
        "/trail?words=nothing+at+all",
        "/trail/export?who=hanh",
    ):
        page.goto(path)
        if at := faults(page):
            found[path] = at

    assert found == {}, found


def test_goes_on_by_itself_as_one_scrolls(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("director", "/trail?kind=customers&verb=create")
    entries = page.locator(".tl .ico[data-tone]")
    expect(entries).to_have_count(50)

    page.locator("#more-entries").scroll_into_view_if_needed()

    expect(entries).to_have_count(100)
