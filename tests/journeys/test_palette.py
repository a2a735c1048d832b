"""The palette and the keys in a real browser: by keyboard alone, and with single keys off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#dlg[open] input[role=combobox]").wait_for()
    settled(page)


def chosen(page: Page) -> Any:
    """Give the option that is chosen, as the field names it to a screen reader."""
    return page.locator("#res [role=option][aria-selected=true]")


def test_finds_opens_and_comes_back_by_keyboard_alone(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")

    open_palette(page)
    page.keyboard.type("khach 117", delay=20)
    expect(chosen(page)).to_contain_text("Khách hàng 117")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Khách hàng 117")

    page.wait_for_load_state()
    page.goto("/")
    open_palette(page)
    expect(page.locator("#res [role=group]").first).to_contain_text("Mở gần đây")
    expect(chosen(page)).to_contain_text("Khách hàng 117")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Khách hàng 117")


def test_moves_by_arrows_home_and_end_and_gives_the_focus_back(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    opener = page.locator(".searchbox")
    opener.focus()
    page.keyboard.press("Enter")
    field = page.locator("#dlg[open] input[role=combobox]")
    field.wait_for()
    settled(page)
    page.keyboard.type("khach hang")
    expect(page.locator("#res mark").first).to_be_visible()
    settled(page)
    options = page.locator("#res [role=option]")

    page.keyboard.press("End")
    expect(chosen(page)).to_contain_text("Xem mọi kết quả")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    expect(field).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    assert faults(page) == []
    page.keyboard.press("Tab")
    expect(page.locator("#dlg [data-close]:visible")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator("#dlg[open]")).to_have_count(0)
    expect(opener).to_be_focused()


def test_opens_in_a_new_tab_and_stays(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/customers")
    open_palette(page)
    page.keyboard.type("khach 118")
    expect(chosen(page)).to_contain_text("Khách hàng 118")

    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")

    expect(opened.value.locator("h1")).to_have_text("Khách hàng 118")
    expect(page.locator("#dlg[open]")).to_be_visible()


def test_waits_with_enter_until_the_answer_fits_what_was_typed(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    open_palette(page)

    page.keyboard.insert_text("khach 119")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Khách hàng 119")


def test_gives_commands(open_window: OpenWindow) -> None:
    page = open_window("seller", "/")

    open_palette(page)
    page.keyboard.type(">giao dien toi")
    expect(chosen(page)).to_contain_text("Giao diện: Tối")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#dlg[open]")).to_have_count(0)
    open_palette(page)
    page.keyboard.type("phim tat")
    expect(chosen(page)).to_contain_text("Phím tắt")
    page.keyboard.press("Enter")
    expect(page.locator("#dlg[open] #keys")).to_be_visible()
    page.keyboard.press("Escape")
    open_palette(page)
    page.keyboard.type("dang xuat")
    expect(chosen(page)).to_contain_text("Đăng xuất")
    page.keyboard.press("Enter")

    expect(page.locator("input[name=password]")).to_be_visible()


def test_turns_single_keys_off_at_once(
    open_window: OpenWindow, cast: Cast, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    page.keyboard.press("?")
    page.locator("#dlg[open] #keys").wait_for()
    settled(page)
    page.locator("#dlg summary").click()
    page.locator("#dlg .choice", has_text="Tạo, rồi bấm").locator("input").uncheck()
    page.locator("#dlg .choice", has_text="Dòng sau").locator("input").uncheck()
    assert faults(page) == []
    page.locator("#keys-save").click()
    expect(page.locator("html")).to_have_attribute("data-keys-off", "c j k")
    settled(page)
    page.keyboard.press("Escape")

    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("tr.cur")).to_have_count(0)
    expect(page.locator("#create-menu")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.locator("h1")).to_contain_text("Chào")
    page.keyboard.press("c")
    expect(page.locator("#create-menu")).to_be_hidden()
    assert cast.user("seller").keys_off == "c j k"


def test_turns_all_single_keys_off(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/help/keys")
    page.locator("summary").click()
    page.locator("#f-keys-all").uncheck()
    page.locator("#keys-save").click()
    expect(page.locator("html")).to_have_attribute("data-keys-off", "all")
    page.goto("/customers")

    for key in ("?", "/", "f", "c", "j", "g", "h"):
        page.keyboard.press(key)

    expect(page.locator("#dlg[open], :popover-open, tr.cur, #find:focus")).to_have_count(0)
    assert page.url.endswith("/customers")
    open_palette(page)
    page.keyboard.press("Escape")
    expect(page.locator("#dlg[open]")).to_have_count(0)


def test_takes_no_letter_that_is_still_being_composed(open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers")
    press = """([key, how]) => document.body.dispatchEvent(
        new KeyboardEvent('keydown', {key, bubbles: true, ...how}))"""

    page.evaluate(press, ["c", {"isComposing": True}])
    expect(page.locator("#create-menu")).to_be_hidden()
    page.evaluate(press, ["đ", {"code": "KeyC"}])

    expect(page.locator("#create-menu")).to_be_visible()


@pytest.mark.parametrize("mode", ["wide", "dark", "phone"])
def test_has_no_accessibility_fault(
    open_window: OpenWindow, make_customer: Callable[..., Any], mode: str
) -> None:
    make_customer(phones=["0912345678"], emails=["lan@example.com"])
    looks: dict[str, Any] = {"size": PHONE} if mode == "phone" else {"is_dark": mode == "dark"}
    page = open_window("manager", **looks)
    found = {}

    for path in (
        "/search",
        "/search?q=345678",
        "/search?q=hoa+sen&in=customers",
        "/search?q=khong+coai",
        "/help/keys",
    ):
        page.goto(path)
        if wrong := faults(page):
            found[path] = wrong
    page.locator(".searchbox").click()
    page.locator("#dlg[open] [role=combobox]").wait_for()
    settled(page)
    found["palette"] = faults(page)
    page.locator("#dlg input[name=q]").fill("hoa")
    page.locator("#res mark").first.wait_for()
    found["found"] = faults(page)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
