"""What a declaration says about persons: which rows are about somebody, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from duyen.entities.fields import Label

Row = Mapping[str, Any]
#: What a column holds once nobody can be told from it; a function gets what it held and gives that.
Neutral = Any


@dataclass(frozen=True)
class Herself:
    """The row is the person. `is_person` tells of a row whether it is one: a company has no personal data."""

    is_person: Callable[[Row], bool]
    why_not: Label


@dataclass(frozen=True)
class By:
    """A column of the row holds the id of the person; `family` is the one that says of which kind it is."""

    column: str
    family: str = ""


@dataclass(frozen=True)
class Under:
    """A column of the row holds the id of a row of `of`: an entity by name, or a table."""

    of: str | type[models.Model]
    column: str


@dataclass(frozen=True)
class Behind:
    """Rows of `of` hold the id of this one in their `column`, and take it along."""

    of: str | type[models.Model]
    column: str


@dataclass(frozen=True)
class Named:
    """The row hangs on a record of any entity, by the columns `entity` and `record_id`."""


@dataclass(frozen=True)
class Told:
    """Rows of `model` say what the row is about: `row` is their column with its id, `party` that of hers.

    By `entity` and `record` they name any record: one that is about her alone leads to her as well, where no
    party stands beside it. A row that is about others as well is theirs, too: of such a one only her names
    and numbers go.
    """

    model: type[models.Model]
    row: str
    party: str
    entity: str = "entity"
    record: str = "record_id"


@dataclass(frozen=True)
class Reached:
    """An address in the row is one of hers, where nothing else leads from it to anybody.

    `find` gets of each of some people her e-mails, in lower case, and the ids of her records; it gives of
    each the ids of the rows that are hers alone, and of those that others share.
    """

    find: Callable[
        [Sequence[tuple[Collection[str], Collection[int]]]],
        Sequence[tuple[Collection[int], Collection[int]]],
    ]


Tie = Herself | By | Under | Behind | Named | Told | Reached


@dataclass(frozen=True)
class Kept:
    """Columns that a law makes us keep, divided by spaces: by which law, and for how many years."""

    columns: str
    law: Label
    years: int


@dataclass(frozen=True)
class Personal:
    """What the rows of one table hold of a person, and what an erasure makes of each column.

    `ties` lead from a row to the person; without any the rows are about nobody who could ask. `erases` gives
    the neutral value of a column, `keeps` what stays by law, `plain` names columns with words that tell of
    nobody. Each column that holds words is in one of the three. Rows that have no sense without her `goes`:
    they are deleted. `clears` is told of rows that went, once that is certain: of what lies outside.
    """

    ties: Sequence[Tie] = ()
    erases: Mapping[str, Neutral] = field(default_factory=dict)
    keeps: Sequence[Kept] = ()
    plain: str = ""
    goes: bool = False
    clears: Callable[[Sequence[Row]], None] | None = None

    @property
    def kept_columns(self) -> frozenset[str]:
        """Name the columns that stay by law."""
        return frozenset(column for each in self.keeps for column in each.columns.split())

    @property
    def herself(self) -> Herself | None:
        """The tie by which a row is the person."""
        return next((each for each in self.ties if isinstance(each, Herself)), None)


#: Rows that are about no person, or about people of the house alone: those are the employer's to keep.
NOBODY = Personal()
STAFF = Personal()
