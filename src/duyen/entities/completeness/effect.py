"""What other weights would do, told before they are kept: from all rows, or a sample of many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from duyen.entities.completeness.columns import mask_sql
from duyen.entities.completeness.declaring import Completeness
from duyen.entities.completeness.rules import Group, Standing, Weights, moves, standing

#: Up to so many rows are all looked at; of more, about so many.
BOUND = 30_000


@dataclass(frozen=True)
class Effect:
    """How many rows were looked at of how many, how they stand, and how they would.

    `moves` counts the rows that change their band, by the bands that they leave and come to. From a
    sample all counts are those of the sample.
    """

    looked_at: int
    total: int
    before: Standing
    after: Standing
    moves: Mapping[tuple[int, int], int]
    is_sample: bool = False

    def scaled(self, count: int) -> int:
        """Give for a count of the sample what it means for all rows, to two leading digits."""
        if not self.is_sample or not self.looked_at:
            return count
        whole = round(count * self.total / self.looked_at)
        step = 10 ** max(len(str(whole)) - 2, 0)
        return int((whole + step // 2) // step * step)


def effect_of(scored: Completeness, before: Weights, after: Weights) -> Effect:
    """Work out what `after` would do to rows that stand under `before`, those in the bin left out."""
    total = _rows(scored)
    is_sample = total > BOUND
    groups = _groups(scored, sampled=100 * BOUND / total if is_sample else None)
    looked_at = sum(each.count for each in groups)
    return Effect(
        looked_at,
        max(total, looked_at) if is_sample else looked_at,
        standing(groups, before),
        standing(groups, after),
        moves(groups, before, after),
        is_sample,
    )


def _rows(scored: Completeness) -> int:
    """Count rows as far as the bound; beyond it, take what the statistics of the table say."""
    table = scored.model._meta.db_table
    name = sql.Identifier(table)
    with connection.cursor() as cursor:
        cursor.cursor.execute(
            sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT %s) c").format(name), [BOUND + 1]
        )
        (counted,) = cursor.cursor.fetchone()
        if counted <= BOUND:
            return int(counted)
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        return max(int(cursor.fetchone()[0]), BOUND + 1)


def _groups(scored: Completeness, *, sampled: float | None) -> list[Group]:
    """Count rows by kind and by what they have; `sampled` is the percentage of pages to look at."""
    has_bin = any(each.name == "deleted_at" for each in scored.model._meta.concrete_fields)
    statement = sql.SQL("SELECT {kind}, {mask}, count(*) FROM {table} {sample} {where} GROUP BY 1, 2").format(
        kind=sql.Identifier(scored.split),
        mask=mask_sql(scored),
        table=sql.Identifier(scored.model._meta.db_table),
        sample=sql.SQL("TABLESAMPLE SYSTEM ({})").format(sql.Literal(sampled)) if sampled else sql.SQL(""),
        where=sql.SQL("WHERE deleted_at IS NULL") if has_bin else sql.SQL(""),
    )
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement)
        return [Group(*row) for row in cursor.cursor.fetchall()]
