"""What is still to be done about a deal and late, told before it moves on. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.registry import entity_named
from duyen.entities.through import readable_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.clock import now
from duyen.modules.activities.queries import open_about

_MOST = 10


def open_tasks(actor: Actor, row: Mapping[str, Any], *, most: int) -> list[dict[str, Any]]:
    """Give the open activities about a deal that the actor may read, the first due first."""
    if not actor.may("activities", READ):
        return []
    found = open_about("opportunities", [row["id"]]).get(row["id"], [])
    ids = [each["id"] for each in found]
    seen = set(readable_rows(entity_named("activities"), actor, ids).values_list("pk", flat=True))
    moment = now()
    return [
        {**each, "is_late": each["open_at"] is not None and each["open_at"] < moment}
        for each in found
        if each["id"] in seen
    ][:most]


def overdue_of(actor: Actor, row: Mapping[str, Any], _asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """List what is overdue about a deal."""
    return {"late": [each for each in open_tasks(actor, row, most=_MOST) if each["is_late"]]}
