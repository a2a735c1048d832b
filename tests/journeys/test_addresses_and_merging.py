"""An address by a few letters, and two records made one, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from duyen.modules.parties.models import Party
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_finds_a_ward_by_a_few_letters_and_keys_alone(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    page = open_window("seller", f"/customers/{done.id}/edit")
    settled(page)
    address = page.locator("#f-addresses, [data-field=addresses]").first
    expect(address).to_be_visible()
    line = page.locator("input[name='addresses.0.line'], input[name^=addresses][name$=line]").first
    line.fill("12 Lạch Tray")
    ward = page.locator("input[role=combobox][name^=addresses]").first
    ward.focus()
    page.keyboard.type("le chan", delay=40)
    option = page.locator("[role=option]", has_text="Lê Chân").first
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert faults(page) == []
    expect(option).to_be_hidden()
    page.locator(".form-foot .primary").click()

    expect(page.locator("h1")).to_have_text("Công ty TNHH Hoa Sen")
    row = Party.objects.get(pk=done.id)
    assert row.addresses[0]["line"] == "12 Lạch Tray"
    assert row.ward_code == row.addresses[0]["ward_code"] != ""


@pytest.mark.parametrize("size", [None, PHONE], ids=["wide", "phone"])
def test_merges_two_and_takes_them_apart_again(
    open_window: OpenWindow, make_customer: Callable[..., Any], size: tuple[int, int] | None
) -> None:
    one = make_customer(phones=["0912345678"], note="Khách quen")
    other = make_customer(name="Cty Hoa Sen", phones=["0987654321"], industry="TRADE")
    words = {"size": size} if size else {}
    page = open_window("seller", f"/customers/merge?ids={one.id},{other.id}&keep={one.id}", **words)
    settled(page)
    assert faults(page) == []

    page.locator("form[action='/customers/merge'] button.primary").click()

    page.wait_for_url(f"**/customers/{one.id}*")
    kept = Party.objects.get(pk=one.id)
    assert sorted(kept.phones) == ["+84912345678", "+84987654321"]
    assert (kept.industry, kept.note) == ("TRADE", "Khách quen")
    page.goto(f"/customers/{other.id}")
    page.wait_for_url(f"**/customers/{one.id}*")
    page.locator("a[href^='/merges/']").first.click()
    page.wait_for_url("**/merges/*")
    settled(page)
    assert faults(page) == []
    page.locator("main form button", has_text="Hoàn tác").first.click()
    page.wait_for_load_state("networkidle")

    assert Party.objects.get(pk=other.id).deleted_at is None
    assert Party.objects.get(pk=one.id).phones == ["+84912345678"]
