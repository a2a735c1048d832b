"""Value added tax: what the law says of each class of goods and services, by date, and how tax is added.

The table holds what is law on the day of release. A company adds what it knows earlier, or otherwise, in the
catalogue; there its own entry stands above the law's of the same day.

Sources: Law 13/2008/QH12 (from 1/1/2009) and Law 48/2024/QH15 (from 1/7/2025) on VAT; the reductions to 8 %
by Resolutions 43/2022/QH15 and, in half years, up to 204/2025/QH15 with Decree 174/2025/NĐ-CP (until
31/12/2026). Telecommunications never were in the reduced group; information technology is since 1/7/2025.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from duyen.kernel.money import Money, round_half_up


class VatClass(StrEnum):
    """Groups of goods and services that the law taxes alike."""

    TELECOM = "TELECOM"
    GENERAL = "GENERAL"
    TECHNOLOGY = "TECHNOLOGY"
    ESSENTIAL = "ESSENTIAL"
    EXPORT = "EXPORT"
    NOT_SUBJECT = "NOT_SUBJECT"


@dataclass(frozen=True)
class VatStep:
    """From a day on a class is taxed so: `percent` of the price, or none where it is not subject to VAT."""

    vat_class: str
    since: dt.date
    percent: Decimal | None
    basis: str = ""


_LAW_2008, _LAW_2024 = "Luật 13/2008/QH12", "Luật 48/2024/QH15"
_START, _NEW_LAW = dt.date(2009, 1, 1), dt.date(2025, 7, 1)
_END = "NQ 204/2025/QH15 hết hiệu lực 31/12/2026"


def _step(vat_class: VatClass, since: dt.date, percent: int | None, basis: str) -> VatStep:
    return VatStep(vat_class.value, since, None if percent is None else Decimal(percent), basis)


LAW: tuple[VatStep, ...] = (
    _step(VatClass.TELECOM, _START, 10, _LAW_2008),
    _step(VatClass.TELECOM, _NEW_LAW, 10, f"{_LAW_2024}; NĐ 174/2025/NĐ-CP, phụ lục I"),
    _step(VatClass.GENERAL, _START, 10, _LAW_2008),
    _step(VatClass.GENERAL, dt.date(2022, 2, 1), 8, "NQ 43/2022/QH15; NĐ 15/2022/NĐ-CP"),
    _step(VatClass.GENERAL, dt.date(2023, 1, 1), 10, _LAW_2008),
    _step(VatClass.GENERAL, dt.date(2023, 7, 1), 8, "NQ 101/2023/QH15; NĐ 44/2023/NĐ-CP"),
    _step(VatClass.GENERAL, _NEW_LAW, 8, "NQ 204/2025/QH15; NĐ 174/2025/NĐ-CP"),
    _step(VatClass.GENERAL, dt.date(2027, 1, 1), 10, _END),
    _step(VatClass.TECHNOLOGY, _START, 10, _LAW_2008),
    _step(VatClass.TECHNOLOGY, _NEW_LAW, 8, "NQ 204/2025/QH15; NĐ 174/2025/NĐ-CP"),
    _step(VatClass.TECHNOLOGY, dt.date(2027, 1, 1), 10, _END),
    _step(VatClass.ESSENTIAL, _START, 5, _LAW_2008),
    _step(VatClass.EXPORT, _START, 0, _LAW_2008),
    _step(VatClass.NOT_SUBJECT, _START, None, f"{_LAW_2008}, điều 5"),
)


def step_on(steps: Iterable[VatStep], vat_class: str, on: dt.date) -> VatStep | None:
    """Give the step that holds for a class on a day: the latest, and of one day the last named; or none."""
    found = None
    for step in steps:
        is_in_force = step.vat_class == vat_class and step.since <= on
        if is_in_force and (found is None or step.since >= found.since):
            found = step
    return found


def vat_of(net: Money, percent: Decimal | None) -> Money:
    """Give the tax on a price without VAT, rounded half up to the minor unit; none is no tax."""
    if percent is None:
        return Money(0, net.currency)
    return Money(round_half_up(net.amount * percent / 100), net.currency)


def with_vat(net: Money, percent: Decimal | None) -> Money:
    """Give a price with its tax."""
    return net + vat_of(net, percent)
