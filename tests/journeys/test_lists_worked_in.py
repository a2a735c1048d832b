"""A list that one works in: cells edited by keys alone, rows handled together, all of a filter as a job."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duyen.entities.bulk import running
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import change
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def _cell(page: Page, row: int, column: int) -> Any:
    return page.locator("tbody tr[id]").nth(row).locator("td").nth(column)


def test_a_seller_edits_cells_by_keys_alone(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/customers")
    settled(page)
    page.keyboard.press("j")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(_cell(page, 0, 5)).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.locator("td.editing select")).to_be_focused()
    assert faults(page) == []
    page.keyboard.type("Xây")
    page.keyboard.press("Tab")
    expect(page.locator("td.editing input[name=tax_code]")).to_be_focused()
    page.keyboard.type("0100233488")
    page.keyboard.press("Enter")
    expect(_cell(page, 0, 6)).to_be_focused()
    expect(_cell(page, 0, 5)).to_have_text("Xây dựng")
    expect(_cell(page, 0, 6)).to_have_text("0100233488")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("F2")
    expect(page.locator("td.editing input[name=tax_code]")).to_be_focused()
    page.keyboard.type("0100233480")
    page.keyboard.press("Enter")
    expect(page.locator("td.editing .err")).to_be_visible()
    expect(page.locator("td.editing input[name=tax_code]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(_cell(page, 1, 6)).to_be_focused()
    expect(_cell(page, 1, 6)).to_have_text("—")

    first, second = (Party.objects.get(pk=each) for each in many_customers[:2])
    assert (first.industry, first.tax_code, second.tax_code) == ("CONSTRUCTION", "0100233488", "")


def test_walks_through_cells_with_tab_and_undoes_from_the_toast(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("manager", "/customers")
    settled(page)
    _cell(page, 2, 4).click(position={"x": 3, "y": 10})
    phone = page.locator("td.editing input[name=phones]")
    expect(phone).to_be_focused()

    phone.fill("0987 654 321")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("td.editing select[name=owner]")).to_be_focused()
    expect(_cell(page, 2, 4)).to_contain_text("0987 654 321")
    page.keyboard.press("Escape")
    page.locator(".toast button", has_text="Hoàn tác").click()

    expect(_cell(page, 2, 4)).to_contain_text("0912 300 002")


def test_a_seller_searches_selects_a_range_and_undoes_by_keys_alone(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    settled(page)
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    expect(_cell(page, 0, 1).locator("a")).to_be_focused()

    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-count]")).to_have_text("Đã chọn 3")

    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("F2")
    page.wait_for_timeout(300)
    expect(page.locator("td.editing")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F2")
    page.locator("td.editing input[name=phones]").wait_for()
    settled(page)
    page.locator("td.editing input[name=phones]").fill("0987 654 321")
    page.keyboard.press("Enter")
    expect(_cell(page, 2, 4)).to_contain_text("0987 654 321")
    page.keyboard.press("Control+z")

    expect(_cell(page, 2, 4)).to_contain_text("0912 300 002")
    assert Party.objects.get(pk=many_customers[2]).phones == ["+84912300002"]


def test_shows_both_values_when_somebody_was_faster(
    open_window: OpenWindow, many_customers: list[int], cast: Cast
) -> None:
    page = open_window("seller", "/customers")
    settled(page)
    _cell(page, 0, 6).click()
    page.locator("td.editing input[name=tax_code]").wait_for()
    change(
        entity_named("customers"),
        many_customers[0],
        actor=cast.actor("teller"),
        values={"tax_code": "0199999818"},
        version=1,
    )
    page.locator("td.editing input[name=tax_code]").fill("0100233488")
    page.keyboard.press("Enter")

    clash = page.locator("td.editing .clash")
    expect(clash).to_contain_text("Trần Quốc Bảo")
    expect(clash).to_contain_text("0199999818")
    assert faults(page) == []
    clash.locator("button[value=yours]").click()

    expect(_cell(page, 0, 6)).to_have_text("0100233488")
    assert Party.objects.get(pk=many_customers[0]).tax_code == "0100233488"


def test_opens_no_editor_where_one_may_not_change(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/customers")
    settled(page)

    closed = _cell(page, 0, 3)
    assert "ed" not in (closed.get_attribute("class") or "").split()
    closed.click()
    expect(page.locator("td.editing")).to_have_count(0)
    page.keyboard.press("Enter")

    # What cannot be edited here opens with its record.
    expect(page).to_have_url(re.compile(r"/customers/\d+$"))


def test_selects_a_range_and_changes_a_field_of_it(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    settled(page)
    page.locator("td.pin .check").nth(1).click()
    page.locator("td.pin .check").nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-count]")).to_have_text("Đã chọn 4")
    assert faults(page) == []

    page.locator("[data-bulk] button[value=change]").click()
    page.locator("#bulk-field").wait_for()
    settled(page)
    page.locator("#bulk-field").select_option("industry")
    page.locator("#f-industry").wait_for()
    settled(page)
    page.locator("#f-industry").select_option("TRADE")
    assert faults(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Đã sửa 4 bản ghi.")
    expect(_cell(page, 1, 5)).to_contain_text("Bán buôn")
    page.locator(".toast button", has_text="Hoàn tác").click()

    expect(_cell(page, 1, 5)).to_have_text("—")
    assert not Party.objects.filter(industry="TRADE").exists()


def test_deletes_by_keys_and_goes_on_with_the_next_row(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    settled(page)

    page.locator(f"#row-{many_customers[1]} .acts button").click()
    page.locator("#row-menu button", has_text="Xóa").wait_for()
    settled(page)
    page.locator("#row-menu button", has_text="Xóa").click()
    expect(page.locator(f"#row-{many_customers[1]}")).to_have_count(0)
    expect(page.locator(f"#row-{many_customers[2]} td.name a")).to_be_focused()

    page.locator(f"#row-{many_customers[3]} .acts button").click()
    command = page.locator("#row-menu a", has_text="khách mới")
    command.wait_for()
    settled(page)
    command.click()
    page.locator("#dlg[open] #f-note").fill("Đã ký hợp đồng")
    page.keyboard.press("Control+Enter")
    expect(_cell(page, 2, 2)).to_have_text("Khách mới")
    expect(page.locator(f"#row-{many_customers[3]} .acts button")).to_be_focused()


def test_an_area_head_gives_all_of_a_filter_away_sees_how_far_it_is_and_undoes_it(
    open_window: OpenWindow, many_customers: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 20)
    page = open_window("manager", "/customers?kind.in=INDIVIDUAL")
    settled(page)
    page.locator("[data-select-all]").click()
    page.locator("[data-all]").click()
    expect(page.locator("[data-all]")).to_contain_text("108")

    page.locator("[data-bulk] button[value=hand_over]").click()
    expect(page.locator("#dlg")).to_contain_text("Áp dụng cho 108 khách hàng")
    page.locator("#dlg select[name=owner]").select_option(label="Vũ Hoàng Yến")
    page.keyboard.press("Control+Enter")
    card = page.locator(".toast.job")
    expect(card).to_contain_text("0 / 108")
    expect(page.locator("#dlg[open]")).to_have_count(0)
    assert faults(page) == []
    _work_off()
    expect(card).to_contain_text("Đã sửa 108")
    assert Party.objects.filter(owner_id=cast.users["colleague"].pk).count() == 108

    card.locator("a").click()
    expect(page.locator("#job-card")).to_contain_text("Xong")
    assert faults(page) == []
    page.locator("#job-card button", has_text="Hoàn tác").click()
    expect(page.locator("#job-card")).to_contain_text("0 / 108")
    _work_off()
    expect(page.locator("#job-card")).to_contain_text("Xong")

    assert Party.objects.filter(owner_id=cast.users["seller"].pk).count() == 120


def _work_off() -> None:
    """Carry out what waits, as the worker would."""
    for job in Job.objects.filter(state="queued").order_by("pk"):
        work(job.pk)


def test_moves_selected_rows_on_and_names_those_that_cannot(
    open_window: OpenWindow, many_customers: list[int], cast: Cast
) -> None:
    perform(
        entity_named("customers"),
        "lose",
        many_customers[1],
        actor=cast.actor("seller"),
        arguments={"note": "chuyển nhà"},
    )
    page = open_window("seller", "/customers")
    settled(page)
    for place in (0, 1):
        page.locator("td.pin .check").nth(place).click()

    page.locator("[popovertarget=bulk-menu]").click()
    page.locator("#bulk-menu button[value=start]").click()
    page.locator("#dlg[open] #f-note").fill("Đã ký hợp đồng")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#dlg")).to_contain_text("Đã sửa 1 bản ghi. 1 bị từ chối.")
    expect(page.locator("#dlg tbody")).to_contain_text("Khách hàng 001")
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(_cell(page, 0, 2)).to_have_text("Khách mới")


def test_handles_rows_together_without_a_script(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    done = make_customer()
    page = open_window("seller", "/customers", has_script=False)

    page.locator("td.pin .check").check()
    page.locator("button[name=verb][value=tag]").click()
    page.locator("#f-tags").fill("vip")
    page.locator("form button.primary").click()
    expect(page.locator("h1")).to_have_text("Khách hàng")
    page.locator("td.pin .check").check()
    page.locator("button[name=verb][value=start]").click()
    page.locator("#f-note").fill("Đã ký hợp đồng")
    page.locator("form button.primary").click()

    expect(page.locator("h1")).to_have_text("Khách hàng")
    assert Party.objects.get(pk=done.id).relationship_state == "ONBOARDING"
    assert Party.objects.get(pk=done.id).tags == ["vip"]


@pytest.mark.parametrize(("size", "is_dark"), [(PHONE, False), ((1440, 900), True)])
def test_has_no_accessibility_fault(
    open_window: OpenWindow, many_customers: list[int], size: tuple[int, int], is_dark: bool
) -> None:
    page = open_window("manager", "/customers", size=size, is_dark=is_dark)
    settled(page)
    if size is not PHONE:
        page.locator("td.pin .check").first.click()

    assert faults(page) == []
    expect(page.locator("td.editing")).to_have_count(0)


def test_selects_rows_on_a_phone_by_a_tap(open_window: OpenWindow, many_customers: list[int]) -> None:
    page = open_window("seller", "/customers", size=PHONE)
    settled(page)
    bar = page.locator("[data-bulk]")

    page.get_by_role("button", name="Chọn", exact=True).tap()
    page.locator(f"#row-{many_customers[1]} td.name").tap()
    page.locator(f"#row-{many_customers[3]} td.name").tap()

    expect(bar).to_contain_text("Đã chọn 2")
    expect(page).to_have_url(re.compile(r"/customers$"))
    page.get_by_role("button", name="Chọn", exact=True).tap()
    expect(bar).to_be_hidden()
    page.locator(f"#row-{many_customers[1]} td.name a").tap()
    expect(page).to_have_url(re.compile(rf"/customers/{many_customers[1]}$"))


def test_gives_the_focus_to_what_a_new_page_is_about(
    open_window: OpenWindow, many_customers: list[int]
) -> None:
    page = open_window("seller", "/customers")
    settled(page)

    page.locator(f"#row-{many_customers[2]} td.name a").click()
    page.wait_for_url(re.compile(rf"/customers/{many_customers[2]}$"))
    page.go_back()
    expect(page.locator(f"#row-{many_customers[2]} td.name a")).to_be_focused()

    settled(page)
    page.locator("thead th[data-column=created_at] a, thead th a").last.click()
    expect(page.locator("th[aria-sort] a")).to_be_focused()

    page.goto("/customers?industry.empty=1")
    settled(page)
    page.locator("#list .chip a, #list .chip button").last.click()
    expect(page).to_have_url(re.compile(r"/customers$"))
    expect(page.locator('#list [data-key="f"]')).to_be_focused()
