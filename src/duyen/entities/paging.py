"""Compile scope, filter, search, order and cursor into one SQL statement, and return plain rows.

Each owner or unit in the scope is one indexed branch with its own LIMIT where an index leads to
the order; the branches are united and cut again. Paging goes by key, never by offset, so depth costs nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.filters import compile_filter, readable_field
from duyen.entities.listing import Listing, Sort
from duyen.entities.scope import leading_columns, standing
from duyen.entities.search import search_condition
from duyen.entities.sql import TRUE, Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ

#: A text search looks at no more rows than this before it sorts; more than that is no search.
MOST_FOUND = 2_000
#: So many rows of an owner are gathered and sorted; more are left to the list's own index.
FEW_ROWS = 5_000
#: As owner, through a unit, or shared by name.
_WAYS_IN = 3
_signer = Signer(salt="list-cursor")


@dataclass(frozen=True)
class Order:
    """One column of an order and its direction."""

    sort: Sort
    descending: bool


@dataclass(frozen=True)
class View:
    """What a reader asks of a list: words, filter, order, and whether to look into the bin."""

    q: str = ""
    filter: object = None
    sort: str = ""
    deleted: bool = False
    limit: int = 50


@dataclass(frozen=True)
class Page:
    """Rows of a list as plain columns, and the cursor of the next page where there is one."""

    rows: Sequence[Mapping[str, Any]]
    next: str | None


def page(entity: Entity, listing: Listing, *, actor: Actor, view: View, after: str | None = None) -> Page:
    """Read one page of a list.

    Raises BadRequest for an order, filter or cursor that is not understood.
    """
    orders = read_orders(entity, listing, actor, view)
    statement = _statement(entity, actor, view, orders, _read_cursor(after, orders) if after else None)
    if statement is None:
        return Page((), None)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for column in entity.json_columns:
        for row in rows:
            row[column] = json.loads(row[column])  # Django leaves jsonb as text
    if len(rows) <= view.limit:
        return Page(rows, None)
    rows = rows[: view.limit]
    return Page(rows, _write_cursor(rows[-1], orders))


def read_orders(entity: Entity, listing: Listing, actor: Actor, view: View) -> list[Order]:
    """Turn `-created,name` into the declared orders. Raises BadRequest for any other."""
    if not view.sort:
        first = listing.sorts[0]
        return [Order(first, first.descending)]
    orders = []
    for word in view.sort.split(","):
        sort = listing.sort(word.removeprefix("-"))
        if sort is None:
            known = ", ".join(each.name for each in listing.sorts)
            raise BadRequest(
                argument="sort", what=_("the list can be ordered by %(known)s.") % {"known": known}
            )
        if sort.name in entity.by_name:
            readable_field(entity, actor, sort.name)
        orders.append(Order(sort, word.startswith("-")))
    if len(orders) > 3:
        raise BadRequest(argument="sort", what=_("a list is ordered by at most three fields."))
    return orders


def _statement(
    entity: Entity, actor: Actor, view: View, orders: Sequence[Order], cursor: tuple[Any, ...] | None
) -> Sql | None:
    facts = actor.scope(entity.name, READ)
    common = all_of(
        [
            standing(entity.kind, "t", deleted=view.deleted if entity.has_bin else None),
            compile_filter(entity, actor, view.filter, alias="t"),
        ]
    )
    if view.q.strip():
        words = search_condition(entity, actor, view.q, "t")
        where = all_of([common, entity.scope.as_sql(facts, "t"), words])
        inner = _found(entity, where, view, orders, cursor)
    else:
        leading = leading_columns(entity.model, orders[0].sort.column)
        branches = entity.scope.branches(facts, "t", leading=leading)
        if not branches:
            return None
        inner = _union(entity, branches, common, view, orders, cursor, is_led=bool(leading))
    columns = ", ".join(f"t.{name(column)}" for column in (*entity.columns, *_sort_columns(entity, orders)))
    text = (
        f"SELECT {columns} FROM ({inner.text}) k JOIN {name(entity.table)} t ON t.id = k.id "
        f"ORDER BY {_order_by(orders, 't')}"
    )
    return Sql(text, inner.params)


def _sort_columns(entity: Entity, orders: Sequence[Order]) -> list[str]:
    return [each.sort.column for each in orders if each.sort.column not in entity.columns]


def _union(
    entity: Entity,
    branches: Sequence[Sql],
    common: Sql,
    view: View,
    orders: Sequence[Order],
    cursor: tuple[Any, ...] | None,
    *,
    is_led: bool,
) -> Sql:
    """One keyset branch per owner, unit and shared set."""
    parts = []
    for branch in branches:
        gathers = not is_led and _is_narrow(entity, branch)
        for after in _after(orders, cursor):
            where = all_of([branch, after, common])
            draw = _gathered if gathers else _in_order
            parts.append(draw(entity, where, orders, view.limit + 1))
    if len(parts) == 1:
        return parts[0]
    outer = ", ".join(f"s{place}{_direction(each)}" for place, each in enumerate(orders))
    text = f"{_joined(parts, outer, view, is_merged=is_led)} ORDER BY {outer}, id LIMIT {view.limit + 1}"
    return Sql(text, tuple(value for part in parts for value in part.params))


def _is_narrow(entity: Entity, branch: Sql) -> bool:
    """Tell whether a branch opens few rows, as owners and shares do; units may open many."""
    return branch != TRUE and name(entity.scope.unit) not in branch.text


def _in_order(entity: Entity, where: Sql, orders: Sequence[Order], limit: int) -> Sql:
    """Read the first rows of a branch as some index brings them."""
    return Sql(
        f"(SELECT t.id, {_keys(orders)} FROM {name(entity.table)} t WHERE {where.text} "
        f"ORDER BY {_order_by(orders, 't')} LIMIT {limit})",
        where.params,
    )


def _gathered(entity: Entity, where: Sql, orders: Sequence[Order], limit: int) -> Sql:
    """Gather all rows of a narrow branch and sort them; leave that to an index where they are many after all.

    Left alone, the planner walks the list's order through the whole table until it has met enough
    rows of one owner: tens of thousands of rows for fifty.
    """
    outer = ", ".join(f"s{place}{_direction(each)}" for place, each in enumerate(orders))
    many = Sql(f"(SELECT count(*) FROM o) > {FEW_ROWS}")
    by_index = _in_order(entity, all_of([where, many]), orders, limit)
    return Sql(
        f"(WITH o AS MATERIALIZED (SELECT t.id, {_keys(orders)} FROM {name(entity.table)} t "
        f"WHERE {where.text} LIMIT {FEW_ROWS + 1}) "
        f"(SELECT * FROM o WHERE (SELECT count(*) FROM o) <= {FEW_ROWS} ORDER BY {outer}, id LIMIT {limit}) "
        f"UNION ALL {by_index.text})",
        (*where.params, *by_index.params),
    )


def _keys(orders: Sequence[Order]) -> str:
    return ", ".join(f"t.{name(each.sort.column)} AS s{place}" for place, each in enumerate(orders))


def _joined(parts: Sequence[Sql], outer: str, view: View, *, is_merged: bool) -> str:
    """Join the branches so that a row found twice stands once.

    Branches that come in order from an index are merged, and few rows of each are read at all.
    Others are united: a merge would let the planner walk the whole table in the list's order for
    the first rows of one owner.
    """
    if not is_merged:
        return " UNION ".join(part.text for part in parts)
    merged = " UNION ALL ".join(part.text for part in parts)
    # A row stands in at most one branch of owners, one of units and one of shared records.
    most = _WAYS_IN * (view.limit + 1)
    return f"SELECT DISTINCT * FROM ({merged} ORDER BY {outer}, id LIMIT {most}) u"


def _found(
    entity: Entity, where: Sql, view: View, orders: Sequence[Order], cursor: tuple[Any, ...] | None
) -> Sql:
    """Find by words first, behind a fence, then order the few rows that were found."""
    keys = ", ".join(f"t.{name(each.sort.column)}" for each in orders)
    after = _after(orders, cursor)
    kept = all_of([]) if cursor is None else _any(after)
    text = (
        f"WITH m AS MATERIALIZED (SELECT t.id, {keys} FROM {name(entity.table)} t "
        f"WHERE {where.text} LIMIT {MOST_FOUND}) "
        f"SELECT t.id FROM m t WHERE {kept.text} ORDER BY {_order_by(orders, 't')} LIMIT {view.limit + 1}"
    )
    return Sql(text, (*where.params, *kept.params))


def _any(parts: Sequence[Sql]) -> Sql:
    return Sql(
        "(" + " OR ".join(f"({part.text})" for part in parts) + ")",
        tuple(value for part in parts for value in part.params),
    )


def _direction(order: Order) -> str:
    return f" {'DESC' if order.descending else 'ASC'}" + (" NULLS LAST" if order.sort.nullable else "")


def _order_by(orders: Sequence[Order], alias: str) -> str:
    return (
        ", ".join(f"{alias}.{name(each.sort.column)}{_direction(each)}" for each in orders) + f", {alias}.id"
    )


def _after(orders: Sequence[Order], cursor: tuple[Any, ...] | None) -> list[Sql]:
    """Say “behind the cursor”; each part opens with a plain bound on the first column.

    Unknown values stand last. Behind a known value come the later known ones and, as a part of
    its own, the unknown ones.
    """
    if cursor is None:
        return [TRUE]
    first, value = orders[0], cursor[0]
    column = f"t.{name(first.sort.column)}"
    rest = _behind(orders[1:], cursor[1:])
    if value is None:
        return [all_of([Sql(f"{column} IS NULL"), rest])]
    further, reached = ("<", "<=") if first.descending else (">", ">=")
    parts = [
        Sql(
            f"{column} {reached} %s AND ({column} {further} %s OR ({rest.text}))",
            (value, value, *rest.params),
        )
    ]
    if first.sort.nullable:
        parts.append(Sql(f"{column} IS NULL"))
    return parts


def _behind(orders: Sequence[Order], cursor: tuple[Any, ...]) -> Sql:
    if not orders:
        return Sql("t.id > %s", (cursor[0],))
    column, value, rest = f"t.{name(orders[0].sort.column)}", cursor[0], _behind(orders[1:], cursor[1:])
    if value is None:
        return all_of([Sql(f"{column} IS NULL"), rest])
    further = "<" if orders[0].descending else ">"
    unknown = f" OR {column} IS NULL" if orders[0].sort.nullable else ""
    text = f"({column} {further} %s{unknown} OR ({column} = %s AND {rest.text}))"
    return Sql(text, (value, value, *rest.params))


def _write_cursor(row: Mapping[str, Any], orders: Sequence[Order]) -> str:
    values = [row[each.sort.column] for each in orders]
    plain = [value.isoformat() if isinstance(value, (dt.datetime, dt.date)) else value for value in values]
    text = json.dumps([_name_of(orders), *plain, row["id"]], ensure_ascii=False, separators=(",", ":"))
    return _signer.sign(base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))


def _read_cursor(after: str, orders: Sequence[Order]) -> tuple[Any, ...]:
    forged = BadRequest(
        argument="after", what=_("the cursor does not fit this list. Start again from the first page.")
    )
    try:
        packed = _signer.unsign(after)
    except BadSignature as error:
        raise forged from error
    order, *values = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    if order != _name_of(orders):
        raise forged
    return tuple(values)


def _name_of(orders: Sequence[Order]) -> str:
    return ",".join(("-" if each.descending else "") + each.sort.name for each in orders)
