"""What the page of an assignment rule shows beside its fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.assignments import queries

_LATELY = dt.timedelta(days=30)


def brought(_actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give how many leads a rule assigned lately, and where one can try it first."""
    return {
        "is_on": row["is_on"],
        "assigned": queries.assigned_since(row["id"], now() - _LATELY),
        "before": queries.rules_before(row["position"]),
        "try_url": f"/assignment_rules/{row['id']}/try",
    }
