"""Products and their plans as entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity, Part
from duyen.entities.fields import (
    Choice,
    Day,
    Link,
    LongText,
    Percent,
    Text,
    Whole,
)
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Panel, Tab
from duyen.entities.personal.declared import NOBODY
from duyen.entities.personal.holding import hold
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.catalog import actions, choices, queries, rules, tabs
from duyen.modules.catalog.actions.bundles import why_keep_plan, why_keep_product
from duyen.modules.catalog.entities.common import (
    COMPANY,
    CREATED,
    FIXED,
    GRANTS,
    GROUP,
    SELLERS,
    STAYS,
    of_code,
    said,
    upper,
)
from duyen.modules.catalog.models import Component, Plan, Product
from duyen.modules.catalog.words import Nature, ProductKind


def _complete_product(values: dict[str, Any], actor: Actor) -> None:
    upper(values, actor)
    values["nature"] = values["nature"] or Nature.SERVICE.value


def _judge_product(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    yield from of_code(after["code"], before, queries.product_id_of(after["code"]))
    yield from said(
        rules.problems_of_a_product(
            kind=after["kind"],
            billing_period=after["billing_period"],
            active_from=after["active_from"],
            active_until=after["active_until"],
        )
    )
    if before is None:
        return
    product_id = queries.product_id_of(before["code"])
    if product_id is None:
        return
    if after["code"] != before["code"] and queries.is_priced(product_id):
        yield FieldProblem("code", "priced", STAYS)
    if before["bundle_pricing"] and not after["bundle_pricing"] and queries.has_components(product_id):
        told = _("The bundle still holds products. Take them out first.")
        yield FieldProblem("bundle_pricing", "holds", told)
    is_one_off_now = after["kind"] == ProductKind.ONE_OFF != before["kind"]
    if is_one_off_now and any(each.prepaid_months for each in queries.plans_of(product_id)):
        told = _("Some plans of it are paid ahead. End those plans first.")
        yield FieldProblem("kind", "prepaid_plans", told)


products = Entity(
    model=Product,
    name="products",
    label=_("Product"),
    labels=_("Products"),
    icon="package",
    personal=NOBODY,
    key="p",
    group=GROUP,
    scope=COMPANY,
    search="search",
    fields=[
        Text("name", _("Name"), required=True, max_length=200, sort="name_key", search=True),
        Text(
            "code",
            _("Code"),
            required=True,
            max_length=40,
            sort="code",
            search=True,
            heads=("ma san pham", "ma sp", "sku", "ma hang", "ma dich vu"),
        ),
        Choice("nature", _("Goods or service"), options=choices.NATURES, default="SERVICE"),
        Choice("kind", pgettext_lazy("product", "Kind"), required=True, options=choices.KINDS, badge=True),
        Choice("billing_period", _("Billed"), options=choices.BILLING),
        Choice(
            "measure", _("Unit of measure"), options=choices.MEASURES, heads=("dvt", "don vi", "don vi tinh")
        ),
        Choice(
            "category",
            pgettext_lazy("product", "Group"),
            options=choices.CATEGORIES,
            badge=True,
            heads=("nhom hang", "nhom san pham", "loai"),
        ),
        Choice(
            "vat_class",
            _("VAT class"),
            required=True,
            options=choices.VAT_CLASSES,
            default="GENERAL",
            help=_("The rate follows from the class and the day: see VAT rates."),
        ),
        Choice(
            "bundle_pricing",
            _("Sold as a bundle, at"),
            options=choices.BUNDLE_PRICING,
            help=_("Left empty, it is no bundle. Its components are added on its page."),
        ),
        Percent(
            "cost_ratio",
            _("Cost ratio"),
            most=1000,
            help=_("What it costs us, in per cent of its price."),
            heads=("ty le gia von", "gia von %"),
        ),
        Day("active_from", _("On sale from")),
        Day("active_until", _("On sale until"), help=_("The last day. Left empty, until further notice.")),
        LongText("description", pgettext_lazy("product", "Description"), heads=("mo ta",)),
        *CREATED,
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name code category kind measure vat_class cost_ratio active_until",
            sorts=[
                Sort("name", _("Name"), "name_key"),
                Sort("code", _("Code"), "code"),
                Sort("created_at", _("Created at"), "created_at", descending=True),
            ],
            filters="category kind nature vat_class bundle_pricing active_from active_until measure",
        ),
        Listing(
            "bundles",
            _("Bundles"),
            columns="name code category bundle_pricing active_until",
            sorts=[Sort("name", _("Name"), "name_key"), Sort("code", _("Code"), "code")],
            filters="category kind bundle_pricing",
            opens=[("bundle_pricing", "empty", False)],
        ),
    ],
    form=[
        (_("What it is"), ["name", "code category", "nature measure"]),
        (_("How it is sold"), ["kind billing_period", "active_from active_until", "bundle_pricing"]),
        (_("Tax and cost"), ["vat_class cost_ratio"]),
        (pgettext_lazy("product", "Description"), ["description"]),
    ],
    summary="code category kind",
    facts="nature kind billing_period measure vat_class cost_ratio active_from active_until",
    complete=_complete_product,
    known_by="code",
    rules=[_judge_product],
    rules_ask=True,
    keeps=why_keep_product,
    actions=[actions.add_component, actions.change_component, actions.remove_component],
    parts=[
        Part(
            "components",
            _("Component"),
            [Link("product", _("Product"), to="products"), Whole("quantity", _("Quantity"))],
        )
    ],
    tabs=[
        Tab("prices", _("Prices"), "catalog/prices_tab.html", tabs.prices_of_product),
        Tab("plans", _("Plans"), "catalog/plans_tab.html", tabs.plans_of_product, tabs.count_plans),
        Tab(
            "bundle",
            pgettext_lazy("tab", "Bundle"),
            "catalog/bundle_tab.html",
            tabs.bundle_of_product,
            fits=tabs.is_bundle,
        ),
    ],
    panels=[Panel("now", _("Costs now"), "catalog/now_panel.html", tabs.price_now)],
    grants=GRANTS,
    limits={"cost_ratio": SELLERS},
)


def _complete_plan(values: dict[str, Any], _actor: Actor) -> None:
    values["code"] = values["code"].upper()
    values["prepaid_months"] = values["prepaid_months"] or 0
    values["free_months"] = values["free_months"] or 0


def _judge_plan(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    yield from of_code(after["code"], before, queries.plan_id_of(after["code"]))
    yield from said(
        rules.problems_of_a_plan(
            is_recurring=queries.kind_of(after["product"]) == ProductKind.RECURRING,
            term=after["term_months"],
            prepaid=after["prepaid_months"],
            free=after["free_months"],
            minimum=after["minimum_months"],
            active_from=after["active_from"],
            active_until=after["active_until"],
        )
    )
    if before is None:
        return
    if after["product"] != before["product"]:
        yield FieldProblem("product", "fixed", FIXED)
    changed = [name for name in _TERMS if after[name] != before[name]]
    if changed and queries.is_plan_priced(queries.plan_id_of(before["code"]) or 0):
        yield FieldProblem(changed[0], "priced", STAYS)


#: What a plan is: once a price names it, it stays.
_TERMS = ("code", "term_months", "prepaid_months", "free_months", "minimum_months")
_MOST = rules.MOST_MONTHS

plans = Entity(
    model=Plan,
    name="plans",
    label=pgettext_lazy("product", "Plan"),
    labels=_("Plans"),
    icon="calendar-range",
    personal=NOBODY,
    group=GROUP,
    under="/products",
    scope=COMPANY,
    search="search",
    fields=[
        Text("name", _("Name"), required=True, max_length=160, sort="name_key", search=True),
        Text(
            "code",
            _("Code"),
            required=True,
            max_length=40,
            sort="code",
            search=True,
            heads=("ma goi", "ma goi cuoc"),
        ),
        Link("product", _("Product"), to="products", required=True, heads=("san pham", "ma san pham")),
        Whole("term_months", _("Term (months)"), least=1, most=_MOST, heads=("thoi han", "thoi han thang")),
        Whole("prepaid_months", _("Paid ahead (months)"), most=_MOST, heads=("dong truoc", "so thang dong")),
        Whole("free_months", _("Free on top (months)"), most=_MOST, heads=("tang them", "so thang tang")),
        Whole(
            "minimum_months",
            _("Minimum term (months)"),
            least=1,
            most=_MOST,
            help=_("Whoever leaves earlier owes what the contract says."),
        ),
        Day("active_from", _("On sale from")),
        Day("active_until", _("On sale until")),
        Text("note", _("Note"), max_length=300),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name code product term_months prepaid_months free_months minimum_months active_until",
            sorts=[Sort("name", _("Name"), "name_key"), Sort("code", _("Code"), "code")],
            filters="product term_months prepaid_months active_until",
        )
    ],
    form=[
        "name",
        "code product",
        (_("Months"), ["term_months minimum_months", "prepaid_months free_months"]),
        (_("On sale"), ["active_from active_until", "note"]),
    ],
    summary="code product",
    facts="product term_months minimum_months prepaid_months free_months active_from active_until",
    complete=_complete_plan,
    known_by="code",
    rules=[_judge_plan],
    rules_ask=True,
    keeps=why_keep_plan,
    grants=GRANTS,
)

hold(Component, NOBODY)
