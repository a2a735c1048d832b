"""Real browsers on a live server: windows of people who are signed in, and a check of accessibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Keyboard, Locator, Page, expect, sync_playwright

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, create, create_many
from duyen.surfaces.web import jinja
from duyen.surfaces.web.device import pages
from duyen.testing.cast import Cast

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE = (1440, 900), (390, 844)

#: Milliseconds for which a page is waited for: a build machine under load answers late, and not wrongly.
PATIENCE = 30_000

OpenWindow = Callable[..., Page]

#: Files are served as they lie in the sources, without a collection of hashed names.
PLAIN_FILES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.fixture(scope="session", autouse=True)
def _files_from_the_sources() -> Iterator[None]:
    """Serve scripts and styles from the sources; addresses that were worked out before are forgotten."""
    _forget_addresses()
    with override_settings(STORAGES=PLAIN_FILES):
        yield
    _forget_addresses()


def _forget_addresses() -> None:
    """Forget those of pages, and those that the service worker names: what is not there it cannot keep."""
    jinja._built.clear()
    pages._worker.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """Let tests use the database while Playwright's event loop runs in their thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


#: What hands do to a part of a page.
_TOUCHES = ("check", "click", "fill", "press", "press_sequentially", "select_option", "tap", "uncheck")


@pytest.fixture(scope="session", autouse=True)
def _hands_wait_for_the_page() -> Iterator[None]:
    """Touch and ask nothing before the page listens: its words stand there sooner than its scripts have run.

    People see a page and only then reach for a key; a machine is quicker, and its key would be lost.
    """

    def when_loaded(touch: Callable[..., Any]) -> Callable[..., Any]:
        def touch_when_loaded(part: Locator, *args: Any, **options: Any) -> Any:
            part.page.wait_for_load_state()
            return touch(part, *args, **options)

        return touch_when_loaded

    def keyboard_when_loaded(page: Page) -> Keyboard:
        page.wait_for_load_state()
        return keyboard(page)

    def evaluate_when_loaded(page: Page, script: str, given: Any = None) -> Any:
        page.wait_for_load_state()
        return evaluate(page, script, given)

    keyboard: Callable[[Page], Keyboard] = Page.keyboard.fget  # type: ignore[attr-defined]
    evaluate = Page.evaluate
    expect.set_options(timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "keyboard", property(keyboard_when_loaded))
        patch.setattr(Page, "evaluate", evaluate_when_loaded)
        for name in _TOUCHES:
            patch.setattr(Locator, name, when_loaded(getattr(Locator, name)))
        yield


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start one browser for the journeys of a module; two event loops in one thread are one too many."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_window(browser: Browser, live_server: Any, cast: Cast) -> Iterator[OpenWindow]:
    """Open a window in which somebody of the cast is signed in; a fault in its console fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(
        who: str,
        path: str = "/",
        *,
        size: tuple[int, int] = WIDE,
        is_dark: bool = False,
        has_script: bool = True,
    ) -> Page:
        client = Client()
        client.force_login(cast.user(who))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if is_dark else "light",
            has_touch=size is PHONE,
            is_mobile=size is PHONE,
            java_script_enabled=has_script,
        )
        contexts.append(context)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def make_customer(cast: Cast, transactional_db: None) -> Callable[..., Done]:
    """Make one customer of the seller."""

    def make(**values: Any) -> Done:
        given = {"name": "Công ty TNHH Hoa Sen", "kind": "ORGANISATION", **values}
        return create(entity_named("customers"), actor=cast.actor("seller"), values=given)

    return make


@pytest.fixture
def many_customers(cast: Cast, transactional_db: None) -> list[int]:
    """Make 120 customers of the seller."""
    rows = [
        {
            "name": f"Khách hàng {number:03}",
            "kind": "HOUSEHOLD" if number % 10 == 0 else "INDIVIDUAL",
            "phones": [f"09123{number:05}"],
            "addresses": [{"line": f"Số {number} Lạch Tray", "province": "Hải Phòng"}],
        }
        for number in range(120)
    ]
    made, _operation = create_many(entity_named("customers"), actor=cast.actor("seller"), rows=rows)
    return [each.id for each in made if each.id]


def settled(page: Page) -> None:
    """Wait until what htmx fetched is in its place and listens."""
    page.wait_for_load_state("networkidle")
    busy = page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")
    expect(busy).to_have_count(0)


def faults(page: Page) -> list[str]:
    """List the accessibility faults of what the window shows, and whether it scrolls sideways."""
    settled(page)
    answer = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    found = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in answer["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return found
