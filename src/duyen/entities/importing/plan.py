"""What was asked of an import beside its file: kept with the job as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duyen.entities.importing.words import OnDuplicate


@dataclass(frozen=True)
class Keeping:
    """To whom the new records belong, where it is not the one who brings them in."""

    owner: int | None = None
    unit: int | None = None

    def values(self) -> dict[str, object]:
        """Give what is set on each record."""
        return {name: value for name, value in (("owner", self.owner), ("unit", self.unit)) if value}


@dataclass(frozen=True)
class Reading:
    """How the file is to be read where that is not left to the reader: letters, divider, head row, sheet."""

    encoding: str | None = None
    delimiter: str | None = None
    head_row: int | None = None
    sheet: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give what was said, without what was left open."""
        return {name: value for name, value in self.__dict__.items() if value is not None}


@dataclass(frozen=True)
class Plan:
    """What becomes of the rows: where columns lead, duplicates, to whom new records belong.

    `mapping` leads from heads to targets; what it does not name is guessed. `columns` says it for every
    column by its place instead. `given` are values, written
    as in a cell, that every row gets whose own cell is empty. `dry_run` does everything but write.
    """

    mapping: Mapping[str, str | None] = field(default_factory=dict)
    columns: Sequence[str] = ()
    on_duplicate: OnDuplicate = OnDuplicate.CREATE
    keeping: Keeping = field(default_factory=Keeping)
    given: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    reading: Reading = field(default_factory=Reading)
