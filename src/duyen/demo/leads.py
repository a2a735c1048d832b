"""Invent the demo company's leads of the last weeks: new ones, those somebody works on, and those given up.

Sources, shares and reasons are those of the demo world, at a tenth of its size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from duyen.demo import names
from duyen.demo.organisation import seller_team, stores
from duyen.demo.places import AREAS, Area
from duyen.demo.reserved import ReservedNumbers, email
from duyen.kernel.clock import ZONE
from duyen.modules.leads.actions.past import Past

_SEED = 20_262_028
#: Leads of eight weeks: those of a year would be 960.
_LEADS, _DAYS = 150, 56
#: Phones of the demo's block that neither customers nor contacts use.
_FIRST_NUMBER = 6_000
_SOURCES = {
    "POS": 2688, "STORE": 1728, "WEB": 512, "FACEBOOK": 512, "ZALO": 512, "REFERRAL": 1344, "HOTLINE": 768,
    "TELESALES": 672, "EVENT": 480, "AGENT": 384,
}  # fmt: skip
_STATES = {
    "NEW": 14, "ASSIGNED": 18, "CONTACTED": 22, "QUALIFIED": 14, "NURTURING": 12, "DISQUALIFIED": 20,
}  # fmt: skip
REASONS = {
    "WRONG_NUMBER": 18, "NO_NEED": 30, "OUT_OF_COVERAGE": 12, "LOCKED_IN": 18, "PRICE": 14,
    "BOUGHT_ELSEWHERE": 8,
}  # fmt: skip
_WISHES = (
    ("FTTH-HOME1", "Lắp mạng cho nhà mới", 200_000),
    ("FTTH-MESH2", "Mạng yếu ở tầng trên, muốn có Mesh", 250_000),
    ("CAM-C1", "Camera trước nhà", 800_000),
    ("FTTH-BIZ1", "Mạng cho cửa hàng", 600_000),
    ("EINV-500", "Hóa đơn điện tử cho hộ kinh doanh", 600_000),
    ("SIP-TRK", "Tổng đài 5 máy lẻ", 400_000),
)


@dataclass(frozen=True)
class PlannedLead:
    """One lead: its values, the unit by its code, the code of the product that is asked for, its past."""

    values: Mapping[str, Any]
    unit: str
    product: str
    past: Past


def leads(today: dt.date) -> list[PlannedLead]:
    """Invent all leads, the oldest first, as they stand on the morning of `today`."""
    maker = Maker(Random(_SEED), today, _FIRST_NUMBER)  # noqa: S311 - invented people, not secrets
    found = [maker.lead(number) for number in range(_LEADS)]
    return sorted(found, key=lambda each: each.past.made_at)


class Maker:
    """Invents leads; their phones begin at a number of the demo's block."""

    def __init__(self, random: Random, today: dt.date, first_number: int) -> None:
        self._random, self._today = random, today
        self._numbers = ReservedNumbers(first_number)

    def lead(self, number: int) -> PlannedLead:
        """Invent a lead of the last weeks."""
        state = self._drawn(_STATES)
        return self.made(number, state, self._drawn(_SOURCES), self._past(state))

    def made(self, number: int, state: str, source: str, past: Past) -> PlannedLead:
        """Invent who came from a source and stands so; every fourth one asks for a company."""
        is_woman = self._random.random() < 0.5
        name = names.person_name(self._random, is_woman=is_woman)
        product, need, budget = self._random.choice(_WISHES)
        area = self._random.choice(AREAS)
        values: dict[str, Any] = {
            "name": name,
            "honorific": "chị" if is_woman else "anh",
            "phones": [self._numbers.phone(self._random)],
            "source": source,
            "temperature": self._random.choices(("HOT", "WARM", "COLD"), (20, 50, 30))[0],
            "need": need,
            "addresses": [self._address(area)],
        }
        if self._random.random() < 0.3:
            values["emails"] = [email(name, 5000 + number)]
        if number % 4 == 0:
            made = names.company(self._random, 200 + number)
            values |= {"company": made.name, "industry": made.industry, "job_title": "Quản lý"}
        if state in ("QUALIFIED", "NURTURING"):
            values |= {"budget": budget, "is_decider": True, "is_feasible": True}
        unit = seller_team(area) if self._random.random() < 0.5 else self._random.choice(stores(area))
        return PlannedLead(values, unit, product, past)

    def _address(self, area: Area) -> dict[str, str]:
        ward, (code, province) = self._random.choice(area.wards), area.province
        line = f"Số {self._random.randint(1, 300)} {self._random.choice(names.STREETS)}"
        coded = {"ward_code": ward.code} if ward.code else {}
        return {"line": line, "ward": ward.name, **coded, "province": province, "province_code": code}

    def _past(self, state: str) -> Past:
        days = self._random.randint(0, 3) if state == "NEW" else self._random.randint(1, _DAYS)
        if state == "ASSIGNED":
            days = self._random.randint(0, 2)
        made = self._moment(days)
        if state == "NEW":
            return Past(made, state, made)
        assigned = made + dt.timedelta(hours=1)
        if state == "ASSIGNED":
            return Past(made, state, assigned, assigned_at=assigned)
        spoken = assigned + dt.timedelta(minutes=self._random.randint(20, 600))
        ahead = self._today + dt.timedelta(days=self._random.randint(3, 90))
        return Past(
            made,
            state,
            spoken,
            assigned_at=assigned,
            first_response_at=spoken,
            next_action_on=ahead if state == "NURTURING" else None,
            disqualify_reason=self._drawn(REASONS) if state == "DISQUALIFIED" else "",
        )

    def _moment(self, days: int) -> dt.datetime:
        day = self._today - dt.timedelta(days=days + 1)
        time = dt.time(self._random.randint(8, 16), self._random.randint(0, 59))
        return dt.datetime.combine(day, time, ZONE).astimezone(dt.UTC)

    def _drawn(self, shares: Mapping[str, int]) -> str:
        return self._random.choices(list(shares), list(shares.values()))[0]
