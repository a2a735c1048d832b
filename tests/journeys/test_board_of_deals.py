"""The board of deals in a real browser: a stage refuses a card, lets it go, and asks why one is skipped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.kernel.clock import today
from duyen.modules.opportunities.models import Opportunity, Stage, Stay
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled
from tests.journeys.test_board import drag

pytestmark = pytest.mark.django_db(transaction=True)
BOARD = "/opportunities?view=board"
TICK = "Đã liên lạc được với khách hàng"


@pytest.fixture
def make_deal(cast: Cast) -> Callable[[], int]:
    """Make a deal of the seller in the first stage."""

    def make() -> int:
        seller = cast.actor("seller")
        firm = {"name": "Công ty TNHH Minh Khuê", "kind": "ORGANISATION"}
        values = {
            "name": "Mạng cho kho lạnh",
            "customer": create(entity_named("customers"), actor=seller, values=firm).id,
            "source": "REFERRAL",
            "expected_close": today() + dt.timedelta(days=30),
            "amount": 120_000_000,
        }
        return create(entity_named("opportunities"), actor=seller, values=values).id

    return make


def stage_of(record: int) -> int:
    return Opportunity.objects.values_list("stage__position", flat=True).get(pk=record)


def lane(page: Page, place: int) -> Locator:
    stage = Stage.objects.order_by("position", "pk")[place - 1]
    return page.locator(f"[data-lane='{stage.pk}']")


def test_goes_on_once_what_its_stage_asks_is_settled(
    open_window: OpenWindow, make_deal: Callable[[], int], cast: Cast
) -> None:
    record = make_deal()
    page = open_window("seller", BOARD)
    card = page.locator(f"#card-{record}")

    drag(page, card, lane(page, 2))
    expect(page.locator("#toasts")).to_contain_text(TICK)
    expect(lane(page, 1).locator(f"#card-{record}")).to_be_visible()
    assert stage_of(record) == 1

    asked = {"item": TICK}
    perform(entity_named("opportunities"), "settle_item", record, actor=cast.actor("seller"), arguments=asked)
    page.reload()
    drag(page, card, lane(page, 2))
    expect(lane(page, 2).locator(f"#card-{record}[data-at]")).to_be_visible()
    expect(lane(page, 2).locator("xpath=..").locator(".amt")).to_contain_text("20% → 24")
    assert stage_of(record) == 2

    drag(page, card, lane(page, 1))
    page.locator("#dlg [name=note]").fill("Khách đổi ý")
    assert faults(page) == []
    page.locator("#dlg footer .btn.primary").click()
    expect(lane(page, 1).locator(f"#card-{record}")).to_be_visible()
    expect(page.locator("#dlg")).not_to_be_visible()
    assert stage_of(record) == 1


def test_two_who_move_one_card_at_once_lose_nothing(
    open_window: OpenWindow, make_deal: Callable[[], int], cast: Cast
) -> None:
    record = make_deal()
    asked = {"item": TICK}
    perform(entity_named("opportunities"), "settle_item", record, actor=cast.actor("seller"), arguments=asked)
    first, second = open_window("seller", BOARD), open_window("manager", BOARD)
    for page in (first, second):
        expect(lane(page, 1).locator(f"#card-{record}")).to_be_visible()
        settled(page)

    drag(first, first.locator(f"#card-{record}"), lane(first, 2))
    expect(lane(first, 2).locator(f"#card-{record}[data-at]")).to_be_visible()
    drag(second, second.locator(f"#card-{record}"), lane(second, 3))

    told = second.locator("#dlg, #toasts").filter(has_text="Tìm hiểu nhu cầu").first
    expect(told).to_be_visible()
    expect(told).to_contain_text("Nguyễn Hồng Hạnh")
    assert faults(second) == []
    assert stage_of(record) == 2
    stays = Stay.objects.filter(opportunity_id=record).order_by("entered_at", "pk")
    assert list(stays.values_list("stage__position", "left")) == [(1, "ON"), (2, "")]
    second.reload()
    expect(lane(second, 2).locator(f"#card-{record}")).to_be_visible()


@pytest.mark.parametrize("is_dark", [False, True])
def test_is_whole_on_a_phone(open_window: OpenWindow, make_deal: Callable[[], int], is_dark: bool) -> None:
    record = make_deal()
    page = open_window("seller", BOARD, size=PHONE, is_dark=is_dark)

    expect(page.locator("#board-sums")).to_contain_text("120")
    assert faults(page) == []
    assert page.evaluate("document.querySelector('main').scrollWidth") <= PHONE[0]
    page.locator(f"#card-{record} a.go").click()
    expect(page.locator("#dlg")).to_contain_text(TICK)
    assert faults(page) == []


def test_a_step_by_keys_leaves_one_where_it_was_opened(
    open_window: OpenWindow, make_deal: Callable[[], int], cast: Cast
) -> None:
    create(entity_named("competitors"), actor=cast.actor("director"), values={"name": "CáVoi Telecom"})
    page = open_window("seller", f"/opportunities/{make_deal()}?tab=competitors")
    way = page.locator("main a[href$='/add_competitor']").first

    way.press("Enter")
    page.locator("#dlg [name=competitor_text]").press_sequentially("Cá")
    page.locator("#dlg [role=option]").first.click()
    page.locator("#dlg footer .btn.primary").press("Enter")

    expect(page.locator("main")).to_contain_text("CáVoi Telecom")
    expect(page.locator("main a[href$='/add_competitor']").first).to_be_focused()
