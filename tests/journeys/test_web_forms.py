"""A stranger with a phone sends a form; a website shows it in a page of its own."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.modules.leads.models import Lead
from duyen.modules.web_forms.models import WebForm
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def make_form(cast: Cast, transactional_db: None) -> Callable[..., WebForm]:
    """Make a form that asks for consent."""

    def make(**values: Any) -> WebForm:
        director = cast.actor("director")
        text = standard.create(
            entity_named("consent_texts"),
            actor=director,
            values={
                "name": "Ưu đãi",
                "purpose": "MARKETING",
                "channels": ["EMAIL", "SMS"],
                "data_kinds": ["CONTACT"],
                "most": 2,
                "per": "MONTH",
                "valid_months": 24,
                "words": "Tôi đồng ý nhận ưu đãi của Sao Biển, nhiều nhất hai lần một tháng.",
            },
        )
        given = {
            "name": "Trang chủ",
            "title": "Đăng ký lắp mạng",
            "intro": "Chúng tôi gọi lại trong giờ làm việc.",
            "asked": ["PHONE", "NEED"],
            "needed": ["PHONE"],
            "source": "WEB",
            "privacy": "Sao Biển giữ số điện thoại của bạn để gọi lại.",
            "consent_text": text.id,
            "unit": cast.unit("HP").pk,
            **values,
        }
        return WebForm.objects.get(
            pk=standard.create(entity_named("web_forms"), actor=director, values=given).id
        )

    return make


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_a_stranger_sends_a_form_without_a_script(
    browser: Browser, live_server: Any, make_form: Callable[..., WebForm], is_dark: bool
) -> None:
    form = make_form()
    with browser.new_context(
        base_url=live_server.url,
        viewport={"width": PHONE[0], "height": PHONE[1]},
        color_scheme="dark" if is_dark else "light",
        java_script_enabled=False,
    ) as context:
        page = context.new_page()
        page.goto(f"/f/{form.key}")
        page.get_by_label("Họ tên").fill("Phạm Thị Mai")
        page.get_by_label("Điện thoại").fill("0359 000 111")
        page.wait_for_timeout(2_100)

        page.get_by_role("button", name="Gửi").click()

        expect(page.get_by_role("heading", name="Cảm ơn bạn")).to_be_visible()
    assert Lead.objects.get().phones == ["+84359000111"]


def test_everybody_can_use_it(browser: Browser, live_server: Any, make_form: Callable[..., WebForm]) -> None:
    form = make_form(asked=["PHONE", "EMAIL", "COMPANY", "JOB_TITLE", "NEED", "WANTED_BY"])
    with browser.new_context(
        base_url=live_server.url, viewport={"width": PHONE[0], "height": PHONE[1]}
    ) as context:
        page = context.new_page()
        page.goto(f"/f/{form.key}")
        assert faults(page) == []
        page.get_by_label("Điện thoại").fill("12")
        page.wait_for_timeout(2_100)
        page.get_by_role("button", name="Gửi").click()
        expect(page.get_by_label("Điện thoại")).to_have_attribute("aria-invalid", "true")
        assert faults(page) == []


class _Site(http.server.BaseHTTPRequestHandler):
    """A website whose only page shows the form."""

    shown = ""

    def do_GET(self) -> None:
        page = f'<!doctype html><title>Shop</title><iframe src="{self.shown}" title="Form"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[http.server.ThreadingHTTPServer]:
    """Serve a website of somebody else's, on a port of its own."""
    with http.server.ThreadingHTTPServer(("localhost", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("is_named", [True, False], ids=["named", "not named"])
def test_only_a_website_that_is_named_shows_it(
    browser: Browser,
    live_server: Any,
    make_form: Callable[..., WebForm],
    site: http.server.ThreadingHTTPServer,
    is_named: bool,
) -> None:
    here = f"http://localhost:{site.server_port}"
    form = make_form(sites=here if is_named else "https://www.example.vn")
    _Site.shown = f"{live_server.url}/f/{form.key}"
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(here)
        heading = page.frame_locator("iframe").get_by_role("heading", name="Đăng ký lắp mạng")
        if is_named:
            expect(heading).to_be_visible()
        else:
            page.wait_for_load_state("networkidle")
            expect(heading).to_have_count(0)
