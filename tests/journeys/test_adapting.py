"""An administrator adapts lists of choices and a form: by keyboard, by drag, without a script, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, OpenWindow, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

INDUSTRY = "/settings/choices/industries"
CUSTOMERS = "/settings/layouts/customers"
PAGES = ["/settings/choices", INDUSTRY, f"{INDUSTRY}/item?code=MINING", f"{INDUSTRY}/merge?code=MINING"]
PAGES += ["/settings/choices/party_tags", "/settings/layouts", CUSTOMERS, f"{CUSTOMERS}/field?field=note"]


def names(page: Page) -> list[str]:
    """List the items of a list of choices as they stand."""
    return page.locator(".arranged .badge").all_inner_texts()


def items(page: Page) -> list[str]:
    """List sections and fields as the form would send them."""
    found = page.locator('input[name="item"]').evaluate_all("all => all.map(each => each.value)")
    return [str(each) for each in found]


@pytest.mark.parametrize("size", [(1440, 900), PHONE])
@pytest.mark.parametrize("is_dark", [False, True])
def test_has_no_faults_in_any_light(open_window: OpenWindow, size: tuple[int, int], is_dark: bool) -> None:
    page = open_window("admin", PAGES[0], size=size, is_dark=is_dark)
    for address in PAGES:
        page.goto(address)
        assert faults(page) == [], address


def test_orders_a_list_by_keyboard_and_by_drag(open_window: OpenWindow) -> None:
    page = open_window("admin", INDUSTRY)
    first, second, *rest = names(page)

    page.get_by_role("button", name=f"Đưa {first} xuống").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast").first).to_contain_text(first)
    assert names(page)[:2] == [second, first]
    expect(page.get_by_role("button", name=f"Đưa {first} xuống")).to_be_focused()

    grips = page.locator(".arranged [data-grip]")
    start, end = grips.nth(3).bounding_box(), grips.nth(0).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + 2, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Lưu thứ tự").click()
    expect(page.locator(".toast").first).to_contain_text("thứ tự này")
    assert names(page)[:3] == [rest[1], second, first]


def test_arranges_a_form_by_keyboard_and_sees_it_on_the_form(open_window: OpenWindow) -> None:
    page = open_window("admin", CUSTOMERS)
    assert items(page)[1:3] == ["field:kind", "field:honorific"]

    down = page.get_by_role("button", name="Đưa Loại xuống", exact=True)
    down.focus()
    page.keyboard.press("Enter")
    assert items(page)[1:3] == ["field:honorific", "field:kind"]
    expect(down).to_be_focused()
    for _press in range(4):  # past the end of its section into the next one
        page.keyboard.press("Enter")
    after = items(page)
    assert after.index("field:kind") == after.index("section:How to reach them") + 1
    page.get_by_label("Bỏ Ghi chú khỏi biểu mẫu").check()
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator(".toast").first).to_contain_text("Đã lưu")

    seller = open_window("seller", "/customers/new")
    expect(seller.locator('[name="note"]')).to_have_count(0)
    where = seller.locator("section.card", has=seller.locator('[name="kind"]'))
    expect(where.locator("h2")).to_have_text("Cách liên lạc")


def test_drags_a_field_into_another_section(open_window: OpenWindow) -> None:
    page = open_window("admin", CUSTOMERS, size=(1440, 1600))
    grip = page.locator('li:has(> input[value="field:kind"]) [data-grip]')
    goal = page.locator('li:has(> input[value="field:emails"])')
    start, end = grip.bounding_box(), goal.bounding_box()
    assert start
    assert end

    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + end["height"] - 4, steps=12)
    page.mouse.up()

    after = items(page)
    assert after[after.index("field:emails") + 1] == "field:kind"


def test_works_without_a_script(open_window: OpenWindow) -> None:
    page = open_window("admin", CUSTOMERS, has_script=False)

    page.get_by_role("button", name="Đưa Loại xuống", exact=True).click()
    page.get_by_role("button", name="Thêm phần").click()
    page.get_by_role("button", name="Lưu", exact=True).click()

    assert items(page)[1:3] == ["field:honorific", "field:kind"]
    assert items(page)[-1] == "section:own-1"
