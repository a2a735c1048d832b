"""Invent the demo company's campaigns of a year: each as it stands on the morning of loading.

Names, days, channels and budgets are those of the demo world.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from duyen.entities.standard import Life
from duyen.kernel.clock import ZONE

#: Made so many days before the first day.
_PREPARED_FOR = 21
_MILLION = 1_000_000


@dataclass(frozen=True)
class _Yearly:
    """A campaign of each year: its first and last day as (month, day), its budget in millions of đồng."""

    name: str
    kind: str
    first: tuple[int, int]
    last: tuple[int, int]
    budget: int
    objective: str


_YEARLY = (
    _Yearly("Tết sum vầy – nâng tốc độ", "ZALO", (1, 10), (2, 14), 180, "Nâng gói trước Tết, 720 đầu mối."),
    _Yearly("Đầu xuân ký số", "TELESALE", (2, 23), (3, 31), 70, "Doanh nghiệp mới: chữ ký số, hóa đơn."),
    _Yearly("8/3 tri ân", "CARE", (3, 1), (3, 8), 35, "Cảm ơn khách hàng nữ."),
    _Yearly("Ra quân KCN tháng 5", "FIELD_SWEEP", (5, 4), (5, 30), 140, "330 đầu mối ở các khu công nghiệp."),
    _Yearly("Hè lắp camera", "DIGITAL_ADS", (6, 1), (7, 31), 160, "560 đầu mối camera qua mạng và điểm bán."),
    _Yearly("Tựu trường, tân sinh viên", "POSM", (8, 10), (9, 20), 190, "810 đầu mối ở phòng trọ."),
    _Yearly("2/9 đổi gói", "SMS", (8, 25), (9, 5), 60, "Chỉ gửi cho người đã đồng ý."),
    _Yearly(
        "Hội thảo chuyển đổi số doanh nghiệp", "EVENT", (10, 5), (10, 25), 120, "150 đầu mối doanh nghiệp."
    ),
    _Yearly(
        "10/10–20/10 chăm sóc khách hàng doanh nghiệp", "CARE", (10, 10), (10, 20), 90, "Thăm và tặng quà."
    ),
    _Yearly("Gia hạn sớm cuối năm", "ZALO", (11, 1), (11, 30), 85, "380 khách hàng sắp hết hạn."),
    _Yearly("Lấy lại khách cũ", "TELESALE", (10, 1), (12, 31), 60, "Gọi khách đã rời mạng trong hai năm."),
    _Yearly("Giới thiệu bạn bè", "REFERRAL", (1, 1), (12, 31), 240, "Khách hàng giới thiệu khách hàng."),
)


@dataclass(frozen=True)
class PlannedCampaign:
    """One campaign: its values, and the life behind it."""

    values: Mapping[str, Any]
    life: Life


def campaigns(today: dt.date) -> Iterator[PlannedCampaign]:
    """Invent the campaigns, each in the last year in which it was being prepared already, oldest first."""
    found = [_planned(each, _year_of(each, today), today) for each in _YEARLY]
    yield from sorted(found, key=lambda each: each.life.made_at)


def _year_of(each: _Yearly, today: dt.date) -> int:
    prepared = dt.date(today.year, *each.first) - dt.timedelta(days=_PREPARED_FOR)
    return today.year if prepared < today else today.year - 1


def _planned(each: _Yearly, year: int, today: dt.date) -> PlannedCampaign:
    first, last = dt.date(year, *each.first), dt.date(year, *each.last)
    made = _morning(first - dt.timedelta(days=_PREPARED_FOR))
    if last < today:
        life = Life(made, "COMPLETED", _morning(last + dt.timedelta(days=1)))
    elif first <= today:
        life = Life(made, "RUNNING", _morning(first))
    else:
        life = Life(made, "DRAFT", made)
    values = {
        "name": each.name,
        "kind": each.kind,
        "starts_on": first,
        "ends_on": last,
        "budget": each.budget * _MILLION,
        "objective": each.objective,
    }
    return PlannedCampaign(values, life)


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(8), ZONE).astimezone(dt.UTC)
