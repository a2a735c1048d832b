"""Views of a list through the browser: kept, opened, changed, left out of, and given to others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from duyen.entities.models import PassingView, SavedView
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.surfaces.web.pages.tests.test_lists import names, text
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]


def _keep(client: Client, address: str, **form: str) -> SavedView:
    response = client.post(
        address.replace("/customers", "/customers/views/new"), {"name": "Thương mại", **form}
    )
    assert response.status_code == 302, text(response)
    return SavedView.objects.get(pk=int(response["Location"].rpartition("=")[2]))


def test_keeps_a_list_and_opens_it_again(browser_of: BrowserOf, make_customer: Callable[..., Any]) -> None:
    make_customer(name="Công ty Một", industry="TRADE")
    make_customer(name="Công ty Hai", industry="TRADE")
    make_customer(name="Công ty Ba")
    client = browser_of("seller")

    view = _keep(client, "/customers?industry.in=TRADE&sort=-name&cols=name,code:120")
    opened = client.get(f"/customers?view={view.pk}")

    assert names(opened) == ["Công ty Một", "Công ty Hai"]
    assert ">Thương mại<span" in text(opened)
    assert "width:120px" in text(opened)
    assert "Lưu khung nhìn" not in text(opened)


def test_lays_what_the_address_says_over_the_view(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một", industry="TRADE")
    make_customer(name="Công ty Hai", industry="TRADE")
    make_customer(name="Công ty Ba")
    client = browser_of("seller")
    view = _keep(client, "/customers?industry.in=TRADE")

    ordered = client.get(f"/customers?view={view.pk}&sort=-name")
    cleared = client.get(f"/customers?view={view.pk}&own=1")
    other = client.get(f"/customers?view={view.pk}&industry.empty=1")

    assert names(ordered) == ["Công ty Một", "Công ty Hai"]
    assert "Lưu thay đổi" in text(ordered)
    assert names(cleared) == ["Công ty Ba", "Công ty Hai", "Công ty Một"]
    assert names(other) == ["Công ty Ba"]


def test_saves_the_changes_of_a_view(browser_of: BrowserOf) -> None:
    client = browser_of("seller")
    view = _keep(client, "/customers?industry.in=TRADE")

    response = client.post(f"/customers/views/{view.pk}/save?view={view.pk}&industry.in=MINING")
    view.refresh_from_db()

    assert response["Location"] == f"/customers?view={view.pk}"
    assert view.state == {"filter": [["industry", "in", ["MINING"]]]}


def test_asks_for_a_name_and_keeps_what_was_chosen(browser_of: BrowserOf) -> None:
    client = browser_of("seller")

    response = client.post(
        "/customers/views/new?industry.in=TRADE", {"name": " ", "first": "on"}, headers=HTMX
    )

    assert response.status_code == 422
    assert "tối đa 60 ký tự" in text(response)
    assert re.search(r'name="first"[^>]* checked', text(response))
    assert not SavedView.objects.exists()


def test_opens_the_list_with_the_view_that_was_chosen_for_it(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một", industry="TRADE")
    make_customer(name="Công ty Hai")
    client = browser_of("seller")
    _keep(client, "/customers?industry.in=TRADE", first="on")

    bare, usual = client.get("/customers"), client.get("/customers?list=all")

    assert names(bare) == ["Công ty Một"]
    assert names(usual) == ["Công ty Hai", "Công ty Một"]
    assert 'href="/customers?list=all"' in text(bare)


def test_says_what_a_view_left_out_and_opens_no_field_with_it(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một", phones=["0912345678"])
    client = browser_of("seller")
    view = _keep(client, "/customers?phones.eq=0912345678&cols=name,phones")
    FieldRight.objects.create(
        role=Role.objects.get(code="SALES_REP"), entity="customers", field="phones", level="hidden"
    )

    page = text(client.get(f"/customers?view={view.pk}"))

    assert "đã bỏ qua: một trường bạn không được xem" in page
    assert not re.search(r"912 ?345 ?678", page)
    assert "Điện thoại" not in page


def test_tells_of_a_view_that_is_not_open(browser_of: BrowserOf, make_customer: Callable[..., Any]) -> None:
    make_customer("colleague", name="Công ty Kín")
    view = _keep(browser_of("seller"), "/customers?industry.in=TRADE")

    response = browser_of("colleague").get(f"/customers?view={view.pk}")

    assert response.status_code == 422
    assert "Khung nhìn này không còn" in text(response)
    assert "TRADE" not in text(response)


def test_lets_nobody_change_the_view_of_another_person(browser_of: BrowserOf) -> None:
    view = _keep(browser_of("seller"), "/customers?industry.in=TRADE")
    other = browser_of("colleague")
    entries = History.objects.count()

    answers = {
        step: other.post(f"/customers/views/{view.pk}/{step}").status_code
        for step in ("save", "change", "delete", "earlier", "first", "first_for_role", "castle")
    }

    assert answers == dict.fromkeys(answers, 404) | {"first_for_role": 400}
    assert History.objects.count() == entries


def test_looks_after_views_on_a_page_of_its_own(browser_of: BrowserOf, cast: Cast) -> None:
    client = browser_of("manager")
    view = _keep(client, "/customers?industry.in=TRADE")

    client.post(
        f"/customers/views/{view.pk}/change",
        {"name": "Cả khu vực", "audience": "unit", "unit": str(cast.unit("KV1").pk)},
    )
    managed = text(client.get("/customers/views"))
    found = text(browser_of("teller").get("/customers"))
    deleted = client.post(f"/customers/views/{view.pk}/delete", follow=True)

    assert "Cả khu vực" in managed
    assert "Khu vực 1" in managed
    assert ">Cả khu vực<span" in found
    assert f"/customers/views/{view.pk}/restore" in text(deleted)


def test_keeps_an_address_that_grew_too_long_under_a_short_one(
    browser_of: BrowserOf, make_customer: Callable[..., Any]
) -> None:
    make_customer(name="Công ty Một")
    client = browser_of("seller")
    either = {"or": [["name", "contains", f"không có {number:03}" + "x" * 60] for number in range(20)]}
    either["or"].append(["name", "contains", "Công ty Một"])
    long = "/customers?filter=" + quote(json.dumps(either, ensure_ascii=False))

    short = client.get(long)
    opened = client.get(short["Location"])
    with_order = client.get(short["Location"] + "&sort=-name")

    assert len(short["Location"]) < 60
    assert names(opened) == names(with_order) == ["Công ty Một"]
    assert client.get(long)["Location"] == short["Location"]
    assert PassingView.objects.count() == 1


def test_refuses_200_conditions_and_keeps_none_of_them(browser_of: BrowserOf) -> None:
    address = "/customers?" + "&".join(f"name.contains=dài+lắm+{number}" for number in range(200))

    response = browser_of("seller").get(address)

    assert response.status_code == 422
    assert "tối đa 50 điều kiện" in text(response)
    assert not PassingView.objects.exists()


@pytest.mark.parametrize(
    "broken", ["{", '{"xor": [["name","eq","a"]]}', '{"or": []}', '["name"]', "[[[[[[[[[[]]]]]]]]]]", "7"]
)
def test_says_that_conditions_are_broken(browser_of: BrowserOf, broken: str) -> None:
    response = browser_of("seller").get(f"/customers?filter={quote(broken)}")

    assert response.status_code == 422
    assert "bị hỏng" in text(response)


def test_stands_in_the_trail_in_words(browser_of: BrowserOf) -> None:
    client = browser_of("director")
    _keep(client, "/customers?industry.in=TRADE")

    page = text(client.get("/trail"))

    assert "Lưu khung nhìn" in page
    assert "· save" not in page
