"""A seller on the way: one thumb on a phone calls, opens, ticks off and writes down."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.kernel.clock import now
from duyen.modules.activities.models import Activity
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MakeCustomer = Callable[..., Any]
#: What a thumb hits.
THUMB = 44


@pytest.fixture
def task(cast: Cast, make_customer: MakeCustomer) -> int:
    """Give a task of the seller that is due now, about a customer."""
    customer = make_customer(phones=["0912345678"])
    values = {"subject": "Gửi báo giá", "due_at": now().isoformat(), "about": [f"customers:{customer.id}"]}
    return int(create(entity_named("tasks"), actor=cast.actor("seller"), values=values).id or 0)


def _fits_a_thumb(found: Locator) -> None:
    boxes = [each.bounding_box() for each in found.all() if each.is_visible()]
    assert boxes
    for box in boxes:
        assert box
        assert box["height"] >= THUMB, box


def _is_hit(page: Page, target: Locator, *, below: float) -> bool:
    """Say whether a touch so far below the middle of something still touches it."""
    box = target.bounding_box()
    assert box
    point = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + below]
    return bool(target.evaluate("(it, at) => it.contains(document.elementFromPoint(...at))", point))


def test_calls_from_the_list_and_from_the_page_of_a_customer(
    open_window: OpenWindow, make_customer: MakeCustomer
) -> None:
    made = make_customer(phones=["0912345678"])
    page = open_window("seller", "/customers", size=PHONE)
    number = page.locator('td a[href="tel:+84912345678"]')
    settled(page)

    _fits_a_thumb(number)
    _fits_a_thumb(page.locator("td .zalo, .toolbar .btn:visible, .toolbar .chip:visible, .tabs a, .top .btn"))
    assert _is_hit(page, number, below=-18)
    assert _is_hit(page, number, below=18)
    assert faults(page) == []

    row = page.locator(f"#row-{made.id}").bounding_box()
    assert row
    page.touchscreen.tap(row["x"] + row["width"] / 2, row["y"] + row["height"] - 4)  # beside all words
    expect(page).to_have_url(re.compile(rf"/customers/{made.id}$"))
    settled(page)
    expect(page.locator("ol.tl")).to_have_count(1)
    _fits_a_thumb(page.locator('.rec-acts .btn, .facts a[href^="tel:"], .tabs a, #timeline .chip button'))
    assert faults(page) == []


@pytest.mark.parametrize("place", ["/", "/tasks/days", "/tasks"])
def test_ticks_a_task_off_with_a_thumb(open_window: OpenWindow, task: int, place: str) -> None:
    page = open_window("seller", place, size=PHONE)
    settled(page)
    tick = page.locator("main :is(.tick-off button, .tick)").first
    box = tick.bounding_box()
    assert box
    assert box["width"] < THUMB / 1.5  # a circle, not a plate
    assert _is_hit(page, tick, below=-20)

    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] - 8)

    if place != "/":
        page.locator("#dlg footer .primary").tap()
        expect(page.locator("#dlg")).not_to_be_visible()
    settled(page)
    assert Activity.objects.get(pk=task).state == "DONE"


def test_shows_of_a_task_whom_it_is_for_the_day_and_its_circle(open_window: OpenWindow, task: int) -> None:
    page = open_window("seller", "/tasks", size=PHONE)

    row = page.locator(f"#row-{task}")
    expect(row.locator(".m-2")).to_have_text("Công ty TNHH Hoa Sen")
    expect(row.locator(".m-3")).to_have_text(re.compile(r"^\d\d/\d\d/\d{4}$"))
    place, circle = row.bounding_box(), row.locator(".tick").bounding_box()
    assert place
    assert circle
    assert place["y"] < circle["y"] < circle["y"] + circle["height"] < place["y"] + place["height"]
    assert faults(page) == []


def test_finds_the_readers_own_menu_behind_more(open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers", size=PHONE)

    page.locator('.botnav [popovertarget="side"]').tap()
    page.locator('#side [data-fold="leads"]').tap()
    expect(page.locator("#under-leads a").first).to_be_visible()
    _fits_a_thumb(page.locator("#side :is(a, [data-fold])"))
    assert faults(page) == []
    page.locator('#side [popovertarget="me-menu"]').tap()

    expect(page.locator("#me-menu").get_by_text("Đăng xuất")).to_be_visible()
