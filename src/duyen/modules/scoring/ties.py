"""What statements of scoring share: the table that they are about, and rows of other modules as SQL."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from duyen.entities.sql import Sql

LEADS = "leads"


def plain(rows: QuerySet[Any, Any]) -> Sql:
    """Give the statement of a query."""
    text, params = rows.query.sql_with_params()
    return Sql(text, tuple(params))
