"""Words of the commissions module."""

from __future__ import annotations

from enum import StrEnum


class CommissionState(StrEnum):
    """How far a commission is: planned with the deal, earned, approved, paid, or taken back."""

    PLANNED = "PLANNED"
    ACCRUED = "ACCRUED"
    APPROVED = "APPROVED"
    PAID = "PAID"
    CLAWED_BACK = "CLAWED_BACK"


class BeneficiaryKind(StrEnum):
    """Who gets a commission."""

    EMPLOYEE = "EMPLOYEE"
    COLLABORATOR = "COLLABORATOR"
    AGENT = "AGENT"
    POINT_OF_SALE = "POINT_OF_SALE"
    PARTNER = "PARTNER"


class Basis(StrEnum):
    """From what a rate is taken: list prices, agreed prices, or what was collected."""

    LIST = "LIST"
    NET = "NET"
    COLLECTED = "COLLECTED"


class TaxedAs(StrEnum):
    """How the income tax of a beneficiary is settled."""

    PAYROLL = "PAYROLL"
    INDIVIDUAL = "INDIVIDUAL"
    ORGANISATION = "ORGANISATION"


class Condition(StrEnum):
    """What has to have happened before a commission is earned."""

    ACTIVATION = "ACTIVATION"
    MONTHS_PAID = "MONTHS_PAID"
    FULLY_PAID = "FULLY_PAID"
