"""Customers in a real browser: find, open, edit, undo; two people at once; keys; no script at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from duyen.modules.parties.models import Party
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_finds_filters_opens_edits_and_undoes(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/customers")
    expect(page.locator(".views [aria-current] .n")).to_have_text("120")

    page.keyboard.press("/")
    page.keyboard.type("khach hang 11", delay=30)
    expect(page.locator("tbody tr[id]")).to_have_count(10)
    expect(page.locator("#find")).to_have_value("khach hang 11")
    expect(page.locator("#find")).to_be_focused()

    page.locator("[popovertarget=filter-menu]").click()
    page.locator("#filter-box a").first.click()
    settled(page)
    page.locator("#filter-box .choice", has_text="Hộ gia đình").first.click()
    page.locator("#filter-box button").click()
    expect(page.locator("tbody tr[id]")).to_have_count(1)
    expect(page.locator(".chip b")).to_have_text("Hộ gia đình")
    assert "kind.in=HOUSEHOLD" in page.url

    page.locator("td.name a").click()
    expect(page.locator("h1")).to_have_text("Khách hàng 110")
    page.keyboard.press("e")
    page.locator("#f-name").fill("Nguyễn Văn Mười")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Nguyễn Văn Mười")

    page.locator(".toast button", has_text="Hoàn tác").click()
    expect(page.locator("h1")).to_have_text("Khách hàng 110")


def test_keeps_the_work_of_two_people_who_save_at_once(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    done = make_customer(phones=["0912345678"])
    seller, teller = (open_window(who, f"/customers/{done.id}/edit") for who in ("seller", "teller"))

    teller.locator("#f-name").fill("Tên của Bảo")
    teller.locator("input[name=phones]").first.fill("0987 654 321")
    teller.keyboard.press("Control+Enter")
    expect(teller.locator("h1")).to_have_text("Tên của Bảo")
    seller.locator("#f-name").fill("Tên của Hạnh")
    seller.locator("#f-note").fill("Gọi lại sau 17 giờ")
    seller.keyboard.press("Control+Enter")
    clash = seller.locator("#clash")
    expect(clash).to_contain_text("Tên của Bảo")
    expect(clash).to_contain_text("Tên của Hạnh")
    expect(seller.locator("#f-note")).to_have_value("Gọi lại sau 17 giờ")
    assert faults(seller) == []
    clash.locator(".opt", has_text="Tên của Bảo").click()
    seller.locator(".form-foot .primary").click()

    expect(seller.locator("h1")).to_have_text("Tên của Bảo")
    row = Party.objects.get(pk=done.id)
    assert (row.name, row.note, row.phones) == ("Tên của Bảo", "Gọi lại sau 17 giờ", ["+84987654321"])


def test_tells_of_a_duplicate_while_a_form_is_filled(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    done = make_customer(name="Phan Thu Trà", kind="INDIVIDUAL", phones=["0912345678"])
    page = open_window("seller", "/customers/new")
    page.locator("#f-kind").select_option("INDIVIDUAL")
    page.locator("#f-name").fill("phan thu tra")
    settled(page)

    page.locator("input[name=phones]").first.fill("0912.345.678")
    page.keyboard.press("Tab")
    box = page.locator("#twins .banner")
    expect(box).to_contain_text("Trùng số điện thoại 0912 345 678")
    expect(box.locator("a")).to_have_attribute("href", f"/customers/{done.id}")
    page.locator("input[name=phones]").first.fill("0988 111 222")
    page.keyboard.press("Tab")
    expect(box).to_have_count(0)
    page.locator("input[name=phones]").first.fill("0912345678")
    page.keyboard.press("Tab")
    expect(box).to_have_count(1)

    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("phan thu tra")
    assert Party.objects.count() == 2
    assert faults(page) == []


def test_scrolls_on_to_the_last_row(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/customers")
    rows = page.locator("tbody tr[id]")
    expect(rows).to_have_count(50)

    for count in (100, 120):
        page.locator(".tbl-wrap").evaluate("region => { region.scrollTop = region.scrollHeight; }")
        expect(rows).to_have_count(count)

    expect(page.locator("tr.more")).to_have_count(0)


def test_works_by_keys_alone(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/")

    page.keyboard.press("g")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Khách hàng")
    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Khách hàng 001")
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    page.locator("#dlg[open] [role=combobox]").wait_for()
    settled(page)
    page.keyboard.type("tao khach")
    expect(page.locator("#res [aria-selected=true]")).to_contain_text("Tạo khách hàng")
    page.keyboard.press("Enter")
    expect(page.locator(".form-card .input").first).to_be_focused()
    page.keyboard.press("Escape")
    page.goto("/")
    page.keyboard.press("c")
    page.keyboard.press("k")
    expect(page.locator("#dlg form.quick .input").first).to_be_focused()


def test_deletes_a_row_and_brings_it_back(open_window: OpenWindow, make_customer: Callable[..., Any]) -> None:
    done = make_customer()
    page = open_window("seller", "/customers")

    page.locator(f"#row-{done.id} .acts button").click()
    page.locator("#row-menu button", has_text="Xóa").wait_for()
    settled(page)
    page.locator("#row-menu button", has_text="Xóa").click()
    expect(page.locator(f"#row-{done.id}")).to_have_count(0)
    page.locator(".toast button", has_text="Hoàn tác").click()

    expect(page.locator(f"#row-{done.id}")).to_have_count(1)
    assert Party.objects.get(pk=done.id).deleted_at is None


def test_moves_a_state_in_a_dialog(open_window: OpenWindow, make_customer: Callable[..., Any]) -> None:
    done = make_customer()
    page = open_window("seller", f"/customers/{done.id}")

    page.locator("[popovertarget=commands-menu]").click()
    page.locator("#commands-menu .mi").first.click()
    dialog = page.locator("#dlg[open]")
    expect(dialog.locator("#f-note")).to_be_focused()
    settled(page)
    page.keyboard.press("Control+Enter")
    expect(dialog.locator(".err")).to_be_visible()
    settled(page)
    dialog.locator("#f-note").fill("Đã ký hợp đồng đầu tiên")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".stagebar [aria-current]")).to_have_text("Khách mới")
    page.locator(".tabs a", has_text="Lịch sử").click()
    expect(page.locator("#history")).to_contain_text("Đã ký hợp đồng đầu tiên")


def test_works_without_a_script(open_window: OpenWindow, make_customer: Callable[..., Any]) -> None:
    done = make_customer()
    page = open_window("seller", "/customers", has_script=False)

    page.locator("td.name a").click()
    page.locator(".rec-acts a", has_text="Sửa").click()
    page.locator("#f-name").fill("Công ty Không Script")
    page.locator(".form-foot .primary").click()
    expect(page.locator("h1")).to_have_text("Công ty Không Script")
    page.locator(".toast button").click()
    expect(page.locator("h1")).to_have_text("Công ty TNHH Hoa Sen")
    page.goto("/customers/filter?field=kind")
    page.locator(".choice", has_text="Tổ chức").first.click()
    page.locator("main form button").click()

    expect(page.locator("tbody tr[id]")).to_have_count(1)
    assert Party.objects.get(pk=done.id).name == "Công ty TNHH Hoa Sen"


@pytest.mark.parametrize("mode", ["wide", "dark", "phone"])
def test_has_no_accessibility_fault(
    open_window: OpenWindow, make_customer: Callable[..., Any], mode: str
) -> None:
    done = make_customer(
        phones=["0912345678"],
        emails=["lan@example.com"],
        addresses=[{"line": "1 Lạch Tray", "province": "Hải Phòng"}],
    )
    looks: dict[str, Any] = {"size": PHONE} if mode == "phone" else {"is_dark": mode == "dark"}
    page = open_window("manager", **looks)
    found = {}

    for path in (
        "/",
        "/customers",
        "/customers?q=khongcoai",
        "/customers?kind.in=ORGANISATION",
        "/customers?bin=1",
        "/customers/filter?field=owner",
        f"/customers/{done.id}",
        f"/customers/{done.id}?tab=history",
        f"/customers/{done.id}/edit",
        f"/customers/{done.id}/share",
        "/customers/new",
        "/search?q=hoa",
        "/castles",
        "/customers/999999",
    ):
        page.goto(path)
        if wrong := faults(page):
            found[path] = wrong

    assert found == {}, found


def test_has_no_accessibility_fault_in_what_opens_over_the_page(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    page = open_window("manager", "/customers")
    found = []

    page.locator("[popovertarget=filter-menu]").click()
    page.locator("#filter-box a").first.click()
    page.locator("#filter-box form").wait_for()
    found += faults(page)
    page.keyboard.press("Escape")
    page.locator(f"#row-{done.id} .acts button").click()
    page.locator("#row-menu a").first.wait_for()
    found += faults(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("#dlg[open] [role=combobox]").wait_for()
    settled(page)
    page.keyboard.type("hoa sen")
    page.locator("#res mark").first.wait_for()
    found += faults(page)
    page.keyboard.press("Escape")
    page.goto(f"/customers/{done.id}")
    page.locator("[popovertarget=ways-menu]").click()
    page.locator("#ways-menu a", has_text="Bàn giao").click()
    page.locator("#dlg[open] form").wait_for()
    found += faults(page)

    assert found == []
