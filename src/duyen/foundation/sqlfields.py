"""Columns that PostgreSQL works out by itself from the names in a row."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.expressions import Combinable


def sort_key_of(expression: str | Combinable) -> models.GeneratedField:
    """A stored key by which Vietnamese names sort as a dictionary does."""
    return _generated("duyen_sort_key", expression)


def given_key_of(expression: str | Combinable) -> models.GeneratedField:
    """A stored key by which persons sort by given name."""
    return _generated("duyen_given_key", expression)


def searched_text(*parts: Combinable) -> models.GeneratedField:
    """A stored text by which a row is looked for: folded, « |» between its parts, the name first.

    Joined by ||, because concat() may change its answer with a setting and a stored column may not.
    """
    between = [piece for part in parts for piece in (Value(" |"), part)][1:]
    return models.GeneratedField(
        expression=Func(*between, template="duyen_fold(%(expressions)s)", arg_joiner=" || "),
        output_field=models.TextField(),
        db_persist=True,
    )


def searched_with_code(name: str) -> models.GeneratedField:
    """A stored text to look for a numbered row by: its folded name, then its code, whole and in parts."""
    return models.GeneratedField(
        expression=Func(
            Func(F(name), function="duyen_fold"),
            Value(" |"),
            Func(F("code"), template="duyen_fold_codes(%(expressions)s::text)"),
            template="btrim(%(expressions)s, ' ')",
            arg_joiner=" || ",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )


def searched_with_ways(*names: str) -> models.GeneratedField:
    """All by which somebody is looked for: the folded names, then « |» and each of the rest.

    The rest is code, phones, e-mails and tax code.

    The sign keeps apart what begins a word of a name from what begins a code, so that two typed
    letters find names alone. Joined by ||, because concat() may change its answer with a setting
    and a stored column may not. The rest is folded by itself, because of plain letters and digits that is
    cheap, and this column was most of what an inserted row cost; the answer is that of folding the whole.
    """
    joined = (Func(F(column), function="duyen_join") for column in ("phones", "emails"))
    parts: list[Combinable] = [F("code"), *joined, F("tax_code")]
    rest: list[Combinable] = []
    for part in parts:
        rest += [Value(" |") if rest else Value("|"), part]
    codes = Func(*rest, template="duyen_fold_codes(%(expressions)s)", arg_joiner=" || ")
    folded: list[Combinable] = []
    for each in names:
        folded += [Func(F(each), function="duyen_fold"), Value(" ")]
    return models.GeneratedField(
        expression=Func(*folded, codes, template="btrim(%(expressions)s, ' ')", arg_joiner=" || "),
        output_field=models.TextField(),
        db_persist=True,
    )


def _generated(function: str, expression: str | Combinable) -> models.GeneratedField:
    source = F(expression) if isinstance(expression, str) else expression
    return models.GeneratedField(
        expression=Func(source, function=function),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
