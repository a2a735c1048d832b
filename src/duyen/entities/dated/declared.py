"""How a list stands by one of its days: a calendar of a month, a table of the months of a year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duyen.entities.fields import Label

#: One condition of the filter language: field, operator, value.
Condition = tuple[str, str, object]


@dataclass(frozen=True)
class Calendar:
    """The records of a list in the days of a month, by the day in their field `by`.

    `total` names a field that days and weeks add up; in a day stand first those with most of it. `lifts` are
    conditions of lists which the calendar does without.
    """

    by: str
    total: str = ""
    lifts: Sequence[Condition] = ()
    name: str = "calendar"


@dataclass(frozen=True)
class Outcome:
    """One more column of months: those of the records that fulfil a condition."""

    label: Label
    condition: Condition


@dataclass(frozen=True)
class Split:
    """A field by whose values the columns of months may be split.

    `order` puts some of its values, as the table holds them, in the order of their columns; without it the
    one with most records comes first.
    """

    field: str
    order: Callable[[Sequence[int]], Sequence[int]] | None = None


@dataclass(frozen=True)
class Months:
    """The records of a list added up by month, by the day in their field `by`.

    `total` and `weighed` name fields with `total="sum"`. `lifts` are conditions of lists which the table does
    without, because a column of its own tells of the rest.
    """

    by: str
    total: str = ""
    weighed: str = ""
    outcomes: Sequence[Outcome] = ()
    splits: Sequence[Split] = ()
    lifts: Sequence[Condition] = ()
    name: str = "months"
