"""Compile scope, filter, search, order and cursor into one SQL statement, and return plain rows.

Each owner or unit in the scope is one indexed branch with its own LIMIT where an index leads to
the order; the branches are united and cut again. Paging goes by key, never by offset, so depth costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.candidates import (
    TooManyToLookThrough,
    are_many,
    looked_at,
    thousands,
    windows,
)
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.filters import Compiled, compile_filter
from duyen.entities.indexes.plans import Plan, Purpose, plan_for
from duyen.entities.indexes.wanted import note_wanted
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
#: Fewer where few are shown, as in the lanes of a board: a page of those is met sooner.
FEW_FOR_EACH_ROW = 40
#: An order without an index sorts no more rows than this.
MOST_SORTED = 20_000
#: Operators that say between which values of a column the rows stand.
_BOUNDS = frozenset({"lt", "lte", "gt", "gte", "between", "within"})
#: As owner, through a unit, shared by name, or named by the record.
_WAYS_IN = 4


class TooManyToSort(BadRequest):
    """The order has no index, and more rows fit than can be sorted while somebody waits."""

    code = "too_many_to_sort"
    sentence = _(
        "More than %(most)s rows fit, too many to order by “%(order)s”. "
        "Add a condition, or order by %(indexed)s."
    )

    def __init__(self, entity: Entity, sort: Sort, listing: Listing) -> None:
        field = entity.by_name.get(sort.name)
        plan = plan_for(entity, field, Purpose.SORT) if field else None
        self.remedies: tuple[Plan, ...] = (plan,) if plan else ()
        indexed = ", ".join(str(each.label) for each in listing.sorts)
        super().__init__(argument="sort", most=thousands(MOST_SORTED), order=str(sort.label), indexed=indexed)


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
    """Rows of a list as plain columns, their order, and the cursor of the next page where there is one."""

    rows: Sequence[dict[str, Any]]
    next: str | None
    orders: Sequence[Order] = ()

    def cut(self, count: int) -> Page:
        """Give the same page with its first rows alone; the next one begins behind them."""
        if count >= len(self.rows):
            return self
        return Page(self.rows[:count], write_cursor(self.rows[count - 1], self.orders), self.orders)


def page(entity: Entity, listing: Listing, *, actor: Actor, view: View, after: str | None = None) -> Page:
    """Read one page of a list.

    Raises BadRequest for an order, filter or cursor that is not understood; TooManyToSort,
    TooManyToLookThrough or TooSlow where no index leads to the rows.
    """
    orders = read_orders(entity, listing, actor, view.sort)
    fits = conditions(entity, actor, view)
    ask = _Ask(entity, actor, view, fits, orders, read_cursor(after, orders) if after else None)
    try:
        with patience(entity, actor, is_needed=bool(view.filter) or not ask.is_ordered):
            rows = _rows_of(ask, listing)
    except (TooManyToSort, TooManyToLookThrough) as refused:
        note_wanted(refused.remedies)
        raise
    for column in entity.json_columns:
        for row in rows:
            row[column] = json.loads(row[column])  # Django leaves jsonb as text
    for row in rows:
        entity.unfold(row)
    if len(rows) <= view.limit:
        return Page(rows, None, orders)
    rows = rows[: view.limit]
    return Page(rows, write_cursor(rows[-1], orders), orders)


def _rows_of(ask: _Ask, listing: Listing) -> list[dict[str, Any]]:
    """Read the rows of a page, looking through no more candidates than somebody waits for."""
    is_looking, is_searching = ask.fits.rest != TRUE, bool(ask.view.q.strip())
    if is_searching:
        rows = _read(ask.statement())
        if is_looking and len(rows) < ask.limit and are_many(ask.entity, ask.candidates):
            raise ask.refusal()
        return rows
    if not ask.is_ordered:
        if is_looking and are_many(ask.entity, ask.candidates):
            raise ask.refusal()
        _refuse_too_many(ask, listing)
    elif is_looking:
        return _looked_through(ask)
    return _read(ask.statement())


def _looked_through(ask: _Ask) -> list[dict[str, Any]]:
    """Look through few candidates wherever they stand, of many the first in the list's order.

    Raises TooManyToLookThrough where those do not fill a page.
    """
    first, most = windows()
    # Candidates that an index narrows may stand far apart in the list's order: they are counted first.
    if not ask.fits.is_narrowed and (rows := _full_page(ask, first)):
        return rows
    if not are_many(ask.entity, ask.candidates & ask.behind):
        return _read(ask.statement())
    for window in (first, most) if ask.fits.is_narrowed else (most,):
        if rows := _full_page(ask, window):
            return rows
    raise ask.refusal()


def _full_page(ask: _Ask, window: int) -> list[dict[str, Any]]:
    """Read a page from the first `window` candidates in the list's order; nothing where it does not fill."""
    rows = _read(ask.walk(window))
    return rows if len(rows) == ask.limit else []


def _read(statement: Sql | None) -> list[dict[str, Any]]:
    if statement is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Conditions(Compiled):
    """What a row must fulfil to stand in a view, apart from the scope: standing conditions, filter, words.

    `is_narrowed` says that an index serves some of it.
    """

    is_narrowed: bool = False


def conditions(entity: Entity, actor: Actor, view: View) -> Conditions:
    """Give what a row must fulfil to stand in a view, apart from the scope. Raises BadRequest."""
    filtered = compile_filter(entity, actor, view.filter, alias="t")
    parts = [standing(entity.kind, "t", deleted=view.deleted if entity.has_bin else None), filtered.quick]
    is_searching = bool(view.q.strip())
    if is_searching:
        parts.append(search_condition(entity, actor, view.q, "t"))
    is_narrowed = is_searching or filtered.quick != TRUE
    return Conditions(all_of(parts), filtered.hint, filtered.rest, filtered.slow, is_narrowed)


def _only_bounded(tree: object) -> str | None:
    """Name the field where a filter bounds one field and says nothing else."""
    if isinstance(tree, dict) and list(tree) == ["and"] and isinstance(tree["and"], list):
        named = {_only_bounded(part) for part in tree["and"]}
        return named.pop() if len(named) == 1 else None
    if isinstance(tree, list) and len(tree) == 3 and tree[1] in _BOUNDS:
        return str(tree[0])
    return None


def _refuse_too_many(ask: _Ask, listing: Listing) -> None:
    """Refuse an order without an index where too many rows fit. Raises TooManyToSort."""
    where = ask.inside
    text = f"SELECT 1 FROM {name(ask.entity.table)} t WHERE {where.text} LIMIT {MOST_SORTED + 1}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({text}) k", where.params)
        if int(cursor.fetchone()[0]) > MOST_SORTED:
            raise TooManyToSort(ask.entity, ask.orders[0].sort, listing)


@dataclass(frozen=True)
class _Ask:
    """One page as it is asked for: by whom, of what, in which order, from where on."""

    entity: Entity
    actor: Actor
    view: View
    fits: Conditions
    orders: Sequence[Order]
    cursor: Cursor | None
    #: Each row found also says whether it fulfils the conditions without an index.
    tells_fit: bool = False

    @property
    def limit(self) -> int:
        """One row more than is shown tells whether there is a next page."""
        return self.view.limit + 1

    @property
    def is_ordered(self) -> bool:
        """Whether an index brings the rows in order, or words find few of them."""
        return self.orders[0].sort.is_indexed or bool(self.view.q.strip())

    @property
    def scope(self) -> Sql:
        return self.entity.scope.as_sql(self.actor.scope(self.entity.name, READ), "t")

    @property
    def inside(self) -> Sql:
        """What a row must fulfil to stand in the list."""
        return all_of([self.fits.whole, self.scope])

    @property
    def candidates(self) -> Sql:
        """What rights and indexes leave over."""
        return all_of([self.fits.found, self.scope])

    @property
    def behind(self) -> Sql:
        return behind_any(self.orders, self.cursor, "t")

    def refusal(self) -> TooManyToLookThrough:
        return TooManyToLookThrough(self.entity, self.actor, self.fits.slow)

    def statement(self) -> Sql | None:
        """Give the statement of the page; none where nothing can stand in it."""
        if not self.orders[0].sort.is_indexed or self.view.q.strip():
            return self._whole(self._found(MOST_FOUND if self.view.q.strip() else MOST_SORTED))
        branches, is_led = self._branches()
        if not branches:
            return None
        # The rows of one owner are few enough to be met one by one.
        is_scattered = bool(self.view.filter) and not self._is_along_order()
        if is_scattered and not all(self._is_narrow(each) for each in branches):
            return self._whole(self._filtered(branches, is_led=is_led))
        return self._whole(self._union(branches, self.fits.whole, is_led=is_led))

    def _is_along_order(self) -> bool:
        """Tell whether the filter only bounds the column by which the rows come: the walk meets no others."""
        field = self.entity.by_name.get(_only_bounded(self.view.filter) or "")
        return field is not None and field.columns == (self.orders[0].sort.column,)

    def walk(self, most: int) -> Sql | None:
        """Give the statement that looks through the first `most` candidates in order, for those that fit."""
        branches, is_led = self._branches()
        if not branches:
            return None
        wide = replace(self, view=replace(self.view, limit=most - 1), tells_fit=True)
        inner = wide._union(branches, self.fits.quick, is_led=is_led)
        text = (
            f"SELECT * FROM ({inner.text}) w WHERE fits ORDER BY {order_by(self.orders)} LIMIT {self.limit}"
        )
        return self._whole(Sql(text, inner.params))

    def _branches(self) -> tuple[list[Sql], bool]:
        """Give one condition per branch of the list, and whether an index leads from each to the order."""
        leading = leading_columns(self.entity.model, self.orders[0].sort.column)
        facts = self.actor.scope(self.entity.name, READ)
        return self.entity.scope.branches(facts, "t", leading=leading), bool(leading)

    def _whole(self, found: Sql) -> Sql:
        """Read the columns of the rows that were found."""
        columns = [f"t.{name(column)}" for column in self.entity.columns]
        columns += [f"k.s{place}" for place in range(len(self.orders))]
        text = (
            f"SELECT {', '.join(columns)} FROM ({found.text}) k "
            f"JOIN {name(self.entity.table)} t ON t.id = k.id ORDER BY {order_by(self.orders, 'k.')}"
        )
        return Sql(text, found.params)

    def _found(self, most: int) -> Sql:
        """Find first, behind a fence, then order the few rows that were found."""
        kept = behind_keys(self.orders, self.cursor)
        rows = looked_at(self.entity, self.scope, self.fits)
        text = (
            f"WITH m AS MATERIALIZED (SELECT t.id, {keys(self.orders, 't')} FROM {rows.text} LIMIT {most}) "
            f"SELECT * FROM m WHERE {kept.text} ORDER BY {order_by(self.orders)} LIMIT {self.limit}"
        )
        return Sql(text, (*rows.params, *kept.params))

    def _filtered(self, branches: Sequence[Sql], *, is_led: bool) -> Sql:
        """Gather what fits where it is rare; where it is frequent, meet it on the way down the index.

        The planner cannot tell the two apart where conditions depend on each other, and walks a
        whole table for the one page of a rare combination.
        """
        few = min(FEW_FITTING, FEW_FOR_EACH_ROW * self.limit)
        gathered = self._rows(all_of([self.inside, self.behind]), few + 1)
        many = Sql(f"(SELECT count(*) FROM f) > {few}")
        walked = self._union(branches, all_of([self.fits.whole, many]), is_led=is_led)
        return Sql(
            f"WITH f AS MATERIALIZED ({gathered.text}) "
            f"(SELECT * FROM f WHERE (SELECT count(*) FROM f) <= {few} "
            f"ORDER BY {order_by(self.orders)} LIMIT {self.limit}) "
            f"UNION ALL (SELECT * FROM ({walked.text}) w)",
            (*gathered.params, *walked.params),
        )

    def _union(self, branches: Sequence[Sql], common: Sql, *, is_led: bool) -> Sql:
        """One keyset branch per owner, unit and shared set."""
        parts = []
        for branch in branches:
            gathers = not is_led and self._is_narrow(branch)
            if gathers:
                parts.append(self._gathered(all_of([branch, self.behind, common])))
                continue
            afters = behind_rows(self.orders, self.cursor, "t")
            parts += [self._in_order(all_of([branch, after, common])) for after in afters]
        if len(parts) == 1:
            return parts[0]
        outer = order_by(self.orders)
        text = f"{self._joined(parts, is_merged=is_led)} ORDER BY {outer} LIMIT {self.limit}"
        return Sql(text, tuple(value for part in parts for value in part.params))

    def _is_narrow(self, branch: Sql) -> bool:
        facts = self.actor.scope(self.entity.name, READ)
        return self.entity.scope.opens_few(branch, facts, "t")

    def _columns(self) -> Sql:
        """Give what is read of a row on the way to a page: its id and keys."""
        plain = f"t.id, {keys(self.orders, 't')}"
        if not self.tells_fit:
            return Sql(plain)
        return Sql(f"{plain}, ({self.fits.rest.text}) AS fits", self.fits.rest.params)

    def _rows(self, where: Sql, most: int) -> Sql:
        columns = self._columns()
        text = f"SELECT {columns.text} FROM {name(self.entity.table)} t WHERE {where.text} LIMIT {most}"
        return Sql(text, (*columns.params, *where.params))

    def _in_order(self, where: Sql, *, knows_all: bool = True) -> Sql:
        """Read the first rows of a branch as some index brings them.

        `knows_all` says that the first order is known of all of them, or of none.
        """
        columns = self._columns()
        order = order_by_rows(self.orders, "t", knows_all=knows_all)
        return Sql(
            f"(SELECT {columns.text} FROM {name(self.entity.table)} t WHERE {where.text} "
            f"ORDER BY {order} LIMIT {self.limit})",
            (*columns.params, *where.params),
        )

    def _gathered(self, where: Sql) -> Sql:
        """Gather the rows of a narrow branch and sort them; where they are many, leave it to an index.

        Left alone, the planner walks the list's order through the whole table until it has met enough
        rows of one owner: tens of thousands of rows for fifty.
        """
        rows = self._rows(where, FEW_ROWS + 1)
        many = Sql(f"(SELECT count(*) FROM o) > {FEW_ROWS}")
        by_index = self._in_order(all_of([where, many]), knows_all=False)
        return Sql(
            f"(WITH o AS MATERIALIZED ({rows.text}) "
            f"(SELECT * FROM o WHERE (SELECT count(*) FROM o) <= {FEW_ROWS} "
            f"ORDER BY {order_by(self.orders)} LIMIT {self.limit}) UNION ALL {by_index.text})",
            (*rows.params, *by_index.params),
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
