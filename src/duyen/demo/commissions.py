"""Plan the commissions of the demo company's latest deals, and bring those of won ones on their way.

Rates and fees are those of the demo world: sellers get 3 % of a year, agents and others their part of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from duyen.demo.files import attach_papers
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Life
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today

Create = Callable[[Actor, str, Iterable[Mapping[str, Any]], Iterable[Life]], list[int]]
#: So many of the latest won deals have a plan, and so many of those under way.
_WON, _UNDER_WAY = 18, 12
#: Who gets the rest beside the seller, by where the deal came from.
_HELPERS: Mapping[str, tuple[str, str]] = {
    "AGENT": ("AGENT", "Đại lý Hoa Phượng"),
    "POS": ("POINT_OF_SALE", "Điểm bán Cầu Đất"),
    "REFERRAL": ("COLLABORATOR", "Lưu Thị Vân"),
    "EVENT": ("PARTNER", "Công ty CP Sự kiện Sóng Biển"),
}
_SELLERS_SHARE = 60
#: How far the commissions of a won deal are, one after the other.
_WAYS: tuple[tuple[str, ...], ...] = (
    (),
    ("accrue",),
    ("accrue", "approve"),
    ("accrue", "approve", "pay"),
    ("accrue", "approve", "pay"),
    ("accrue", "approve", "pay", "claw_back"),
)


def write_commissions(actor: Actor, create: Create) -> None:
    """Write plans and shares through the doors that people use."""
    rows = entity_named("opportunities").rows(actor).exclude(amount=None).exclude(owner_id=None)
    columns = ("pk", "owner_id", "unit_id", "source", "closed_on")
    won = rows.filter(state="WON").order_by("-closed_on", "pk").values_list(*columns)[:_WON]
    open_ones = rows.filter(state="OPEN").order_by("expected_close", "pk").values_list(*columns)[:_UNDER_WAY]
    for place, (deal, owner, unit, source, closed_on) in enumerate([*won, *open_ones]):
        if closed_on is None and place % 4 == 0:
            said = {"none_due": "Khách tự tìm đến cửa hàng, không ai giới thiệu"}
            _take(actor, "opportunities", "waive_commission", deal, said)
            continue
        _take(actor, "opportunities", "plan_commission", deal, {"basis": "NET", "rate": 3})
        made = create(actor, "commissions", list(_shares(deal, owner, unit, source)), ())
        if closed_on is not None:
            _bring_on(actor, made, _WAYS[place % len(_WAYS)], closed_on)


def _shares(deal: int, owner: int, unit: int, source: str) -> Iterable[Mapping[str, Any]]:
    kind, name = _HELPERS.get(source, ("", ""))
    seller = _SELLERS_SHARE if kind else 100
    alike = {"opportunity": deal, "owner": owner, "unit": unit}
    yield {**alike, "kind": "EMPLOYEE", "employee": owner, "split": seller}
    if kind:
        yield {**alike, "kind": kind, "beneficiary": name, "split": 100 - seller}


def _bring_on(actor: Actor, made: list[int], way: tuple[str, ...], closed_on: dt.date) -> None:
    if way:
        attach_papers(entity_named("commissions"), made, "Biên bản nghiệm thu.pdf", actor=actor)
    for place, commission in enumerate(made):
        asked: Mapping[str, Mapping[str, Any]] = {
            "accrue": {"accrued_on": min(closed_on + dt.timedelta(days=3), today())},
            "pay": {
                "paid_on": min(closed_on + dt.timedelta(days=10), today()),
                "payment_ref": f"UNC-{closed_on:%y%m}-{commission:03}",
            },
            "claw_back": {"clawback_reason": "Khách cắt dịch vụ trước 3 tháng"},
        }
        for verb in way:
            # What the seller gives back, her helper keeps.
            if place and verb == "claw_back":
                continue
            _take(actor, "commissions", verb, commission, asked.get(verb, {}))


def _take(actor: Actor, entity: str, verb: str, record_id: int, asked: Mapping[str, Any]) -> None:
    perform(entity_named(entity), verb, record_id, actor=actor, arguments=asked)
