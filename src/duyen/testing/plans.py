"""How the database finds the rows of a statement."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from duyen.entities.sql import Sql


def plan_of(statement: Sql) -> list[dict[str, Any]]:
    """Run a statement and give the nodes of its plan, with what each of them really read."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.text}", statement.params)
        told = cursor.fetchone()[0]
    nodes, left = [], [(json.loads(told) if isinstance(told, str) else told)[0]["Plan"]]
    while left:
        node = left.pop()
        nodes.append(node)
        left += node.get("Plans", [])
    return nodes
