"""The calendar and the work of each day with mouse, finger and keys alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from duyen.entities.registry import entity_named
from duyen.entities.standard import create
from duyen.kernel.clock import ZONE, today
from duyen.kernel.day_grid import monday_of
from duyen.modules.activities.models import Activity
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, WIDE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Plan = Callable[..., int]


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """Give a time of this week, Monday is 0."""
    return dt.datetime.combine(
        monday_of(today()) + dt.timedelta(days=day), dt.time(hour, minute), tzinfo=ZONE
    )


@pytest.fixture
def plan(cast: Cast, transactional_db: None) -> Plan:
    """Plan something by the seller."""

    def one(subject: str, *, by: str = "seller", **values: object) -> int:
        given = {"kind": "MEETING", "subject": subject, **values}
        return create(entity_named("activities"), actor=cast.actor(by), values=given).id

    return one


def _drag(page: Page, selector: str, dx: float, dy: float, *, low: bool = False) -> None:
    box = page.locator(selector).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + (box["height"] - 3 if low else 12)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=4)
    page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()
    settled(page)


def test_an_appointment_is_dragged_stretched_and_moved_by_keys(open_window: OpenWindow, plan: Plan) -> None:
    meeting = plan("Gặp chị Trà", starts_at=at(1, 9), ends_at=at(1, 10))
    page = open_window("seller", "/calendar")
    settled(page)
    place = f'.appt[data-id="{meeting}"]'
    column = page.locator(".cal-day").nth(1).bounding_box()
    assert column is not None
    assert faults(page) == []

    _drag(page, place, column["width"], 48)
    moved = Activity.objects.get(pk=meeting)
    assert (moved.starts_at, moved.ends_at) == (at(2, 10), at(2, 11))
    expect(page.locator(f".cal-day:nth-of-type(3) {place}")).to_contain_text("10:00–11:00")

    _drag(page, place, 0, 24, low=True)
    assert Activity.objects.get(pk=meeting).ends_at == at(2, 11, 30)

    page.locator(f"{place} a").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(f".cal-day:nth-of-type(4) {place}")).to_be_visible()
    assert Activity.objects.get(pk=meeting).starts_at == at(3, 10, 30)
    expect(page.locator(f"{place} a")).to_be_focused()


def test_free_time_becomes_an_appointment(open_window: OpenWindow) -> None:
    page = open_window("seller", "/calendar")
    settled(page)
    body = page.locator(".cal-day").nth(0).locator(".cal-body").bounding_box()
    assert body is not None

    page.mouse.move(body["x"] + 40, body["y"] + 14 * 48)
    page.mouse.down()
    page.mouse.move(body["x"] + 40, body["y"] + 15.5 * 48, steps=6)
    page.mouse.up()
    expect(page.locator("#dlg")).to_be_visible()
    expect(page.locator("#f-start")).to_have_value("14:00")
    expect(page.locator("#f-end")).to_have_value("15:30")
    assert faults(page) == []
    page.fill("#f-subject", "Ký biên bản")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".appt", has_text="Ký biên bản")).to_be_visible()

    made = Activity.objects.get()
    assert (made.starts_at, made.ends_at) == (at(0, 14), at(0, 15, 30))


@pytest.mark.parametrize("view", ["day", "week", "month", "team"])
@pytest.mark.parametrize("look", ["wide", "dark", "phone"])
def test_every_view_is_accessible_and_fits(open_window: OpenWindow, plan: Plan, view: str, look: str) -> None:
    plan("Cắt chuyển ban đêm", starts_at=at(1, 22), ends_at=at(2, 2))
    plan("Hội chợ", starts_at=at(0, 0), ends_at=at(3, 0), all_day=True)
    plan("Họp", starts_at=at(1, 22, 30), ends_at=at(1, 23))
    size = {"size": PHONE} if look == "phone" else {}

    page = open_window("manager", f"/calendar?view={view}", is_dark=look == "dark", **size)

    settled(page)
    assert faults(page) == []
    main = page.locator("main")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")


def test_a_task_is_added_ticked_and_given_away(open_window: OpenWindow, plan: Plan, cast: Cast) -> None:
    page = open_window("seller", "/tasks/days")
    settled(page)
    page.fill("#quick-task", "Gửi báo giá +7")
    page.keyboard.press("Enter")
    expect(page.locator(".work-day li")).to_contain_text("Gửi báo giá")
    assert faults(page) == []

    page.locator(".tick").click()
    expect(page.locator("#dlg")).to_be_visible()
    page.fill("#f-result", "Khách đã nhận")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".work-day li")).to_have_count(0)
    assert Activity.objects.get().result == "Khách đã nhận"


def test_a_manager_drags_a_task_onto_a_colleague(open_window: OpenWindow, plan: Plan, cast: Cast) -> None:
    task = plan("Gửi hồ sơ", kind="TASK", due_at=at(8, 16))
    teller = cast.users["teller"].pk
    page = open_window("manager", "/tasks/days?who=team")
    settled(page)
    goal = page.locator(f'.members [data-owner="{teller}"]').bounding_box()
    row = page.locator(f"#task-{task}").bounding_box()
    assert goal is not None
    assert row is not None
    assert faults(page) == []

    page.mouse.move(row["x"] + 300, row["y"] + 20)
    page.mouse.down()
    page.mouse.move(goal["x"] + 80, goal["y"] + 20, steps=8)
    page.mouse.up()

    expect(page.locator(".toast", has_text="đã giao cho")).to_be_visible()
    assert Activity.objects.get(pk=task).owner_id == teller


def test_a_phone_ticks_with_one_thumb(open_window: OpenWindow, plan: Plan) -> None:
    plan("Gọi anh Khải", kind="TASK", due_at=at(8, 16))
    page = open_window("seller", "/tasks/days", size=PHONE)
    settled(page)

    page.locator(".tick").tap()

    expect(page.locator("#dlg")).to_be_visible()
    assert faults(page) == []
    assert page.locator("main").evaluate("main => main.scrollWidth <= main.clientWidth")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_what_opens_in_the_dialog_is_a_whole_page_by_its_address(
    open_window: OpenWindow, plan: Plan, size: tuple[int, int]
) -> None:
    task = plan("Gửi báo giá", kind="TASK", due_at=at(1, 17))

    for address in (f"/calendar/{task}", "/calendar/new", f"/tasks/days/{task}/finish"):
        page = open_window("seller", address, size=size)
        expect(page.locator("main h1")).to_be_visible()
        assert faults(page) == []


def test_an_hour_shows_its_two_lines_whole(open_window: OpenWindow, plan: Plan) -> None:
    plan("Ghé thăm, tặng lịch năm mới", starts_at=at(1, 9), ends_at=at(1, 10), place="Cửa hàng của khách")

    page = open_window("seller", "/calendar")

    settled(page)
    assert page.locator(".appt > a").evaluate("it => it.scrollHeight <= it.clientHeight")
    expect(page.locator(".appt .time")).to_be_visible()
