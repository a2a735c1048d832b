"""What only a browser shows of a timeline: names by @, kinds by /, calls by digits, endless scrolling."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, create
from duyen.modules.activities.models import Activity
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
BOX = "#composer-body"


def _typed(page: Page, text: str) -> None:
    page.locator(BOX).click()
    page.keyboard.type(text, delay=10)


def test_a_note_calls_a_colleague_by_a_few_letters(
    open_window: OpenWindow, make_customer: Callable[..., Done], cast: Cast
) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}")
    _typed(page, "Nhờ @thắng")
    option = page.locator("#composer-list [role=option]", has_text="Phạm Đức Thắng")
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(BOX)).to_have_value("Nhờ @Phạm Đức Thắng ")
    page.keyboard.type("xem giúp")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#tl .called")).to_have_text("@Phạm Đức Thắng")
    expect(page.locator(BOX)).to_have_value("")
    assert Activity.objects.get().body == "Nhờ @Phạm Đức Thắng xem giúp"


def test_a_colleague_chosen_before_the_answer_came_is_the_one_who_was_typed(
    open_window: OpenWindow, make_customer: Callable[..., Done], cast: Cast
) -> None:
    held: list[Route] = []
    page = open_window("seller", f"/customers/{make_customer().id}")
    _typed(page, "Nhờ @t")
    expect(page.locator("#composer-list [role=option]").first).not_to_have_text(re.compile("Phạm Đức Thắng"))
    page.route(re.compile("/users/_options[?]q=th"), lambda route: held.append(route))
    page.keyboard.type("hắng", delay=10)

    page.keyboard.press("Enter")

    expect(page.locator(BOX)).to_have_value("Nhờ @thắng")
    for each in held:
        each.continue_()
    expect(page.locator(BOX)).to_have_value("Nhờ @Phạm Đức Thắng ")


def test_a_sign_at_the_beginning_makes_a_task_that_is_finished_in_its_place(
    open_window: OpenWindow, make_customer: Callable[..., Done]
) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}")
    _typed(page, "/vi")
    page.locator("#composer-list [role=option]", has_text="Việc").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#c-due")).to_be_visible()
    page.locator(BOX).click()
    page.keyboard.type("Gửi báo giá +3")
    page.keyboard.press("Control+Enter")
    entry = page.locator("#tl li.is-open")
    expect(entry).to_contain_text("Gửi báo giá")

    entry.locator("a", has_text="Hoàn thành").click()
    page.locator("#done-result").fill("Khách đã nhận")
    page.locator("#dlg footer .primary").click()

    expect(page.locator("#tl li.is-open")).to_have_count(0)
    expect(page.locator("#tl")).to_contain_text("Khách đã nhận")


def test_three_keys_log_a_call(open_window: OpenWindow, make_customer: Callable[..., Done]) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}")
    page.keyboard.press("l")
    page.locator("#dlg .digits").wait_for()
    page.keyboard.press("2")
    page.keyboard.press("Enter")

    expect(page.locator("#tl")).to_contain_text("Không nghe máy")
    expect(page.locator("#dlg")).not_to_be_visible()
    assert Activity.objects.get().outcome == "NO_ANSWER"


def test_three_taps_log_a_call_on_a_phone(
    open_window: OpenWindow, make_customer: Callable[..., Done]
) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}", size=PHONE)
    page.locator(".rec-acts a", has_text="Ghi cuộc gọi").click()
    page.locator("#dlg .digits .opt").first.click()
    page.locator("#dlg footer .primary").click()

    expect(page.locator("#tl")).to_contain_text("gọi")
    assert page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
    assert faults(page) == []


def test_older_entries_come_as_one_scrolls(
    open_window: OpenWindow, make_customer: Callable[..., Done], cast: Cast
) -> None:
    firm = make_customer().id
    for place in range(40):
        values = {"kind": "NOTE", "body": f"Ghi chú {place}", "about": [("customers", firm)]}
        create(entity_named("activities"), actor=cast.actor("seller"), values=values)
    page = open_window("seller", f"/customers/{firm}")
    expect(page.locator("#tl > li:not(.day)")).to_have_count(16)
    for _step in range(4):
        more = page.locator("#more-timeline")
        if more.count():
            more.scroll_into_view_if_needed()
            page.wait_for_timeout(400)
    expect(page.locator("#tl")).to_contain_text("Ghi chú 0")
    expect(page.locator("#more-timeline")).to_have_count(0)


def test_without_a_script_a_note_is_a_plain_form(
    open_window: OpenWindow, make_customer: Callable[..., Done]
) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}", has_script=False)
    page.locator(BOX).fill("Bên họ sắp mở kho lạnh")
    page.locator("#composer [type=submit]").click()

    expect(page.locator("#tl")).to_contain_text("Bên họ sắp mở kho lạnh")
