"""Ask the database how many rows it expects, without reading any."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection

from duyen.entities.sql import Sql, name


def expected_rows(table: str, conditions: Sequence[Sql]) -> list[int]:
    """Give about how many rows of `table` (known as t) each condition fits, from the planner's statistics.

    Costs the planning of one statement. Without statistics yet, on a table just made, it is a rough guess.
    """
    parts = [f"(SELECT 1 FROM {name(table)} t WHERE {each.text})" for each in conditions]
    params = [value for each in conditions for value in each.params]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + " UNION ALL ".join([*parts, "SELECT 1"]), params)
        told = cursor.fetchone()[0]
    plan = json.loads(told) if isinstance(told, str) else told
    return [int(each["Plan Rows"]) for each in plan[0]["Plan"]["Plans"][: len(conditions)]]
