"""Invent the demo company's customers: the same ones every time, with dates that end on the day of loading.

Shares and ratios are those of the demo world: kinds, areas, sources, spelling faults, old phones.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from duyen.demo import names
from duyen.demo.organisation import CORPORATE_TEAMS, seller_team, stores
from duyen.demo.places import AREAS, OTHER_BRANCH_AREA, Area, Ward
from duyen.demo.relationships import draw_past
from duyen.demo.reserved import MAIL_DOMAIN, ReservedNumbers, email, tax_codes
from duyen.entities.standard import Life

_SEED = 30_112_026
SOURCES = {
    "POS": 645, "STORE": 888, "WEB": 52, "FACEBOOK": 62, "ZALO": 55, "REFERRAL": 363, "HOTLINE": 115,
    "TELESALES": 27, "EVENT": 38, "AGENT": 35,
}  # fmt: skip
#: Kind and size → how many of the 1,200.
MIX = (
    ("INDIVIDUAL", 790), ("HOUSEHOLD", 110), ("HOUSEHOLD_BUSINESS", 144), ("SMALL", 120), ("LARGE", 10),
    ("PUBLIC_BODY", 26),
)  # fmt: skip
_PEOPLE = MIX[0][1]
_ENTERED_TWICE = 36


@dataclass(frozen=True)
class PlannedCustomer:
    """One customer to be made: field values, the unit by its code, and the life behind her.

    `boss` is the person in front of an organisation, `group` the number of the parent organisation.
    """

    group_kind: str
    unit: str
    values: Mapping[str, Any]
    life: Life
    boss: str = ""
    group: int | None = None
    number: int = field(default=0, compare=False)


def customers(today: dt.date) -> list[PlannedCustomer]:
    """Invent all customers, oldest first, as they stand on the morning of `today`."""
    random = Random(_SEED)  # noqa: S311 - invented people, not secrets
    maker = _Maker(random, today - dt.timedelta(days=1))
    kinds = [kind for kind, count in MIX for _ in range(count)]
    homes = [(kind, area) for kind, area in zip(kinds, _areas(random, len(kinds)), strict=True)]
    made = [maker.customer(number, kind, area) for number, (kind, area) in enumerate(homes)]
    made = _entered_twice(random, made)
    made.sort(key=lambda each: (each.life.made_at, each.number))
    return made


def _areas(random: Random, count: int) -> list[Area]:
    """Spread the customers over the areas by their weights; the other branch has homes alone."""
    spread = [area for area in (*AREAS, OTHER_BRANCH_AREA) for _ in range(area.weight)]
    for area in AREAS[:4]:  # the other branch's customers are taken from the largest areas
        for _ in range(OTHER_BRANCH_AREA.weight // 4):
            spread.remove(area)
    random.shuffle(spread)
    others = [place for place, area in enumerate(spread) if area is OTHER_BRANCH_AREA]
    homes = iter(place for place in range(_PEOPLE) if spread[place] is not OTHER_BRANCH_AREA)
    for place in others:
        if place >= _PEOPLE:
            home = next(homes)
            spread[place], spread[home] = spread[home], spread[place]
    return spread[:count]


class _Maker:
    def __init__(self, random: Random, today: dt.date) -> None:
        self.random = random
        self.today = today
        self.numbers = ReservedNumbers()
        self.codes = iter(tax_codes())
        self.last_code = ""
        self.dependents = 0

    def customer(self, number: int, kind: str, area: Area) -> PlannedCustomer:
        past = draw_past(self.random, self.today)
        values: dict[str, Any] = {
            "source": self.random.choices(list(SOURCES), list(SOURCES.values()))[0],
            "known_since": past.known_since,
            "note": "",
            "phones": [self.numbers.phone(self.random)],
        }
        ward = self.random.choice(area.wards)
        planned = PlannedCustomer(kind, self._unit(kind, area), values, past.life, number=number)
        values["addresses"] = [self._address(area, ward)]
        if kind in ("INDIVIDUAL", "HOUSEHOLD"):
            self._home(values, kind, number)
            return planned
        return self._establishment(planned, values, ward)

    def _unit(self, kind: str, area: Area) -> str:
        if kind in ("SMALL", "LARGE"):
            return CORPORATE_TEAMS[kind == "LARGE" or self.random.random() < 0.5]
        team = 0.55 if kind == "PUBLIC_BODY" else 0.35
        return seller_team(area) if self.random.random() < team else self.random.choice(stores(area))

    def _address(self, area: Area, ward: Ward) -> dict[str, str]:
        code, province = area.province
        line = f"{self._house()} {self.random.choice(names.STREETS)}"
        address = {"line": line, "province": province, "province_code": code}
        if self.random.random() < 0.09:
            return {**address, "district": area.district}
        return {**address, "ward": ward.name, **({"ward_code": ward.code} if ward.code else {})}

    def _house(self) -> str:
        number = self.random.randint(1, 420)
        return self.random.choice(
            (f"{number}", f"{number}", f"Số {number}", f"{number % 90 + 1}/{number} ngõ")
        )

    def _home(self, values: dict[str, Any], kind: str, number: int) -> None:
        is_woman = self.random.random() < 0.52
        name = names.person_name(self.random, is_woman=is_woman)
        values["kind"] = kind
        values["name"] = _misspelt(self.random, name if kind == "INDIVIDUAL" else f"Hộ {name}")
        if self.random.random() < 0.38:
            values["emails"] = [email(name, number)]
        if kind == "INDIVIDUAL" and self.random.random() < 0.71:
            values["born_on"] = self.today.replace(day=1) - dt.timedelta(
                days=self.random.randint(7000, 26000)
            )
        if kind == "INDIVIDUAL" and self.random.random() < 0.6:
            values["honorific"] = self.random.choice(
                ("chị", "chị", "cô", "bà") if is_woman else ("anh", "anh", "chú", "ông")
            )
        if self.random.random() < 0.12:
            values["phones"].append(self.numbers.phone(self.random))

    def _establishment(self, planned: PlannedCustomer, values: dict[str, Any], ward: Ward) -> PlannedCustomer:
        kind, number = planned.group_kind, planned.number
        made = self._business(kind, number, ward)
        boss = names.person_name(self.random, is_woman=self.random.random() < 0.4)
        values |= {
            "kind": "ORGANISATION" if kind in ("SMALL", "LARGE") else kind,
            "name": made.name,
            "industry": made.industry,
            "legal_form": made.legal_form,
            "size_band": {"SMALL": self._size(), "LARGE": "LARGE", "PUBLIC_BODY": "SMALL"}.get(kind, "MICRO"),
            "is_key_account": kind == "LARGE" or (kind == "PUBLIC_BODY" and number % 5 == 0),
        }
        if kind in ("SMALL", "LARGE"):
            values["revenue_band"] = "ABOVE_200" if kind == "LARGE" else self._revenue()
            values["tax_code"] = self._tax_code()
        if self.random.random() < 0.92:
            values["emails"] = [f"lienhe{number}@{MAIL_DOMAIN}"]
        is_led = kind == "HOUSEHOLD_BUSINESS" and self.random.random() < 0.5
        group = None
        if kind == "SMALL" and number % 10 == 0:
            group = number // 10 % 10
        return replace(planned, boss="" if is_led else boss, group=group)

    def _business(self, kind: str, number: int, ward: Ward) -> names.Business:
        if kind == "LARGE":
            return names.large_company(number)
        if kind == "PUBLIC_BODY":
            return names.public_body(number, ward.name)
        return names.shop(self.random) if kind == "HOUSEHOLD_BUSINESS" else names.company(self.random, number)

    def _size(self) -> str:
        return self.random.choices(("MICRO", "SMALL", "MEDIUM"), (45, 40, 15))[0]

    def _revenue(self) -> str:
        return self.random.choices(("UP_TO_3", "UP_TO_50", "UP_TO_200"), (30, 55, 15))[0]

    def _tax_code(self) -> str:
        """Give a code of the block; when they run out, those of dependent units."""
        code = next(self.codes, None)
        if code is not None:
            self.last_code = code
            return code
        self.dependents += 1
        return f"{self.last_code}-{self.dependents:03}"


def _misspelt(random: Random, name: str) -> str:
    """Write a few names as they come: without marks (4 %), or with one wrong tone (5 %)."""
    drawn = random.random()
    if drawn < 0.04:
        return _bare(name).upper() if drawn < 0.01 else _bare(name)
    if drawn < 0.09:
        return name.translate(str.maketrans("ễũỗảẩở", "ểủổãẫỡ"))
    return name


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _entered_twice(random: Random, made: Sequence[PlannedCustomer]) -> list[PlannedCustomer]:
    """Let 3 % of the records be people who were entered before, without marks and by their old phone."""
    people = [each for each in made if each.group_kind == "INDIVIDUAL"]
    chosen = random.sample(people, 2 * _ENTERED_TWICE)
    twins = {
        again.number: replace(
            again,
            values={
                **again.values,
                "name": _bare(first.values["name"]),
                "phones": [_old_plan(first.values["phones"][0])],
                "addresses": first.values["addresses"],
            },
        )
        for first, again in zip(chosen[::2], chosen[1::2], strict=True)
    }
    return [twins.get(each.number, each) for each in made]


def _old_plan(phone: str) -> str:
    """Write a phone of the block as it was until 2018."""
    digits = (
        phone.replace(" ", "").removeprefix("+84").removeprefix("0").removeprefix("165").removeprefix("35")
    )
    return "0165" + digits


def by_year(planned: Sequence[PlannedCustomer]) -> Iterator[list[PlannedCustomer]]:
    """Split customers, oldest first, by the year in which they were entered: numbers count per year."""
    part: list[PlannedCustomer] = []
    for each in planned:
        if part and each.life.made_at.year != part[-1].life.made_at.year:
            yield part
            part = []
        part.append(each)
    if part:
        yield part
