"""Products, plans and bundles: what contradicts itself is refused, and who may see what."""

from __future__ import annotations

import pytest

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit.models import History
from duyen.modules.catalog.actions import HoldsItself
from duyen.modules.catalog.models import Component, Plan, Product
from duyen.modules.catalog.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"billing_period": ""}, "billing_period"),
        ({"kind": "ONE_OFF"}, "billing_period"),
        ({"code": "có dấu"}, "code"),
        ({"active_from": "2026-02-01", "active_until": "2026-01-01"}, "active_until"),
        ({"cost_ratio": "1001"}, "cost_ratio"),
        ({"cost_ratio": "12,345"}, "cost_ratio"),
        ({"vat_class": "NOBODY"}, "vat_class"),
    ],
)
def test_refuses_a_product_that_contradicts_itself(
    product: Make, values: dict[str, object], field: str
) -> None:
    before = History.objects.count()

    with pytest.raises(InvalidValues) as refused:
        product(**{"code": "HOME", **values})

    assert [each.field for each in refused.value.problems] == [field]
    assert (Product.objects.count(), History.objects.count()) == (0, before)


def test_uses_a_code_once_also_in_the_bin(cast: Cast, product: Make) -> None:
    made = product("home")
    assert Product.objects.get(pk=made).code == "HOME"
    standard.delete(entity_named("products"), made, actor=cast.actor("director"))

    with pytest.raises(InvalidValues) as refused:
        product("HOME")

    assert [each.code for each in refused.value.problems] == ["taken"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"prepaid_months": None}, "free_months"),
        ({"prepaid_months": 24}, "prepaid_months"),
        ({"minimum_months": 24}, "minimum_months"),
    ],
)
def test_refuses_a_plan_that_contradicts_itself(
    product: Make, plan: Make, values: dict[str, object], field: str
) -> None:
    home = product("HOME")

    with pytest.raises(InvalidValues) as refused:
        plan(home, "HOME-T6", **values)

    assert [each.field for each in refused.value.problems] == [field]
    assert not Plan.objects.exists()


def test_keeps_what_a_priced_plan_is(cast: Cast, product: Make, plan: Make, price_list: Make) -> None:
    home = product("HOME")
    made = plan(home, "HOME-T6")
    price_list("NAY", "HOME;HOME-T6;1000")

    with pytest.raises(InvalidValues):
        standard.change(
            entity_named("plans"), made, actor=cast.actor("director"), values={"free_months": 6}, version=1
        )
    standard.change(
        entity_named("plans"), made, actor=cast.actor("director"), values={"name": "Khác"}, version=1
    )

    assert Plan.objects.values_list("name", "free_months").get() == ("Khác", 1)


def test_refuses_a_bundle_that_would_hold_itself(cast: Cast, product: Make) -> None:
    products, boss = entity_named("products"), cast.actor("director")
    one, two, three = (product(code, bundle_pricing="SUM") for code in ("ONE", "TWO", "THREE"))

    def put(into: int, what: int) -> None:
        told = {"product": what, "quantity": 2}
        perform(products, "add_component", into, actor=boss, arguments=told)

    put(one, two)
    put(two, three)
    before = History.objects.count()
    for into, what in ((one, one), (two, one), (three, one)):
        with pytest.raises(HoldsItself):
            put(into, what)
    with pytest.raises(InvalidValues):
        put(one, two)

    assert set(Component.objects.values_list("bundle_id", "product_id")) == {(one, two), (two, three)}
    assert History.objects.count() == before


def test_changes_and_removes_what_a_bundle_holds(cast: Cast, product: Make) -> None:
    products, boss = entity_named("products"), cast.actor("director")
    shop, camera = product("SHOP", bundle_pricing="OWN"), product("CAM")
    told = {"product": camera, "quantity": 1}
    perform(products, "add_component", shop, actor=boss, arguments=told)
    component = Component.objects.get().pk

    with pytest.raises(NotAllowed):
        perform(
            products, "change_component", shop, actor=cast.actor("seller"),
            arguments={"component": component, "quantity": 5},
        )  # fmt: skip
    perform(products, "change_component", shop, actor=boss, arguments={"component": component, "quantity": 5})
    assert Component.objects.get().quantity == 5
    with pytest.raises(standard.Kept):
        standard.delete(products, camera, actor=boss)
    perform(products, "remove_component", shop, actor=boss, arguments={"component": component})
    assert not Component.objects.exists()
    standard.delete(products, camera, actor=boss)


def test_hides_the_cost_ratio_from_those_who_sell(cast: Cast, product: Make) -> None:
    product("HOME", cost_ratio="52")
    products = entity_named("products")

    levels = {who: products.level(cast.actor(who), "cost_ratio") for who in cast.users}

    hidden = {who for who, level in levels.items() if level is FieldLevel.HIDDEN}
    assert hidden == {"seller", "teller", "colleague", "care_agent", "outsider"}


def test_lets_everybody_read_and_few_keep(cast: Cast, product: Make) -> None:
    product("HOME")
    products = entity_named("products")

    assert all(products.rows(cast.actor(who)).count() == 1 for who in cast.users)
    for who in ("seller", "teller", "manager", "care_agent"):
        with pytest.raises(NotAllowed):
            product("OTHER", by=who)
    product("OTHER", by="admin")
