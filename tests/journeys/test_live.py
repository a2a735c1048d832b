"""What others do shows in pages that stand open: live, or by asking, in many windows, while one types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, change, hand_over
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here, catch_up
from duyen.testing.live import LiveProcess, live_process
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MakeCustomer = Callable[..., Done]
CUSTOMERS = "customers"


@pytest.fixture(scope="module")
def process(django_db_setup: None) -> Iterator[LiveProcess]:
    """Start the live process once for these journeys."""
    with live_process() as running:
        yield running


@pytest.fixture
def live(process: LiveProcess, monkeypatch: pytest.MonkeyPatch) -> LiveProcess:
    """Tell the pages where it listens."""
    monkeypatch.setenv("DUYEN_LIVE_PORT", str(process.port))
    return process


def _alter(cast: Cast, done: Done, who: str, **values: object) -> None:
    entity = entity_named(CUSTOMERS)
    version = entity.model._default_manager.values_list("version", flat=True).get(pk=done.id)
    change(entity, done.id, actor=cast.actor(who), values=values, version=version)
    catch_up()


def test_one_changes_and_the_other_sees_it_without_a_reload(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer, live: LiveProcess
) -> None:
    done = make_customer(phones=["0912345678"])
    begin_here()
    seller = open_window("seller", f"/customers/{done.id}/edit")
    manager = open_window("manager", f"/customers/{done.id}")
    live.wait_for(clients=2)
    manager.evaluate("window.stood = true")

    seller.get_by_label("Tên", exact=False).first.fill("Công ty Hoa Súng")
    seller.get_by_role("button", name=re.compile("Lưu")).click()
    expect(seller.locator(".rec-head h1")).to_have_text("Công ty Hoa Súng")
    catch_up()

    banner = manager.locator("#changed .banner")
    expect(banner).to_contain_text("Nguyễn Hồng Hạnh")
    expect(banner).to_contain_text("Công ty Hoa Súng")
    assert faults(manager) == []
    manager.get_by_role("link", name="Hiện giá trị mới").click()
    expect(manager.locator(".rec-head h1")).to_have_text("Công ty Hoa Súng")
    expect(banner).to_have_count(0)
    assert manager.evaluate("window.stood") is True


def test_what_somebody_types_outlives_what_another_saves(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer, live: LiveProcess
) -> None:
    done = make_customer(phones=["0912345678"])
    begin_here()
    manager = open_window("manager", f"/customers/{done.id}/edit")
    name = manager.locator("[name=name]")
    name.fill("Đang gõ dở")
    live.wait_for(clients=1)

    _alter(cast, done, "seller", phones=["0987654321"])

    banner = manager.locator("#changed .banner")
    expect(banner).to_contain_text("Điện thoại")
    expect(banner).to_contain_text("vẫn còn nguyên")
    expect(name).to_have_value("Đang gõ dở")
    expect(name).to_be_focused()
    manager.get_by_role("button", name=re.compile("Lưu")).click()
    expect(manager.locator(".rec-head h1")).to_have_text("Đang gõ dở")
    expect(manager.locator("main")).to_contain_text("0987 654 321")


def test_the_bell_counts_at_once_and_leads_on_by_keyboard(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer, live: LiveProcess
) -> None:
    done = make_customer()
    begin_here()
    teller = open_window("teller", "/")
    live.wait_for(clients=1)
    count = teller.locator("#bell [data-tally]")
    expect(count).to_have_text("")

    hand_over(entity_named(CUSTOMERS), [done.id], actor=cast.actor("manager"), owner=cast.users["teller"].pk)
    catch_up()

    expect(count).to_have_text("1")
    teller.keyboard.press("n")
    panel = teller.locator("#notices-menu")
    expect(panel).to_contain_text("giao cho bạn")
    assert faults(teller) == []
    expect(panel.locator("a.notice").first).to_be_focused()
    teller.keyboard.press("Enter")
    teller.wait_for_url(f"**/customers/{done.id}")
    expect(count).to_have_text("")


def test_ten_windows_of_a_browser_hold_one_connection(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer, live: LiveProcess
) -> None:
    done = make_customer()
    begin_here()
    first = open_window("manager", "/")
    others = [_beside(first, f"/customers/{done.id}" if number % 2 else "/") for number in range(9)]
    live.wait_for(clients=1)
    first.wait_for_timeout(1500)
    live.wait_for(clients=1)

    first.close()
    live.wait_for(clients=1)
    others[1].wait_for_timeout(1500)
    _alter(cast, done, "seller", name="Hoa Súng")

    for window in (others[1], others[7]):
        expect(window.locator("#changed .banner")).to_contain_text("Nguyễn Hồng Hạnh")


def _beside(page: Page, path: str) -> Page:
    other = page.context.new_page()
    other.goto(path)
    return other


def test_pages_ask_by_themselves_where_nothing_is_live(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer
) -> None:
    done = make_customer()
    begin_here()
    manager = open_window("manager", "/")
    manager.clock.install()
    manager.goto(f"/customers/{done.id}")
    manager.clock.run_for(2_000)
    _alter(cast, done, "seller", name="Hoa Súng")

    manager.clock.run_for(30_000)

    expect(manager.locator("#changed .banner")).to_have_count(0)
    manager.clock.run_for(1_000)
    expect(manager.locator("#changed .banner")).to_contain_text("Nguyễn Hồng Hạnh")


def test_watches_by_key_and_lists_what_is_watched(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer
) -> None:
    done = make_customer()
    begin_here()
    manager = open_window("manager", f"/customers/{done.id}")

    manager.keyboard.press("w")

    button = manager.locator("#watch button")
    expect(button).to_have_attribute("aria-pressed", "true")
    settled(manager)
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_be_focused()
    settled(manager)
    manager.keyboard.press("w")
    expect(button).to_have_attribute("aria-pressed", "true")
    _alter(cast, done, "seller", name="Hoa Súng")
    for path in ("/notices", "/watching"):
        manager.goto(path)
        expect(manager.locator("main")).to_contain_text("Hoa Súng")
        assert faults(manager) == []
        phone = open_window("manager", path, size=PHONE, is_dark=True)
        assert faults(phone) == []
