"""Where the fields of a formula stand in a statement: in the row itself, or in one behind a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duyen.entities.derived.naming import Naming, type_of
from duyen.entities.derived.typing import Input, Type
from duyen.entities.fields import Field, Moment
from duyen.entities.sql import Sql


@dataclass(frozen=True)
class RowPlaces:
    """Fields of a row `alias`; those behind a link stand in the row that `far` names for it."""

    naming: Naming
    alias: str
    far: Mapping[str, str]

    def value(self, told: Input) -> Sql:
        """Give the SQL of a field's value, null where it is empty."""
        field, alias = self._of(told)
        return Sql(_VALUES[type_of(field) or Type.OPAQUE](field, alias))

    def is_empty(self, told: Input) -> Sql:
        """Give the condition that a field is empty; no and never answered are the same."""
        field, alias = self._of(told)
        if type_of(field) is Type.FLAG:
            return Sql(f"NOT coalesce({field.place(alias)}, false)")
        return field.condition(alias, "empty", True)

    def is_chosen(self, told: Input, code: str) -> Sql:
        """Give the condition that a choice is an option, or one that went into it."""
        field, alias = self._of(told)
        return field.condition(alias, "eq", code)

    def _of(self, told: Input) -> tuple[Field, str]:
        field = self.naming.field_of(told)
        if field is None:
            raise KeyError(told.path)
        return field, self.far[told.link] if told.link else self.alias


def _number(field: Field, alias: str) -> str:
    return f"({field.place(alias)})::numeric"


def _text(field: Field, alias: str) -> str:
    return f"nullif({field.place(alias)}, '')"


def _flag(field: Field, alias: str) -> str:
    return f"coalesce({field.place(alias)}, false)"


def _day(field: Field, alias: str) -> str:
    place = field.place(alias)
    if isinstance(field, Moment):
        return (
            f"duyen_day_here({place})"
            if field.is_own
            else f"(({place}) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
        )
    return f"duyen_day({place})" if field.is_own else place


_VALUES = {
    Type.NUMBER: _number,
    Type.TEXT: _text,
    Type.DAY: _day,
    Type.FLAG: _flag,
    Type.CHOICE: _text,
    Type.OPAQUE: _text,
}
