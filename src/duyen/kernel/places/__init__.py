"""Wards and provinces since 1/7/2025, and the way to them from the three levels of before.

Two levels instead of three: 34 provinces and cities, 3,321 wards, communes and special zones (Resolution
202/2025/QH15; codes of Decision 19/2025/QĐ-TTg).
"""

from collections.abc import Collection, Mapping

from duyen.kernel.places.address import REASONS, Address, AddressStatus, Legacy, Reason
from duyen.kernel.places.finding import Found, find_places
from duyen.kernel.places.lines import divide_place
from duyen.kernel.places.reading import read_address
from duyen.kernel.places.tables import PROVINCES, OldWard, Ward, short_name, tables

__all__ = [
    "PROVINCES", "REASONS", "Address", "AddressStatus", "Found", "Legacy", "OldWard", "Reason",
    "Ward", "all_wards", "divide_place",
    "find_places", "old_names_of", "old_ward_of", "read_address", "short_name", "ward_of", "wards_of",
]  # fmt: skip


def ward_of(code: str) -> Ward | None:
    """Find a ward of today by its code."""
    return tables().wards.get(code)


def old_ward_of(code: str) -> OldWard | None:
    """Find a ward of before 1/7/2025 by its code."""
    return tables().old_wards.get(code)


def all_wards() -> Collection[Ward]:
    """Give all wards of today."""
    return tables().wards.values()


def old_names_of() -> Mapping[str, str]:
    """Give the names of the provinces until 1/7/2025, each with the code of the one that it went into."""
    return tables().became


def wards_of(province_code: str) -> tuple[Ward, ...]:
    """Give the wards of a province, by code."""
    return tuple(tables().wards_of.get(province_code, ()))
