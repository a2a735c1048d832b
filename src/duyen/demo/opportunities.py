"""Invent the demo company's deals of a year: won, lost and under way, with the stories that are told of some.

Shares and ratios are those of the demo world: sources, reasons of losses, win rate, the invented competitors.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from duyen.demo.catalog import PRODUCTS
from duyen.entities.standard import Life
from duyen.kernel.clock import ZONE

_SEED = 20_262_027
#: Deals of a year, at a tenth of the demo world's size.
_DEALS = 330
_YEAR = 365
_WIN_RATE = 0.635
_LOSSES = {
    "PRICE": 32, "LOCKED_IN": 22, "NO_INFRASTRUCTURE": 12, "SLOW": 11, "NO_NEED": 10, "FEATURES": 7,
    "OTHER": 6,
}  # fmt: skip
_WINS = {"PRICE": 28, "QUALITY": 18, "SPEED": 20, "RELATIONSHIP": 14, "BUNDLE": 10, "CARE": 8, "OTHER": 2}
_SOURCES = {
    "POS": 20, "STORE": 24, "WEB": 8, "ZALO": 8, "REFERRAL": 18, "HOTLINE": 7, "EVENT": 5, "AGENT": 5,
}  # fmt: skip
_TYPES = {"NEW_BUSINESS": 62, "CROSS_SELL": 14, "UP_SELL": 10, "RENEWAL": 9, "WIN_BACK": 5}
COMPETITORS: tuple[Mapping[str, str], ...] = (
    {
        "name": "VNet",
        "strengths": "Phủ rộng nội thành, thương hiệu lâu năm.",
        "weaknesses": "Xử lý sự cố chậm, hợp đồng ràng buộc dài.",
        "counter": "Cam kết SLA bằng văn bản, kỹ thuật tại chỗ trong 4 giờ.",
    },
    {
        "name": "FStar",
        "strengths": "Giá rẻ, tặng thiết bị.",
        "weaknesses": "Hạ tầng ngoại thành yếu, nghẽn giờ cao điểm.",
        "counter": "Cho dùng thử 7 ngày, so tốc độ giờ cao điểm.",
    },
    {
        "name": "MobiOne",
        "strengths": "Gói di động kèm internet.",
        "weaknesses": "Không có kênh thuê riêng.",
        "counter": "Bán trọn gói: kênh riêng, camera, tổng đài.",
    },
    {
        "name": "CáVoi Telecom",
        "strengths": "Mạnh về khách hàng lớn, khu công nghiệp.",
        "weaknesses": "Giá cao, báo giá chậm.",
        "counter": "Báo giá trong ngày, giá theo số đường dây.",
    },
)
#: Product, plan, what the deal is called, quantities; by whether the customer is a person.
_FOR_HOMES = (
    ("FTTH-HOME1", "FTTH-HOME1-T6", "Internet gia đình", (1, 1)),
    ("FTTH-MESH2", "FTTH-MESH2-T12", "Internet và Mesh", (1, 1)),
    ("CAM-C1", "CAM-C1-T12", "Camera nhà", (1, 4)),
    ("TV-STD", "TV-STD-T12", "Truyền hình", (1, 2)),
)
_FOR_FIRMS = (
    ("FTTH-BIZ1", "FTTH-BIZ1-T12", "Internet doanh nghiệp", (1, 3)),
    ("FTTH-BIZ2", "FTTH-BIZ2-T12", "Internet doanh nghiệp SLA", (1, 4)),
    ("SIP-TRK", "", "Tổng đài", (1, 3)),
    ("CLOUD-S", "", "Máy chủ ảo", (1, 5)),
    ("CAM-C2", "CAM-C2-T12", "Camera cửa hàng", (2, 16)),
    ("EINV-500", "", "Hóa đơn điện tử", (1, 3)),
    ("GPS-CAR", "", "Giám sát đội xe", (3, 40)),
)
_NEXT = ("Gọi lại chốt lịch khảo sát", "Gửi báo giá điều chỉnh", "Gặp kế toán trưởng", "Hẹn ký hợp đồng", "")
_NEEDS = (
    "Đường truyền ổn định giờ cao điểm",
    "Một đầu mối cho mọi dịch vụ",
    "Giảm chi phí viễn thông hằng tháng",
    "Giám sát từ xa nhiều cửa hàng",
)


@dataclass(frozen=True)
class Buyer:
    """A customer as deals need her: who keeps her, since when she is known, her main contact."""

    id: int
    name: str
    is_person: bool
    owner: int
    unit: int
    since: dt.date
    contact: int | None = None
    area: str = ""


@dataclass(frozen=True)
class AskedPrice:
    """A product that a seller wants to give at more per cent off than she may, with her words about it."""

    product: str
    plan: str
    quantity: int
    discount: int
    words: str


@dataclass(frozen=True)
class PlannedDeal:
    """One deal: its values, the life behind it, and what is put on it afterwards.

    `place` is the place of its stage from 1, `rivals` are names of competitors with what each asks for,
    `partners` those who work on it, with their parts. A closed one says whom it `met`, whether that one won,
    and by how much it was cheaper. `asked` is a price that waits for somebody's approval.
    """

    values: Mapping[str, Any]
    life: Life
    place: int
    stage_since: dt.datetime
    lines: Sequence[tuple[str, str, int]] = ()
    rivals: Sequence[tuple[str, Mapping[str, Any]]] = ()
    contact: Mapping[str, Any] = field(default_factory=dict)
    partners: Sequence[Mapping[str, Any]] = ()
    met: str = ""
    is_lost_to: bool = False
    price_gap: int | None = None
    asked: AskedPrice | None = None

    @property
    def is_closed(self) -> bool:
        return self.life.state != "OPEN"

    @property
    def path(self) -> list[tuple[int, dt.datetime]]:
        """Give the places of the stages before the present one, and when it came there: as long in each."""
        begun, stages = self.life.made_at, self.place - 1
        step = (self.stage_since - begun) / stages if stages else dt.timedelta()
        return [(place + 1, begun + step * place) for place in range(stages)]


def deals(buyers: Sequence[Buyer], today: dt.date) -> list[PlannedDeal]:
    """Invent all deals, the oldest first, as they stand on the morning of `today`."""
    maker = _Maker(Random(_SEED), today)  # noqa: S311 - invented deals, not secrets
    firms = [each for each in buyers if not each.is_person]
    homes = [each for each in buyers if each.is_person]
    found = [maker.deal(number, firms if number % 3 else homes) for number in range(_DEALS)]
    return sorted([*found, *maker.stories(firms)], key=lambda each: each.life.made_at)


class _Maker:
    def __init__(self, random: Random, today: dt.date) -> None:
        self._random, self._today = random, today

    def deal(self, number: int, buyers: Sequence[Buyer]) -> PlannedDeal:
        """Invent one deal; one in five is under way."""
        buyer = self._random.choice(buyers)
        product, plan, name, (least, most) = self._random.choice(
            _FOR_HOMES if buyer.is_person else _FOR_FIRMS
        )
        is_under_way = number % 5 == 0
        days = self._random.randint(6, 25 if buyer.is_person else 75)
        age = self._random.randint(2, days) if is_under_way else self._random.randint(days + 1, _YEAR)
        made = self._today - dt.timedelta(days=age)
        values = {
            "name": f"{name} – {buyer.name}"[:200],
            "customer": buyer.id,
            "owner": buyer.owner,
            "unit": buyer.unit,
            "type": self._drawn(_TYPES),
            "source": self._drawn(_SOURCES),
            "expected_close": made + dt.timedelta(days=days),
            "pain_points": self._random.choice(_NEEDS),
        }
        lines = [(product, plan, self._random.randint(least, most))]
        if is_under_way:
            return self._open(values, made, lines, buyer)
        return self._closed(values, made, made + dt.timedelta(days=days), lines)

    def _open(
        self, values: dict[str, Any], made: dt.date, lines: list[tuple[str, str, int]], buyer: Buyer
    ) -> PlannedDeal:
        place = self._random.choices((1, 2, 3, 4, 5, 6), (14, 9, 8, 7, 4, 2))[0]
        entered = self._moment(made)
        age = (self._today - made).days
        stood = self._random.randint(0, min(30, age))
        if place > 1:  # It took some days to come here.
            stood = min(stood, age // 2)
        values |= {
            "next_step": self._random.choice(_NEXT),
            "forecast": "COMMIT" if place > 4 else "BEST_CASE" if place > 2 else "PIPELINE",
        }
        contact: dict[str, Any] = {}
        if buyer.contact and place > 1:
            role = "DECISION_MAKER" if self._random.random() < 0.6 else "INFLUENCER"
            contact = {"contact": buyer.contact, "role": role, "influence": self._random.randint(2, 5)}
            contact |= {"attitude": str(self._random.randint(-1, 2)), "strength": self._random.randint(1, 4)}
            contact |= {"is_primary": True}
        since = self._moment(self._today - dt.timedelta(days=stood))
        return PlannedDeal(
            values,
            Life(entered, "OPEN", entered),
            place,
            max(since, entered),
            lines if place > 1 else (),
            self._rivals() if place > 2 else (),
            contact,
        )

    def _closed(
        self, values: dict[str, Any], made: dt.date, closed: dt.date, lines: list[tuple[str, str, int]]
    ) -> PlannedDeal:
        is_won = self._random.random() < _WIN_RATE
        product, _plan, count = lines[0]
        reason = self._drawn(_WINS if is_won else _LOSSES)
        values |= {
            "closed_on": closed,
            "amount": _worth(product, count),
            "win_reason" if is_won else "loss_reason": reason,
        }
        ended, begun = self._moment(closed), self._moment(made)
        life = Life(begun, "WON" if is_won else "LOST", ended)
        place = 6 if is_won else self._random.randint(1, 5)
        since = max(begun, ended - dt.timedelta(days=self._random.randint(1, 40)))
        met = self._random.choice(COMPETITORS)["name"] if self._random.random() < 0.6 else ""
        is_lost_to = bool(met) and reason in ("PRICE", "LOCKED_IN", "SLOW") and not is_won
        gap = (
            values["amount"] * self._random.randint(4, 18) // 100
            if is_lost_to and reason == "PRICE"
            else None
        )
        return PlannedDeal(values, life, place, since, lines, met=met, is_lost_to=is_lost_to, price_gap=gap)

    def _rivals(self) -> list[tuple[str, Mapping[str, Any]]]:
        if self._random.random() < 0.45:
            return []
        rival = self._random.choice(COMPETITORS)
        return [(rival["name"], {"threat": self._random.randint(2, 5), "counter": rival["counter"]})]

    def stories(self, firms: Sequence[Buyer]) -> Iterator[PlannedDeal]:
        """Tell of the industrial park where two houses offer together, and of the agent who undercuts."""
        park = max(firms, key=lambda each: (each.contact is not None, -each.id))
        others = [each for each in firms if each.id != park.id]
        builder, integrator = sorted(others, key=lambda each: (each.owner != park.owner, each.id))[:2]
        made = self._today - dt.timedelta(days=64)
        yield self._story(
            park,
            "Hạ tầng viễn thông KCN Sao Đỏ",
            made,
            place=5,
            lines=[("LL-100", "LL-100-24", 6), ("FTTH-BIZ2", "FTTH-BIZ2-T12", 8), ("SIP-TRK", "", 10)],
            rivals=[
                ("CáVoi Telecom", {"rival_product": "Kênh riêng trọn gói", "rival_price": 1_450_000_000,
                                   "threat": 5, "is_incumbent": True,
                                   "counter": "Liên danh với nhà thầu hạ tầng của khu"}),
                ("VNet", {"threat": 3, "info_source": "Ban quản lý khu"}),
            ],
            partners=[
                {"customer": builder.id, "role": "SUBCONTRACTOR", "share": "35", "commitment": "GIVEN",
                 "responsibility": "Kéo cáp và hào kỹ thuật trong khu", "contact": builder.contact},
                {"customer": integrator.id, "role": "INTEGRATOR", "share": "15", "commitment": "AWAITED",
                 "responsibility": "Tổng đài cho ban quản lý khu", "contact": integrator.contact},
            ],
            pain_points="Một hợp đồng khung cho 24 nhà máy, cam kết SLA chung",
            type="PROJECT",
        )  # fmt: skip
        beside = next((each for each in firms if each.area == "KV4" and each.id != park.id), firms[0])
        yield self._story(
            beside,
            f"Internet nhà xưởng – {beside.name}"[:200],
            self._today - dt.timedelta(days=41),
            place=4,
            lines=[("FTTH-BIZ1", "FTTH-BIZ1-T12", 3)],
            rivals=[
                ("FStar", {"threat": 4, "weaknesses": "Không khảo sát trước khi báo giá"}),
            ],
            asked=AskedPrice(
                "FTTH-BIZ2",
                "FTTH-BIZ2-T12",
                quantity=2,
                discount=8,
                words="Đại lý đã chào thấp hơn 8%, khách lấy thêm hai đường nếu bằng giá đó",
            ),
            next_step="Hỏi trưởng khu vực: đại lý KV4 chào khách này thấp hơn giá của công ty",
            pain_points="Khách nhận hai báo giá khác nhau, một của nhân viên, một của đại lý",
        )

    def _story(
        self,
        buyer: Buyer,
        name: str,
        made: dt.date,
        *,
        place: int,
        lines: list[tuple[str, str, int]],
        rivals: Sequence[tuple[str, Mapping[str, Any]]],
        partners: Sequence[Mapping[str, Any]] = (),
        asked: AskedPrice | None = None,
        **more: Any,
    ) -> PlannedDeal:
        entered = self._moment(made)
        values = {
            "name": name,
            "customer": buyer.id,
            "owner": buyer.owner,
            "unit": buyer.unit,
            "source": "EVENT",
            "expected_close": self._today + dt.timedelta(days=19),
            "forecast": "BEST_CASE",
            **more,
        }
        contact = (
            {"contact": buyer.contact, "role": "EVALUATOR", "influence": 4, "attitude": "1", "strength": 3}
            if buyer.contact
            else {}
        )
        since = self._moment(self._today - dt.timedelta(days=26))
        life = Life(entered, "OPEN", entered)
        return PlannedDeal(values, life, place, since, lines, rivals, contact, partners, asked=asked)

    def _drawn(self, weights: Mapping[str, int]) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _moment(self, day: dt.date) -> dt.datetime:
        time = dt.time(self._random.randint(8, 16), self._random.choice((0, 15, 30, 45)))
        return dt.datetime.combine(day, time, ZONE).astimezone(dt.UTC)


def _worth(product: str, count: int) -> int:
    """Give what a deal of so many was about, over a year where it is paid by the month."""
    found = next(each for each in PRODUCTS if each.code == product)
    return (found.price or 0) * count * (12 if found.billing else 1)
