"""The list of keys, and turning single ones off."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from duyen.foundation.audit.models import History
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.surfaces.web.pages.tests.test_start_and_search import text
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]


def test_shows_the_letters_that_lead_somewhere_for_this_reader(browser_of: BrowserOf) -> None:
    seller, care_agent = (text(browser_of(who).get("/help/keys")) for who in ("seller", "care_agent"))

    create = '<kbd class="kbd">C</kbd> <kbd class="kbd">K</kbd> </dt><dd>Khách hàng'
    go = '<kbd class="kbd">G</kbd> <kbd class="kbd">K</kbd> </dt><dd>Khách hàng'
    assert create in seller
    assert go in seller
    assert create not in care_agent
    assert go in care_agent


def test_turns_single_keys_off_at_once_and_on_the_next_pages(browser_of: BrowserOf, cast: Cast) -> None:
    client = browser_of("seller")

    answer = client.post(
        "/help/keys", {"all": "1", "on": ["c", "g", "?", "/", "f", "jk", "l", "m", "t"]}, headers=HTMX
    )

    assert '"keys": {"off": "e n w x"}' in answer.headers["HX-Trigger"]
    assert cast.user("seller").keys_off == "e n w x"
    assert 'data-keys-off="e n w x"' in text(client.get("/"))
    assert "data-keys-off" not in text(browser_of("teller").get("/"))


def test_turns_all_single_keys_off_and_on_again(browser_of: BrowserOf, cast: Cast) -> None:
    client = browser_of("seller")

    assert client.post("/help/keys", {"on": ["c"]}).status_code == 302
    assert cast.user("seller").keys_off == "all"
    client.post(
        "/help/keys", {"all": "1", "on": ["c", "g", "?", "/", "f", "jk", "x", "e", "n", "w", "l", "m", "t"]}
    )

    assert cast.user("seller").keys_off == ""
    assert History.objects.filter(verb="users.change_keys").count() == 2


def test_writes_nothing_where_nothing_changes(browser_of: BrowserOf, cast: Cast) -> None:
    before, version = History.objects.count(), cast.user("seller").version

    browser_of("seller").post(
        "/help/keys", {"all": "1", "on": ["c", "g", "?", "/", "f", "jk", "x", "e", "n", "w", "l", "m", "t"]}
    )

    assert (History.objects.count(), cast.user("seller").version) == (before, version)
