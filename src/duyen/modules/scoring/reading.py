"""Read what people write of a criterion into a condition of the engine's language of filters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from duyen.entities.errors import BadRequest
from duyen.entities.fields import Choice, Field, FieldRefused, Flag, Link, Option, Records
from duyen.entities.filters import compile_filter
from duyen.entities.importing.cells import Line
from duyen.entities.importing.links import find_links
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import fold
from duyen.modules.leads.words import SCORED
from duyen.modules.scoring.words import Compare

LEADS = "leads"
_DECLARED: Mapping[str, Field] = {each.name: each for each in entity_named(LEADS).declared.fields}
#: The fields of a lead to which a criterion may look.
FIELDS = tuple(
    Option(name, _DECLARED[name].label)
    for name in SCORED.split()
    if _DECLARED[name].filters and _DECLARED[name].operators
)
_KIND = next(each for each in entity_named("activities").declared.fields if each.name == "kind")
#: The kinds of activity that a criterion may count.
KINDS = _KIND.options if isinstance(_KIND, Choice) else ()
_SEVERAL = re.compile(r"[;\n|]")
_YES, _NO = frozenset({"co", "yes", "dung", "true"}), frozenset({"khong", "no", "sai", "false"})
#: A refusal names so many choices.
_SHOWN = 15
_OPERATORS = {Compare.AT_LEAST: "gte", Compare.AT_MOST: "lte", Compare.CONTAINS: "contains"}


def condition_of(
    field_name: str, compare: Compare, value: str, *, actor: Actor
) -> tuple[list[Any] | dict[str, Any], list[FieldProblem]]:
    """Give the condition that a criterion means, and what of it cannot be understood.

    A value is written as the screen shows it; several stand between semicolons.
    """
    field = entity_named(LEADS).field(field_name)
    if compare in (Compare.FILLED, Compare.EMPTY):
        return _checked([field_name, "empty", compare is Compare.EMPTY], actor)
    pieces = [each.strip() for each in _SEVERAL.split(value) if each.strip()]
    if compare not in (Compare.IS, Compare.IS_NOT):
        return _checked([field_name, _OPERATORS[compare], value.strip()], actor)
    values: list[Any] = []
    problems: list[FieldProblem] = []
    for piece in pieces:
        read, wrong = _read(field, piece, actor)
        values.append(read)
        problems += wrong
    if problems or not values:
        return [], problems
    return _checked(_equal(field, compare, values), actor)


def _equal(field: Field, compare: Compare, values: Sequence[Any]) -> list[Any] | dict[str, Any]:
    if compare is Compare.IS:
        if "in" in field.operators and len(values) > 1:
            return [field.name, "in", list(values)]
        equal: list[Any] = [[field.name, "eq", each] for each in values]
        return equal[0] if len(equal) == 1 else {"or": equal}
    if isinstance(field, Flag):
        return [field.name, "eq", not values[0]]
    unequal: list[Any] = [[field.name, "ne", each] for each in values]
    return unequal[0] if len(unequal) == 1 else {"and": unequal}


def _read(field: Field, text: str, actor: Actor) -> tuple[Any, list[FieldProblem]]:
    """Read one value as people write it: a choice by its word, a record by its code or name."""
    if isinstance(field, Choice):
        code = _code_of(field, text)
        return code or text, [] if code else [FieldProblem("value", "unknown_choice", _unknown(field, text))]
    if isinstance(field, Flag):
        word = fold(text)
        known = word in _YES or word in _NO
        told = _("Write “có” or “không”.")
        return word in _YES, [] if known else [FieldProblem("value", "yes_or_no", told)]
    if not isinstance(field, Link | Records):
        return text, []
    line = Line()
    if isinstance(field, Link):
        line.links[field.name] = text
    else:
        line.values[field.name] = [text]
    find_links(entity_named(LEADS), actor, [line])
    value = line.values.get(field.name)
    if isinstance(field, Records):
        value = value[0] if isinstance(value, list | tuple) and value else None
    return value, [FieldProblem("value", each.code, each.message) for each in line.problems]


def _code_of(field: Choice, text: str) -> str:
    """Find the option that is written so: by its code, its word in either language, or another word of it."""
    wanted = fold(text)
    for option in field.options:
        if wanted in {fold(each) for each in (option.code, str(option.label), *option.words)}:
            return option.code
    for language in ("vi", "en"):
        with override(language):
            found = next((each.code for each in field.options if fold(str(each.label)) == wanted), "")
        if found:
            return found
    try:
        return str(field.clean(text))
    except FieldRefused:
        return ""


def _unknown(field: Choice, text: str) -> str:
    choices = "; ".join(str(each.label) for each in list(field.held.offered)[:_SHOWN])
    told = _("“%(given)s” is not one of the choices. Choose: %(choices)s.")
    return told % {"given": text[:40], "choices": choices}


def _checked(
    condition: list[Any] | dict[str, Any], actor: Actor
) -> tuple[list[Any] | dict[str, Any], list[FieldProblem]]:
    try:
        compile_filter(entity_named(LEADS), actor, condition, alias="l")
    except BadRequest as refused:
        return [], [FieldProblem("value", "condition", _said(refused))]
    return condition, []


def _said(refused: BadRequest) -> str:
    told = str(refused.params.get("what") or refused)
    return told[:1].upper() + told[1:] if told else _("This cannot be compared so.")
