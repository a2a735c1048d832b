"""What something costs: the list that fits best, VAT to the đồng, bundles, plans, and the past."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import today
from duyen.kernel.money import Money
from duyen.modules.catalog import queries
from duyen.modules.catalog.queries import NoPrice, NoVatRate, price_for, price_history
from duyen.modules.catalog.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_DAY = dt.timedelta(days=1)


def _cost(cast: Cast, product_id: int, *, unit: str = "HP1", **asked: object) -> queries.Price:
    found = {"on": today(), "unit_id": cast.unit(unit).pk, "actor": cast.actor("seller"), **asked}
    return price_for(product_id, **found)  # type: ignore[arg-type]


def test_prices_a_product_by_the_list_in_force(cast: Cast, product: Make, price_list: Make) -> None:
    home = product("HOME")
    price_list("CU", "HOME;;170.000", valid_from=today() - 90 * _DAY, valid_until=today() - 11 * _DAY)
    now = price_list("NAY", "HOME;;180.000;300.000;165.000", valid_from=today() - 10 * _DAY)

    found = _cost(cast, home)

    assert found.price == Money(180_000)
    assert (found.one_off_fee, found.floor) == (Money(300_000), Money(165_000))
    assert found.chosen is not None
    assert found.chosen.offer.list_id == now
    assert found.times(1).gross == Money(198_000)
    assert [each.why_not for each in found.others] == ["over"]


def test_lets_the_nearest_place_go_first_then_the_kind_then_the_later_start(
    cast: Cast, product: Make, price_list: Make
) -> None:
    home = product("HOME")
    price_list("CTY", "HOME;;100", valid_from=today() - 30 * _DAY)
    price_list("CTY-MOI", "HOME;;110", valid_from=today() - 5 * _DAY)
    price_list("CTY-DN", "HOME;;90", valid_from=today() - 30 * _DAY, customer_kinds=["ORGANISATION"])
    price_list("HP", "HOME;;80", valid_from=today() - 30 * _DAY, areas=["HP"])
    price_list("KV1", "HOME;;70", valid_from=today() - 30 * _DAY, areas=["KV1"])

    def at(unit: str, kind: str = "") -> int:
        return _cost(cast, home, unit=unit, kind=kind).price.amount

    assert (at("HD1"), at("HD1", "ORGANISATION")) == (110, 90)
    assert (at("CSKH"), at("HP1")) == (80, 70)


def test_prefers_the_price_of_the_plan_within_a_list(
    cast: Cast, product: Make, plan: Make, price_list: Make
) -> None:
    home = product("HOME")
    ahead = plan(home, "HOME-T6")
    price_list("NAY", "HOME;;180000;300000\nHOME;HOME-T6;175000;0")

    assert _cost(cast, home).price == Money(180_000)
    found = _cost(cast, home, plan_id=ahead)
    assert (found.price, found.one_off_fee) == (Money(175_000), Money(0))
    paid = queries.prepaid(found, queries.plans_of(home)[0])
    assert paid is not None
    assert (paid.paid_months, paid.used_months) == (6, 7)
    assert (paid.total.net, paid.total.gross) == (Money(1_050_000), Money(1_155_000))
    assert paid.each_month == Money(150_000)


def test_says_that_there_is_no_price_where_no_list_fits(cast: Cast, product: Make, price_list: Make) -> None:
    home = product("HOME")
    price_list("NHAP", "HOME;;1000", is_issued=False)
    price_list("HD", "HOME;;2000", areas=["HD"])

    with pytest.raises(NoPrice):
        _cost(cast, home)
    with pytest.raises(NoPrice):
        _cost(cast, home, unit="HD1", on=today() - _DAY)
    assert _cost(cast, home, unit="HD1").price == Money(2000)


def test_adds_up_a_bundle_with_the_vat_of_each_component(cast: Cast, product: Make, price_list: Make) -> None:
    internet, camera = product("NET"), product("CAM", vat_class="GENERAL")
    shop = product("SHOP", bundle_pricing="SUM")
    for part, count in ((internet, 1), (camera, 2)):
        told = {"product": part, "quantity": count}
        perform(entity_named("products"), "add_component", shop, actor=cast.actor("director"), arguments=told)
    price_list("NAY", "NET;;500.000;300.000;450.000\nCAM;;65.000;;60.000", valid_from=dt.date(2026, 1, 1))

    found = _cost(cast, shop, on=dt.date(2026, 12, 31))

    assert found.is_mixed
    assert (found.price, found.floor) == (Money(630_000), Money(570_000))
    assert found.times(1).vat == Money(50_000 + 10_400)
    assert found.times(10).gross == Money(6_300_000 + 500_000 + 104_000)
    fee = found.fee()
    assert fee is not None
    assert fee.gross == Money(330_000)


def test_taxes_by_the_day(cast: Cast, product: Make, price_list: Make) -> None:
    camera = product("CAM", vat_class="GENERAL")
    price_list("NAY", "CAM;;110.000", valid_from=dt.date(2024, 1, 1))

    assert _cost(cast, camera, on=dt.date(2026, 12, 31)).times(1).gross == Money(118_800)
    assert _cost(cast, camera, on=dt.date(2027, 1, 1)).times(1).gross == Money(121_000)


def test_lets_the_company_add_a_rate_from_a_day(cast: Cast) -> None:
    day = dt.date(2027, 1, 1)
    assert queries.vat_rate("GENERAL", day) == Decimal(10)

    values = {"vat_class": "GENERAL", "since": day, "percent": "8", "basis": "Gia hạn giảm thuế"}
    made = standard.create(entity_named("vat_rates"), actor=cast.actor("admin"), values=values)

    assert queries.vat_rate("GENERAL", day) == Decimal(8)
    assert queries.vat_rate("GENERAL", day - _DAY) == Decimal(8)
    assert queries.vat_rate("TELECOM", day) == Decimal(10)
    assert queries.vat_rate("NOT_SUBJECT", day) is None
    standard.delete(entity_named("vat_rates"), made.id, actor=cast.actor("admin"))
    assert queries.vat_rate("GENERAL", day) == Decimal(10)
    with pytest.raises(NoVatRate):
        queries.vat_rate("TELECOM", dt.date(2000, 1, 1))


def test_tells_what_a_product_cost_at_any_time(cast: Cast, product: Make, price_list: Make) -> None:
    home = product("HOME")
    first, second = today() - 400 * _DAY, today() - 100 * _DAY
    price_list("CU", "HOME;;170000", valid_from=first, valid_until=second - 11 * _DAY)
    price_list("NAY", "HOME;;180000", valid_from=second)
    price_list("KM", "HOME;;150000", valid_from=today() - 20 * _DAY, valid_until=today() - 10 * _DAY)

    phases = price_history(home, actor=cast.actor("seller"), unit_id=cast.unit("HP1").pk)

    told = [(each.since, each.until, each.price and each.price.amount) for each in phases]
    assert [each for each in told if each[0] >= second] == [
        (second, today() - 21 * _DAY, 180_000),
        (today() - 20 * _DAY, today() - 10 * _DAY, 150_000),
        (today() - 9 * _DAY, None, 180_000),
    ]
    assert (second - 10 * _DAY, second - _DAY, None) in told
    for each in phases:
        if each.price is not None:
            assert _cost(cast, home, on=each.since).price == each.price


def test_shows_that_two_lists_meet_and_which_of_them_holds(
    cast: Cast, product: Make, price_list: Make
) -> None:
    from duyen.modules.catalog import tabs

    product("HOME")
    one = price_list("MOT", "HOME;;1000")
    two = price_list("HAI", "HOME;;2000")
    price_list("KHAC", "HOME;;3000", valid_from=today() + 30 * _DAY, areas=["HD"])
    price_list("DOLLAR", "HOME;;30", currency="USD")
    lists = entity_named("price_lists")
    row = lists.rows(cast.actor("director")).filter(pk=one).values(*lists.held_columns).get()

    found = tabs.overlaps_of_list(cast.actor("director"), row)

    assert [(each.neighbour.code, each.wins, each.by) for each in found["meetings"]] == [
        ("KHAC", False, "area"),
        ("HAI", False, "made"),
    ]
    assert found["is_unclear"]
    assert _cost(cast, queries.product_id_of("HOME") or 0).chosen.offer.list_id == two  # type: ignore[union-attr]
