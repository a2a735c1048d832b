"""What a list shows, in a real browser: conditions, columns, orders, views, the small forms on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_narrows_a_list_by_one_condition_or_another(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers?kind.in=HOUSEHOLD")
    expect(page.locator(".views [aria-current] .n")).to_have_text("12")

    page.locator(".chip a.val").click()
    page.locator("#dlg").get_by_role("link", name="Hoặc điều kiện khác…").click()
    page.locator("#dlg .field-groups .mi", has_text="Tên").first.click()
    page.locator("#dlg #filter-value").fill("khach hang 11")
    assert faults(page) == []
    page.locator("#dlg").get_by_role("button", name="Lọc").click()

    expect(page.locator("#dlg")).not_to_be_visible()
    expect(page.locator(".chip:not(.add)")).to_contain_text("hoặc")
    expect(page.locator(".views [aria-current] .n")).to_have_text("21")
    page.go_back()
    expect(page.locator(".views [aria-current] .n")).to_have_text("12")


def test_chooses_columns_by_keyboard_and_keeps_their_width(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    heads = page.locator("thead th[data-column]")
    settled(page)

    page.locator("[popovertarget=column-menu]").click()
    settled(page)
    page.locator(".column-form label", has_text="Mã số thuế").locator("input").uncheck()
    page.locator(".column-form label", has_text="Nhãn").locator("input").check()
    up = page.get_by_role("button", name="Đưa Điện thoại lên")
    up.press("Enter")
    up.press("Enter")
    assert faults(page) == []
    page.locator(".column-form .primary").click()
    settled(page)

    names = [head.get_attribute("data-column") for head in heads.all()]
    assert names[:3] == ["name", "phones", "relationship_state"]
    assert "tags" in names
    assert "tax_code" not in names

    before = heads.nth(1).bounding_box()
    assert before
    page.mouse.move(before["x"] + before["width"] - 3, before["y"] + 10)
    page.mouse.down()
    page.mouse.move(before["x"] + before["width"] + 77, before["y"] + 10, steps=4)
    page.mouse.up()
    expect(page.locator("table.sized")).to_be_visible()
    settled(page)
    after = heads.nth(1).bounding_box()
    assert after
    assert abs(after["width"] - before["width"] - 80) <= 4
    assert f"phones%3A{round(after['width'])}" in page.url


def test_reaches_the_days_of_a_filter_by_keys_alone(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    settled(page)
    page.keyboard.press("f")
    expect(page.locator("#filter-menu .mi").first).to_be_focused()
    settled(page)
    page.locator("#filter-menu .mi", has_text="Trường khác").press("Enter")
    expect(page.locator("#filter-menu .field-groups .mi").first).to_be_focused()
    settled(page)
    page.locator("#filter-menu .field-groups .mi", has_text="Tạo lúc").press("Enter")

    expect(page.locator("#filter-op")).to_be_focused()
    field, button = (
        page.locator("#f-from").bounding_box(),
        page.locator("[data-date-open]").first.bounding_box(),
    )
    assert field
    assert button
    assert button["x"] > field["x"] + field["width"] / 2


def test_orders_by_two_fields_with_shift(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/customers?sort=-province")
    settled(page)

    page.locator("th[data-column=name] a").click(modifiers=["Shift"])
    settled(page)

    assert page.url.endswith("sort=-province%2Cname")
    expect(page.locator("thead th[aria-sort]")).to_have_count(2)
    expect(page.locator("tbody td.name").first).to_contain_text("Khách hàng 000")


def test_keeps_a_view_opens_it_again_and_takes_it_back(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers?kind.in=HOUSEHOLD")
    settled(page)

    page.locator("a.keep").click()
    page.locator("#f-name").fill("Hộ gia đình")
    assert faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator(".views a[aria-current]")).to_contain_text("Hộ gia đình")
    expect(page.locator("a.keep")).to_have_count(0)

    page.locator("th[data-column=name] a").click()
    settled(page)
    page.get_by_role("button", name="Lưu thay đổi").click()
    expect(page.locator("tbody td.name").first).to_contain_text("Khách hàng 110")
    page.goto("/customers/views")
    assert faults(page) == []
    page.get_by_role("button", name="Xóa: Hộ gia đình").click()
    expect(page.locator(".empty")).to_contain_text("Chưa có khung nhìn")
    page.locator(".toast button", has_text="Hoàn tác").click()
    expect(page.locator(".views a[aria-current]")).to_contain_text("Hộ gia đình")


@pytest.mark.parametrize("path", [
    "/customers?kind.in=HOUSEHOLD&created_at.within=this_year&sort=-province,name",
    "/customers/filter?kind.in=HOUSEHOLD",
    "/customers/filter?field=created_at",
    "/customers/sort",
    "/customers/columns",
    "/customers/views/new?kind.in=HOUSEHOLD",
    "/customers/print",
])  # fmt: skip
@pytest.mark.parametrize("look", ["wide", "phone", "dark"])
def test_has_no_faults_of_accessibility(
    open_window: OpenWindow, many_customers: list[int], path: str, look: str
) -> None:
    size = PHONE if look == "phone" else (1440, 900)

    page = open_window("seller", path, size=size, is_dark=look == "dark")

    assert faults(page) == []


def test_changes_what_it_shows_without_any_script(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/customers/filter", has_script=False)

    page.get_by_role("link", name="Loại", exact=True).click()
    page.locator(".choice", has_text="Hộ gia đình").first.click()
    page.get_by_role("button", name="Lọc").click()
    expect(page.locator(".chip b")).to_have_text("Hộ gia đình")
    page.locator("a.keep").click()
    page.locator("#f-name").fill("Hộ gia đình")
    page.locator("form .primary").click()

    expect(page.locator(".views a[aria-current]")).to_contain_text("Hộ gia đình")
