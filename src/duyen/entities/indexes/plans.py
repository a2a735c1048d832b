"""Which index would make an order or a condition quick: said by the field, named after what it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.fields import Field
from duyen.entities.quickness import is_served, search_helps_at_all
from duyen.entities.registry import all_entities
from duyen.entities.sql import name
from duyen.foundation.database.indexing import PREFIX, index_name

#: So many indexes of its own a company has on one table; every one is paid for with each import and change.
MOST_INDEXES = 8


class Purpose(StrEnum):
    """What an index is asked for."""

    SORT = "sort"
    FILTER = "filter"


@dataclass(frozen=True, eq=False)
class Plan:
    """One index that could be: over what, by which method, and the operators of a filter that it serves."""

    entity: Entity
    field: Field
    purpose: Purpose
    method: str
    expression: str
    operators: frozenset[str] = frozenset()

    @property
    def table(self) -> str:
        return self.entity.table

    @property
    def name(self) -> str:
        return index_name(self.table, self.method, self.expression)


def plan_for(entity: Entity, field: Field, purpose: Purpose) -> Plan | None:
    """Give the index for an order or the conditions on a field; none where none helps, or one is declared."""
    return _plan_to_sort(entity, field) if purpose is Purpose.SORT else _plan_to_filter(entity, field)


def plan_named(entity: str, field: str, purpose: str) -> Plan | None:
    """Give the index that is called for by names; none where they mean nothing, or nothing any more."""
    found = next((each for each in all_entities() if each.name == entity), None)
    meant = found.by_name.get(field) if found else None
    if found is None or meant is None or purpose not in set(Purpose):
        return None
    return plan_for(found, meant, Purpose(purpose))


def is_for_both(plan: Plan) -> bool:
    """Tell whether one index serves order and conditions of a field alike."""
    both = {plan_for(plan.entity, plan.field, each) for each in Purpose} - {None}
    return len(both) == len(Purpose) and len({each.name for each in both if each}) == 1


def all_plans(entity: Entity) -> Iterator[Plan]:
    """List what a company may ask for, field by field, each index once."""
    for field in entity.fields:
        plans = [plan for purpose in Purpose if (plan := plan_for(entity, field, purpose))]
        yield from {plan.name: plan for plan in reversed(plans)}.values()


def _plan_to_sort(entity: Entity, field: Field) -> Plan | None:
    key = field.order_key("{t}").replace("{t}.", "")
    column = field.sort or field.columns[0]
    if not key or any(each.column == column for listing in entity.lists for each in listing.sorts):
        return None
    # The id behind the key: a page goes on from both, in either direction.
    return Plan(entity, field, Purpose.SORT, "btree", f"({key}), {name('id')}")


def _plan_to_filter(entity: Entity, field: Field) -> Plan | None:
    kept = field.index_to_filter()
    if kept is None or not field.filters or search_helps_at_all(entity, field):
        return None
    if all(is_served(entity, field, operator) for operator in kept.operators):
        return None
    return Plan(entity, field, Purpose.FILTER, kept.method, kept.expression, kept.operators)


def made_indexes(table: str) -> frozenset[str]:
    """Name the company's own indexes on a table that stand and are whole, as the database knows them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = to_regclass(%s) AND i.indisvalid AND starts_with(c.relname, %s)",
            [name(table), PREFIX],
        )
        return frozenset(row[0] for row in cursor.fetchall())
