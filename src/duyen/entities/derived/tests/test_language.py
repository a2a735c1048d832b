"""The language of formulas: what it means, against a reading of its own; what it refuses, and where."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities.derived.compiling import Result, compiled, kept_as
from duyen.entities.derived.faults import NotAFormula
from duyen.entities.derived.language import LONGEST, parse, rewritten
from duyen.entities.derived.naming import naming_of
from duyen.entities.derived.typing import Expr, Found, Input, NotFoundHere, Type, typed
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql

#: Fields of the tests: numbers a and b, a text, two days, a flag, a choice; each may be empty.
_FIELDS = {
    "a": Type.NUMBER,
    "b": Type.NUMBER,
    "Tên": Type.TEXT,
    "từ": Type.DAY,
    "đến": Type.DAY,
    "mới": Type.FLAG,
    "loại": Type.CHOICE,
}
_CODES = {"tổ chức": "ORG", "cá nhân": "IND"}


def find(told: str) -> Found:
    if told not in _FIELDS:
        raise NotFoundHere("unknown_field", f"no field {told}")
    return Found(Input(told), _FIELDS[told], _CODES if told == "loại" else {}, ("Tổ chức", "Cá nhân"))


class Plain:
    """Fields as values in the statement itself."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def value(self, told: Input) -> Sql:
        kinds = {Type.NUMBER: "numeric", Type.DAY: "date", Type.FLAG: "boolean"}
        return Sql(f"%s::{kinds.get(_FIELDS[told.name], 'text')}", (self._values.get(told.name),))

    def is_empty(self, told: Input) -> Sql:
        return Sql("%s", (self._values.get(told.name) in (None, "", False),))

    def is_chosen(self, told: Input, code: str) -> Sql:
        return Sql("%s", (self._values.get(told.name) == code,))


def worked_out(expr: Expr, values: dict[str, Any]) -> Any:
    made = compiled(expr, Plain(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {made.text}", made.params)
        return cursor.fetchone()[0]


def said(source: str) -> list[str]:
    """Give what is wrong with a formula, by code and place."""
    try:
        _expr, faults = typed(parse(source), find)
    except NotAFormula as error:
        faults = [error.fault]
    return [f"{each.code}:{source[each.at : each.end]}" for each in faults]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[a] * 2 + 1", 21),
        ("-[a] + 2 * 3", -4),
        ("(1 + 2) * 3", 9),
        ("1.000 + 0,5", Decimal("1000.5")),
        ("200 * 10%", 20),
        ("[a] / 0", None),
        ("[a] + [b]", None),
        ("if empty([b]; 5) + [a]", 15),
        ("nếu trống([b]; 5) + [a]", 15),
        ("làm tròn(2,5) + round(-2,5)", 0),
        ("round(1.234.567; -3)", 1_235_000),
        ("min([a]; [b]; 3)", 3),
        ("lớn nhất([a]; 11)", 11),
        ("if([a] > 5 and not [mới]; 1; 2)", 2),
        ("nếu([a] > 5 và không trống([Tên]); 1; 2)", 1),
        ('if([loại] = "Tổ chức"; 1; 2)', 1),
        ('if([loại] <> "Tổ chức"; 1; 2)', 2),
        ("days([từ]; [đến])", 31),
        ("[đến] - [từ]", 31),
        ("số tháng([từ]; [đến])", 1),
        ("months([đến]; [từ])", -1),
        ("year([từ]) * 100 + tháng([từ])", 202_601),
        ('[Tên] & " · " & [a] & " · " & [từ]', "Ánh · 10 · 31/01/2026"),
        ('"" & 1.234,5', "1.234,5"),
        ("[từ] + 1", dt.date(2026, 2, 1)),
        ("[từ] + 99.999.999", None),
        ("[b] > 1 or [a] > 1", True),
        ("[b] > 1", False),
        ("[b] = [b]", True),
        ("[mới]", True),
        ("is empty([b]) and not is empty([a])", True),
        ("if([a] > 100; [Tên])", None),
    ],
)
def test_means(source: str, expected: Any) -> None:
    values = {
        "a": 10,
        "b": None,
        "Tên": "Ánh",
        "từ": dt.date(2026, 1, 31),
        "đến": dt.date(2026, 3, 3),
        "mới": True,
        "loại": "ORG",
    }
    expr, faults = typed(parse(source), find)

    assert faults == []
    assert worked_out(expr, values) == expected


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("", "required:"),
        ("[a", "sign:["),
        ('"chữ', 'sign:"'),
        ("[a] ++ [b]", "sign:+"),
        ("[a] [b]", "sign:[b]"),
        ("[x]", "unknown_field:[x]"),
        ("min([a], [b])", "comma:,"),
        ("min([a]", "bracket:("),
        ("today() - [từ]", "moving:today"),
        ("hôm nay", "moving:hôm nay"),
        ("sumif([a])", "function:sumif"),
        ("Tên & 1", "word:Tên"),
        ("[Tên] + 1", "type:[Tên] + 1"),
        ("[Tên] * 2", "type:[Tên]"),
        ("[a] & [loại]", "type:[loại]"),
        ("[a] = [Tên]", "type:[a] = [Tên]"),
        ('[loại] = "Khác"', 'option:"Khác"'),
        ("[loại] > 1", "choice:[loại] > 1"),
        ("1 < [a] < 5", "compare:<"),
        ("if([a]; 1; 2)", "type:[a]"),
        ("if([mới]; 1; [Tên])", "type:[Tên]"),
        ("days([từ])", "count:days([từ])"),
        ("round([a]; [b])", "places:[b]"),
        ("[a] #", "sign:#"),
        ("1 +", "ends:+"),
    ],
)
def test_says_what_is_wrong_and_where(source: str, fault: str) -> None:
    assert said(source) == [fault]


def test_names_every_field_that_is_not_there() -> None:
    assert said("[x] + [y]") == ["unknown_field:[x]", "unknown_field:[y]"]


def test_keeps_within_bounds() -> None:
    assert said("1" + " + 1" * LONGEST) == ["too_long:"]
    assert said("(" * 40 + "1" + ")" * 40) == ["too_deep:("]
    assert said("+".join(["1"] * 400))[0].startswith("too_long:")
    assert said("1.000.000.000.000.000.000") == ["number:1.000.000.000.000.000.000"]


def test_leaves_texts_alone_when_it_names_anew() -> None:
    assert rewritten('[a] & "[a]" & [b]', lambda told: told.upper()) == '[A] & "[a]" & [B]'


def test_knows_fields_by_their_words_without_marks_and_behind_links() -> None:
    naming = naming_of(entity_named("customers"))

    assert naming.kept("[ma so thue] & [Đơn vị.Tên] & [name]") == "[tax_code] & [unit.name] & [name]"
    shown = naming.written("[tax_code] & [unit.name]")
    assert naming.kept(shown) == "[tax_code] & [unit.name]"
    with pytest.raises(NotFoundHere):
        naming.find("Đơn vị.Không có")


# --- against a reading of its own ----------------------------------------------------------------------

_numbers = st.one_of(st.none(), st.integers(-1000, 1000).map(Decimal))
_leaves = st.sampled_from(["[a]", "[b]", "2", "0", "0,5"])
_trees = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["min", "max", "if empty"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}; {t[2]})"
        ),
        st.tuples(inner, st.sampled_from(["<", "<=", "=", "<>"]), inner, inner, inner).map(
            lambda t: f"if({t[0]} {t[1]} {t[2]}; {t[3]}; {t[4]})"
        ),
        inner.map(lambda t: f"abs(-{t})"),
    ),
    max_leaves=8,
)


def read(expr: Expr, values: dict[str, Decimal | None]) -> Any:
    """Work a formula out in Python, from what the words of its description say."""
    if expr.op == "number":
        return Decimal(expr.value)
    if expr.op == "field":
        return values[expr.value.name]
    parts = [read(each, values) for each in expr.parts]
    if expr.op == "if":
        return parts[1] if parts[0] else parts[2]
    if expr.op == "if_empty":
        return parts[0] if parts[0] is not None else parts[1]
    if expr.op in ("eq", "ne"):
        return (parts[0] == parts[1]) == (expr.op == "eq")
    if expr.op in ("min", "max"):
        there = [each for each in parts if each is not None]
        return {"min": min, "max": max}[expr.op](there) if there else None
    if None in parts:
        return False if expr.op in ("lt", "le") else None
    return _reckoned(expr.op, parts)


def _reckoned(op: str, parts: list[Decimal]) -> Any:
    if op == "div":
        return parts[0] / parts[1] if parts[1] else None
    if op in ("neg", "abs"):
        return -parts[0] if op == "neg" else abs(parts[0])
    left, right = parts
    if op in ("lt", "le"):
        return left < right or (op == "le" and left == right)
    return {"add": left + right, "sub": left - right, "mul": left * right}[op]


@pytest.mark.django_db
@given(source=_trees, a=_numbers, b=_numbers)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_agrees_with_another_reading(source: str, a: Decimal | None, b: Decimal | None) -> None:
    expr, faults = typed(parse(source), find)
    assert faults == []

    made = kept_as(compiled(expr, Plain({"a": a, "b": b})), Result.DECIMAL, 2)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({made.text})::text::numeric", made.params)
        found = cursor.fetchone()[0]

    wanted = read(expr, {"a": a, "b": b})
    if wanted is None:
        assert found is None
    elif abs(wanted) < Decimal(10) ** 12:
        near = wanted.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert abs(found - near) <= Decimal("0.01")  # long quotients round in their own last digit


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "day"),
    [("2024-02-29", "2024-02-29"), ("2023-02-29", None), ("0000-01-01", None), ("hôm qua", None), ("", None)],
)
def test_a_day_that_is_none_stops_nothing(told: str, day: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT duyen_day(%s)::text, duyen_day_here(%s || 'T17:00:00Z')::text", [told, told])
        found, later = cursor.fetchone()

    assert found == day
    assert later == ("2024-03-01" if day else None)
