"""What the page of a web form shows beside its fields: its address, and how to put it on a website."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import now
from duyen.modules.web_forms import queries, rules

_LATELY = dt.timedelta(days=30)


def address(_actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the address of a form, the lines for a website, and how many leads came of it lately."""
    path = f"/f/{row['key']}"
    house = str(setting("company.public_url")).rstrip("/")
    return {
        "path": path,
        "url": f"{house}{path}",
        "has_house": bool(house),
        "is_open": row["is_open"],
        "sites": rules.origins(row["sites"]),
        "taken": queries.taken_since(row["id"], now() - _LATELY),
    }
