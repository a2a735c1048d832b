"""What the page of a customer shows of its deals beside its tabs. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.kernel.clock import today
from duyen.kernel.money import Money
from duyen.modules.opportunities import queries
from duyen.modules.opportunities.actions.deals import NAME
from duyen.modules.opportunities.tabs import sees

#: The panel shows so many deals; all of them stand in the tab.
_MOST = 3


def open_deals(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Sum up the deals of a customer that are under way; nothing for whoever may not see such."""
    if not actor.may(NAME, READ) or not sees(actor, "customer", "state", "name"):
        return {}
    found = queries.under_way_of_party(actor, row["id"], most=_MOST)
    may_add = actor.may(NAME, CREATE) and row.get("deleted_at") is None
    shows_day = sees(actor, "expected_close")
    return {
        "customer": row["id"],
        "count": found.count,
        "total": Money(found.amount) if sees(actor, "amount") else None,
        "next_close": found.next_close if shows_day else None,
        "is_late": shows_day and found.next_close is not None and found.next_close < today(),
        "deals": found.first,
        "shows_day": shows_day,
        "shows_stage": sees(actor, "stage"),
        "new_url": f"/{NAME}/new?customer={row['id']}" if may_add else "",
    }
