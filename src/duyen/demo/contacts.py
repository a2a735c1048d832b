"""Invent the people we know at organisations, and how parties are tied to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from duyen.demo import names
from duyen.demo.customers import PlannedCustomer
from duyen.demo.reserved import ReservedNumbers, email
from duyen.modules.parties.words import ContactRole

_SEED = 40_112_026
#: The first numbers belong to the customers; contacts begin behind them.
_NUMBERS_OF_CUSTOMERS = 2_000
_KNOWN = {"SMALL": (1, 1, 2), "LARGE": (3, 4, 5), "PUBLIC_BODY": (1, 2, 2), "HOUSEHOLD_BUSINESS": (1,)}
_JOBS = (
    (ContactRole.DECISION_MAKER, ("Giám đốc", "Phó giám đốc", "Chủ cửa hàng")),
    (ContactRole.INFLUENCER, ("Kế toán trưởng", "Trưởng phòng IT", "Trưởng phòng hành chính")),
    (ContactRole.END_USER, ("Nhân viên IT", "Kế toán viên")),
    (ContactRole.GATEKEEPER, ("Văn thư", "Thư ký")),
)


@dataclass(frozen=True)
class PlannedContact:
    """One person at one organisation; `place` is the organisation's place among the customers."""

    place: int
    values: dict[str, Any]
    job_title: str
    role: ContactRole
    is_boss: bool


def contacts(planned: Sequence[PlannedCustomer]) -> list[PlannedContact]:
    """Invent who works where: the head of each organisation first, then those whom sellers meet."""
    random = Random(_SEED)  # noqa: S311 - invented people, not secrets
    numbers = ReservedNumbers(start=_NUMBERS_OF_CUSTOMERS)
    found: list[PlannedContact] = []
    for place, customer in enumerate(planned):
        if customer.boss:
            count = random.choice(_KNOWN[customer.group_kind])
            found += [_contact(random, numbers, place, customer, rank) for rank in range(count)]
    return found


def _contact(
    random: Random, numbers: ReservedNumbers, place: int, customer: PlannedCustomer, rank: int
) -> PlannedContact:
    is_woman = random.random() < 0.5
    name = customer.boss if rank == 0 else names.person_name(random, is_woman=is_woman)
    role, titles = _JOBS[min(rank, len(_JOBS) - 1)]
    values: dict[str, Any] = {"name": name, "phones": [numbers.phone(random)]}
    if rank:
        values["honorific"] = "chị" if is_woman else "anh"
    if random.random() < 0.7:
        values["emails"] = [email(name, 10_000 + 10 * place + rank)]
    return PlannedContact(place, values, _title(random, customer, titles, rank), role, is_boss=rank == 0)


def _title(random: Random, customer: PlannedCustomer, titles: Sequence[str], rank: int) -> str:
    if rank:
        return random.choice(titles)
    return {"PUBLIC_BODY": "Thủ trưởng đơn vị", "HOUSEHOLD_BUSINESS": "Chủ hộ"}.get(
        customer.group_kind, "Giám đốc"
    )
