"""Mail in a browser: a box that refuses its password, and a letter that outlives the network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from duyen.modules.messaging.models import Mail, Mailbox
from duyen.modules.messaging.tests import conftest as mails
from duyen.modules.messaging.tests.servers import PASSWORD, Dovecot, Smtp
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, WIDE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
certificate, imap_server, smtp_server = mails.certificate, mails.imap_server, mails.smtp_server
inbox, customer = mails.inbox, mails.customer


def _sentences(page: Page) -> str:
    return " ".join(page.locator("main [role=alert]").all_inner_texts())


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_box_that_refuses_its_password_says_so_and_keeps_all_else(
    open_window: OpenWindow, imap_server: Dovecot, inbox: str, size: tuple[int, int]
) -> None:
    page = open_window("seller", "/profile/mailbox", size=size)
    typed = {"address": f"{inbox}@company.example.com", "username": inbox, "imap_host": "localhost"}
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=imap_port]").fill(str(imap_server.port))
    page.locator("[name=password]").fill("sai rồi")

    page.get_by_role("button", name="Thử và lưu").click()

    expect(page.locator("[name=password]")).to_have_attribute("aria-invalid", "true")
    assert "mật khẩu" in _sentences(page).lower()
    for name, value in typed.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    expect(page.locator("[name=password]")).to_have_value("")
    assert faults(page) == []
    assert Mailbox.objects.count() == 0

    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Thử và lưu").click()
    expect(page.locator("main")).to_contain_text("Chờ đọc lần đầu")
    assert Mailbox.objects.get().address == typed["address"]
    assert PASSWORD not in page.content()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_letter_outlives_a_network_that_goes_away_and_is_sent_once(
    open_window: OpenWindow,
    customer: int,
    smtp_server: Smtp,
    settings: Settings,
    size: tuple[int, int],
) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "localhost", smtp_server.port, True
    settings.EMAIL_HOST_USER, settings.DEFAULT_FROM_EMAIL = "", "Sao Biển <info@company.example.com>"
    page = open_window("seller", f"/customers/{customer}/mail", size=size)
    assert faults(page) == []
    page.locator("[name=subject]").fill("Báo giá tháng 11")
    page.context.set_offline(True)
    page.locator("[name=body]").fill("Chào anh, gửi anh báo giá.")

    page.get_by_role("button", name=re.compile("^Gửi")).click()

    expect(page.locator("[data-told]")).to_contain_text("có mạng lại thì bấm nút lần nữa")
    assert Mail.objects.count() == 0
    page.context.set_offline(False)
    page.reload()
    settled(page)
    expect(page.locator("[name=body]")).to_have_value("Chào anh, gửi anh báo giá.")
    assert faults(page) == []
    page.get_by_role("button", name=re.compile("^Gửi")).click()
    expect(page).not_to_have_url(re.compile("/mail$"))
    assert [each.subject for each in Mail.objects.all()] == ["Báo giá tháng 11"]
    assert page.evaluate("Object.keys(localStorage).filter(name => name.includes(':draft:'))") == []


def test_what_is_lacking_stands_at_its_field(open_window: OpenWindow, customer: int, cast: Cast) -> None:
    page = open_window("seller", f"/customers/{customer}/mail", is_dark=True)

    page.get_by_role("button", name=re.compile("^Gửi")).click()

    expect(page.locator("[name=subject]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=subject]")).to_be_focused()
    assert faults(page) == []
    assert Mail.objects.count() == 0
