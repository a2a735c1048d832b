"""A piece of SQL with its parameters; pieces are joined, never formatted with values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


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
