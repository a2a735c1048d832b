"""The start page, the search, the palette, and what stands around every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.surfaces.web.marking import marked
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]


def text(response: Any) -> str:
    return str(response.content.decode())


def test_greets_by_the_given_name(browser_of: BrowserOf) -> None:
    assert "Chào Hạnh" in text(browser_of("seller").get("/"))


def test_shows_on_the_start_page_what_was_opened_lately(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    done = make_customer("seller", name="Công ty CP Hồng Bàng", phones=["0912 345 678"])
    client, tile = browser_of("seller"), "/home/tiles/recent?whose=mine"
    before = text(client.get(tile))

    client.get(f"/customers/{done.id}")

    assert "Hồng Bàng" not in before
    assert "Hồng Bàng" in text(client.get(tile))


def test_offers_nobody_what_she_has_no_right_to(browser_of: BrowserOf) -> None:
    seller, care_agent, admin = (text(browser_of(who).get("/")) for who in ("seller", "care_agent", "admin"))

    assert 'href="/customers/new"' in seller
    assert 'href="/users"' not in seller
    assert 'href="/customers"' in care_agent
    assert 'href="/customers/new"' not in care_agent
    assert 'href="/users"' in admin
    assert 'href="/customers"' not in admin


def test_finds_without_tone_marks_within_the_readers_rights(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer("seller", name="Công ty CP Thực phẩm Hòa Thuận")
    make_customer("outsider", name="Nội thất Hòa Thuận Hải Dương")

    page = text(browser_of("seller").get("/search?q=hoa+thuan"))

    assert "<mark>Hòa</mark> <mark>Thuận</mark>" in page
    assert "Hải Dương" not in page


def test_says_that_nothing_was_found(browser_of: BrowserOf) -> None:
    assert "Không tìm thấy" in text(browser_of("seller").get("/search?q=khongcoai"))


@pytest.mark.parametrize("address", ["/search", "/_palette"])
def test_gives_the_palette_to_the_dialog_and_results_to_its_list(
    browser_of: BrowserOf, make_customer: Callable[..., Any], address: str
) -> None:
    make_customer(name="Công ty CP Hồng Bàng")
    client = browser_of("seller")

    palette = text(client.get(address, headers={**HTMX, "HX-Target": "dlg"}))
    results = text(client.get(f"{address}?q=hong+bang", headers={**HTMX, "HX-Target": "res"}))
    whole = text(client.get(f"{address}?q=hong+bang"))

    assert 'role="combobox"' in palette
    assert "Tạo khách hàng" in palette
    assert results.count("<mark>Hồng</mark> <mark>Bàng</mark>") == 1
    assert 'href="/search?q=hong+bang"' in results
    assert "<html" not in palette + results
    assert "<h1>" in whole


def test_offers_at_most_twelve_things(browser_of: BrowserOf, make_customers: Callable[..., Any]) -> None:
    make_customers(30)

    results = text(browser_of("seller").get("/search?q=khach", headers={**HTMX, "HX-Target": "res"}))

    assert 0 < results.count('role="option"') <= 12
    assert "Mở Khách hàng" in results


def test_marks_found_words_and_leaves_text_as_text() -> None:
    assert marked("Hòa <b>Thuận</b>", ["hoa"]) == "<mark>Hòa</mark> &lt;b&gt;Thuận&lt;/b&gt;"


@pytest.mark.parametrize("address", ["/castles", "/castles/of/sand/and/stone", "/customers/0"])
def test_says_kindly_that_nothing_is_there(browser_of: BrowserOf, address: str) -> None:
    response = browser_of("seller").get(address)

    assert response.status_code == 404
    assert "Về trang Hôm nay" in text(response)


def test_speaks_the_readers_language(browser_of: BrowserOf, cast: Cast) -> None:
    user = cast.user("seller")
    user.language = "en"
    user.save(update_fields=["language"])

    page = text(browser_of("seller").get("/"))

    assert "Hello, Hạnh" in page
    assert 'lang="en"' in page


def test_shows_text_of_a_record_as_text_everywhere(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    evil = '"><script>alert(1)</script>'
    done = make_customer(name=f"Tên {evil}", note=evil, tags=[evil[:30]], addresses=[{"line": evil}])
    client = browser_of("manager")

    for path in (
        "/",
        "/customers",
        f"/customers/{done.id}",
        f"/customers/{done.id}?tab=history",
        f"/customers/{done.id}/edit",
        f"/customers/{done.id}/share",
        "/search?q=script",
        "/customers?province.contains=%22%3E%3Cscript%3E",
        "/customers?q=%22%3E%3Cscript%3E",
    ):
        assert "<script>alert" not in text(client.get(path)), path
