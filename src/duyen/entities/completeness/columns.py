"""The same score in SQL, for rows that nobody holds in memory. A test holds both to one answer."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from psycopg import sql

from duyen.entities.completeness.declaring import Completeness
from duyen.entities.completeness.rules import Weights
from duyen.entities.custom.columns import is_virtual, key_of, real_column

_EMPTY_JSON = sql.SQL("'[]'::jsonb, '{}'::jsonb, 'null'::jsonb, '\"\"'::jsonb")


def score_sql(scored: Completeness, weights: Weights) -> sql.Composable:
    """Give the score of a row of the table as an SQL expression, null where nothing applies."""
    cases = [
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(kind), _share(scored, given))
        for kind, given in weights.items()
        if sum(given)
    ]
    if not cases:
        return sql.SQL("NULL::smallint")
    return sql.SQL("(CASE {} {} END)::smallint").format(
        sql.Identifier(scored.split), sql.SQL(" ").join(cases)
    )


def _share(scored: Completeness, weights: tuple[int, ...]) -> sql.Composable:
    applies = sum(weights)
    parts = [
        sql.SQL("CASE WHEN {} THEN {} ELSE 0 END").format(filled, sql.SQL(str(weight)))
        for weight, filled in zip(weights, filled_sql(scored), strict=True)
        if weight
    ]
    return sql.SQL("(200 * ({}) + {}) / {}").format(
        sql.SQL(" + ").join(parts), sql.SQL(str(applies)), sql.SQL(str(2 * applies))
    )


def mask_sql(scored: Completeness) -> sql.Composable:
    """Give what a row has filled as a number, a bit for each item."""
    bits = [
        sql.SQL("CASE WHEN {} THEN {} ELSE 0 END").format(filled, sql.SQL(str(1 << place)))
        for place, filled in enumerate(filled_sql(scored))
    ]
    return sql.SQL("(") + sql.SQL(" + ").join(bits) + sql.SQL(")")


def filled_sql(scored: Completeness) -> list[sql.Composable]:
    """Give for each item whether a row has it."""
    held = {str(each.column): each for each in scored.model._meta.concrete_fields}
    return [
        sql.SQL("(")
        + sql.SQL(" OR ").join(
            _holds_own(column) if is_virtual(column) else _holds(held[column]) for column in columns
        )
        + sql.SQL(")")
        for columns in scored.inputs
    ]


def _holds_own(column: str) -> sql.Composable:
    """Tell whether a field of the company's own holds something, as Python would: 0 and no are nothing."""
    return sql.SQL("coalesce({} -> {}, 'null'::jsonb) NOT IN ({}, '0'::jsonb, 'false'::jsonb)").format(
        sql.Identifier(real_column(column)), sql.Literal(key_of(column)), _EMPTY_JSON
    )


def _holds(field: models.Field[object, object]) -> sql.Composable:
    column = sql.Identifier(str(field.column))
    if isinstance(field, ArrayField):
        return sql.SQL("cardinality({}) > 0").format(column)
    if isinstance(field, models.JSONField):
        return sql.SQL("{} NOT IN ({})").format(column, _EMPTY_JSON)
    if isinstance(field, (models.CharField, models.TextField)):
        return sql.SQL("coalesce({}, '') <> ''").format(column)
    if isinstance(field, models.BooleanField):
        return sql.SQL("coalesce({}, false)").format(column)
    if isinstance(field, models.BinaryField):
        return sql.SQL("coalesce(length({}), 0) > 0").format(column)
    if isinstance(field, (models.IntegerField, models.DecimalField)):
        return sql.SQL("coalesce({}, 0) <> 0").format(column)
    return sql.SQL("{} IS NOT NULL").format(column)
