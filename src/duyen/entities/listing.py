"""How a list is declared: its columns, its orders, its standing condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duyen.entities.fields import Label


@dataclass(frozen=True)
class Sort:
    """One order that an index supports. `column` carries the index; `descending` is the first choice."""

    name: str
    label: Label
    column: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Listing:
    """One list of an entity. `columns` are field names, the title first."""

    name: str
    label: Label
    columns: Sequence[str]
    sorts: Sequence[Sort]
    filters: Sequence[str] = ()

    def sort(self, name: str) -> Sort | None:
        """Find an order by name."""
        return next((each for each in self.sorts if each.name == name), None)
