"""Leads of the months before that ended: those that became customers, by source, and those that were lost.

How many of each source became customers follows the demo world, so that the funnel, the win by source and
what is learned of leads have something to tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from duyen.demo.leads import REASONS, Maker, PlannedLead
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel import clock
from duyen.kernel.clock import ZONE
from duyen.modules.activities.actions import log_many
from duyen.modules.activities.words import ActivityKind
from duyen.modules.consents.actions import NewConsent, give_consent
from duyen.modules.consents.words import Channel, GivenBy
from duyen.modules.leads.actions.past import Past

_SEED = 20_263_101
#: Phones of the demo's block behind those of the leads of the last weeks.
_FIRST_NUMBER = 6_300
#: Leads came for so many days, up to so many days ago.
_DAYS, _LATEST = 140, 4
#: So many became customers, and so many were lost, by source: a tenth of the demo world's, in half a year.
_WON = {
    "POS": 33, "STORE": 30, "REFERRAL": 19, "WEB": 3, "FACEBOOK": 2, "ZALO": 3, "HOTLINE": 6, "EVENT": 2,
    "AGENT": 2,
}  # fmt: skip
_LOST = {
    "POS": 16, "STORE": 9, "REFERRAL": 8, "WEB": 9, "FACEBOOK": 8, "ZALO": 7, "HOTLINE": 5, "TELESALES": 9,
    "EVENT": 4, "AGENT": 3,
}  # fmt: skip
#: One so-manieth of the last days opened an opportunity on becoming a customer, to close in so many days.
_NTH_WITH_DEAL, _DEALS_SINCE, _DEAL_TAKES = 2, dt.timedelta(days=25), dt.timedelta(days=45)
#: What was said to the first of them, and what is still to do: it goes on with them as customers.
_STORIES = (
    (
        "Gọi tư vấn gói 300 Mbps",
        "Khách hỏi có phải đặt cọc không. Không cần, hẹn lắp thứ Bảy.",
        "Gửi hợp đồng qua Zalo",
    ),
    ("Gặp ở cửa hàng", "Nhà mới nhận, muốn lắp trước ngày chuyển về.", "Hẹn kỹ thuật khảo sát đường dây"),
    ("Gọi báo giá camera", "Cần hai camera ngoài trời, lưu 30 ngày.", "Hỏi lại vị trí lắp camera"),
    (
        "Gọi lại theo lời giới thiệu",
        "Bạn của khách đang dùng gói Mesh, muốn lắp giống.",
        "Cảm ơn người giới thiệu",
    ),
    (
        "Tư vấn hóa đơn điện tử",
        "Hộ kinh doanh, mỗi tháng khoảng 40 hóa đơn.",
        "Hướng dẫn xuất hóa đơn đầu tiên",
    ),
    ("Gọi tư vấn tổng đài", "Văn phòng 5 người, đang dùng SIM riêng.", "Gửi bảng so sánh cước"),
)


@dataclass(frozen=True)
class EndedLead:
    """A lead that ended, and the moment at which it became a customer; none where it was lost."""

    planned: PlannedLead
    converted_at: dt.datetime | None


def ended_leads(today: dt.date) -> list[EndedLead]:
    """Invent all of them, the oldest first."""
    random = Random(_SEED)  # noqa: S311 - invented people, not secrets
    maker = Maker(random, today, _FIRST_NUMBER)
    ends = [(source, is_won) for told, is_won in ((_WON, True), (_LOST, False)) for source in _each(told)]
    random.shuffle(ends)
    found = []
    for number, (source, is_won) in enumerate(ends):
        days = _LATEST + _DAYS - number * _DAYS // len(ends)
        past, converted_at = _course(random, today - dt.timedelta(days=days), is_won=is_won)
        found.append(EndedLead(maker.made(500 + number, "", source, past), converted_at))
    return sorted(found, key=lambda each: each.planned.past.made_at)


def _each(told: Mapping[str, int]) -> Iterable[str]:
    return (source for source, count in told.items() for _time in range(count))


def _course(random: Random, day: dt.date, *, is_won: bool) -> tuple[Past, dt.datetime | None]:
    """Give how it went from the day on which a lead came; it ended within three days."""
    time = dt.time(random.randint(8, 15), random.randint(0, 59))
    made = dt.datetime.combine(day, time, ZONE).astimezone(dt.UTC)
    assigned = made + dt.timedelta(minutes=random.randint(2, 50))
    spoken = assigned + dt.timedelta(minutes=random.randint(10, 300))
    ended = spoken + dt.timedelta(hours=random.randint(2, 60))
    reason = "" if is_won else random.choices(list(REASONS), list(REASONS.values()))[0]
    past = Past(
        made,
        "QUALIFIED" if is_won else "DISQUALIFIED",
        ended,
        assigned_at=assigned,
        first_response_at=spoken,
        disqualify_reason=reason,
    )
    return past, ended + dt.timedelta(hours=random.randint(1, 8)) if is_won else None


def convert_ended(actor: Actor, made: Mapping[int, EndedLead], create: Callable[..., list[int]]) -> None:
    """Let those who became customers do so, each at its moment, after what was said to the first of them."""
    won = {lead_id: each for lead_id, each in made.items() if each.converted_at is not None}
    _tell_stories(actor, {lead_id: won[lead_id] for lead_id in list(won)[-len(_STORIES) :]}, create)
    since = clock.now() - _DEALS_SINCE
    for number, (lead_id, each) in enumerate(won.items()):
        if each.converted_at is not None:
            has_deal = each.converted_at > since and number % _NTH_WITH_DEAL == 0
            with clock.stopped(each.converted_at):
                asked = {"is_somebody_else": True, **(_deal(each) if has_deal else {})}
                perform(entity_named("leads"), "convert", lead_id, actor=actor, arguments=asked)


def _deal(each: EndedLead) -> Mapping[str, Any]:
    return {
        "with_opportunity": True,
        "opportunity_name": each.planned.values["need"],
        "expected_close": clock.today() + _DEAL_TAKES,
    }


def _tell_stories(actor: Actor, made: Mapping[int, EndedLead], create: Callable[..., list[int]]) -> None:
    """Note a call with each, plan a task, and keep the consent that half of them gave."""
    leads = entity_named("leads")
    columns = ("pk", "party_id", "owner_id", "unit_id")
    held = {row[0]: row[1:] for row in leads.rows(actor).filter(pk__in=made).values_list(*columns)}
    text = entity_named("consent_texts").rows(actor).filter(purpose="MARKETING").order_by("pk")
    text_id = text.values_list("pk", flat=True).first()
    done, ahead = list[dict[str, Any]](), list[dict[str, Any]]()
    for number, ((lead_id, each), (subject, result, task)) in enumerate(
        zip(made.items(), _STORIES, strict=True)
    ):
        party, owner, unit = held[lead_id]
        about = {"about": (("leads", lead_id),), "owner": owner, "unit": unit}
        spoken = each.planned.past.first_response_at
        done.append(
            {"kind": ActivityKind.CALL, "subject": subject, "result": result, "done_at": spoken, **about}
        )
        due = clock.now() + dt.timedelta(days=1 + number)
        ahead.append({"kind": ActivityKind.TASK, "subject": task, "due_at": due, **about})
        if number % 2 == 0 and spoken is not None and text_id is not None:
            proof = f"Phiếu đăng ký tư vấn số {number + 1:04}"
            channels = [Channel.SMS, Channel.CALL]
            give_consent(NewConsent(party, text_id, channels, GivenBy.PAPER, proof, spoken), actor=actor)
    log_many(done, actor=actor)
    create(actor, "activities", ahead)
