"""Invent the demo company's catalogue: products, plans, bundles, the price lists of before and of now.

Products, prices without VAT, VAT classes and cost ratios are those of the demo world; they are no operator's
tariff.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.money import round_half_up

Create = Callable[[Actor, str, Iterable[Mapping[str, Any]]], list[int]]


@dataclass(frozen=True)
class PlannedProduct:
    """One product with its price in đồng, without VAT; `fee` is paid once at the start."""

    code: str
    name: str
    category: str
    measure: str
    billing: str
    vat_class: str
    cost_ratio: int | None
    price: int | None
    fee: int | None = None
    nature: str = "SERVICE"
    bundle: str = ""
    #: Term in months; those who pay ahead get months on top.
    term: int = 0
    pays_ahead: bool = False


def _monthly(
    code: str, name: str, category: str, price: int, cost: int, *, vat: str = "TELECOM", **more: Any
) -> PlannedProduct:
    return PlannedProduct(code, name, category, "MONTH", "MONTH", vat, cost, price, **more)


def _package(
    code: str, name: str, price: int | None, cost: int, *, vat: str = "NOT_SUBJECT"
) -> PlannedProduct:
    return PlannedProduct(code, name, "DIGITAL", "PACKAGE", "", vat, cost, price)


_FEE = 300_000
_HOME: Mapping[str, Any] = {"fee": _FEE, "term": 12, "pays_ahead": True}
_BUSINESS: Mapping[str, Any] = {"fee": _FEE, "term": 24, "pays_ahead": True}

PRODUCTS: tuple[PlannedProduct, ...] = (
    _monthly("FTTH-HOME1", "Internet cáp quang 300 Mbps", "INTERNET", 180_000, 52, **_HOME),
    _monthly("FTTH-MESH2", "Internet 500 Mbps + 2 Mesh", "INTERNET", 225_000, 54, **_HOME),
    _monthly("FTTH-MESH3", "Internet 1 Gbps + 3 Mesh", "INTERNET", 300_000, 55, **_HOME),
    _monthly("FTTH-BIZ1", "Internet doanh nghiệp 400 Mbps, IP tĩnh", "INTERNET", 500_000, 46, **_BUSINESS),
    _monthly(
        "FTTH-BIZ2", "Internet doanh nghiệp 800 Mbps, IP tĩnh, SLA", "INTERNET", 1_600_000, 44, **_BUSINESS
    ),
    _monthly("LL-100", "Kênh thuê riêng 100 Mbps", "LEASED_LINE", 9_500_000, 42),
    _monthly("TV-STD", "Truyền hình số", "TELEVISION", 40_000, 68, term=12, pays_ahead=True),
    _monthly("CAM-C1", "Camera lưu 7 ngày", "CAMERA", 65_000, 58, vat="GENERAL", term=12, pays_ahead=True),
    _monthly("CAM-C2", "Camera lưu 30 ngày", "CAMERA", 110_000, 58, vat="GENERAL", term=12, pays_ahead=True),
    PlannedProduct("SIM-D90", "SIM data 90k/30 ngày", "MOBILE", "DAYS_30", "DAYS_30", "TELECOM", 45, 81_818),
    _monthly("SIM-P150", "Trả sau 150k", "MOBILE", 136_364, 43),
    PlannedProduct("SMS-CSKH", "SMS Brandname CSKH", "MESSAGING", "MESSAGE", "MONTH", "TELECOM", 80, 720),
    _package("CA-KYSO", "Chữ ký số doanh nghiệp", None, 40, vat="TECHNOLOGY"),
    _package("EINV-300", "Hóa đơn điện tử 300 số", 390_000, 30),
    _package("EINV-500", "Hóa đơn điện tử 500 số", 520_000, 30),
    _package("EINV-1000", "Hóa đơn điện tử 1000 số", 860_000, 30),
    _package("ECON-200", "Hợp đồng điện tử 200 hợp đồng/năm", 2_400_000, 32),
    _monthly("CLOUD-S", "VPS 2 vCPU / 4 GB", "CLOUD", 420_000, 50),
    _monthly("CLOUD-L", "VPS 8 vCPU / 32 GB", "CLOUD", 3_600_000, 50),
    _monthly("SIP-TRK", "Tổng đài 5 kênh", "VOICE", 350_000, 45),
    PlannedProduct(
        "GPS-CAR", "Giám sát hành trình", "TRACKING", "VEHICLE_MONTH", "MONTH", "TELECOM", 48, 65_000
    ),
    PlannedProduct("BHXH", "Kê khai bảo hiểm xã hội", "DIGITAL", "YEAR", "YEAR", "NOT_SUBJECT", 30, 500_000),
    PlannedProduct("HOA-MANG", "Phí hòa mạng", "INSTALLATION", "TIME", "", "TELECOM", 60, _FEE),
    PlannedProduct("CHUYEN-DD", "Phí chuyển địa điểm", "INSTALLATION", "TIME", "", "TELECOM", 60, 150_000),
    PlannedProduct(
        "CAM-TB1", "Camera trong nhà", "EQUIPMENT", "PIECE", "", "GENERAL", 72, 650_000, nature="GOODS"
    ),
    PlannedProduct(
        "CAM-TB2", "Camera ngoài trời", "EQUIPMENT", "PIECE", "", "GENERAL", 72, 1_200_000, nature="GOODS"
    ),
    _monthly(
        "COMBO-NHA",
        "Combo nhà: Internet 500 Mbps + truyền hình",
        "INTERNET",
        249_000,
        58,
        fee=_FEE,
        bundle="OWN",
    ),
    PlannedProduct(
        "COMBO-SHOP",
        "Combo cửa hàng: Internet, 2 camera, tổng đài",
        "INTERNET",
        "MONTH",
        "MONTH",
        "TELECOM",
        None,
        None,
        bundle="SUM",
    ),
)
#: What bundles hold.
BUNDLES: Mapping[str, Mapping[str, int]] = {
    "COMBO-NHA": {"FTTH-MESH2": 1, "TV-STD": 1},
    "COMBO-SHOP": {"FTTH-BIZ1": 1, "CAM-C1": 2, "SIP-TRK": 1},
}
#: Months that are paid ahead, and those that come on top.
_AHEAD = ((6, 1), (12, 2))
_SIGNATURES = ((12, 1_250_000), (24, 2_100_000), (36, 2_900_000))
_LINE_TERMS = (12, 24, 36)
#: What the lists of before asked for, of the prices of now.
_BEFORE, _NEXT = 95, 105


@dataclass(frozen=True)
class PlannedPlan:
    """One plan; `price` where it has one of its own."""

    product: str
    code: str
    name: str
    term: int
    prepaid: int = 0
    free: int = 0
    minimum: int | None = None
    price: int | None = None


def plans() -> list[PlannedPlan]:
    """List the plans of all products."""
    found = [
        PlannedPlan(
            each.code,
            f"{each.code}-T{months}",
            f"Đóng trước {months} tháng, tặng {free} tháng",
            max(each.term, months),
            months,
            free,
            months,
        )
        for each in PRODUCTS
        if each.pays_ahead
        for months, free in _AHEAD
    ]
    found += [
        PlannedPlan("LL-100", f"LL-100-{term}", f"Hợp đồng {term} tháng", term, minimum=12)
        for term in _LINE_TERMS
    ]
    found += [
        PlannedPlan("CA-KYSO", f"CA-KYSO-{term // 12}N", f"Chữ ký số {term // 12} năm", term, price=price)
        for term, price in _SIGNATURES
    ]
    return found


def price_table(percent: int = 100, *, only: Sequence[str] = ()) -> str:
    """Write the prices as the table that one pastes into a list: code, plan, price, fee, floor."""
    by_code = {each.code: each for each in PRODUCTS}
    lines = [
        _line(each.code, "", each.price, each.fee, percent)
        for each in PRODUCTS
        if each.price is not None and (not only or each.code in only)
    ]
    for plan in plans():
        own = by_code[plan.product]
        price = plan.price or own.price
        if price is not None and (not only or own.code in only):
            # Whoever pays six months ahead has no fee at the start.
            lines.append(_line(own.code, plan.code, price, None if plan.prepaid else own.fee, percent))
    return "\n".join(lines)


def _line(code: str, plan: str, price: int, fee: int | None, percent: int) -> str:
    step = 1_000 if price >= 100_000 else 1
    asked = price if percent == 100 else round_half_up(_share(price, percent, step)) * step
    floor = int(_share(asked, 92, step)) * step
    return f"{code}\t{plan}\t{asked}\t{'' if fee is None else fee}\t{floor}"


def _share(amount: int, percent: int, step: int) -> Decimal:
    return Decimal(amount) * percent / 100 / step


def product_rows(today: dt.date) -> list[dict[str, Any]]:
    """Give the values of every product."""
    return [
        {
            "code": each.code,
            "name": each.name,
            "nature": each.nature,
            "kind": "RECURRING" if each.billing else "ONE_OFF",
            "billing_period": each.billing,
            "measure": each.measure,
            "category": each.category,
            "vat_class": each.vat_class,
            "bundle_pricing": each.bundle,
            "cost_ratio": each.cost_ratio,
            "active_from": _months_before(today, 36),
        }
        for each in PRODUCTS
    ]


def write_catalog(actor: Actor, create: Create, today: dt.date) -> None:
    """Write products, plans, bundles and price lists through the front door."""
    rows = product_rows(today)
    ids = dict(zip((each.code for each in PRODUCTS), create(actor, "products", rows), strict=True))
    create(
        actor,
        "plans",
        [
            {
                "code": each.code,
                "name": each.name,
                "product": ids[each.product],
                "term_months": each.term,
                "prepaid_months": each.prepaid,
                "free_months": each.free,
                "minimum_months": each.minimum,
            }
            for each in plans()
        ],
    )
    for bundle, parts in BUNDLES.items():
        for part, quantity in parts.items():
            told = {"product": ids[part], "quantity": quantity}
            perform(entity_named("products"), "add_component", ids[bundle], actor=actor, arguments=told)
    _write_lists(actor, create, today)


_FARM_AREA = "KV4"
_AREA_ONLY = ("FTTH-HOME1", "FTTH-MESH2", "TV-STD")


def _write_lists(actor: Actor, create: Create, today: dt.date) -> None:
    began = _months_before(today, 5)
    lists: list[tuple[dict[str, Any], str, bool]] = [
        (
            {
                "code": f"BG-{began.year - 1}",
                "name": f"Bảng giá {began.year - 1}",
                "valid_from": _months_before(today, 36),
                "valid_until": began - dt.timedelta(days=1),
                "basis": f"Quyết định 12/QĐ-SBHP năm {began.year - 1}",
            },
            price_table(_BEFORE),
            True,
        ),
        (
            {
                "code": f"BG-{began.year}",
                "name": f"Bảng giá {began.year}",
                "valid_from": began,
                "basis": f"Quyết định 45/QĐ-SBHP năm {began.year}",
            },
            price_table(),
            True,
        ),
        (
            {
                "code": f"UD-{_FARM_AREA}",
                "name": "Ưu đãi Thủy Nguyên",
                "valid_from": _months_before(today, 1),
                "areas": [_FARM_AREA],
                "customer_kinds": ["INDIVIDUAL", "HOUSEHOLD"],
                "basis": "Tờ trình ưu đãi khu vực 4",
            },
            price_table(_BEFORE, only=_AREA_ONLY),
            True,
        ),
        (
            {
                "code": "BG-DU-THAO",
                "name": "Bảng giá quý tới (dự thảo)",
                "valid_from": _months_before(today, -3),
            },
            price_table(_NEXT),
            False,
        ),
    ]
    entity = entity_named("price_lists")
    for values, table, is_issued in lists:
        (list_id,) = create(actor, "price_lists", [values])
        perform(entity, "set_prices", list_id, actor=actor, arguments={"lines": table})
        if is_issued:
            perform(entity, "issue", list_id, actor=actor, arguments={})


def _months_before(day: dt.date, months: int) -> dt.date:
    """Give the first day of the month so many months before; after, where `months` is negative."""
    place = day.year * 12 + day.month - 1 - months
    return dt.date(place // 12, place % 12 + 1, 1)
