"""Fields of the demo company's own: two that share a list of choices, two that follow from others."""

from __future__ import annotations

from django.db import transaction

from duyen.entities.bulk.changing import change_many
from duyen.entities.choices.making import make
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


#: A list that two fields share, and how many of the first customers say what.
_CHANNELS = ("Điện thoại", "Zalo", "Email", "Gặp trực tiếp")
_SHARING = (
    {"label": "Kênh liên hệ ưa thích", "kind": "choice", "key": "kenh_ua_thich"},
    {"label": "Kênh không muốn nhận", "kind": "choices", "key": "kenh_khong_nhan"},
)
_SAID = (
    (12, {"custom_kenh_ua_thich": "ZALO", "custom_kenh_khong_nhan": ["EMAIL"]}),
    (9, {"custom_kenh_ua_thich": "DIEN_THOAI"}),
    (6, {"custom_kenh_ua_thich": "GAP_TRUC_TIEP", "custom_kenh_khong_nhan": ["DIEN_THOAI", "EMAIL"]}),
)


def define_fields(actor: Actor) -> None:
    """Define them, let some customers say how they wish to be reached, and work out what follows for all."""
    _share_a_list(actor)
    with transaction.atomic():
        for each in _FIELDS:
            defining.define(entity_named("customers"), each, actor=actor)
    recount_now()


def _share_a_list(actor: Actor) -> None:
    customers = entity_named("customers")
    with transaction.atomic():
        name = make(actor=actor, vi="Kênh liên hệ", en="Ways to reach", words=_CHANNELS)
        for each in _SHARING:
            defining.define(customers, {**each, "list_name": name}, actor=actor)
    ids = list(customers.rows(actor).order_by("pk").values_list("pk", flat=True)[: sum(n for n, _v in _SAID)])
    for count, values in _SAID:
        change_many(customers, ids[:count], actor=actor, values=values)
        ids = ids[count:]
