"""Fields of the demo company's own that follow from others, so that one sees at once what they do."""

from __future__ import annotations

from django.db import transaction

from duyen.entities.custom import defining
from duyen.entities.derived.recounting import recount_now
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor

_FIELDS = (
    {
        "label": "Số người liên hệ",
        "kind": "rollup",
        "help": "Đếm mọi quan hệ còn hiệu lực với khách hàng này, dù ai xem.",
        "source": "ties.to_party",
        "what": "count",
        "where": "trống([until])",
    },
    {
        "label": "Tháng sinh nhật",
        "kind": "formula",
        "help": "Lấy từ ngày sinh, để lọc khách sinh trong tháng.",
        "formula": "tháng([born_on])",
        "result": "whole",
    },
)


def define_fields(actor: Actor) -> None:
    """Define them and work them out for all customers."""
    with transaction.atomic():
        for each in _FIELDS:
            defining.define(entity_named("customers"), each, actor=actor)
    recount_now()
