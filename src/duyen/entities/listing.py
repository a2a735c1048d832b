"""How a list is declared: its columns, its orders, its standing condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duyen.entities.fields import Label


def names(given: Sequence[str]) -> tuple[str, ...]:
    """Read names that a declaration gives as one text or as a sequence."""
    return tuple(given.split() if isinstance(given, str) else given)


@dataclass(frozen=True)
class Sort:
    """One order of a list. `column` carries the index behind it; `descending` is the first choice.

    `key` is the SQL of an order without an index, `{t}` the table: it sorts few rows only, until the
    company asks for an index on it (`is_made`).
    """

    name: str
    label: Label
    column: str
    descending: bool = False
    nullable: bool = False
    key: str = ""
    is_made: bool = False

    @property
    def is_indexed(self) -> bool:
        return self.is_made or not self.key


@dataclass(frozen=True)
class Listing:
    """One list of an entity. `columns` and `filters` are field names, divided by spaces, the title first.

    `opens` are the conditions (field, operator, value) with which its tab opens it; they stand above the list
    like any others. Whoever may not see one of their fields has no such tab.
    """

    name: str
    label: Label
    columns: Sequence[str]
    sorts: Sequence[Sort]
    filters: Sequence[str] = ()
    opens: Sequence[tuple[str, str, object]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", names(self.columns))
        object.__setattr__(self, "filters", names(self.filters))

    def sort(self, name: str) -> Sort | None:
        """Find an order by name."""
        return next((each for each in self.sorts if each.name == name), None)
