"""What people did with the demo's customers lately, so that the trail tells of more than one big bang."""

from __future__ import annotations

from collections.abc import Sequence

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import User

#: One customer in so many was touched lately by whoever owns it.
EVERY = 40
_CHANGES: tuple[dict[str, object], ...] = (
    {"note": "Hẹn gọi lại sau ngày 20."},
    {"tags": ["ưu tiên"]},
    {"note": "Muốn nhận báo giá qua email."},
    {"note": "Đã xác nhận địa chỉ lắp đặt.", "tags": ["đã xác minh"]},
    {"note": "Không nhận cuộc gọi trước 9 giờ."},
)


def change_customers(ids: Sequence[int]) -> int:
    """Let the owners of some customers change them, as they would on the web; returns how many."""
    customers = entity_named("customers")
    chosen = list(ids[::EVERY])
    rows = {
        row["pk"]: row
        for row in customers.model._default_manager.filter(pk__in=chosen).values("pk", "owner_id", "version")
    }
    owners = User.objects.in_bulk({row["owner_id"] for row in rows.values()})
    for place, customer_id in enumerate(chosen):
        row = rows[customer_id]
        standard.change(
            customers,
            customer_id,
            actor=actor_for(owners[row["owner_id"]], Door.WEB),
            values=_CHANGES[place % len(_CHANGES)],
            version=row["version"],
        )
    return len(chosen)
