"""A phone in a shop with a bad network: what is typed survives, is sent once, and is nobody else's."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Route, expect

from duyen.entities.standard import Done
from duyen.foundation.org.sessions import end_sessions
from duyen.modules.activities.models import Activity
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled
from tests.journeys.lines import Line

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MakeCustomer = Callable[..., Done]

NAME = re.compile("^Tên")
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('duyen:'))"
WORDS = "Object.values(localStorage).join(' ')"


def _name(page: Page) -> Any:
    return page.get_by_label(NAME).first


def _save(page: Page, label: str = "Tạo") -> None:
    page.locator(".form-foot").get_by_role("button", name=re.compile(f"^{label}")).click()


def _typed(page: Page, name: str = "Quán cà phê Hoa Sữa") -> None:
    """Type a name, and wait until the device has it."""
    kind = page.get_by_label("Loại").first
    if kind.is_enabled() and not kind.input_value():
        kind.select_option("INDIVIDUAL")
    _name(page).fill(name)
    until = time.monotonic() + 10
    while name not in page.evaluate(WORDS):  # by asking again: what waits inside the page would need eval
        assert time.monotonic() < until
        page.wait_for_timeout(50)


def _lose_forms(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def _go_on(page: Page) -> None:
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")


def _names() -> list[str]:
    return sorted(Party.objects.values_list("name", flat=True))


def test_puts_back_what_was_typed_into_a_tab_that_was_closed(cast: Cast, open_window: OpenWindow) -> None:
    first = open_window("seller", "/customers/new", size=PHONE)
    first.get_by_role("button", name="Thêm số điện thoại").click()
    first.locator('[name="phones"]').nth(0).fill("0912 345 678")
    first.locator('[name="phones"]').nth(1).fill("0987 654 321")
    _typed(first)
    context = first.context
    first.close()

    again = context.new_page()
    again.goto("/customers/new")

    expect(_name(again)).to_have_value("Quán cà phê Hoa Sữa")
    phones = [field.input_value() for field in again.locator('[name="phones"]').all()]
    assert [each for each in phones if each] == ["0912 345 678", "0987 654 321"]
    expect(again.locator("[data-told]")).to_contain_text("mà chưa lưu")
    assert faults(again) == []


def test_throws_a_draft_away_by_its_button_and_by_cancel(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new")
    _typed(page)
    page.reload()

    page.get_by_role("button", name="Bỏ bản này").click()

    expect(_name(page)).to_have_value("")
    _typed(page, "Quán khác")
    page.get_by_role("link", name="Hủy").click()
    expect(page).to_have_url(re.compile("/customers$"))
    assert page.evaluate(KEPT) == []


def test_keeps_nothing_of_what_was_saved(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new", size=PHONE)
    _typed(page)

    _save(page)

    expect(page).to_have_url(re.compile(r"/customers/\d+$"))
    expect(page.locator("#toasts")).to_contain_text("Đã tạo")
    assert page.evaluate(KEPT) == []
    assert _names() == ["Quán cà phê Hoa Sữa"]


def test_shows_what_is_wrong_in_the_same_page_and_keeps_it(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new")
    page.locator('[name="phones"]').first.fill("12")
    _typed(page)

    _save(page)

    expect(page.locator('main [role="alert"]').first).to_be_visible()
    expect(_name(page)).to_have_value("Quán cà phê Hoa Sữa")
    assert _names() == []
    page.locator('[name="phones"]').first.fill("0912 345 678")
    _save(page)
    expect(page).to_have_url(re.compile(r"/customers/\d+$"))
    assert page.evaluate(KEPT) == []


def test_sends_once_what_was_saved_without_a_network(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new", size=PHONE)
    page.context.set_offline(True)
    _typed(page)

    _save(page)

    expect(page.locator("[data-unsent]")).to_have_text(re.compile(r"Chưa gửi:\s*1"))
    expect(page.locator("[data-told]")).to_contain_text("tự gửi khi có mạng")
    expect(_name(page)).to_have_value("")
    _typed(page, "Quán thứ hai")
    _save(page)
    expect(page.locator("[data-unsent]")).to_have_text(re.compile(r"Chưa gửi:\s*2"))
    assert _names() == []
    _go_on(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Đã gửi: Quán cà phê Hoa Sữa")
    assert _names() == ["Quán cà phê Hoa Sữa", "Quán thứ hai"]
    assert page.evaluate(KEPT) == []


def test_a_call_that_was_logged_without_a_network_is_sent_once(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer
) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}", size=PHONE)
    page.locator(".rec-acts a", has_text="Ghi cuộc gọi").tap()
    page.locator("#dlg .digits .opt", has_text="Không nghe máy").tap()
    page.context.set_offline(True)
    page.locator("#call-body").fill("Gọi lại chiều mai")

    page.locator("#dlg footer .primary").tap()

    expect(page.locator("#dlg")).not_to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("tự gửi khi có mạng")
    expect(page.locator("[data-unsent]")).to_have_text(re.compile(r"Chưa gửi:\s*1"))
    assert not Activity.objects.exists()
    _go_on(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    logged = Activity.objects.get()
    assert (logged.kind, logged.outcome, logged.body) == ("CALL", "NO_ANSWER", "Gọi lại chiều mai")
    assert page.evaluate(KEPT) == []
    page.reload()
    expect(page.locator("#composer-body")).to_have_value("")


def test_a_short_form_waits_for_the_network_too(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/", size=PHONE)
    page.locator('.top [popovertarget="create-menu"]').tap()
    page.locator("#create-menu").get_by_role("link", name=re.compile("^Khách hàng ?K?$")).tap()
    page.locator("#dlg[open]").wait_for()
    page.context.set_offline(True)
    page.locator('#dlg [name="name"]').fill("Quán cà phê Hoa Sữa")
    kind = page.locator('#dlg [name="kind"]')
    if kind.count() and not kind.input_value():
        kind.select_option("INDIVIDUAL")

    page.locator("#dlg footer .primary").tap()

    expect(page.locator("[data-unsent]")).to_have_text(re.compile(r"Chưa gửi:\s*1"))
    expect(page.locator("#dlg")).not_to_be_visible()
    assert _names() == []
    _go_on(page)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert _names() == ["Quán cà phê Hoa Sữa"]
    assert page.evaluate(KEPT) == []


def test_makes_one_record_where_the_answer_was_lost_on_its_way(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            return route.continue_()
        lost.append(route.request.url)
        route.fetch(max_redirects=0)
        return route.abort()

    page.context.route("**/customers/new", lose)
    _typed(page)
    _save(page)
    expect(page.locator("[data-unsent]")).to_be_visible()
    assert _names() == ["Quán cà phê Hoa Sữa"]

    _go_on(page)

    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert _names() == ["Quán cà phê Hoa Sữa"]


def test_keeps_a_change_as_a_draft_when_the_server_is_away(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer
) -> None:
    done = make_customer()
    page = open_window("seller", f"/customers/{done.id}/edit", size=PHONE)
    page.context.route("**/edit", lambda route: route.fulfill(status=503, body="<main><h1>x</h1></main>"))
    _typed(page, "Công ty TNHH Hoa Súng")
    _save(page, "Lưu")

    expect(page.locator("[data-told]")).to_contain_text("có mạng lại thì bấm nút lần nữa")
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert _names() == ["Công ty TNHH Hoa Sen"]
    page.context.unroute("**/edit")
    page.reload()
    expect(_name(page)).to_have_value("Công ty TNHH Hoa Súng")
    _save(page, "Lưu")
    expect(page).to_have_url(re.compile(rf"/customers/{done.id}$"))
    assert _names() == ["Công ty TNHH Hoa Súng"]


def test_brings_back_as_a_draft_what_is_refused_later(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new", size=PHONE)
    page.context.set_offline(True)
    page.locator('[name="phones"]').first.fill("12")
    _typed(page)
    _save(page)
    expect(page.locator("[data-unsent]")).to_be_visible()

    _go_on(page)

    expect(page.locator("#toasts")).to_contain_text("Có bản chưa gửi được")
    page.locator("[data-unsent]").click()
    line = page.locator("#waits li")
    expect(line).to_contain_text("Quán cà phê Hoa Sữa")
    assert faults(page) == []
    line.get_by_role("button", name="Sửa").click()
    expect(_name(page)).to_have_value("Quán cà phê Hoa Sữa")
    page.locator('[name="phones"]').first.fill("0912 345 678")
    _save(page)
    expect(page).to_have_url(re.compile(r"/customers/\d+$"))
    assert (_names(), page.evaluate(KEPT)) == (["Quán cà phê Hoa Sữa"], [])


def test_sends_no_tomorrow_that_was_typed_yesterday(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new", size=PHONE)
    noon = dt.datetime.now(dt.UTC).replace(hour=12, minute=0)
    page.clock.set_fixed_time(noon)
    page.context.set_offline(True)
    page.locator('[name="born_on"]').fill("mai")
    _typed(page)
    _save(page)
    expect(page.locator("[data-unsent]")).to_be_visible()
    page.clock.set_fixed_time(noon + dt.timedelta(hours=20))

    _go_on(page)

    page.context.set_offline(False)
    page.goto("/unsent")
    expect(page.locator("#waits")).to_contain_text("nhập vào ngày khác")
    assert _names() == []


def test_throws_away_what_waits_and_takes_it_back(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new")
    page.context.route("**/customers/new", _lose_forms)
    _typed(page)
    _save(page)
    expect(page.locator("[data-unsent]")).to_be_visible()
    page.goto("/unsent")

    page.locator("#waits").get_by_role("button", name="Bỏ", exact=True).click()

    expect(page.locator("[data-unsent]")).to_be_hidden()
    page.get_by_role("button", name="Lấy lại").click()
    expect(page.locator("[data-unsent]")).to_be_visible()
    page.context.unroute("**/customers/new")
    page.get_by_role("button", name="Gửi ngay").click()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    expect(page.get_by_text("Máy này không giữ gì chưa gửi")).to_be_visible()
    assert _names() == ["Quán cà phê Hoa Sữa"]


def test_never_keeps_the_number_of_a_person(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new")
    page.locator('[name="tax_code"]').fill("031090 001234")
    _typed(page)
    assert "001234" not in page.evaluate(WORDS)

    page.context.set_offline(True)
    _save(page)

    expect(page.locator("[data-told]")).to_contain_text("để nguyên trang")
    expect(page.locator("[data-unsent]")).to_be_hidden()
    expect(page.locator('[name="tax_code"]')).to_have_value("031090 001234")
    assert "001234" not in page.evaluate(WORDS)


def _sign_in(page: Page, cast: Cast, who: str) -> None:
    client = Client()
    client.force_login(cast.user(who))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    origin = page.evaluate("location.origin")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])


def test_finds_a_draft_again_after_a_session_that_ended(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new", size=PHONE)
    _typed(page)
    end_sessions(cast.user("seller").pk)

    _save(page)

    expect(page.get_by_text("đăng nhập lại bằng chính tài khoản đó")).to_be_visible()
    assert _names() == []
    _sign_in(page, cast, "seller")
    page.goto("/customers/new")
    expect(_name(page)).to_have_value("Quán cà phê Hoa Sữa")
    _save(page)
    expect(page).to_have_url(re.compile(r"/customers/\d+$"))


def test_keeps_a_draft_where_the_form_asks_something_after_a_session_that_ended(
    cast: Cast, open_window: OpenWindow
) -> None:
    page = open_window("seller", "/customers/new")
    _typed(page)
    end_sessions(cast.user("seller").pk)

    page.keyboard.press("Tab")

    expect(page.get_by_text("đăng nhập lại bằng chính tài khoản đó")).to_be_visible()
    _sign_in(page, cast, "seller")
    page.goto("/customers/new")
    expect(_name(page)).to_have_value("Quán cà phê Hoa Sữa")


def test_sends_nothing_by_the_session_of_another_and_clears_what_is_not_hers(
    cast: Cast, open_window: OpenWindow
) -> None:
    page = open_window("seller", "/customers/new")
    page.context.set_offline(True)
    _typed(page)
    _save(page)
    expect(page.locator("[data-unsent]")).to_be_visible()
    _sign_in(page, cast, "manager")

    with page.expect_response("**/_device"):
        _go_on(page)

    settled(page)
    assert _names() == []
    page.goto("/customers/new")
    expect(_name(page)).to_have_value("")
    assert page.evaluate(KEPT) == []
    assert _names() == []


def test_names_what_was_not_sent_before_it_goes_with_the_session(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/customers/new")
    page.context.route("**/customers/new", _lose_forms)
    _typed(page)
    _save(page)
    page.locator('.side [popovertarget="me-menu"]').click()
    page.locator("#me-menu").get_by_text("Đăng xuất").click()

    expect(page.get_by_text("Khi đăng xuất, tất cả những bản dưới đây bị bỏ")).to_be_visible()
    page.get_by_role("button", name="Đăng xuất và bỏ hết").click()

    expect(page).to_have_url(re.compile("/login"))
    assert page.evaluate(KEPT) == []
    assert _names() == []


def test_shows_a_page_of_its_own_without_a_network_and_nobodys_data(
    cast: Cast, open_window: OpenWindow, make_customer: MakeCustomer, live_server: Any
) -> None:
    make_customer()
    line = Line(live_server.url)
    page = open_window("seller", f"{line.url}/customers", size=PHONE)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    line.cut()

    page.goto(f"{line.url}/customers")

    expect(page.get_by_role("heading", name="Không kết nối được Duyên")).to_be_visible()
    assert "Hoa Sen" not in page.content()
    kept = page.evaluate(
        "caches.keys().then(async names => (await Promise.all(names.map(async name =>"
        "(await (await caches.open(name)).keys()).map(each => new URL(each.url).pathname)))).flat())"
    )
    assert [path for path in kept if not path.startswith("/static/")] == ["/offline"]
    line.mend()
    expect(page.get_by_role("heading", name="Khách hàng")).to_be_visible()
    line.cut()


def test_can_be_installed(cast: Cast, open_window: OpenWindow) -> None:
    page = open_window("seller", "/", size=PHONE)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    browser = page.context.new_cdp_session(page)

    told = browser.send("Page.getAppManifest")
    stands_against = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert told["errors"] == []
    assert '"start_url": "/"' in told["data"]
    # A window without history is refused by Chromium whatever it shows; all else is ours.
    assert [each["errorId"] for each in stands_against if each["errorId"] != "in-incognito"] == []
