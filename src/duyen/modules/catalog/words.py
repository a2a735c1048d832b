"""Words of the catalog module."""

from __future__ import annotations

from enum import StrEnum


class ProductKind(StrEnum):
    """How a product is paid: once, or again and again."""

    ONE_OFF = "ONE_OFF"
    RECURRING = "RECURRING"


class Nature(StrEnum):
    """What is sold: something to hold, or something done."""

    GOODS = "GOODS"
    SERVICE = "SERVICE"


class BillingPeriod(StrEnum):
    """How often a recurring product is billed."""

    DAYS_30 = "DAYS_30"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    HALF_YEAR = "HALF_YEAR"
    YEAR = "YEAR"


class BundlePricing(StrEnum):
    """What a bundle costs: a price of its own, or what its components cost together."""

    OWN = "OWN"
    SUM = "SUM"


class ListState(StrEnum):
    """Whether a price list is being written or in use."""

    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
