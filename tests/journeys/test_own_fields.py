"""An administrator adds and deletes fields while somebody types in an open form: both keep what they did."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duyen.foundation.fields.models import CustomField
from duyen.modules.parties.models import Party
from tests.journeys.conftest import PHONE, OpenWindow, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NEW = "/settings/fields/customers/new"


def _add(page: Page, label: str) -> CustomField:
    """Add a text field as an administrator does."""
    page.goto("/settings/fields")
    page.get_by_role("link", name="Trường mới: Khách hàng", exact=True).click()
    page.locator("main a[href*='kind=text']").first.click()
    page.locator("[name=label]").fill(label)
    page.get_by_role("button", name="Thêm trường").click()
    expect(page.locator("main")).to_contain_text(label)
    return CustomField.objects.get(label=label)


def test_a_field_comes_while_somebody_types(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    seller = open_window("seller", f"/customers/{done.id}/edit")
    seller.locator("#f-note").fill("Gọi lại sau 17 giờ")
    admin = open_window("admin", "/settings/fields")
    assert faults(admin) == []

    field = _add(admin, "Cỡ áo")
    seller.keyboard.press("Control+Enter")

    expect(seller).to_have_url(re.compile(rf"/customers/{done.id}$"))
    assert Party.objects.get(pk=done.id).note == "Gọi lại sau 17 giờ"
    seller.goto(f"/customers/{done.id}/edit")
    assert faults(seller) == []
    seller.get_by_label("Cỡ áo").fill("XL")
    seller.keyboard.press("Control+Enter")
    expect(seller).to_have_url(re.compile(rf"/customers/{done.id}$"))
    seller.goto(f"/customers/{done.id}?tab=info")
    expect(seller.locator("main")).to_contain_text("XL")
    held = Party.objects.get(pk=done.id)
    assert (held.note, held.custom) == ("Gọi lại sau 17 giờ", {str(field.pk): "XL"})


def test_a_field_goes_while_somebody_types(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    admin = open_window("admin", "/settings/fields")
    field = _add(admin, "Cỡ áo")
    seller = open_window("seller", f"/customers/{done.id}/edit")
    seller.get_by_label("Cỡ áo").fill("XXL rộng")
    seller.locator("#f-note").fill("Gọi lại sau 17 giờ")

    admin.goto(f"/settings/fields/{field.pk}/delete")
    assert faults(admin) == []
    admin.locator("[name=typed]").fill("Cỡ áo")
    admin.locator("main form button").click()
    expect(admin.locator(".toast").first).to_contain_text("Cỡ áo")
    seller.keyboard.press("Control+Enter")

    expect(seller.locator("main")).to_contain_text("XXL rộng")
    expect(seller.locator("#f-note")).to_have_value("Gọi lại sau 17 giờ")
    assert faults(seller) == []
    assert Party.objects.get(pk=done.id).note == ""
    seller.locator("main form button.primary").last.click()
    expect(seller).to_have_url(re.compile(rf"/customers/{done.id}$"))
    held = Party.objects.get(pk=done.id)
    assert (held.note, held.custom) == ("Gọi lại sau 17 giờ", {})


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_pages_of_fields_have_no_faults(open_window: OpenWindow, is_dark: bool) -> None:
    page = open_window("admin", "/settings/fields", size=PHONE, is_dark=is_dark)
    field = _add(page, "Cỡ áo")
    for address in ("/settings/fields", NEW, f"{NEW}?kind=link", f"/settings/fields/{field.pk}"):
        page.goto(address)
        assert faults(page) == [], address
    page.goto(f"/settings/fields/{field.pk}/retire")
    assert faults(page) == []
