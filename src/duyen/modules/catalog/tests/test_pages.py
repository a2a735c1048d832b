"""The pages of the catalogue by the doors of those who use them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.models import AccessEpoch, FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.kernel.clock import today
from duyen.modules.catalog import queries
from duyen.modules.catalog.models import Component, PriceLine, VatRate
from duyen.modules.catalog.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _as(client: Client, cast: Cast, who: str) -> Client:
    client.force_login(cast.user(who))
    return client


def test_answers_what_something_costs_and_why(
    client: Client, cast: Cast, product: Make, plan: Make, price_list: Make
) -> None:
    home = product("HOME", name="Internet gia đình")
    ahead = plan(home, "HOME-T6")
    price_list("NAY", "HOME;;180.000;300.000;165.000\nHOME;HOME-T6;180.000;0;165.000")
    price_list("HD", "HOME;;99.000", areas=["HD"])

    page = _as(client, cast, "seller").get(
        "/price-check", {"product": str(home), "plan": str(ahead), "asked": "171.000"}
    )

    told = page.content.decode()
    assert page.status_code == 200
    for words in ("198.000", "Bảng giá NAY", "Dành cho nơi khác.", "1.188.000", "Giảm 5% phải được duyệt"):
        assert words in told
    assert "Phạm Đức Thắng (Trưởng khu vực)" in told
    assert "99.000" in told


def test_asks_by_customer_as_far_as_the_reader_sees_her(
    client: Client, cast: Cast, product: Make, price_list: Make
) -> None:
    home = product("HOME")
    price_list("DN", "HOME;;150.000", customer_kinds=["ORGANISATION"])
    customers = entity_named("customers")
    values = {"name": "Công ty Trà", "kind": "ORGANISATION"}
    mine = standard.create(customers, actor=cast.actor("seller"), values=values).id
    theirs = standard.create(customers, actor=cast.actor("outsider"), values=values).id
    _as(client, cast, "seller")

    assert "165.000" in client.get("/price-check", {"product": home, "customer": mine}).content.decode()
    refused = client.get("/price-check", {"product": home, "customer": theirs})
    assert refused.status_code == 422
    assert "165.000" not in refused.content.decode()


@pytest.mark.parametrize(
    "asked", [{"on": "31/02/2026"}, {"quantity": "0"}, {"asked": "nhiều"}, {"product": "999999999"}]
)
def test_says_what_is_wrong_with_a_question(
    client: Client, cast: Cast, product: Make, price_list: Make, asked: dict[str, str]
) -> None:
    home = product("HOME")
    price_list("NAY", "HOME;;180.000")

    page = _as(client, cast, "seller").get("/price-check", {"product": str(home), **asked})

    assert page.status_code == 422
    assert next(iter(asked.values())) in page.content.decode()


def test_tells_no_price_to_whom_it_is_hidden_from(
    client: Client, cast: Cast, product: Make, price_list: Make
) -> None:
    home = product("HOME")
    made = price_list("NAY", "HOME;;187.654")
    FieldRight.objects.create(
        role=Role.objects.get(code="SALES_REP"), entity="price_lines", field="price", level="hidden"
    )
    AccessEpoch.objects.filter(pk=1).update(value=10**6)
    _as(client, cast, "seller")

    assert client.get("/price-check", {"product": home}).status_code == 403
    for address in (f"/products/{home}", f"/products/{home}?tab=prices", f"/price_lists/{made}?tab=lines"):
        page = client.get(address)
        assert page.status_code == 200
        assert "187.654" not in page.content.decode()
        assert "206.419" not in page.content.decode()


def test_types_prices_into_a_table(
    client: Client, cast: Cast, product: Make, plan: Make, price_list: Make
) -> None:
    one, two = product("A"), product("B")
    ahead = plan(one, "A-T6")
    made = price_list("NHAP", "B;;200", is_issued=False)
    _as(client, cast, "director")
    typed = {
        f"price:{one}-0": "180.000", f"fee:{one}-0": "300000", f"floor:{one}-0": "165 000",
        f"price:{one}-{ahead}": "1,2 tr", f"price:{two}-0": "",
    }  # fmt: skip

    page = client.post(f"/price_lists/{made}/prices", typed)

    assert page.status_code == 302
    rows = PriceLine.objects.filter(price_list_id=made, deleted_at=None)
    assert set(rows.values_list("product_id", "plan_id", "price", "one_off_fee", "floor")) == {
        (one, None, 180_000, 300_000, 165_000),
        (one, ahead, 1_200_000, None, None),
    }


def test_keeps_what_was_typed_and_saves_nothing_of_a_table_with_a_fault(
    client: Client, cast: Cast, product: Make, price_list: Make
) -> None:
    one, two = product("A"), product("B")
    made = price_list("NHAP", is_issued=False)
    _as(client, cast, "director")
    before = History.objects.count()
    typed = {
        f"price:{one}-0": "100", f"floor:{one}-0": "200", f"price:{two}-0": "abc", f"fee:{two}-0": "7.777",
    }  # fmt: skip

    page = client.post(f"/price_lists/{made}/prices", typed)

    told = page.content.decode()
    assert page.status_code == 422
    assert told.count('aria-invalid="true"') == 2
    for word in ("abc", "7.777", 'value="200"'):
        assert word in told
    assert (PriceLine.objects.count(), History.objects.count()) == (0, before)


def test_opens_the_table_of_drafts_to_those_who_keep_them(
    client: Client, cast: Cast, product: Make, price_list: Make
) -> None:
    product("A")
    draft, issued = price_list("NHAP", is_issued=False), price_list("NAY", "A;;1")

    assert _as(client, cast, "seller").get(f"/price_lists/{draft}/prices").status_code == 403
    _as(client, cast, "director")
    assert client.get(f"/price_lists/{draft}/prices").status_code == 200
    assert client.get(f"/price_lists/{issued}/prices").status_code == 403
    assert client.get("/price_lists/999999/prices").status_code == 404


def test_walks_through_all_products_page_by_page(
    client: Client, cast: Cast, product: Make, plan: Make, price_list: Make
) -> None:
    for number in range(45):
        made = product(f"P{number:02}")
        if number % 5 == 0:
            plan(made, f"P{number:02}-T6")
    draft = price_list("NHAP", is_issued=False)
    seen: list[str] = []
    after = ""
    while True:
        found = queries.priceable(cast.actor("director"), category="", after=after, most=21)
        seen += [each.key for each in found[:20]]
        if len(found) <= 20:
            break
        after = found[19].key

    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 54
    _as(client, cast, "director")
    first = client.get(f"/price_lists/{draft}/prices")
    assert b'name="next"' in first.content
    assert len(first.content) < 60_000
    onward = client.post(f"/price_lists/{draft}/prices", {"next": "1"})
    assert "after=" in onward["Location"]


def test_shows_the_law_and_what_the_company_added(client: Client, cast: Cast) -> None:
    values = {"vat_class": "GENERAL", "since": "2027-01-01", "percent": "8", "basis": "Nghị quyết mới"}
    standard.create(entity_named("vat_rates"), actor=cast.actor("admin"), values=values)

    page = _as(client, cast, "seller").get("/vat").content.decode()

    assert "Nghị quyết mới" in page
    assert "NQ 204/2025/QH15 hết hiệu lực" in page  # of information technology, which nobody changed
    assert page.count("NQ 204/2025/QH15 hết hiệu lực") == 1
    assert "/vat_rates/new" not in page
    assert "/vat_rates/new?vat_class=GENERAL" in _as(client, cast, "admin").get("/vat").content.decode()
    again = client.post("/vat_rates/new", values)
    assert again.status_code == 422
    assert VatRate.objects.count() == 1


def test_keeps_limits_from_the_page(client: Client, cast: Cast) -> None:
    assert _as(client, cast, "seller").get("/settings/discounts").status_code == 403
    _as(client, cast, "director")
    assert client.get("/settings/discounts").status_code == 200

    refused = client.post("/settings/discounts", {"percent:SALES_REP": "140", "version": "0"})
    assert refused.status_code == 422
    assert 'value="140"' in refused.content.decode()
    saved = client.post(
        "/settings/discounts", {"percent:SALES_REP": "4,5", "floor:SALES_REP": "1", "version": "0"}
    )
    assert saved.status_code == 302
    held = queries.discount_limits()["SALES_REP"]
    assert (str(held.percent), held.below_floor) == ("4.5", True)
    stale = client.post("/settings/discounts", {"percent:SALES_REP": "9", "version": "0"})
    assert stale.status_code in (409, 422)
    assert str(queries.discount_limits()["SALES_REP"].percent) == "4.5"


def test_puts_components_into_a_bundle_from_its_page(client: Client, cast: Cast, product: Make) -> None:
    shop, camera = product("SHOP", bundle_pricing="SUM"), product("CAM", name="Camera")
    _as(client, cast, "director")

    client.post(f"/products/{shop}/add_component", {"product": camera, "quantity": "2"})
    component = Component.objects.get()
    client.post(f"/products/{shop}/change_component", {"component": component.pk, "quantity": "3"})

    page = client.get(f"/products/{shop}?tab=bundle").content.decode()
    assert Component.objects.get().quantity == 3
    assert "Camera" in page
    history = client.get(f"/products/{shop}?tab=history").content.decode()
    assert "Camera" in history


def test_asks_as_often_for_many_prices_as_for_few(
    client: Client, cast: Cast, product: Make, price_list: Make
) -> None:
    _as(client, cast, "seller")

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries_made:
            assert client.get(address).status_code == 200
        return len(queries_made)

    few = [product(f"F{number}") for number in range(3)]
    price_list("DAU", "F0;;900", is_issued=False)
    first = price_list("IT", "\n".join(f"F{number};;{number + 1}000" for number in range(3)))
    of_few = (count(f"/price_lists/{first}?tab=lines"), count(f"/products/{few[0]}?tab=prices"))
    for number in range(50):
        product(f"M{number}")
    table = "\n".join(f"M{number};;{number + 1}000" for number in range(50))
    many = price_list("NHIEU", table + "\nF0;;500")
    for number in range(12):
        start = today() - dt.timedelta(days=number + 1)
        price_list(f"T{number}", "F0;;700", valid_from=start, areas=["KV1"])
    of_many = (count(f"/price_lists/{many}?tab=lines"), count(f"/products/{few[0]}?tab=prices"))

    assert of_many == of_few
