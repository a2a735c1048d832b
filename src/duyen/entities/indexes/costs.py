"""What an index would cost, before it is built: rows, size, time, as the planner's statistics tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from duyen.entities.indexes.plans import Plan
from duyen.entities.sql import name

#: Bytes of an entry beside its value: its header and pointer, and the id; pages are filled to nine tenths.
_BESIDE = 24
_FILLED = 0.9
#: A trigram entry is some three bytes for each letter, an array entry some eight for each row.
_PER_LETTER, _PER_ARRAY = 3, 8
#: Measured on two busy cores: plain columns, sort keys of text and other expressions, words of text.
_PLAIN, _WORKED_OUT, _GIN = 150_000, 30_000, 60_000
_UNKNOWN_WIDTH = 16


@dataclass(frozen=True)
class Cost:
    """Rows of the table, bytes on disk and seconds, all about."""

    rows: int
    bytes: int
    seconds: int


def cost_of(plan: Plan) -> Cost:
    """Estimate what an index would cost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(c.reltuples, 0)::bigint, s.avg_width FROM pg_class c"
            " LEFT JOIN pg_stats s ON s.schemaname = 'public' AND s.tablename = c.relname AND s.attname = %s"
            " WHERE c.oid = to_regclass(%s)",
            [plan.field.columns[0], name(plan.table)],
        )
        rows, width = cursor.fetchone() or (0, None)
    width = width or _UNKNOWN_WIDTH
    if plan.method == "btree":
        size = rows * (_BESIDE + width) / _FILLED
    else:
        size = rows * (width * _PER_LETTER if "trgm" in plan.expression else _PER_ARRAY)
    return Cost(int(rows), int(size), max(1, round(rows / _speed(plan))))


def _speed(plan: Plan) -> int:
    """Give how many rows a second are read and put in."""
    if plan.method != "btree":
        return _GIN
    return _WORKED_OUT if "duyen_" in plan.expression else _PLAIN


def sizes_of(names: list[str]) -> dict[str, int]:
    """Give the size in bytes of the indexes that stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_relation_size(oid) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'i' AND relname = ANY(%s)",
            [names],
        )
        return {row[0]: int(row[1]) for row in cursor.fetchall()}
