"""The start page in a browser: tick, put off, move a tile by dragging, create by two keys; clean for axe."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from duyen.entities.models import HomeArrangement, SuggestionAnswer
from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.kernel import clock
from duyen.modules.activities import actions
from duyen.modules.activities.models import Activity
from duyen.modules.activities.words import ActivityKind, ActivityState
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, WIDE, OpenWindow, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def task(cast: Cast) -> int:
    """A customer of whom little is known, and a task about it that was due yesterday."""
    actor = cast.actor("seller")
    values = {"name": "Công ty CP Hòa Thuận", "kind": "ORGANISATION"}
    customer = create(entity_named("customers"), actor=actor, values=values).id
    due = clock.now() - dt.timedelta(days=1)
    about = [("customers", customer)]
    return actions.plan(ActivityKind.TASK, "Gửi báo giá", actor=actor, due_at=due, about=about).id


def test_a_morning_on_the_start_page(open_window: OpenWindow, task: int) -> None:
    page = open_window("seller", "/")
    today = page.locator('[data-tile="activities.today"]')

    expect(today).to_contain_text("Quá hạn 1 ngày")
    today.get_by_role("button", name="Hoàn thành: Gửi báo giá").click()
    expect(today).to_contain_text("Xong ")
    suggested = page.locator('[data-tile="suggestions"]')
    suggested.get_by_role("link", name="Để sau").first.click()
    page.locator("#dlg").get_by_label("Ba ngày").check()
    page.locator("#dlg").get_by_role("button", name="Để sau").click()
    expect(page.locator("#dlg")).not_to_be_visible()

    assert Activity.objects.get(pk=task).state == ActivityState.DONE
    assert SuggestionAnswer.objects.count() == 1


def test_a_tile_is_dragged_to_another_place(open_window: OpenWindow, task: int) -> None:
    page = open_window("seller", "/")
    page.wait_for_load_state("networkidle")
    head = page.locator('[data-tile="parties.newest"] header')
    target = page.locator('[data-tile="activities.today"] header').bounding_box()
    start = head.bounding_box()
    assert target
    assert start

    page.mouse.move(start["x"] + 60, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + 30, steps=8)
    page.mouse.move(target["x"] + 60, target["y"] + 4, steps=4)
    with page.expect_response("**/home/arrange"):
        page.mouse.up()
    page.reload()

    first = page.locator('[data-column="wide"] > [data-tile]').first
    expect(first).to_have_attribute("data-tile", "parties.newest")
    assert HomeArrangement.objects.count() == 1


def test_two_keys_open_the_form_of_a_task(open_window: OpenWindow, task: int) -> None:
    page = open_window("seller", "/")
    page.wait_for_load_state("networkidle")

    page.keyboard.press("c")
    page.keyboard.press("v")
    page.locator("#dlg [name=subject]").fill("Gọi lại khách")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dlg")).not_to_be_visible()

    assert Activity.objects.filter(subject="Gọi lại khách").exists()


@pytest.mark.parametrize("who", ["seller", "manager", "director", "admin"])
@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_is_clean_for_axe_and_never_scrolls_sideways(
    open_window: OpenWindow, task: int, who: str, look: str
) -> None:
    size = PHONE if look == "phone" else WIDE
    page = open_window(who, "/", size=size, is_dark=look == "dark")

    assert faults(page) == []
    assert page.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector('main'))") <= 0
