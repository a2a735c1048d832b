"""Invent what the demo's people did for their customers lately, and what they have before them this week.

The same every time, around the day of loading: two months behind, a week ahead, some of it overdue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from duyen.entities.standard import Life
from duyen.kernel.clock import ZONE

_SEED = 26_112_026
_BACK_DAYS, _AHEAD_DAYS = 60, 7
#: So many of somebody's customers were in touch lately.
_CUSTOMERS_EACH = 14

_CALLS = (
    ("Gọi hỏi chất lượng đường truyền", "REACHED", "Mạng ổn định, khách hài lòng."),
    ("Gọi giới thiệu gói FTTH-MESH3", "THINKING", "Khách so với giá đối thủ, hẹn trả lời sau."),
    ("Gọi nhắc gia hạn cước trước 12 tháng", "AGREED", "Đồng ý đóng trước 12 tháng."),
    ("Gọi mời dùng thử camera", "INTERESTED", "Muốn xem hình ảnh thực tế ban đêm."),
    ("Gọi xác nhận địa chỉ lắp đặt", "NO_ANSWER", ""),
    ("Khách gọi báo mạng chậm buổi tối", "REACHED", "Đã chuyển kỹ thuật kiểm tra suy hao."),
)
_VISITS = (
    ("Khảo sát vị trí lắp modem và camera", "AGREED", "Chốt 4 mắt camera, kéo thêm 35 m dây."),
    ("Ghé thăm, tặng lịch năm mới", "REACHED", "Khách giới thiệu thêm một cửa hàng bên cạnh."),
    ("Kiểm tra tủ mạng tại trụ sở", "REACHED", "Thay bộ chia cũ, hẹn nâng gói quý sau."),
)
_MEETINGS = (
    ("Gặp bàn hợp đồng kênh thuê riêng", "AGREED", "Thống nhất 100 Mbps, ký trong tuần tới."),
    ("Trình bày chữ ký số và hoá đơn điện tử", "INTERESTED", "Kế toán trưởng xin báo giá 2 năm."),
    ("Họp rà soát dịch vụ quý", "REACHED", "Không phát sinh khiếu nại."),
)
_NOTES = (
    "Khách chỉ nghe máy sau 17 giờ.",
    "Người quyết định là chị vợ, nên gửi báo giá qua Zalo cho chị.",
    "Đối thủ chào giá thấp hơn 8 %, hợp đồng của họ hết hạn cuối quý.",
)
_MAILS = ("Gửi báo giá FTTH-BIZ2", "Gửi mẫu hợp đồng để khách xem trước", "Trả lời câu hỏi về SLA")
_LETTERS = ("Gửi công văn đề nghị gia hạn hợp đồng", "Nhận công văn đề nghị chuyển địa điểm lắp đặt")
_TASKS = (
    "Gửi báo giá gói doanh nghiệp", "Gọi lại sau khi khách bàn với gia đình", "Soạn hợp đồng chữ ký số",
    "Nhắc khách nộp bản sao đăng ký kinh doanh", "Xin phê duyệt chiết khấu 7 %", "Hẹn lịch lắp đặt",
    "Đối chiếu công nợ tháng trước", "Cập nhật người liên hệ mới",
)  # fmt: skip
_STEPS = ("Thu đủ giấy tờ", "Trình ký", "Giao bản gốc cho khách")
_PLACES = ("Tại trụ sở khách hàng", "Phòng họp tầng 3", "Cửa hàng của khách")


@dataclass(frozen=True)
class Mine:
    """Somebody's customers, as the demo's activities need them."""

    owner: int
    unit: int
    customers: Sequence[int]
    colleague: int | None
    contacts: Mapping[int, int]


@dataclass(frozen=True)
class PlannedActivity:
    """One activity: its values, and when it was entered. `below` are the sub-tasks of a task."""

    values: Mapping[str, Any]
    life: Life
    below: tuple[Mapping[str, Any], ...] = ()


def activities(everybody: Sequence[Mine], today: dt.date) -> Iterator[PlannedActivity]:
    """Invent the activities of all people."""
    for each in everybody:
        maker = _Maker(Random(_SEED + each.owner), each, today)  # noqa: S311 - invented people, not secrets
        yield from maker.behind()
        yield from maker.ahead()


class _Maker:
    """Invents for one person."""

    def __init__(self, random: Random, mine: Mine, today: dt.date) -> None:
        self._random, self._mine, self._today = random, mine, today
        chosen = list(mine.customers)
        random.shuffle(chosen)
        self._customers = chosen[:_CUSTOMERS_EACH]

    def behind(self) -> Iterator[PlannedActivity]:
        """Invent what was done, the oldest first."""
        for day in self._working_days(-_BACK_DAYS, 0):
            for _ in range(self._random.choice((0, 0, 1, 1, 2))):
                yield self._done(day)

    def ahead(self) -> Iterator[PlannedActivity]:
        """Invent what is open: two that are overdue, and each day of the week to come."""
        for day in [*self._working_days(-6, 0)[-2:], *self._working_days(0, _AHEAD_DAYS)]:
            for _ in range(self._random.choice((0, 1, 1, 2))):
                yield self._open_task(day)
        for day in self._working_days(0, _AHEAD_DAYS)[:3]:
            yield self._appointment(day)

    def _working_days(self, first: int, last: int) -> list[dt.date]:
        days = (self._today + dt.timedelta(days=step) for step in range(first, last))
        return [day for day in days if day.weekday() < 6]

    def _about(self) -> tuple[int, list[dict[str, Any]]]:
        customer = self._random.choice(self._customers)
        return customer, [{"entity": "customers", "id": customer}]

    def _common(self, kind: str, subject: str) -> tuple[int, dict[str, Any]]:
        customer, about = self._about()
        values = {"kind": kind, "subject": subject, "about": about, "owner": self._mine.owner}
        return customer, {**values, "unit": self._mine.unit}

    def _moment(self, day: dt.date, hours: tuple[int, int] = (8, 17)) -> dt.datetime:
        time = dt.time(self._random.randint(*hours), self._random.choice((0, 15, 30, 45)))
        return dt.datetime.combine(day, time, ZONE).astimezone(dt.UTC)

    def _done(self, day: dt.date) -> PlannedActivity:
        draw, moment = self._random.random(), self._moment(day)
        if draw < 0.45:
            subject, outcome, result = self._random.choice(_CALLS)
            _customer, values = self._common("CALL", subject)
            values |= {"outcome": outcome, "result": result, "duration_minutes": self._random.randint(1, 18)}
            values["direction"] = "IN" if subject.startswith("Khách") else "OUT"
        elif draw < 0.60:
            subject, outcome, result = self._random.choice(_VISITS)
            _customer, values = self._common("VISIT", subject)
            values |= {"outcome": outcome, "result": result, "starts_at": moment, "place": _PLACES[0]}
        elif draw < 0.70:
            subject, outcome, result = self._random.choice(_MEETINGS)
            customer, values = self._common("MEETING", subject)
            values |= {"outcome": outcome, "result": result, "starts_at": moment}
            values |= {"participants": self._present(customer), "place": self._random.choice(_PLACES)}
        elif draw < 0.80:
            _customer, values = self._common("NOTE", "")
            values["body"] = self._random.choice(_NOTES)
        elif draw < 0.88:
            _customer, values = self._common("EMAIL", self._random.choice(_MAILS))
            values["direction"] = "OUT"
        elif draw < 0.92:
            subject = self._random.choice(_LETTERS)
            _customer, values = self._common("LETTER", subject)
            values["direction"] = "IN" if subject.startswith("Nhận") else "OUT"
        else:
            _customer, values = self._common("TASK", self._random.choice(_TASKS))
            values |= {"due_at": moment, "result": "Đã xong."}
        done = moment + dt.timedelta(minutes=45)
        return PlannedActivity({**values, "done_at": done}, Life(done, "", done))

    def _present(self, customer: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if customer in self._mine.contacts:
            found.append({"entity": "contacts", "id": self._mine.contacts[customer]})
        if self._mine.colleague:
            found.append({"entity": "users", "id": self._mine.colleague})
        return found

    def _open_task(self, day: dt.date) -> PlannedActivity:
        _customer, values = self._common("TASK", self._random.choice(_TASKS))
        values |= {"due_at": self._moment(day, (9, 17)), "priority": self._priority()}
        entered = self._moment(self._today - dt.timedelta(days=self._random.randint(1, 9)))
        if self._random.random() < 0.25:
            values["progress"] = self._random.choice((20, 40, 60))
        if self._random.random() < 0.15 and self._mine.colleague:
            values["co_assignees"] = [self._mine.colleague]
        below: tuple[Mapping[str, Any], ...] = ()
        if self._random.random() < 0.12:
            keeper = {"owner": self._mine.owner, "unit": self._mine.unit, "about": values["about"]}
            steps = [{**keeper, "kind": "TASK", "subject": each} for each in _STEPS]
            steps[0] |= {"done_at": entered + dt.timedelta(hours=3)}
            below = tuple(steps)
        return PlannedActivity(values, Life(entered, "", entered), below)

    def _priority(self) -> str:
        return self._random.choices(("HIGH", "NORMAL", "LOW"), (20, 70, 10))[0]

    def _appointment(self, day: dt.date) -> PlannedActivity:
        kind, (subject, *_rest) = (
            ("VISIT", self._random.choice(_VISITS))
            if self._random.random() < 0.5
            else ("MEETING", self._random.choice(_MEETINGS))
        )
        customer, values = self._common(kind, subject)
        start = self._moment(day, (8, 16))
        values |= {
            "starts_at": start,
            "ends_at": start + dt.timedelta(minutes=self._random.choice((30, 60, 90))),
        }
        values |= {"participants": self._present(customer), "place": self._random.choice(_PLACES)}
        entered = self._moment(self._today - dt.timedelta(days=3))
        return PlannedActivity(values, Life(entered, "", entered))
