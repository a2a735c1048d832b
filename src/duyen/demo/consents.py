"""Note what the demo company's customers agreed to; some withdrew it, one refuses all contact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Life
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now

Create = Callable[[Actor, str, Iterable[Mapping[str, Any]], Iterable[Life]], list[int]]
#: So many of the newest customers with a phone agreed to something.
_MANY = 90
_ADVERTISING = {
    "name": "Nhận tin khuyến mại Sao Biển",
    "purpose": "MARKETING",
    "channels": ["EMAIL", "SMS", "CALL", "ZALO"],
    "data_kinds": ["CONTACT", "PURCHASES"],
    "most": 4,
    "per": "MONTH",
    "valid_months": 24,
    "words": (
        "Tôi đồng ý để Công ty CP Viễn thông Sao Biển dùng họ tên, số điện thoại, thư điện tử và "
        "thông tin gói cước của tôi để gửi tin khuyến mại qua các kênh tôi chọn, không quá 4 lần mỗi "
        "tháng, trong 24 tháng. Tôi từ chối được bất cứ lúc nào: trả lời tin, gọi tổng đài, đến cửa hàng."
    ),
}
_SURVEY = {
    "name": "Khảo sát chất lượng dịch vụ",
    "purpose": "SURVEY",
    "channels": ["EMAIL", "CALL", "ZALO"],
    "data_kinds": ["CONTACT"],
    "most": 2,
    "per": "MONTH",
    "valid_months": 12,
    "words": (
        "Tôi đồng ý để Công ty CP Viễn thông Sao Biển liên hệ hỏi ý kiến về chất lượng dịch vụ, "
        "không quá 2 lần mỗi tháng, trong 12 tháng. Tôi từ chối được bất cứ lúc nào."
    ),
}
#: Which channels people choose, in which form, one after the other.
_CHOSEN = (
    (["SMS", "ZALO"], "PAPER", "Phiếu đăng ký dịch vụ số {number:04}"),
    (["EMAIL"], "FORM", "Biểu mẫu saobien.example.com/dang-ky, lượt {number:04}"),
    (["SMS", "CALL"], "RECORDING", "Bản ghi cuộc gọi GA-{number:04}"),
    (["EMAIL", "SMS", "ZALO"], "PAPER", "Phiếu hội thảo Nhà thông minh số {number:04}"),
)


def write_consents(actor: Actor, create: Create) -> None:
    """Write texts and consents through the doors that people use."""
    advertising, survey = create(actor, "consent_texts", [_ADVERTISING, _SURVEY], ())
    rows = entity_named("customers").rows(actor).exclude(phones=[]).exclude(owner_id=None).order_by("-pk")
    customers = list(rows.values_list("pk", "owner_id", "unit_id")[:_MANY])
    made = create(actor, "consents", list(_agreed(customers, advertising, survey)), ())
    for consent in made[::17]:
        asked = {"refused_by": "REPLY", "refusal": "Khách nhắn TC"}
        perform(entity_named("consents"), "withdraw", consent, actor=actor, arguments=asked)
    for customer, _owner, _unit in customers[5:6]:
        asked = {"refused_by": "VOICE", "words": "Khách yêu cầu không gọi, không nhắn nữa"}
        perform(entity_named("customers"), "refuse_contact", customer, actor=actor, arguments=asked)


def _agreed(
    customers: Iterable[tuple[int, int, int]], advertising: int, survey: int
) -> Iterable[Mapping[str, Any]]:
    for number, (customer, owner, unit) in enumerate(customers, start=1):
        channels, form, proof = _CHOSEN[number % len(_CHOSEN)]
        alike = {
            "party": customer,
            "owner": owner,
            "unit": unit,
            "given_by": form,
            "evidence": proof.format(number=number),
            "given_at": now() - dt.timedelta(days=3 + 7 * number % 600, hours=number % 9),
        }
        if number % 3:
            yield {**alike, "text": advertising, "channels": channels}
        if number % 4 == 0:
            yield {**alike, "text": survey, "channels": ["CALL", "ZALO"]}
