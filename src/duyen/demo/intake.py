"""The demo company's web form, and the rules by which leads that nobody owns find their people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from duyen.entities.registry import entity_named
from duyen.entities.standard import Life
from duyen.foundation.access.actor import Actor

Create = Callable[[Actor, str, Iterable[Mapping[str, Any]], Iterable[Life]], list[int]]
#: Products that the form on the website offers, by their codes.
_OFFERED = ("FTTH-HOME1", "FTTH-MESH2", "CAM-C1")


def write_intake(actor: Actor, create: Create, *, keeper: int, unit: int, sellers: Sequence[int]) -> None:
    """Write a form of `keeper` whose leads go to `unit`, and two rules for `sellers`, one of them on."""
    products = dict(entity_named("products").rows(actor).values_list("code", "pk").order_by("pk"))
    texts = entity_named("consent_texts").rows(actor).filter(purpose="MARKETING").order_by("pk")
    form = {
        "name": "Trang chủ saobien.example.com",
        "title": "Đăng ký lắp mạng Sao Biển",
        "intro": "Để lại số điện thoại, chúng tôi gọi lại trong 2 giờ làm việc.",
        "asked": ["PHONE", "EMAIL", "PRODUCTS", "NEED", "WANTED_BY"],
        "needed": ["PHONE"],
        "products": [products[code] for code in _OFFERED],
        "source": "WEB",
        "purpose": "ADVICE",
        "consent_text": texts.values_list("pk", flat=True).first(),
        "privacy": (
            "Công ty CP Viễn thông Sao Biển dùng thông tin này để tư vấn và báo giá. "
            "Bạn xem, sửa hoặc yêu cầu xóa qua tổng đài hoặc ở cửa hàng."
        ),
        "thanks": "Chúng tôi đã nhận đăng ký của bạn và sẽ gọi lại trong giờ làm việc.",
        "sites": "https://saobien.example.com",
        "owner": keeper,
        "unit": unit,
    }
    create(actor, "web_forms", [form], ())
    rules = [
        {
            "name": "Từ website: lần lượt",
            "position": 10,
            "is_on": True,
            "sources": ["WEB"],
            "people": list(sellers),
            "way": "IN_TURN",
            "only_in_hours": True,
        },
        {
            "name": "Nóng: người ít việc nhất",
            "position": 5,
            "is_on": False,
            "temperatures": ["HOT"],
            "people": list(sellers),
            "way": "LEAST_LOAD",
            "most_open": 40,
        },
    ]
    create(actor, "assignment_rules", rules, ())
