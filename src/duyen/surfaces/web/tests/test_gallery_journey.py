"""The kit in a real browser: no accessibility fault in any mode, no fault in the console, keys that work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from duyen.surfaces.web import jinja
from duyen.surfaces.web.tests.conftest import bare

pytestmark = pytest.mark.journey

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["", "list/", "record/", "login/", "setup/", "error/"]
MODES = {
    "wide": (1440, 900, "light"),
    "dark": (1440, 900, "dark"),
    "phone": (390, 844, "light"),
    "zoomed": (320, 640, "dark"),
}


class Quiet(WSGIRequestHandler):
    """Answers without a line per request."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the gallery alone, without a database."""
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(
            DEBUG=True,
            ROOT_URLCONF="duyen.surfaces.web.gallery",
            MIDDLEWARE=[
                "duyen.surfaces.web.headers.SecurityHeaders",
                "django.middleware.csrf.CsrfViewMiddleware",
                "django_htmx.middleware.HtmxMiddleware",
            ],
        ),
    ):
        bare(patch)
        patch.setattr(jinja, "_built", {})  # what others found bears the marks of files that a start serves
        server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), handler_class=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/_ui/"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@contextmanager
def tab(browser: Browser, mode: str) -> Iterator[tuple[Page, list[str]]]:
    """Open a page in one mode, and collect what its console complains about."""
    width, height, scheme = MODES[mode]
    is_phone = width < 760
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=is_phone,
        is_mobile=is_phone,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    yield page, complaints
    context.close()


@pytest.mark.parametrize("mode", MODES)
def test_has_no_accessibility_fault(browser: Browser, address: str, mode: str) -> None:
    with tab(browser, mode) as (page, _complaints):
        for path in PAGES:
            page.goto(address + path)
            faults = (
                Axe()
                .run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
                .response["violations"]
            )
            is_wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")

            assert [fault["id"] for fault in faults] == [], path
            assert not is_wider, path


def test_runs_under_its_own_policy_without_a_complaint(browser: Browser, address: str) -> None:
    with tab(browser, "wide") as (page, complaints):
        page.goto(address)
        page.goto(f"{address}list/")

        assert complaints == []


def test_opens_the_palette_by_key_and_gives_the_focus_back(browser: Browser, address: str) -> None:
    with tab(browser, "wide") as (page, _complaints):
        page.goto(f"{address}record/")
        page.keyboard.press("Control+k")
        page.locator("#dlg[open] [role=option]").first.wait_for()
        page.keyboard.press("ArrowDown")

        assert page.locator("#dlg [aria-selected=true]").count() == 1
        assert page.evaluate("document.activeElement.name") == "q"

        page.keyboard.press("Escape")

        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator(".searchbox")).to_be_focused()


def test_walks_selects_and_edits_a_list_by_keys(browser: Browser, address: str) -> None:
    with tab(browser, "wide") as (page, _complaints):
        page.goto(f"{address}list/")
        for key in ("j", "j", "x"):
            page.keyboard.press(key)

        assert page.locator("tr.cur").get_attribute("id") == "r2"
        assert page.locator("[data-bulk]").inner_text().startswith("Đã chọn 1")

        page.keyboard.press("e")
        page.locator("td.editing").wait_for()

        assert page.evaluate("document.activeElement.name") == "owner"

        page.keyboard.press("Escape")
        page.locator("td.editing").wait_for(state="detached")


def test_fills_forms_with_grouped_money_rows_and_choices(browser: Browser, address: str) -> None:
    with tab(browser, "wide") as (page, _complaints):
        page.goto(address)
        page.locator("#f-amount").fill("")
        page.locator("#f-amount").press_sequentially("1234567")
        page.locator("#f-phones [data-row-add]").click()
        page.locator("#f-owner").fill("le")
        page.locator("#f-owner-list [role=option]").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

        assert page.locator("#f-amount").input_value() == "1.234.567"
        assert page.locator("#f-phones [data-row]").count() == 4
        assert page.locator("#f-owner").input_value() == "Lê Mỹ Duyên"
        assert page.locator("input[name=owner]").input_value() == "7"


def test_shows_a_toast_and_leaves_text_as_text(browser: Browser, address: str) -> None:
    with tab(browser, "wide") as (page, _complaints):
        page.goto(f"{address}record/")
        page.evaluate(
            "document.body.dispatchEvent(new CustomEvent('toast',"
            " {detail: {text: '<b>Đã lưu</b>', undo: '/undo'}, bubbles: true}))"
        )

        assert page.locator(".toast").inner_text().split("\n") == ["<b>Đã lưu</b>", "Hoàn tác"]
