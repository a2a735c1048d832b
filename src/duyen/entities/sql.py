"""A piece of SQL with its parameters; pieces are joined, never formatted with values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from duyen.entities.custom.columns import is_virtual, key_of, real_column


@dataclass(frozen=True)
class Sql:
    """Text with `%s` places and the values for them, in order."""

    text: str
    params: tuple[Any, ...] = ()

    def __and__(self, other: Sql) -> Sql:
        return all_of([self, other])


TRUE = Sql("TRUE")
FALSE = Sql("FALSE")


def all_of(parts: Iterable[Sql]) -> Sql:
    """Join conditions by AND; none at all is true."""
    kept = [part for part in parts if part != TRUE]
    if not kept:
        return TRUE
    return Sql(" AND ".join(part.text for part in kept), tuple(p for part in kept for p in part.params))


def any_of(parts: Iterable[Sql]) -> Sql:
    """Join conditions by OR, in brackets; none at all is false."""
    kept = list(parts)
    if not kept:
        return FALSE
    text = " OR ".join(f"({part.text})" for part in kept)
    return Sql(f"({text})", tuple(p for part in kept for p in part.params))


def name(identifier: str) -> str:
    """Quote an identifier; only names from declarations reach this, and still none can break out."""
    return '"' + identifier.replace('"', '""') + '"'


def place_of(alias: str, column: str, kind: str = "") -> str:
    """Give the SQL of a column in a row of `alias` (none in an index), whichever column it is.

    A company's own field stands in `custom` or `derived` and is read from there as `kind`: text, or "jsonb"
    for what stands there as it is, "numeric" or "bigint" for a number, "boolean" for yes or no. A value of
    another kind than the field's is none.
    """
    if not is_virtual(column):
        return f"{alias}.{name(column)}" if alias else name(column)
    inside = name(real_column(column))
    held = f"{alias}.{inside}" if alias else inside
    key = "'" + key_of(column).replace("'", "''") + "'"
    if kind in ("numeric", "bigint"):
        is_number = f"jsonb_typeof({held} -> {key}) = 'number'"
        return f"(CASE WHEN {is_number} THEN ({held} -> {key})::{kind} END)"
    if kind == "boolean":
        return f"(({held} -> {key}) IS NOT DISTINCT FROM 'true'::jsonb)"
    return f"({held} {'->' if kind == 'jsonb' else '->>'} {key})"
