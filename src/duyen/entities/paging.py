"""Compile scope, filter, search, order and cursor into one SQL statement, and return plain rows.

Each owner or unit in the scope is one indexed branch with its own LIMIT where an index leads to
the order; the branches are united and cut again. Paging goes by key, never by offset, so depth costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.filters import compile_filter
from duyen.entities.listing import Listing, Sort
from duyen.entities.patience import patience
from duyen.entities.scope import leading_columns, standing
from duyen.entities.search import search_condition
from duyen.entities.sorting import (
    Cursor,
    Order,
    behind_any,
    behind_keys,
    behind_rows,
    keys,
    order_by,
    order_by_rows,
    read_cursor,
    read_orders,
    write_cursor,
)
from duyen.entities.sql import TRUE, Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ

#: A text search looks at no more rows than this before it sorts; more than that is no search.
MOST_FOUND = 2_000
#: So many rows of an owner are gathered and sorted; more are left to the list's own index.
FEW_ROWS = 5_000
#: So many rows that fit a filter are gathered and sorted; more are met soon enough on the way down the index.
FEW_FITTING = 2_000
#: An order without an index sorts no more rows than this.
MOST_SORTED = 20_000
#: As owner, through a unit, or shared by name.
_WAYS_IN = 3


class TooManyToSort(BadRequest):
    """The order has no index, and more rows fit than can be sorted while somebody waits."""

    code = "too_many_to_sort"
    sentence = _(
        "More than %(most)s rows fit, too many to order by “%(order)s”. "
        "Add a condition, or order by %(indexed)s."
    )

    def __init__(self, sort: Sort, listing: Listing) -> None:
        indexed = ", ".join(str(each.label) for each in listing.sorts)
        most = f"{MOST_SORTED:,}".replace(",", ".")
        super().__init__(argument="sort", most=most, order=str(sort.label), indexed=indexed)


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

    Raises BadRequest for an order, filter or cursor that is not understood, TooManyToSort, TooSlow.
    """
    orders = read_orders(entity, listing, actor, view.sort)
    statement = _Ask(entity, actor, view, orders, read_cursor(after, orders) if after else None).statement()
    if statement is None:
        return Page((), None)
    is_ordered = orders[0].sort.is_indexed or bool(view.q.strip())
    with patience(entity, actor, is_needed=bool(view.filter) or not is_ordered):
        if not is_ordered:
            _refuse_too_many(entity, listing, actor, view, orders[0].sort)
        rows = _read(statement)
    for column in entity.json_columns:
        for row in rows:
            row[column] = json.loads(row[column])  # Django leaves jsonb as text
    if len(rows) <= view.limit:
        return Page(rows, None)
    rows = rows[: view.limit]
    return Page(rows, write_cursor(rows[-1], orders))


def _read(statement: Sql) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def conditions(entity: Entity, actor: Actor, view: View) -> Sql:
    """Give what a row must fulfil to stand in a view, apart from the scope."""
    parts = [
        standing(entity.kind, "t", deleted=view.deleted if entity.has_bin else None),
        compile_filter(entity, actor, view.filter, alias="t"),
    ]
    if view.q.strip():
        parts.append(search_condition(entity, actor, view.q, "t"))
    return all_of(parts)


def _refuse_too_many(entity: Entity, listing: Listing, actor: Actor, view: View, sort: Sort) -> None:
    """Refuse an order without an index where too many rows fit. Raises TooManyToSort."""
    where = all_of(
        [conditions(entity, actor, view), entity.scope.as_sql(actor.scope(entity.name, READ), "t")]
    )
    text = f"SELECT 1 FROM {name(entity.table)} t WHERE {where.text} LIMIT {MOST_SORTED + 1}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({text}) k", where.params)
        if int(cursor.fetchone()[0]) > MOST_SORTED:
            raise TooManyToSort(sort, listing)


@dataclass(frozen=True)
class _Ask:
    """One page as it is asked for: by whom, of what, in which order, from where on."""

    entity: Entity
    actor: Actor
    view: View
    orders: Sequence[Order]
    cursor: Cursor | None

    @property
    def limit(self) -> int:
        """One row more than is shown tells whether there is a next page."""
        return self.view.limit + 1

    def statement(self) -> Sql | None:
        facts = self.actor.scope(self.entity.name, READ)
        common = conditions(self.entity, self.actor, self.view)
        inside = all_of([common, self.entity.scope.as_sql(facts, "t")])
        if self.view.q.strip():
            inner = self._found(inside, MOST_FOUND)
        elif not self.orders[0].sort.is_indexed:
            inner = self._found(inside, MOST_SORTED)
        else:
            leading = leading_columns(self.entity.model, self.orders[0].sort.column)
            branches = self.entity.scope.branches(facts, "t", leading=leading)
            if not branches:
                return None
            # The rows of one owner are few enough to be met one by one.
            if self.view.filter and not all(self._is_narrow(each) for each in branches):
                inner = self._filtered(inside, branches, common, is_led=bool(leading))
            else:
                inner = self._union(branches, common, is_led=bool(leading))
        columns = [f"t.{name(column)}" for column in self.entity.columns]
        columns += [f"k.s{place}" for place in range(len(self.orders))]
        text = (
            f"SELECT {', '.join(columns)} FROM ({inner.text}) k "
            f"JOIN {name(self.entity.table)} t ON t.id = k.id ORDER BY {order_by(self.orders, 'k.')}"
        )
        return Sql(text, inner.params)

    def _found(self, where: Sql, most: int) -> Sql:
        """Find first, behind a fence, then order the few rows that were found."""
        kept = behind_keys(self.orders, self.cursor)
        text = (
            f"WITH m AS MATERIALIZED ({self._rows(where, most)}) "
            f"SELECT * FROM m WHERE {kept.text} ORDER BY {order_by(self.orders)} LIMIT {self.limit}"
        )
        return Sql(text, (*where.params, *kept.params))

    def _filtered(self, inside: Sql, branches: Sequence[Sql], common: Sql, *, is_led: bool) -> Sql:
        """Gather what fits where it is rare; where it is frequent, meet it on the way down the index.

        The planner cannot tell the two apart where conditions depend on each other, and walks a
        whole table for the one page of a rare combination.
        """
        where = all_of([inside, behind_any(self.orders, self.cursor, "t")])
        many = Sql(f"(SELECT count(*) FROM f) > {FEW_FITTING}")
        walked = self._union(branches, all_of([common, many]), is_led=is_led)
        return Sql(
            f"WITH f AS MATERIALIZED ({self._rows(where, FEW_FITTING + 1)}) "
            f"(SELECT * FROM f WHERE (SELECT count(*) FROM f) <= {FEW_FITTING} "
            f"ORDER BY {order_by(self.orders)} LIMIT {self.limit}) "
            f"UNION ALL (SELECT * FROM ({walked.text}) w)",
            (*where.params, *walked.params),
        )

    def _union(self, branches: Sequence[Sql], common: Sql, *, is_led: bool) -> Sql:
        """One keyset branch per owner, unit and shared set."""
        parts = []
        for branch in branches:
            gathers = not is_led and self._is_narrow(branch)
            for after in behind_rows(self.orders, self.cursor, "t"):
                where = all_of([branch, after, common])
                parts.append(self._gathered(where) if gathers else self._in_order(where))
        if len(parts) == 1:
            return parts[0]
        outer = order_by(self.orders)
        text = f"{self._joined(parts, is_merged=is_led)} ORDER BY {outer} LIMIT {self.limit}"
        return Sql(text, tuple(value for part in parts for value in part.params))

    def _is_narrow(self, branch: Sql) -> bool:
        """Tell whether a branch opens few rows, as owners and shares do; units may open many."""
        return branch != TRUE and name(self.entity.scope.unit) not in branch.text

    def _rows(self, where: Sql, most: int) -> str:
        table = name(self.entity.table)
        return f"SELECT t.id, {keys(self.orders, 't')} FROM {table} t WHERE {where.text} LIMIT {most}"

    def _in_order(self, where: Sql) -> Sql:
        """Read the first rows of a branch as some index brings them."""
        return Sql(
            f"(SELECT t.id, {keys(self.orders, 't')} FROM {name(self.entity.table)} t WHERE {where.text} "
            f"ORDER BY {order_by_rows(self.orders, 't')} LIMIT {self.limit})",
            where.params,
        )

    def _gathered(self, where: Sql) -> Sql:
        """Gather the rows of a narrow branch and sort them; where they are many, leave it to an index.

        Left alone, the planner walks the list's order through the whole table until it has met enough
        rows of one owner: tens of thousands of rows for fifty.
        """
        many = Sql(f"(SELECT count(*) FROM o) > {FEW_ROWS}")
        by_index = self._in_order(all_of([where, many]))
        return Sql(
            f"(WITH o AS MATERIALIZED ({self._rows(where, FEW_ROWS + 1)}) "
            f"(SELECT * FROM o WHERE (SELECT count(*) FROM o) <= {FEW_ROWS} "
            f"ORDER BY {order_by(self.orders)} LIMIT {self.limit}) UNION ALL {by_index.text})",
            (*where.params, *by_index.params),
        )

    def _joined(self, parts: Sequence[Sql], *, is_merged: bool) -> str:
        """Join the branches so that a row found twice stands once.

        Branches that come in order from an index are merged, and few rows of each are read at all.
        Others are united: a merge would let the planner walk the whole table in the list's order for
        the first rows of one owner.
        """
        if not is_merged:
            return " UNION ".join(part.text for part in parts)
        merged = " UNION ALL ".join(part.text for part in parts)
        # A row stands in at most one branch of owners, one of units and one of shared records.
        most = _WAYS_IN * self.limit
        return f"SELECT DISTINCT * FROM ({merged} ORDER BY {order_by(self.orders)} LIMIT {most}) u"
