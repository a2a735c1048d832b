"""A formula as SQL over one row: it never fails, whatever stands in the row.

What is empty stays empty: a number with an empty one gives none, so does what is divided by nothing and what
does not fit where it is kept. A text takes what is empty as nothing; nothing is smaller or larger than that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from duyen.entities.derived.typing import Expr, Input, Type
from duyen.entities.sql import Sql

#: A text that is kept is cut behind so many signs.
LONGEST_TEXT = 500
#: So many digits stand in JSON and come back the same, whatever reads them.
MOST_DIGITS = 15
#: No day lies further from another one than this.
_MOST_DAYS = 3_700_000


class Result(StrEnum):
    """As what a formula's value is kept and shown."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    AMOUNT = "amount"
    TEXT = "text"
    DAY = "day"
    FLAG = "flag"


#: Which results a type can be kept as; the first one unless somebody says another.
RESULTS: Mapping[Type, tuple[Result, ...]] = {
    Type.NUMBER: (Result.DECIMAL, Result.WHOLE, Result.AMOUNT),
    Type.TEXT: (Result.TEXT,),
    Type.DAY: (Result.DAY,),
    Type.FLAG: (Result.FLAG,),
}


class Places(Protocol):
    """Where fields stand in a statement."""

    def value(self, told: Input) -> Sql:
        """Give the SQL of a field's value, null where it is empty: numeric, text, date or boolean."""

    def is_empty(self, told: Input) -> Sql:
        """Give the condition that a field is empty."""

    def is_chosen(self, told: Input, code: str) -> Sql:
        """Give the condition that a choice is an option."""


def compiled(expr: Expr, places: Places) -> Sql:
    """Give the SQL of a formula."""
    return _Compiler(places).of(expr)


def kept_as(value: Sql, result: Result, digits: int = 2) -> Sql:
    """Give the SQL of a value as it is kept: JSON, null for none and for what does not fit."""
    shaped = {
        Result.WHOLE: lambda: _bounded(_rounded(value, 0), MOST_DIGITS),
        Result.AMOUNT: lambda: _bounded(_rounded(value, 0), MOST_DIGITS),
        Result.DECIMAL: lambda: _bounded(_rounded(value, digits), MOST_DIGITS - digits),
        Result.TEXT: lambda: _wrap("nullif(left({}, %s), '')", value, after=(LONGEST_TEXT,)),
        Result.DAY: lambda: _in_years(value),
        Result.FLAG: lambda: _wrap("CASE WHEN {} THEN true END", value),
    }[result]()
    return _wrap("to_jsonb({})", shaped)


def _wrap(text: str, *parts: Sql, after: tuple[Any, ...] = ()) -> Sql:
    """Put pieces into a text, where {} stands for each; their values go before those that follow."""
    return Sql(text.format(*(part.text for part in parts)), tuple(p for e in parts for p in e.params) + after)


def _rounded(value: Sql, digits: int) -> Sql:
    return _wrap(f"trim_scale(round(({{}})::numeric, {digits}))", value)


def _bounded(value: Sql, digits: int) -> Sql:
    most = 10**digits
    return Sql(
        f"(SELECT x FROM (SELECT {value.text} AS x OFFSET 0) b WHERE x > -{most} AND x < {most})",
        value.params,
    )


def _in_years(value: Sql) -> Sql:
    return Sql(
        f"(SELECT x FROM (SELECT {value.text} AS x OFFSET 0) b"
        " WHERE x BETWEEN '0001-01-01'::date AND '9999-12-31'::date)",
        value.params,
    )


class _Compiler:
    def __init__(self, places: Places) -> None:
        self._places = places

    def of(self, expr: Expr) -> Sql:
        found = _SIGNS.get(expr.op)
        if found is not None:
            return _wrap(found, *(self.of(each) for each in expr.parts))
        made: Callable[[Expr], Sql] = getattr(self, f"_{expr.op}")
        return made(expr)

    def _number(self, expr: Expr) -> Sql:
        return Sql("%s::numeric", (Decimal(expr.value),))

    def _text(self, expr: Expr) -> Sql:
        return Sql("nullif(%s::text, '')", (expr.value,))

    def _flag(self, expr: Expr) -> Sql:
        return Sql("true" if expr.value else "false")

    def _field(self, expr: Expr) -> Sql:
        return self._places.value(expr.value)

    def _chosen(self, expr: Expr) -> Sql:
        return _wrap("coalesce({}, false)", self._places.is_chosen(expr.parts[0].value, expr.value))

    def _is_empty(self, expr: Expr) -> Sql:
        (inner,) = expr.parts
        if inner.op == "field":
            return _wrap("({})", self._places.is_empty(inner.value))
        return _wrap("({} IS NULL)", self.of(inner))

    def _if(self, expr: Expr) -> Sql:
        parts = [self.of(each) for each in expr.parts]
        text = "(CASE WHEN {} THEN {} ELSE {} END)" if len(parts) == 3 else "(CASE WHEN {} THEN {} END)"
        return _wrap(text, *parts)

    def _min(self, expr: Expr) -> Sql:
        return self._among("least", expr)

    def _max(self, expr: Expr) -> Sql:
        return self._among("greatest", expr)

    def _among(self, function: str, expr: Expr) -> Sql:
        parts = [self.of(each) for each in expr.parts]
        return _wrap(f"{function}({', '.join(['{}'] * len(parts))})", *parts)

    def _round(self, expr: Expr) -> Sql:
        return _wrap(f"round({{}}, {expr.value})", self.of(expr.parts[0]))

    def _join(self, expr: Expr) -> Sql:
        return _wrap("nullif({} || {}, '')", *(self._as_text(each) for each in expr.parts))

    def _as_text(self, expr: Expr) -> Sql:
        """Write a value into a text as people read it here."""
        value = self.of(expr)
        written = {Type.NUMBER: "duyen_number_words({})", Type.DAY: "to_char({}, 'DD/MM/YYYY')"}
        return _wrap(f"coalesce({written.get(expr.type, '{}')}, '')", value)

    def _later(self, expr: Expr) -> Sql:
        return self._moved(expr, "+")

    def _earlier(self, expr: Expr) -> Sql:
        return self._moved(expr, "-")

    def _moved(self, expr: Expr, sign: str) -> Sql:
        day, count = (self.of(each) for each in expr.parts)
        days = _wrap(
            f"(SELECT x::integer FROM (SELECT trunc({{}}) AS x OFFSET 0) b WHERE abs(x) < {_MOST_DAYS})",
            count,
        )
        # A day that lies outside of the calendar is none; so is what would be reckoned from it.
        return _wrap("duyen_day_within(({} " + sign + " {}))", day, days)


#: Signs that are the same in SQL but for what is empty.
_SIGNS: Mapping[str, str] = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "div": "({} / nullif({}, 0))",
    "neg": "(- {})",
    "abs": "abs({})",
    "and": "({} AND {})",
    "or": "({} OR {})",
    "not": "(NOT {})",
    "eq": "({} IS NOT DISTINCT FROM {})",
    "ne": "({} IS DISTINCT FROM {})",
    "lt": "coalesce({} < {}, false)",
    "le": "coalesce({} <= {}, false)",
    "gt": "coalesce({} > {}, false)",
    "ge": "coalesce({} >= {}, false)",
    "if_empty": "coalesce({}, {})",
    "days": "duyen_days_between({}, {})",
    "months": "duyen_months_between({}, {})",
    "year": "extract(year FROM {})",
    "month": "extract(month FROM {})",
}
