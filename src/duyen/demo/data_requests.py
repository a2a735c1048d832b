"""Note a few data requests of the demo company's customers, each at another step.

All of them are of the last days, so that one waits, one is being answered and one is done in time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Life
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today

Create = Callable[[Actor, str, Iterable[Mapping[str, Any]], Iterable[Life]], list[int]]
#: Kind, by which way, how many days ago, what was said, and the steps that were taken since.
_REQUESTS: tuple[tuple[str, str, int, str, tuple[str, ...]], ...] = (
    ("ACCESS", "COUNTER", 1, "Muốn biết công ty đang lưu thông tin gì về tôi", ()),
    ("DELETE", "MAIL", 6, "Tôi đã cắt dịch vụ, đề nghị xoá hết thông tin", ("acknowledge", "prove")),
    ("WITHDRAW", "CALL", 4, "Đừng nhắn tin quảng cáo nữa", ("acknowledge",)),
    ("CORRECT", "COUNTER", 9, "Sai ngày sinh, đổi lại theo căn cước", ("prove", "complete")),
)
_ASKED: Mapping[str, Mapping[str, str]] = {
    "prove": {"proven_by": "ID_CARD", "proof": "Căn cước, xem tại quầy"},
    "complete": {"answer": "Đã sửa ngày sinh và báo lại qua điện thoại"},
}


def write_data_requests(actor: Actor, create: Create) -> None:
    """Write them through the doors that people use."""
    people = entity_named("customers").rows(actor).filter(kind="INDIVIDUAL").order_by("-pk")
    known = people.values_list("pk", "name", "owner_id", "unit_id")[: len(_REQUESTS)]
    for (kind, way, days, wish, steps), (person, name, owner, unit) in zip(_REQUESTS, known, strict=True):
        row = {
            "requester": name,
            "kind": kind,
            "received_by": way,
            "received_on": today() - dt.timedelta(days=days),
            "wish": wish,
            "customer": person,
            "owner": owner,
            "unit": unit,
        }
        (made,) = create(actor, "subject_requests", [row], ())
        for verb in steps:
            perform(entity_named("subject_requests"), verb, made, actor=actor, arguments=_ASKED.get(verb, {}))
