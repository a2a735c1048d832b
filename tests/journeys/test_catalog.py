"""Prices typed as in a spreadsheet, looked up by keys, and not lost with the network."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from duyen.modules.catalog.models import PriceLine
from duyen.modules.catalog.tests import conftest as catalog
from duyen.modules.catalog.tests.conftest import Make
from tests.journeys.conftest import PHONE, WIDE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
product, plan, price_list = catalog.product, catalog.plan, catalog.price_list


@pytest.fixture
def draft(product: Make, price_list: Make) -> int:
    """Make a draft of a price list, and three products."""
    for code in ("CAP", "DONG", "SIM"):
        product(code)
    return price_list("NHAP", "CAP;;100.000", is_issued=False)


def _cells(page: Page, column: str) -> Locator:
    return page.locator(f'input[data-column="{column}"]')


def _prices() -> dict[str, tuple[int, int | None]]:
    return {
        each.product.code: (each.price, each.floor)
        for each in PriceLine.objects.select_related("product").order_by("product__code")
    }


def _save(page: Page) -> None:
    page.get_by_role("button", name="Lưu giá").click()


def test_enter_and_arrows_go_down_a_column_and_send_nothing(open_window: OpenWindow, draft: int) -> None:
    page = open_window("director", f"/price_lists/{draft}/prices")
    prices = _cells(page, "price")
    prices.first.fill("120.000")

    for place in (1, 2, 2):  # at the last line Enter stays
        page.keyboard.press("Enter")
        expect(prices.nth(place)).to_be_focused()
    page.keyboard.type("45000")
    page.keyboard.press("Shift+Enter")
    expect(prices.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(prices.first).to_be_focused()

    assert _prices() == {"CAP": (100_000, None)}
    assert faults(page) == []
    _save(page)
    expect(page.locator("#toasts")).to_contain_text("Đã lưu")
    assert _prices() == {"CAP": (120_000, None), "SIM": (45_000, None)}


def test_a_block_of_a_spreadsheet_fills_the_cells_from_where_one_stands(
    open_window: OpenWindow, draft: int
) -> None:
    page = open_window("director", f"/price_lists/{draft}/prices")
    _cells(page, "price").nth(1).focus()

    page.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text', text);
          const how = { clipboardData, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', how));
        }""",
        "200.000\t0\t180.000\r\n45.000\t\t40.000\r\n9\t9\t9\r\n",
    )

    expect(_cells(page, "floor").nth(2)).to_have_value("40.000")
    _save(page)
    expect(page.locator("#toasts")).to_contain_text("Đã lưu")
    assert _prices() == {"CAP": (100_000, None), "DONG": (200_000, 180_000), "SIM": (45_000, 40_000)}


def test_what_is_wrong_stands_at_its_cell_and_nothing_is_saved(open_window: OpenWindow, draft: int) -> None:
    page = open_window("director", f"/price_lists/{draft}/prices")
    _cells(page, "price").nth(1).fill("hai trăm")
    _cells(page, "price").nth(2).fill("45.000")

    _save(page)

    expect(_cells(page, "price").nth(1)).to_have_attribute("aria-invalid", "true")
    expect(_cells(page, "price").nth(1)).to_be_focused()
    expect(_cells(page, "price").nth(2)).to_have_value("45.000")
    assert faults(page) == []
    assert _prices() == {"CAP": (100_000, None)}


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_prices_survive_a_network_that_goes_away(
    open_window: OpenWindow, draft: int, size: tuple[int, int]
) -> None:
    page = open_window("director", f"/price_lists/{draft}/prices", size=size)
    page.context.set_offline(True)
    _cells(page, "price").nth(1).fill("200.000")

    _save(page)

    expect(page.locator("[data-told]")).to_contain_text("có mạng lại thì bấm nút lần nữa")
    assert faults(page) == []
    assert _prices() == {"CAP": (100_000, None)}
    page.context.set_offline(False)
    page.reload()
    expect(_cells(page, "price").nth(1)).to_have_value("200.000")
    _save(page)
    expect(page.locator("#toasts")).to_contain_text("Đã lưu")
    assert _prices() == {"CAP": (100_000, None), "DONG": (200_000, None)}
    assert page.evaluate("Object.keys(localStorage).filter(name => name.includes(':draft:'))") == []


@pytest.mark.parametrize("look", ["wide", "dark", "phone"])
def test_a_price_is_looked_up_by_keys_alone(
    open_window: OpenWindow, product: Make, price_list: Make, look: str
) -> None:
    product("CAP", name="Internet cáp quang")
    price_list("NAY", "CAP;;180.000;300.000;165.000")
    size: dict[str, Any] = {"size": PHONE} if look == "phone" else {}
    page = open_window("seller", "/price-check", is_dark=look == "dark", **size)
    assert faults(page) == []
    if look == "phone":  # no keyboard comes up by itself
        page.locator("main").get_by_label("Sản phẩm").first.tap()
    expect(page.locator("main").get_by_label("Sản phẩm").first).to_be_focused()

    page.keyboard.type("cap quang")
    page.locator("[role=option]", has_text="Internet cáp quang").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    expect(page.locator(".kpis")).to_contain_text("198.000")
    settled(page)
    assert faults(page) == []
