"""The board of tasks in a real browser: by drag, by keys, by its menu, on a phone, without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.modules.activities.models import Activity
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults

pytestmark = pytest.mark.django_db(transaction=True)
BOARD = "/tasks?view=board"


@pytest.fixture
def make_task(cast: Cast) -> Callable[..., int]:
    """Make a task of the seller."""

    def make(subject: str) -> int:
        values = {"subject": subject}
        return create(entity_named("tasks"), actor=cast.actor("seller"), values=values).id

    return make


def lane(page: Page, key: str) -> Locator:
    return page.locator(f"[data-lane={key}]")


def drag(page: Page, card: Locator, to: Locator) -> None:
    """Draw a card into a lane with the mouse."""
    start, end = card.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] - 12, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 30, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 80, steps=6)
    page.mouse.up()


def test_draws_a_card_into_the_next_lane(open_window: OpenWindow, make_task: Callable[..., int]) -> None:
    record = make_task("Gọi lại báo giá")
    page = open_window("seller", BOARD)
    card = page.locator(f"#card-{record}")
    expect(page.locator("#lane-PLANNED-number")).to_have_text("1")
    assert faults(page) == []

    drag(page, card, lane(page, "STARTED"))

    expect(lane(page, "STARTED").locator(f"#card-{record}[data-v='2']")).to_be_visible()
    expect(page.locator("#lane-STARTED-number")).to_have_text("1")
    expect(page.locator("#lane-PLANNED-number")).to_have_text("0")
    expect(page.locator("#toasts")).to_contain_text("Đang làm")
    assert Activity.objects.get(pk=record).state == "STARTED"


def test_puts_a_card_back_that_no_step_moves(
    open_window: OpenWindow, make_task: Callable[..., int], cast: Cast
) -> None:
    record = make_task("Đã gửi hợp đồng")
    perform(entity_named("tasks"), "finish", record, actor=cast.actor("seller"), arguments={})
    page = open_window("seller", BOARD)
    card = page.locator(f"#card-{record}")

    drag(page, card, lane(page, "STARTED"))

    expect(page.locator("#toasts")).to_contain_text("trạng thái")
    expect(lane(page, "DONE").locator(f"#card-{record}")).to_be_visible()
    assert Activity.objects.get(pk=record).state == "DONE"


def test_asks_what_came_of_it_and_moves_then(open_window: OpenWindow, make_task: Callable[..., int]) -> None:
    record = make_task("Gặp khách")
    page = open_window("seller", BOARD)
    card = page.locator(f"#card-{record}")

    drag(page, card, lane(page, "DONE"))
    page.locator("#dlg [name=result]").fill("Khách đồng ý")
    expect(lane(page, "PLANNED").locator(f"#card-{record}")).to_be_attached()
    page.locator("#dlg footer .btn.primary").click()

    expect(lane(page, "DONE").locator(f"#card-{record}")).to_be_visible()
    expect(page.locator("#dlg")).not_to_be_visible()
    row = Activity.objects.get(pk=record)
    assert (row.state, row.result) == ("DONE", "Khách đồng ý")


def test_moves_by_keys_and_by_the_menu(open_window: OpenWindow, make_task: Callable[..., int]) -> None:
    record = make_task("Viết báo giá")
    page = open_window("seller", BOARD)
    page.locator(f"#card-{record} .nm a").focus()

    page.keyboard.press("Shift+ArrowRight")
    expect(lane(page, "STARTED").locator(f"#card-{record} .nm a")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#dlg")).to_be_visible()
    assert faults(page) == []
    page.locator("#dlg").get_by_role("button", name="Đưa về cần làm").click()

    expect(lane(page, "PLANNED").locator(f"#card-{record}")).to_be_visible()
    assert Activity.objects.get(pk=record).state == "PLANNED"


@pytest.mark.parametrize("is_dark", [False, True])
def test_is_whole_on_a_phone(open_window: OpenWindow, make_task: Callable[..., int], is_dark: bool) -> None:
    record = make_task("Hẹn lịch lắp đặt cho khách hàng ở rất xa")
    page = open_window("seller", BOARD, size=PHONE, is_dark=is_dark)

    assert faults(page) == []
    assert page.evaluate("document.querySelector('main').scrollWidth") <= PHONE[0]
    page.locator(f"#card-{record} a.go").click()
    page.locator("#dlg").get_by_role("button", name="Bắt đầu làm").click()

    expect(lane(page, "STARTED").locator(f"#card-{record}")).to_be_in_viewport()


def test_works_without_a_script(open_window: OpenWindow, make_task: Callable[..., int]) -> None:
    record = make_task("Gửi tài liệu")
    page = open_window("seller", BOARD, has_script=False)

    page.locator(f"#card-{record} a.go").click()
    page.get_by_role("button", name="Bắt đầu làm").click()

    expect(lane(page, "STARTED").locator(f"#card-{record}")).to_be_visible()
