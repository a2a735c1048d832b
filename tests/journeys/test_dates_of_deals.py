"""Deals by closing date in a browser: to another day by drag and by keys, whole on a phone, in the dark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.kernel.clock import today
from duyen.modules.opportunities.models import Opportunity
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = today().replace(day=1)


@pytest.fixture
def make_deal(cast: Cast) -> Callable[[dt.date], int]:
    """Make a deal of the seller that closes on a day."""

    def make(day: dt.date) -> int:
        seller = cast.actor("seller")
        firm = {"name": "Công ty TNHH Minh Khuê", "kind": "ORGANISATION"}
        values = {
            "name": "Mạng cho kho lạnh",
            "customer": create(entity_named("customers"), actor=seller, values=firm).id,
            "source": "REFERRAL",
            "expected_close": day,
            "amount": 120_000_000,
        }
        return create(entity_named("opportunities"), actor=seller, values=values).id

    return make


def closes(record: int) -> dt.date:
    return Opportunity.objects.values_list("expected_close", flat=True).get(pk=record)


def test_goes_to_another_day_by_drag_and_by_keys(
    open_window: OpenWindow, make_deal: Callable[[dt.date], int]
) -> None:
    record = make_deal(FIRST + dt.timedelta(days=9))
    page = open_window("seller", "/opportunities?view=calendar")
    chip, there = page.locator(f"[data-id='{record}']"), FIRST + dt.timedelta(days=11)
    assert faults(page) == []

    start, end = chip.bounding_box(), page.locator(f"[data-day='{there}']").bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 40, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 20, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 60, steps=6)
    page.mouse.up()
    expect(page.locator(f"[data-day='{there}'] [data-id='{record}']")).to_be_visible()
    assert closes(record) == there

    chip.locator("a").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(f"[data-day='{there - dt.timedelta(days=1)}'] [data-id='{record}']")).to_be_visible()
    assert closes(record) == there - dt.timedelta(days=1)

    chip.locator("a").click()
    expect(page.locator("#dlg")).to_contain_text("120.000.000")
    assert faults(page) == []
    page.locator("#dlg [name=expected_close]").fill(f"{there:%d/%m/%Y}")
    page.locator("#dlg footer .btn.primary").click()
    expect(page.locator(f"[data-day='{there}'] [data-id='{record}']")).to_be_visible()
    expect(page.locator("#dlg")).not_to_be_visible()
    assert closes(record) == there


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("shape", ["calendar", "months"])
def test_is_whole_on_a_phone(
    open_window: OpenWindow, make_deal: Callable[[dt.date], int], shape: str, is_dark: bool
) -> None:
    make_deal(FIRST + dt.timedelta(days=9))
    page = open_window("seller", f"/opportunities?view={shape}", size=PHONE, is_dark=is_dark)

    expect(page.locator("#list")).to_contain_text("120")
    assert faults(page) == []
    assert page.evaluate("document.querySelector('main').scrollWidth") <= PHONE[0]
