"""Whose value each field of the survivor gets: what is proposed, what was chosen, the columns that follow."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Field
from duyen.entities.fields.base import EMPTY
from duyen.entities.merging.joining import ALL, first_given, joined, joins, left_out
from duyen.entities.merging.sides import FieldOf, Row, Side
from duyen.entities.values import missing, read_known
from duyen.kernel.errors import FieldProblem

#: By field name, the record whose value it gets, or ALL.
Takes = Mapping[str, int | str]


@dataclass(frozen=True)
class Choice:
    """One field beside the values that each record has of it, the survivor's first.

    `take` is the record whose value is proposed, or ALL for what they make together, which is `together`.
    `left_out` counts what does not fit into that any more.
    """

    of: FieldOf
    values: Mapping[int, Any]
    take: int | str
    differs: bool
    together: Any = None
    left_out: int = 0

    @property
    def field(self) -> Field:
        return self.of.field


def choices_of(fields: Sequence[FieldOf], sides: Sequence[Side]) -> list[Choice]:
    """Propose a value for each field that can be set; `sides` begin with the survivor."""
    return [_choice(each, sides) for each in fields if each.field.editable]


def _choice(of: FieldOf, sides: Sequence[Side]) -> Choice:
    field = of.field
    values = {side.id: field.load(side.row) for side in sides}
    told = [value for value in values.values() if value not in EMPTY]
    together = joined(field, list(values.values())) if joins(field) else None
    return Choice(
        of=of,
        values=values,
        take=_proposed(of, sides, values, together),
        differs=len({_compared(field, side.row) for side in sides}) > 1,
        together=together,
        left_out=left_out(field, told) if joins(field) else 0,
    )


def _proposed(of: FieldOf, sides: Sequence[Side], values: Mapping[int, Any], together: Any) -> int | str:
    if _says_whose(of, of.field):
        return sides[0].id
    if together is not None and all(together != value for value in values.values()):
        return ALL
    if together is not None:
        return next(key for key, value in values.items() if value == together)
    place = first_given(of.field, list(values.values()))
    return sides[place or 0].id


def _says_whose(of: FieldOf, field: Field) -> bool:
    """Tell whether a field says to whom a record belongs: a merge hands nothing over by itself."""
    return field.columns[0] in (of.entity.scope.owner, of.entity.scope.unit)


def _compared(field: Field, row: Row) -> tuple[Hashable, Hashable]:
    """Give what tells two values of a field apart; of a sealed one its digest, because each seal differs.

    Values are compared as they compare themselves: one number written in two ways is one.
    """
    value, digest = field.load(row), row.get(getattr(field, "digest_column", ""))
    try:
        hash(value)
    except TypeError:  # addresses are tables of their parts
        value = repr(value)
    return value, bytes(digest) if digest is not None else None


def chosen(
    choices: Sequence[Choice], *, take: Takes, values: Mapping[str, object], sides: Sequence[Side]
) -> dict[str, dict[str, Any]]:
    """Give the columns of each field that is not the survivor's already, by the field's name.

    `take` and `values` are what the actor chose: another record's value, or one of her own. Of a field that
    is closed to her she may choose neither: it gets what is proposed. Raises InvalidValues.
    """
    known = {each.field.name: each for each in choices}
    open_to_her = {name: each.field for name, each in known.items() if each.of.is_open}
    problems = _bad_takes(take, known, sides)
    own, unreadable = read_known(open_to_her, values)
    problems += [*unreadable, *missing([open_to_her[name] for name in own], own)]
    if problems:
        raise InvalidValues(problems)
    columns: dict[str, dict[str, Any]] = {}
    for name, each in known.items():
        if name in own:
            found: Mapping[str, Any] = each.field.store(own[name])
        else:
            found = _columns(each, take.get(name, each.take), sides)
        columns[name] = {column: value for column, value in found.items() if value != sides[0].row[column]}
    return {name: found for name, found in columns.items() if found}


def fitted(
    choices: Sequence[Choice], sides: Sequence[Side], *, take: Takes, values: Mapping[str, object]
) -> list[Choice]:
    """Let what is filled in without being chosen give way where the rules object: the survivor's own stays.

    A form of address comes over from a person, and not to the household business that she is merged into.
    Raises InvalidValues.
    """
    columns = chosen(choices, take=take, values=values, sides=sides)
    flat = {column: value for found in columns.values() for column, value in found.items()}
    row = {**sides[0].row, **flat}
    kinds = dict.fromkeys(kind for side in sides for kind in side.kinds)
    against = {
        problem.field
        for kind in kinds
        for rule in kind.rules
        for problem in rule(kind.values(row), kind.values(sides[0].row))
    } - {*take, *values}
    return [replace(each, take=sides[0].id) if each.field.name in against else each for each in choices]


def _columns(choice: Choice, take: int | str, sides: Sequence[Side]) -> Mapping[str, Any]:
    if take == ALL:
        return choice.field.store(choice.together)
    row = next(side.row for side in sides if side.id == take)
    return {column: row[column] for column in choice.field.columns}


def _bad_takes(take: Takes, known: Mapping[str, Choice], sides: Sequence[Side]) -> list[FieldProblem]:
    ids = {side.id for side in sides}
    found = []
    for name, whose in take.items():
        each = known.get(name)
        if each is None or not each.of.is_open:
            sentence = _("There is no such field, or it cannot be set.")
            found.append(FieldProblem(name, "unknown_field", sentence))
        elif whose not in ids and not (whose == ALL and joins(each.field)):
            sentence = _("Choose the value of one of the records that become one.")
            found.append(FieldProblem(name, "take", sentence))
        elif each.field.required and whose != ALL and each.values[int(whose)] in EMPTY:
            found.append(FieldProblem(name, "required", _("This field is needed. Fill it in.")))
    return found
