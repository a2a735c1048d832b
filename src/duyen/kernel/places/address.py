"""What reading an address gives: the units of today, what was entered, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from duyen.kernel.words import mark


class AddressStatus(StrEnum):
    """How an address came to its codes."""

    AS_GIVEN = "as_given"
    CONVERTED = "converted"
    NEEDS_REVIEW = "needs_review"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why an address has no ward of today for certain."""

    NONE = ""
    SPLIT = "split"
    SEVERAL = "several"
    NO_WARD = "no_ward"
    TYPO = "typo"
    DISTRICT = "district"
    WARD = "ward"
    PROVINCE = "province"


REASONS = {
    Reason.SPLIT: mark("The old ward was split. Choose the ward where the house stands."),
    Reason.SEVERAL: mark("Several wards have this name. Choose the right one."),
    Reason.NO_WARD: mark("The ward is missing. Choose the ward where the house stands."),
    Reason.TYPO: mark("No ward has exactly this name. Choose the one that is meant."),
    Reason.DISTRICT: mark("The ward is known, but not in this district. Check it."),
    Reason.WARD: mark("No ward of this name was found. Check it."),
    Reason.PROVINCE: mark("No province of this name was found. Check it."),
}


@dataclass(frozen=True, slots=True)
class Legacy:
    """Ward, district and province as they were entered."""

    ward: str = ""
    district: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """One address in the units since 1/7/2025.

    The codes are empty where they are not certain. `candidates` are ward codes to choose from, the likeliest
    first. `legacy` is what was entered, whole.
    """

    line: str
    ward_code: str
    province_code: str
    status: AddressStatus
    legacy: Legacy
    hamlet: str = ""
    candidates: tuple[str, ...] = ()
    reason: Reason = Reason.NONE
