"""Which conditions of a filter an index serves, so that a list knows what it would have to look through.

Read from the indexes of the model, from the search column and from the indexes that the company asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Func, Model, UniqueConstraint

from duyen.entities.entity import Entity
from duyen.entities.fields import Field
from duyen.entities.fields.simple import like_pattern
from duyen.entities.sql import Sql, name
from duyen.foundation.access.actor import Actor

#: What an ordered index finds, and what one over the values of a column does.
_BY_ORDER = frozenset({"eq", "in", "lt", "lte", "gt", "gte", "between", "within"})
_BY_VALUE = frozenset({"eq", "in"})
#: The trigram index leads nowhere with fewer letters or digits in a row than this.
_TRIGRAM = re.compile(r"[a-z0-9]{3}")


@dataclass(frozen=True)
class Slow:
    """A field of a filter with no index behind what is asked of it; through a link there is no operator."""

    entity: Entity
    field: Field
    operator: str


def is_served(entity: Entity, field: Field, operator: str) -> bool:
    """Tell whether an index of the model finds the rows of a condition on `field`."""
    served = served_operators(entity.model).get(field.columns[0], frozenset())
    if operator == "empty":
        return field.is_ordered and "gte" in served
    return operator in served


@lru_cache(maxsize=256)
def served_operators(model: type[Model]) -> Mapping[str, frozenset[str]]:
    """Give by column the operators for which the model declares an index."""
    columns = {each.name: str(each.column) for each in model._meta.concrete_fields}
    found: dict[str, frozenset[str]] = {}
    for plain in model._meta.concrete_fields:
        if plain.unique or getattr(plain, "db_index", False):
            found[str(plain.column)] = _BY_ORDER
    led = [index for index in model._meta.indexes if not isinstance(index, GinIndex) and not index.condition]
    unique = [
        each for each in model._meta.constraints if isinstance(each, UniqueConstraint) and not each.condition
    ]
    for first in (each.fields[0] for each in (*led, *unique) if each.fields):
        found[columns[first.removeprefix("-")]] = _BY_ORDER
    for index in model._meta.indexes:
        if isinstance(index, GinIndex) and not index.condition:
            for each in index.fields:
                found[columns[each]] = found.get(columns[each], frozenset()) | _BY_VALUE
    return found


def search_helps(entity: Entity, field: Field, operator: str, operand: object, alias: str) -> Sql | None:
    """Give what the search column must hold for a condition on `field` to hold, where its index leads there.

    The search column holds the folded text of `field`, and its trigram index finds any part of it.
    """
    if not search_helps_at_all(entity, field):
        return None
    needle = field.needle(operator, operand)
    if not has_trigram(needle):
        return None
    return Sql(f"{alias}.{name(entity.search)} LIKE %s", ("%" + like_pattern(needle),))


def search_helps_at_all(entity: Entity, field: Field) -> bool:
    """Tell whether the search column holds `field` and has a trigram index."""
    return bool(entity.search) and field.search and _has_trigrams(entity.model, entity.search)


def has_trigram(text: str) -> bool:
    """Tell whether a trigram index leads anywhere for a part of a text."""
    return _TRIGRAM.search(text) is not None


@lru_cache(maxsize=256)
def _has_trigrams(model: type[Model], column: str) -> bool:
    return any(
        isinstance(index, GinIndex) and any(_names(each) == column for each in index.expressions)
        for index in model._meta.indexes
    )


def _names(expression: object) -> str:
    """Name the column that an index expression is about."""
    inner = expression.get_source_expressions()[0] if isinstance(expression, Func) else expression
    return str(getattr(inner, "name", "")) if isinstance(inner, F) else ""


def quick_fields(entity: Entity, actor: Actor, *, but: frozenset[str] = frozenset()) -> list[str]:
    """Name the fields with an index behind their usual condition, as the reader knows them."""
    served = served_operators(entity.model)
    return [
        str(each.label).lower()
        for each in entity.readable(actor)
        if each.filters
        and each.name not in but
        and (each.columns[0] in served or search_helps_at_all(entity, each))
    ]
