"""What is measured of filtered lists: rare and frequent conditions, orders without an index, counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count

from duyen.bench.filling import Cast
from duyen.bench.works import ROW, SCOPES, STANDING, Call, Work, raw_scope
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql

_RARE = ("relationship_state", "industry", "kind")
_HTMX = {"HX-Request": "true"}


def filter_works(cast: Cast) -> Iterator[Work]:
    """Measure conditions with and without an index behind them, and what is counted beside a list."""
    rare, frequent = _combination(_RARE), _combination(("kind",), rarest=False)
    for scope in ("everything", "full_branch", "own"):
        user_id = getattr(cast, scope)
        yield _filtered(f"{SCOPES[scope]}, three conditions, rare", user_id, rare, 40)
        yield _filtered(f"{SCOPES[scope]}, one condition, frequent", user_id, frequent, 40)
    unindexed = {"note.contains": "khong co"}
    yield _filtered("all, a condition without an index, no row fits", cast.everything, unindexed, 500)
    yield _filtered("own + shared, a condition without an index, no row fits", cast.own, unindexed, 500)
    yield _ordered("team, by stage and name, no index", cast.team, rare | {"kind.ne": "PUBLIC_BODY"})
    yield _counted(f"count, {SCOPES['everything']}", cast.everything, {}, "count")
    yield _counted(f"count, {SCOPES['everything']}, three conditions, rare", cast.everything, rare, "count")
    yield _counted(f"count, {SCOPES['everything']}, frequent", cast.everything, frequent, "count")
    yield _counted(f"count, {SCOPES['full_branch']}", cast.full_branch, {}, "count")
    yield _counted(f"count, {SCOPES['own']}", cast.own, {}, "count")
    yield _counted(f"totals, {SCOPES['everything']}, rare", cast.everything, rare, "totals")


def _combination(columns: tuple[str, ...], *, rarest: bool = True) -> dict[str, str]:
    """Find values that some rows share: the rarest that still fill a page, or the most frequent."""
    rows = entity_named("customers").model._default_manager.filter(deleted_at=None).values(*columns)
    found = rows.annotate(number=Count("pk")).filter(number__gte=60 if rarest else 1)
    first = found.order_by("number" if rarest else "-number", *columns).first()
    return {f"{name}.in": str(first[name]) for name in columns} if first else {}


def _raw(conditions: Mapping[str, str], user_id: int) -> tuple[str, tuple[Any, ...]]:
    """Say the same by hand."""
    scope, params = raw_scope(user_id)
    signs = {"in": "= %s", "ne": "<> %s", "contains": "LIKE %s"}
    text, values = "", []
    for name, value in conditions.items():
        column, _dot, operator = name.partition(".")
        named = f"duyen_fold({column})" if operator == "contains" else column
        text += f" AND {named} {signs[operator]}"
        values.append(f"%{value}%" if operator == "contains" else value)
    return f"{STANDING}{text}{scope}", (*values, *params)


def _filtered(label: str, user_id: int, conditions: Mapping[str, str], budget: int) -> Work:
    call = Call("GET", f"/customers?{urlencode(conditions)}", may_be_told=True)
    where, params = _raw(conditions, user_id)
    text = f"SELECT {ROW} FROM parties_party WHERE {where} ORDER BY name_key, id LIMIT 51"
    return Work("filter", f"list, {label}", user_id, lambda: call, lambda: Sql(text, params), budget)


def _ordered(label: str, user_id: int, conditions: Mapping[str, str]) -> Work:
    call = Call("GET", f"/customers?{urlencode({**conditions, 'sort': 'relationship_state,name'})}")
    where, params = _raw(conditions, user_id)
    text = f"SELECT {ROW} FROM parties_party WHERE {where} ORDER BY relationship_state, name_key, id LIMIT 51"
    return Work("filter", f"list, {label}", user_id, lambda: call, lambda: Sql(text, params), 500)


def _counted(label: str, user_id: int, conditions: Mapping[str, str], part: str) -> Work:
    call = Call("GET", f"/customers/{part}?{urlencode(conditions)}", headers=_HTMX)
    where, params = _raw(conditions, user_id)
    text = f"SELECT count(*) FROM (SELECT 1 FROM parties_party WHERE {where} LIMIT 10000) k"
    return Work("count", label, user_id, lambda: call, lambda: Sql(text, params), 150)
