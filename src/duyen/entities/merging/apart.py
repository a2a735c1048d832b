"""Which records can never become one, whatever anybody chooses."""

from __future__ import annotations

from collections.abc import Collection

from duyen.entities.entity import Entity
from duyen.entities.merging.declared import Weight


def never_one(entity: Entity, record_id: int, others: Collection[int]) -> set[int]:
    """Give those of `others` that a rule forbids to be merged with a record: one query for all of them."""
    if not others:
        return set()
    rows = {
        row["id"]: row for row in entity.model._default_manager.filter(pk__in=[record_id, *others]).values()
    }
    own = rows.get(record_id)
    if own is None:
        return set()
    rules = list(dict.fromkeys(each.merge_rules for each in (entity, *entity.relatives)))
    return {
        other
        for other in others
        if other in rows
        and any(
            remark.weight is Weight.REFUSAL for each in rules for remark in each.judge([own, rows[other]])
        )
    }
