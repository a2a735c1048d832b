"""What a declaration says about merging: which rows hang on a record, and what its own kind has to add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import models

from duyen.entities.custom.columns import COLUMN, is_virtual, key_of
from duyen.entities.fields import Label
from duyen.entities.sql import Sql, name, place_of
from duyen.foundation.access.actor import Actor

Row = Mapping[str, Any]
#: Gets the row that stays and the one that goes, as JSON, and gives the columns that the first takes over.
Absorb = Callable[[Row, Row], Mapping[str, Any]]


#: Gets rows as JSON and gives the words by which the actor may know each of them.
Tell = Callable[[Actor, Sequence[Row]], Sequence[str]]


def _nothing(_kept: Row, _dropped: Row) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Same:
    """Rows that are one once they hang on the same record: alike in `columns` while `condition` holds.

    `condition` is SQL over the table's columns. Of two such rows the survivor's own one stays.
    """

    columns: tuple[str, ...]
    condition: str = "TRUE"
    absorb: Absorb = _nothing


@dataclass(frozen=True)
class GivesWay:
    """What only one row of a record may be: the survivor's own stays so, the others get `sets`."""

    columns: tuple[str, ...]
    condition: str
    sets: Callable[[], Mapping[str, Any]]


#: Gets the names under which records are known, and ids: what hangs on them has just moved.
Settle = Callable[[Sequence[str], Sequence[int]], None]


def _settled(_names: Sequence[str], _ids: Sequence[int]) -> None:
    return None


@dataclass(frozen=True)
class Hanging:
    """Rows of one table that hang on a record by its id, and follow it into a merge.

    `columns` hold the id; a row whose columns would all name the survivor is dropped, because nothing
    is tied to itself. `named` is the column with the entity's name in tables of (entity, id). `needs` is a
    right on the survivor without which the rows stay where they are. `is_told` says whether people know these
    rows by themselves, so that a merge counts them beforehand; `tell` names those that do not go back.
    `settle` works out what follows from the rows elsewhere, after a merge and after its undoing.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    label: Label
    named: str = ""
    same: Sequence[Same] = ()
    gives_way: Sequence[GivesWay] = ()
    needs: str = ""
    is_told: bool = True
    tell: Tell | None = None
    settle: Settle = _settled

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def is_own(self) -> bool:
        """Whether a field of the company's own holds the id; such rows only move."""
        return any(is_virtual(column) for column in self.columns)

    @property
    def key(self) -> str:
        """Name these rows in accounts of merges: by their table, or by the company's own field."""
        return self.place(self.columns[0]) if self.is_own else self.table

    def held(self, column: str) -> str:
        """Give the SQL of the id that a row `t` holds in a column."""
        return place_of("t", column, "bigint")

    def setting(self, column: str, value: Sql) -> Sql:
        """Give the SQL by which an UPDATE of `t` puts an id into a column, and leaves other fields alone."""
        if not is_virtual(column):
            return Sql(f"{name(column)} = {value.text}", value.params)
        patch = f"jsonb_build_object(%s::text, {value.text})"
        return Sql(f"{name(COLUMN)} = t.{name(COLUMN)} || {patch}", (key_of(column), *value.params))

    def place(self, column: str) -> str:
        """Name a column as what was moved is remembered by it."""
        return f"{self.table}.{column}"


class Weight(StrEnum):
    """How heavy a remark on a merge is: said, to be confirmed, or a refusal."""

    NOTE = "note"
    DOUBT = "doubt"
    REFUSAL = "refusal"


@dataclass(frozen=True)
class Remark:
    """Something about a set of records that are to become one. `field` is the one that it tells of."""

    code: str
    sentence: Label
    weight: Weight = Weight.NOTE
    field: str = ""


def _no_remarks(_rows: Sequence[Row]) -> Iterable[Remark]:
    return ()


def _no_columns(_survivor: Row, _others: Sequence[Row]) -> Mapping[str, Any]:
    return {}


def _nothing_to_settle(_ids: Sequence[int]) -> None:
    return None


@dataclass(frozen=True)
class MergeRules:
    """What a kind of record adds to a merge.

    `judge` looks at the rows, the survivor first. `columns` gives what the survivor takes over beside its
    fields. `settle` works out the columns that follow from the rows that hang on records, after a merge
    and after its undoing, and refuses what cannot stand. `hold` locks what both rest on, before any row.
    """

    judge: Callable[[Sequence[Row]], Iterable[Remark]] = _no_remarks
    columns: Callable[[Row, Sequence[Row]], Mapping[str, Any]] = _no_columns
    settle: Callable[[Sequence[int]], None] = _nothing_to_settle
    hold: Callable[[], None] = field(default=lambda: None)


PLAIN = MergeRules()
