"""What was converted on the way in: old phone numbers and addresses, and what somebody should look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.fields import Addresses, ContactPoint, Phones

PHONES, ADDRESSES, TO_REVIEW = "phones_converted", "addresses_converted", "addresses_to_review"
_NO_DIGITS = re.compile(r"[^0-9]")


def notes_on(entity: Entity, rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count over clean values: phones from before 2018, addresses from before 1/7/2025, those to review."""
    phones = [each.name for each in entity.fields if isinstance(each, Phones)]
    addresses = [each.name for each in entity.fields if isinstance(each, Addresses)]
    found = dict.fromkeys((PHONES, ADDRESSES, TO_REVIEW), 0)
    for row in rows:
        for name in phones:
            found[PHONES] += sum(map(_is_converted, row.get(name) or ()))
        for name in addresses:
            for address in row.get(name) or ():
                status = address.get("status")
                found[ADDRESSES] += status == "converted"
                found[TO_REVIEW] += status == "needs_review"
    return {name: count for name, count in found.items() if count}


def _is_converted(point: ContactPoint) -> bool:
    """Tell whether a number has other digits than those entered, apart from how it begins."""
    if not point.entered:
        return False
    entered = _NO_DIGITS.sub("", point.entered)
    if point.entered.rstrip().endswith(".0"):
        entered = entered[:-1]
    national = entered.removeprefix("0084").removeprefix("84").lstrip("0")
    return bool(national) and not point.value.endswith(national)
