"""The pages of a deal: its tabs, the customer's tab, the competitor's page, and who sees none of them."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.kernel.clock import today
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_TABS = ("", "?tab=overview", "?tab=todo", "?tab=contacts", "?tab=competitors", "?tab=lines", "?tab=history")


@pytest.fixture
def full(deal: Make, take: Take, goods: Goods, cast: Cast) -> int:
    """A deal with a product, a contact and a competitor."""
    made = deal()
    take("add_line", made, product=goods.line, plan=goods.plan, quantity=2, discount="2")
    contact = standard.create(
        entity_named("contacts"), actor=cast.actor("seller"), values={"name": "Tô Văn Hiệp"}
    ).id
    take("add_deal_contact", made, contact=contact, role="GATEKEEPER", influence=4, attitude="-1")
    rival = standard.create(
        entity_named("competitors"), actor=cast.actor("director"), values={"name": "CáVoi Telecom"}
    ).id
    take("add_competitor", made, competitor=rival, rival_price=8_000_000)
    return made


def test_shows_every_tab_with_what_it_holds(full: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    pages = {tab: client.get(f"/opportunities/{full}{tab}") for tab in _TABS}

    assert {answer.status_code for answer in pages.values()} == {200}
    told = {tab: answer.content.decode() for tab, answer in pages.items()}
    assert "8.624.000" in told["?tab=lines"]
    assert "giảm 2 %" in told["?tab=lines"]
    assert "Tô Văn Hiệp" in told["?tab=contacts"]
    assert "CáVoi Telecom" in told["?tab=competitors"]
    assert all(word in told["?tab=overview"] for word in ("Tô Văn Hiệp", "CáVoi Telecom", "8.624.000"))
    assert "Đã liên lạc được với khách hàng" in told[""]
    assert all(len(each.encode()) < 60_000 for each in told.values())


def test_works_without_a_script(full: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    client.post(f"/opportunities/{full}/settle_item", {"item": "Đã liên lạc được với khách hàng"})
    client.post(f"/opportunities/{full}/advance", {"stage": "", "note": ""})

    assert stand(full).stage.position == 2


def test_says_on_the_form_all_that_is_lacking(full: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    answer = client.post(f"/opportunities/{full}/win", {"win_reason": "PRICE", "no_rival": "on"})

    assert answer.status_code == 409
    assert "chưa thể thắng" in answer.content.decode().lower()
    assert stand(full).state == "OPEN"


def test_stands_on_the_page_of_its_customer(full: int, customer: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    assert "Mạng cho kho lạnh" in client.get(f"/customers/{customer}?tab=opportunities").content.decode()


def test_leads_from_many_deals_of_a_customer_to_all_of_them(
    customer: int, client: Client, cast: Cast
) -> None:
    client.force_login(cast.user("seller"))
    soon = {"expected_close": today() + dt.timedelta(days=30)}
    rows = [
        {"name": f"Đường truyền số {number}", "customer": customer, "source": "REFERRAL", **soon}
        for number in range(51)
    ]
    made, _operation = standard.create_many(
        entity_named("opportunities"), actor=cast.actor("seller"), rows=rows[:50]
    )
    assert not any(each.problems for each in made)
    whole = f"/opportunities?list=all&amp;customer.eq={customer}"
    few = client.get(f"/customers/{customer}?tab=opportunities").content.decode()
    standard.create_many(entity_named("opportunities"), actor=cast.actor("seller"), rows=rows[50:])

    many = client.get(f"/customers/{customer}?tab=opportunities")

    assert whole not in few
    assert few.count("Đường truyền số") == many.content.decode().count("Đường truyền số") > 0
    assert whole in many.content.decode()
    assert len(many.content) < 60_000
    address = unescape(whole).replace("?", "/count?")
    assert client.get(address, headers={"HX-Request": "true"}).content == b"51"


def test_a_seller_of_another_area_sees_none_of_it(full: int, client: Client, cast: Cast) -> None:
    client.force_login(cast.user("outsider"))
    rival = entity_named("competitors").model._default_manager.get().pk

    for tab in _TABS:
        assert client.get(f"/opportunities/{full}{tab}").status_code == 404
    for path in ("/opportunities", f"/competitors/{rival}?tab=deals", "/search?q=kho", "/"):
        assert "Mạng cho kho lạnh" not in client.get(path).content.decode()
    assert client.get("/api/v1/opportunities").json()["items"] == []


def test_an_import_brings_deals_with_their_stages(cast: Cast, customer: int, client: Client) -> None:
    client.force_login(cast.user("seller"))
    values = {
        "name": "Nhập từ tệp",
        "customer": customer,
        "source": "WEB",
        "type": "UP_SELL",
        "expected_close": "2026-12-31",
        "amount": {"amount": 12_000_000, "currency": "VND"},
    }

    made = client.post("/api/v1/opportunities", values, content_type="application/json")

    assert made.status_code == 201
    assert made.json()["stage"]["label"] == "Thăm dò"
    assert made.json()["weighted"]["amount"] == 1_200_000


def test_the_tabs_stand_in_the_order_of_the_source(full: int, client: Client, cast: Cast) -> None:
    """000-44: (a) to (h); the page opens at the first one."""
    client.force_login(cast.user("seller"))

    page = client.get(f"/opportunities/{full}").content.decode()

    listed = re.findall(rf'href="(/opportunities/{full}(?:\?tab=\w+)?)"', page)
    tabs = [each.partition("?tab=")[2] for each in dict.fromkeys(listed)]
    assert [each for each in tabs if each != "files"] == [
        *("", "overview", "todo", "contacts", "partners", "competitors", "lines"),
        *("commissions", "timeline", "history"),
    ]


def test_the_page_of_a_deal_that_rests_opens(full: int, client: Client, take: Take, cast: Cast) -> None:
    client.force_login(cast.user("seller"))
    take("hold", full, resume_on=today() + dt.timedelta(days=30))

    pages = [client.get(f"/opportunities/{full}{tab}") for tab in _TABS]

    assert [each.status_code for each in pages] == [200] * len(_TABS)
    assert "Tạm dừng" in pages[0].content.decode()
