"""Price lists and their prices as entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Amount,
    Choice,
    Day,
    Link,
    LongText,
    Several,
    Text,
    Units,
)
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Panel, Tab
from duyen.entities.personal.declared import NOBODY
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today
from duyen.kernel.errors import FieldProblem
from duyen.modules.catalog import actions, choices, queries, rules, tabs
from duyen.modules.catalog.actions.lists import ISSUE, why_bar_line, why_keep_line
from duyen.modules.catalog.entities.common import (
    COMPANY,
    CREATED,
    FIXED,
    GRANTS,
    GROUP,
    READERS,
    of_code,
    said,
)
from duyen.modules.catalog.models import PriceLine, PriceList
from duyen.modules.catalog.words import ListState


def _complete_list(values: dict[str, Any], _actor: Actor) -> None:
    values["code"] = values["code"].upper()
    values["currency"] = values["currency"] or "VND"


def _judge_list(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    yield from of_code(after["code"], before, queries.list_id_of(after["code"]))
    yield from said(rules.problems_of_a_list(after, before, today=today()))
    if before is not None and before["currency"] != after["currency"]:
        list_id = queries.list_id_of(before["code"])
        if list_id is not None and queries.has_lines(list_id):
            told = _("The list has prices in its currency already. Take them out first.")
            yield FieldProblem("currency", "priced", told)


price_lists = Entity(
    model=PriceList,
    name="price_lists",
    label=_("Price list"),
    labels=_("Price lists"),
    icon="receipt-text",
    personal=NOBODY,
    group=GROUP,
    under="/products",
    scope=COMPANY,
    search="search",
    fixed={"state": ListState.DRAFT},
    fields=[
        Text("name", _("Name"), required=True, max_length=160, sort="name_key", search=True),
        Text(
            "code", _("Code"), required=True, max_length=40, sort="code", search=True, heads=("ma bang gia",)
        ),
        Day("valid_from", _("Valid from"), required=True, sort="valid_from", heads=("hieu luc tu",)),
        Day("valid_until", _("Valid until"), help=_("The last day. Left empty, until further notice.")),
        Units(
            "areas",
            pgettext_lazy("price list", "Where"),
            help=_("Each with all that belongs to it. None: the whole company."),
        ),
        Several(
            "customer_kinds",
            _("For which customers"),
            known=choices.customer_kinds,
            help=_("None: for all kinds."),
        ),
        Choice("currency", _("Currency"), options=choices.CURRENCIES, default="VND"),
        Text(
            "basis", _("Decision"), max_length=300, help=_("Number and day of the decision that issues it.")
        ),
        LongText("note", _("Note")),
        *CREATED,
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name code state valid_from valid_until areas customer_kinds currency",
            sorts=[
                Sort("valid_from", _("Valid from"), "valid_from", descending=True),
                Sort("name", _("Name"), "name_key"),
                Sort("code", _("Code"), "code"),
            ],
            filters="state valid_from valid_until customer_kinds currency",
        )
    ],
    form=[
        "name",
        "code currency",
        "valid_from valid_until",
        (_("For whom"), ["areas", "customer_kinds"]),
        (_("Behind it"), ["basis", "note"]),
    ],
    summary="code valid_from valid_until",
    facts="state valid_from valid_until areas customer_kinds currency basis",
    complete=_complete_list,
    known_by="code",
    rules=[_judge_list],
    rules_ask=True,
    keeps=actions.why_keep_list,
    lifecycle=actions.LIFECYCLE,
    actions=[actions.set_prices, actions.copy_list],
    rights={ISSUE: _("Issue price lists")},
    tabs=[
        Tab("lines", _("Prices"), "catalog/lines_tab.html", tabs.lines_of_list, tabs.count_lines),
    ],
    panels=[Panel("overlaps", _("Meets other lists"), "catalog/overlaps_panel.html", tabs.overlaps_of_list)],
    grants={
        **dict.fromkeys(READERS, "all: read"),
        "ADMIN": "all: read create change delete export",
        "MARKETER": "all: read create change delete export",
        **dict.fromkeys(
            ("SALES_MANAGER", "DIRECTOR", "HQ_STEWARD"), f"all: read create change delete export {ISSUE}"
        ),
    },
)


def _complete_line(values: dict[str, Any], _actor: Actor) -> None:
    """Know a price by the code of its plan or product, where nobody gave it another name."""
    if not values["name"]:
        values["name"] = queries.code_of_line(values["product"], values["plan"])
    list_currency = queries.currency_of(values["price_list"])
    values["currency"] = list_currency or values.get("currency") or "VND"


def _judge_line(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    if queries.state_of(after["price_list"]) == ListState.ISSUED:
        told = _("The list is issued: its prices stay. Copy it, and change the copy.")
        yield FieldProblem("price_list", "issued", told)
    for name in ("price_list", "product", "plan"):
        if before is not None and after[name] != before[name]:
            yield FieldProblem(name, "fixed", FIXED)
    if after["plan"] and queries.product_of_plan(after["plan"]) != after["product"]:
        yield FieldProblem("plan", "other_product", _("This plan belongs to another product."))
    if before is None and queries.has_line(after["price_list"], after["product"], after["plan"]):
        told = _("The list has a price for this already. Change that one.")
        yield FieldProblem("product", "taken", told)
    yield from _judge_sums(after)


def _judge_sums(after: Mapping[str, Any]) -> Iterable[FieldProblem]:
    for name in ("price", "one_off_fee", "floor"):
        if after[name] is not None and after[name].currency != after["currency"]:
            told = _("This list is kept in %(currency)s. Write the sum so, such as 12,50 %(currency)s.")
            yield FieldProblem(name, "currency", told % {"currency": after["currency"]})
            return
    if after["floor"] is not None and after["price"] is not None and after["price"] < after["floor"]:
        told = _("The floor price is above the price. Correct one of them.")
        yield FieldProblem("floor", "above_price", told)


price_lines = Entity(
    model=PriceLine,
    name="price_lines",
    label=_("Price line"),
    labels=_("Price lines"),
    icon="badge-dollar-sign",
    personal=NOBODY,
    group=GROUP,
    under="/products",
    scope=COMPANY,
    search="search",
    fields=[
        Text("name", pgettext_lazy("price", "Price of"), max_length=160, sort="name", search=True),
        Link(
            "price_list", _("Price list"), to="price_lists", required=True, heads=("bang gia", "ma bang gia")
        ),
        Link("product", _("Product"), to="products", required=True, heads=("san pham", "ma san pham")),
        Link("plan", pgettext_lazy("product", "Plan"), to="plans", heads=("goi", "goi cuoc", "ma goi")),
        Amount(
            "price",
            _("Price"),
            required=True,
            currency_column="currency",
            help=_("For one unit of measure, without VAT."),
            heads=("don gia", "gia", "gia chua thue", "gia chua vat"),
        ),
        Amount(
            "one_off_fee",
            _("One-off fee"),
            currency_column="currency",
            help=_("Paid once at the start, without VAT."),
            heads=("phi hoa mang", "phi mot lan"),
        ),
        Amount(
            "floor",
            _("Floor price"),
            currency_column="currency",
            help=_("Below it nobody sells without approval."),
            heads=("gia san",),
        ),
        Choice("currency", _("Currency"), options=choices.CURRENCIES, editable=False),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name price_list product plan price one_off_fee floor",
            sorts=[Sort("name", pgettext_lazy("price", "Price of"), "name")],
            filters="price_list product plan price floor",
        )
    ],
    form=["price_list", "product plan", "price one_off_fee", "floor"],
    summary="price_list price",
    facts="price_list product plan price one_off_fee floor",
    complete=_complete_line,
    known_by="price_list product plan",
    rules=[_judge_line],
    rules_ask=True,
    keeps=why_keep_line,
    bars=why_bar_line,
    grants=GRANTS,
)
