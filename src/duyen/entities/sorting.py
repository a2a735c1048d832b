"""In which order a list stands, and what lies behind a cursor.

The first order has an index behind it, or the list is short; further orders tell equal values apart.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.fields import Field, Link
from duyen.entities.fields.base import own_path
from duyen.entities.indexes.plans import Purpose, made_indexes, plan_for
from duyen.entities.listing import Listing, Sort
from duyen.entities.registry import entity_named
from duyen.entities.sql import TRUE, Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel

MOST_ORDERS = 3
_signer = Signer(salt="list-cursor")

#: The values of all orders and the id of the last row of a page.
Cursor = tuple[Any, ...]


@dataclass(frozen=True)
class Order:
    """One column of an order and its direction."""

    sort: Sort
    descending: bool

    def at(self, alias: str) -> str:
        """Give the SQL by which rows of `alias` are ordered."""
        return self.sort.key.replace("{t}", alias) or f"{alias}.{name(self.sort.column)}"

    @property
    def direction(self) -> str:
        return f" {'DESC' if self.descending else 'ASC'}" + (" NULLS LAST" if self.sort.nullable else "")


def find_sort(entity: Entity, listing: Listing, actor: Actor, sort_name: str) -> Sort | None:
    """Find an order by name: a declared one, or that of a field which the actor may read."""
    field = entity.by_name.get(sort_name)
    if field is not None and entity.level(actor, sort_name) is FieldLevel.HIDDEN:
        return None
    return listing.sort(sort_name) or (field_sort(entity, listing, field) if field else None)


def field_sort(entity: Entity, listing: Listing, field: Field) -> Sort | None:
    """Give the order by one field: a declared one with an index, one for few rows, or none."""
    if field.name not in entity.by_name:  # it stands beside the records
        return None
    column = field.sort or field.columns[0]
    declared = next((each for each in listing.sorts if each.column == column), None)
    if declared is not None:
        return declared
    key = _key_of_link(field) if isinstance(field, Link) else field.order_key("{t}")
    return Sort(field.name, field.label, column, nullable=True, key=key) if key else None


def _key_of_link(link: Link) -> str:
    """Order by the name of what a link points at, where everybody may read those names."""
    target = entity_named(link.to)
    if not target.public_labels:
        return ""
    title = target.field(target.title)
    key = f"l.{name(title.sort)}" if title.sort else title.order_key("l")
    return f"(SELECT {key} FROM {name(target.table)} l WHERE l.id = {link.place('{t}')})"


def indexed(entity: Entity, listing: Listing, actor: Actor) -> list[Sort]:
    """List the orders with an index behind them whose fields the actor may read: the declared ones first."""
    declared = [each for each in listing.sorts if find_sort(entity, listing, actor, each.name)]
    made = made_indexes(entity.table)
    own = (
        [_made(entity, sort, made) for sort in sortable(entity, listing, actor) if not sort.is_indexed]
        if made
        else []
    )
    return [*declared, *(each for each in own if each.is_made)]


def _made(entity: Entity, sort: Sort, made: frozenset[str]) -> Sort:
    """Mark an order that the company had an index built for."""
    field = entity.by_name.get(sort.name)
    plan = plan_for(entity, field, Purpose.SORT) if field else None
    return replace(sort, is_made=plan is not None and plan.name in made)


def sortable(entity: Entity, listing: Listing, actor: Actor) -> list[Sort]:
    """List the orders that a reader may choose: the declared ones first, then the other fields."""
    found = [each for each in listing.sorts if find_sort(entity, listing, actor, each.name)]
    for field in entity.readable(actor):
        sort = field_sort(entity, listing, field)
        if sort is not None and sort not in found and sort not in listing.sorts:
            found.append(sort)
    return found


def read_orders(entity: Entity, listing: Listing, actor: Actor, text: str) -> list[Order]:
    """Turn `-created_at,name` into orders; nothing is the list's usual order. Raises BadRequest."""
    if not text:
        first = listing.sorts[0]
        return [Order(first, first.descending)]
    words = text.split(",")
    if len(words) > MOST_ORDERS:
        raise BadRequest(argument="sort", what=_("a list is ordered by at most three fields."))
    orders = [Order(_sort(entity, listing, actor, each), each.startswith("-")) for each in words]
    if not orders[0].sort.is_indexed:
        orders[0] = replace(orders[0], sort=_made(entity, orders[0].sort, made_indexes(entity.table)))
    return orders


def _sort(entity: Entity, listing: Listing, actor: Actor, word: str) -> Sort:
    found = find_sort(entity, listing, actor, own_path(word.removeprefix("-")))
    if found is None:
        # A page says the words, a program sends the names behind them.
        known = ", ".join(f"{each.label} ({each.name})" for each in sortable(entity, listing, actor))
        raise BadRequest(argument="sort", what=_("the list can be ordered by %(known)s.") % {"known": known})
    return found


def order_by(orders: Sequence[Order], prefix: str = "") -> str:
    """Give the ORDER BY of rows whose keys stand as s0, s1, … beside their id.

    The id goes the way of the first order, so that one index on both brings the rows either way.
    """
    keyed = "".join(f"{prefix}s{place}{each.direction}, " for place, each in enumerate(orders))
    return f"{keyed}{prefix}id{_way(orders)}"


def order_by_rows(orders: Sequence[Order], alias: str, *, knows_all: bool) -> str:
    """Give the ORDER BY of rows of a table, as an index may bring them.

    Where known and unknown values of the first order are read apart (`behind_rows`), where its unknown
    ones stand is not said (`knows_all`): said, it would keep the index from being read backwards.
    """
    first, *rest = orders
    way = _way(orders) if knows_all else first.direction
    keyed = "".join(f"{each.at(alias)}{each.direction}, " for each in rest)
    return f"{first.at(alias)}{way}, {keyed}{alias}.id{_way(orders)}"


def _way(orders: Sequence[Order]) -> str:
    return " DESC" if orders[0].descending else ""


def keys(orders: Sequence[Order], alias: str) -> str:
    """Give the keys of the orders as columns s0, s1, …"""
    return ", ".join(f"{each.at(alias)} AS s{place}" for place, each in enumerate(orders))


def behind_rows(orders: Sequence[Order], cursor: Cursor | None, alias: str) -> list[Sql]:
    """Say “behind the cursor” of rows of a table; each part opens with a bound on the first column.

    Unknown values stand last. Behind a known value come the later known ones and, as a part of
    its own, the unknown ones; from the first row on these are two parts as well.
    """
    if cursor is None and orders[0].sort.nullable:
        first = orders[0].at(alias)
        return [Sql(f"{first} IS NOT NULL"), Sql(f"{first} IS NULL")]
    return _behind(orders, cursor, [*(each.at(alias) for each in orders), f"{alias}.id"])


def behind_keys(orders: Sequence[Order], cursor: Cursor | None) -> Sql:
    """Say “behind the cursor” of rows whose keys stand as s0, s1, … beside their id."""
    return _any(_behind(orders, cursor, [*(f"s{place}" for place in range(len(orders))), "id"]))


def behind_any(orders: Sequence[Order], cursor: Cursor | None, alias: str) -> Sql:
    """Say “behind the cursor” of rows of a table in one condition."""
    return _any(_behind(orders, cursor, [*(each.at(alias) for each in orders), f"{alias}.id"]))


def _behind(orders: Sequence[Order], cursor: Cursor | None, columns: Sequence[str]) -> list[Sql]:
    if cursor is None:
        return [TRUE]
    first, value, column = orders[0], cursor[0], columns[0]
    further, reached = ("<", "<=") if first.descending else (">", ">=")
    rest = _further(orders[1:], cursor[1:], columns[1:], further)
    if value is None:
        return [all_of([Sql(f"{column} IS NULL"), rest])]
    if len(orders) == 1:
        # Both at once: among many equal values the index leads to the id too.
        parts = [Sql(f"({column}, {columns[1]}) {further} (%s, %s)", (value, cursor[1]))]
    else:
        text = f"{column} {reached} %s AND ({column} {further} %s OR ({rest.text}))"
        parts = [Sql(text, (value, value, *rest.params))]
    if first.sort.nullable:
        parts.append(Sql(f"{column} IS NULL"))
    return parts


def _further(orders: Sequence[Order], cursor: Cursor, columns: Sequence[str], beyond: str) -> Sql:
    if not orders:
        return Sql(f"{columns[0]} {beyond} %s", (cursor[0],))
    column, value = columns[0], cursor[0]
    rest = _further(orders[1:], cursor[1:], columns[1:], beyond)
    if value is None:
        return all_of([Sql(f"{column} IS NULL"), rest])
    further = "<" if orders[0].descending else ">"
    unknown = f" OR {column} IS NULL" if orders[0].sort.nullable else ""
    text = f"({column} {further} %s{unknown} OR ({column} = %s AND {rest.text}))"
    return Sql(text, (value, value, *rest.params))


def _any(parts: Sequence[Sql]) -> Sql:
    if len(parts) == 1:
        return parts[0]
    text = "(" + " OR ".join(f"({part.text})" for part in parts) + ")"
    return Sql(text, tuple(value for part in parts for value in part.params))


def write_cursor(row: Mapping[str, Any], orders: Sequence[Order]) -> str:
    """Pack the keys of a page's last row, so that the next page can start behind it."""
    values = [row[f"s{place}"] for place in range(len(orders))]
    plain = [_plain(value) for value in values]
    text = json.dumps([_name_of(orders), *plain, row["id"]], ensure_ascii=False, separators=(",", ":"))
    return _signer.sign(base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, (dt.datetime, dt.date)) else value


def read_cursor(after: str, orders: Sequence[Order]) -> Cursor:
    """Unpack a cursor. Raises BadRequest for one that was forged or belongs to another order."""
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
