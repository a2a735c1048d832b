"""The lists of choices by which products are sorted, with the words and tones on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import Choice, ChoiceList, Option
from duyen.entities.registry import entity_named
from duyen.kernel.vat import VatClass
from duyen.modules.catalog.words import BillingPeriod, BundlePricing, ListState, Nature, ProductKind

KINDS = ChoiceList(
    "product_kinds",
    _("Kinds of product"),
    (
        Option(ProductKind.RECURRING, _("Recurring"), "blue", ("định kỳ", "cước", "subscription")),
        Option(ProductKind.ONE_OFF, _("One-off"), "gray", ("một lần", "bán đứt")),
    ),
    is_fixed=True,
)

NATURES = ChoiceList(
    "product_natures",
    _("Goods or services"),
    (
        Option(Nature.SERVICE, _("Service"), "teal", ("dv",)),
        Option(Nature.GOODS, _("Goods"), "amber", ("hàng hóa", "thiết bị", "vật tư")),
    ),
    is_fixed=True,
)

BILLING = ChoiceList(
    "billing_periods",
    _("Billing periods"),
    (
        Option(BillingPeriod.DAYS_30, _("Every 30 days"), words=("30 ngày",)),
        Option(BillingPeriod.MONTH, _("Monthly"), words=("tháng",)),
        Option(BillingPeriod.QUARTER, _("Quarterly"), words=("quý",)),
        Option(BillingPeriod.HALF_YEAR, _("Half-yearly"), words=("6 tháng",)),
        Option(BillingPeriod.YEAR, _("Yearly"), words=("năm",)),
    ),
    is_fixed=True,
)

BUNDLE_PRICING = ChoiceList(
    "bundle_pricing",
    _("Prices of bundles"),
    (
        Option(BundlePricing.OWN, _("A price of its own"), "violet"),
        Option(BundlePricing.SUM, _("The sum of its components"), "blue"),
    ),
    is_fixed=True,
)

MEASURES = ChoiceList(
    "measures",
    _("Units of measure"),
    (
        Option("MONTH", _("month"), words=("thg", "/tháng")),
        Option("DAYS_30", _("30 days")),
        Option("YEAR", _("year"), words=("/năm",)),
        Option("PACKAGE", _("package"), words=("bộ",)),
        Option("MESSAGE", _("message"), words=("sms",)),
        Option("VEHICLE_MONTH", _("vehicle and month"), words=("xe/tháng",)),
        Option("PIECE", _("piece"), words=("chiếc",)),
        Option("TIME", _("time"), words=("lượt",)),
    ),
)

CATEGORIES = ChoiceList(
    "product_categories",
    _("Groups of products"),
    (
        Option("INTERNET", _("Internet"), "blue"),
        Option("LEASED_LINE", _("Leased lines"), "violet"),
        Option("TELEVISION", _("Television"), "teal"),
        Option("CAMERA", _("Cameras"), "amber"),
        Option("MOBILE", _("Mobile"), "green"),
        Option("MESSAGING", _("Messages"), "green"),
        Option("DIGITAL", _("Signatures, invoices, contracts"), "violet"),
        Option("CLOUD", _("Cloud"), "blue"),
        Option("VOICE", _("Voice"), "teal"),
        Option("TRACKING", _("Tracking"), "amber"),
        Option("INSTALLATION", _("Installation and moves"), "gray"),
        Option("EQUIPMENT", _("Equipment"), "gray"),
        Option("OTHER", pgettext_lazy("product group", "Other"), "gray"),
    ),
)

VAT_CLASSES = ChoiceList(
    "vat_classes",
    _("VAT classes"),
    (
        Option(VatClass.TELECOM, _("Telecommunications (not reduced)"), "blue", ("viễn thông",)),
        Option(VatClass.GENERAL, _("General goods and services"), "gray", ("thông thường",)),
        Option(VatClass.TECHNOLOGY, _("Information technology"), "violet", ("cntt", "it")),
        Option(VatClass.ESSENTIAL, _("Essential goods (5%)"), "green", ("5%",)),
        Option(VatClass.EXPORT, _("Exports (0%)"), "teal", ("0%",)),
        Option(VatClass.NOT_SUBJECT, _("Not subject to VAT (software …)"), "amber", ("kct", "phần mềm")),
    ),
)

LIST_STATES = ChoiceList(
    "price_list_states",
    _("States of price lists"),
    (
        Option(ListState.DRAFT, pgettext_lazy("price list", "Draft"), "gray"),
        Option(ListState.ISSUED, pgettext_lazy("price list", "Issued"), "green"),
    ),
    is_fixed=True,
)

CURRENCIES = ChoiceList(
    "currencies",
    _("Currencies"),
    (Option("VND", _("đồng (VND)"), words=("đ", "₫")), Option("USD", _("US dollar (USD)"), words=("$",))),
    is_fixed=True,
)


def customer_kinds() -> Sequence[Option]:
    """List the kinds of customer, as customers are declared and the company words them."""
    kind = entity_named("customers").field("kind")
    return kind.held.options if isinstance(kind, Choice) else ()
