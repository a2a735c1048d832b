"""The navigation folds what belongs to a page away, by mouse and by keys, and a device remembers it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from duyen.surfaces.web.context import UNFOLDED
from tests.journeys.conftest import OpenWindow, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def _kept(page: Page) -> str:
    return next((each["value"] for each in page.context.cookies() if each["name"] == UNFOLDED), "")


def test_remembers_on_the_next_page_what_was_unfolded_by_keys(open_window: OpenWindow) -> None:
    page = open_window("manager", "/customers")
    fold = page.locator('#side [data-fold="leads"]')
    expect(page.locator("#under-leads")).to_be_hidden()

    fold.focus()
    page.keyboard.press("Enter")

    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#under-leads")).to_be_visible()
    assert faults(page) == []

    page.goto(page.url.replace("/customers", "/contacts"))
    expect(page.locator("#under-leads")).to_be_visible()
    assert _kept(page) == "leads"

    page.locator('#side [data-fold="leads"]').click()

    expect(page.locator("#under-leads")).to_be_hidden()
    assert _kept(page) == ""


def test_unfolds_where_one_is_and_marks_it(open_window: OpenWindow) -> None:
    page = open_window("manager", "/leads")

    page.locator("#under-leads").get_by_text("Gọi khách").click()

    expect(page.locator("#side [aria-current]")).to_have_text("Gọi khách")
    expect(page.locator("#under-leads")).to_be_visible()
    assert faults(page) == []
