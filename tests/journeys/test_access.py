"""An administrator who is asked “why can this colleague not see this customer?”, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from duyen.foundation.org.models import Role
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_answers_why_a_colleague_does_not_see_a_customer_by_keys_alone(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    code = Party.objects.get(pk=make_customer().id).code
    page = open_window("admin")

    page.keyboard.press("Control+k")
    expect(page.locator(".palette input[name=q]")).to_be_focused()
    page.keyboard.type("vi sao")
    expect(page.locator("#res [role=option]").first).to_contain_text("Vì sao")
    settled(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/access")
    page.locator("#f-who").focus()
    page.keyboard.type("hoang yen")
    settled(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(code)
    page.keyboard.press("Enter")

    expect(page.locator(".banner")).to_contain_text("Vũ Hoàng Yến không xem được bản ghi này.")
    expect(page.locator(".whys li").first).to_contain_text("Cửa hàng An Dương")
    expect(page.get_by_role("link", name="Thêm vị trí tại Cửa hàng Hồng Bàng")).to_be_visible()


def test_opens_what_it_proposed_after_a_preview(
    open_window: OpenWindow, make_customer: Callable[..., Any], cast: Cast
) -> None:
    record_id = make_customer().id
    who = cast.users["colleague"].pk
    page = open_window("admin", f"/access?entity=customers&record={record_id}&who={who}")

    page.get_by_role("link", name="Thêm vị trí tại Cửa hàng Hồng Bàng").click()
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator(".previewed")).to_contain_text("mở +1")
    page.get_by_role("button", name="Thêm vị trí").click()
    settled(page)
    page.goto(f"/access?entity=customers&record={record_id}&who={who}")

    expect(page.locator(".banner")).to_contain_text("Vũ Hoàng Yến xem được và sửa được bản ghi này.")


def test_views_as_a_colleague_and_comes_back(
    open_window: OpenWindow, make_customer: Callable[..., Any], cast: Cast
) -> None:
    record_id = make_customer().id
    page = open_window("admin", f"/users/{cast.users['seller'].pk}?tab=access")

    page.get_by_role("link", name="Xem như người này").click()
    page.locator("#f-reason").fill("Bạn ấy báo không thấy nút")
    page.get_by_role("button", name="Xem như người này").click()
    page.goto(f"/customers/{record_id}")
    expect(page.locator(".looking")).to_contain_text("Bạn đang xem như Nguyễn Hồng Hạnh.")
    expect(page.locator("h1")).to_have_text("Công ty TNHH Hoa Sen")
    assert faults(page) == []
    page.get_by_role("button", name="Kết thúc").click()

    expect(page.locator("#tab")).to_contain_text("Bạn ấy báo không thấy nút")
    expect(page.locator(".looking")).to_have_count(0)


def test_keeps_the_page_of_a_person_within_a_phone(open_window: OpenWindow, cast: Cast) -> None:
    for _time in range(2):
        Client().post("/login", {"email": cast.users["seller"].email, "password": "wrong-word-entirely"})
    page = open_window("admin", f"/users/{cast.users['seller'].pk}?tab=access", size=PHONE)

    expect(page.locator(".scrollx table")).to_have_count(1)
    assert page.evaluate("(m => m.scrollWidth <= m.clientWidth)(document.querySelector('main'))")
    assert faults(page) == []


@pytest.mark.parametrize("mode", ["wide", "dark", "phone"])
def test_has_no_accessibility_fault(
    open_window: OpenWindow, make_customer: Callable[..., Any], cast: Cast, mode: str
) -> None:
    record_id, user = make_customer().id, cast.users["colleague"]
    looks: dict[str, Any] = {"size": PHONE} if mode == "phone" else {"is_dark": mode == "dark"}
    page = open_window("admin", **looks)
    found = {}
    role, other = Role.objects.get(code="TELLER"), Role.objects.get(code="SALES_REP")

    for path in (
        "/access",
        "/access?what=nothing-at-all",
        f"/access?entity=customers&record={record_id}",
        f"/access?entity=customers&record={record_id}&who={user.pk}",
        "/access/roles",
        f"/access/roles?first={role.pk}&second={other.pk}&fields=1",
        f"/users/{user.pk}/view-as",
        f"/users/{user.pk}/leave?preview=1&unit={cast.unit('HP2').pk}&role={role.pk}",
    ):
        page.goto(path)
        if at := faults(page):
            found[path] = at
    page.goto(f"/roles/{role.pk}?tab=rights")
    page.locator("select[name='right:customers:read']").select_option("branch")
    page.get_by_role("button", name="Xem trước").click()
    if at := faults(page):
        found["preview of rights"] = at

    assert found == {}, found
