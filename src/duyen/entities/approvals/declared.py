"""The words of a declaration: which step may need a second person, and by what that is decided.

    Command("win", …, approval=Limit(
        "opportunities.discount", _("Discount on an opportunity"), Measure.PERCENT,
        roles={"SALES_MANAGER": 10, "DIRECTOR": ANY},
        amount=lambda row, asked: row["discount_percent"],
    ))

The numbers are what a company starts with; what holds is what it keeps on the page of limits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor

Row = Mapping[str, Any]
Asked = Mapping[str, Any]


class Measure(StrEnum):
    """What is weighed: nothing but the step itself, money in minor units, per cent, a number of things."""

    STEP = "step"
    MONEY = "money"
    PERCENT = "percent"
    COUNT = "count"


#: The limit of a role that may decide whatever the amount is.
ANY: None = None
#: Gives what is weighed, from a record's columns and what the step was asked; none where it cannot be told.
Amount = Callable[[Row, Asked], Decimal | int | None]
#: Gives the people, by id, who may not decide although their role could: whoever gains by the step.
Parties = Callable[[Row, Asked], Collection[int | None]]
#: Tells whether a step on this record is one to be approved at all.
Applies = Callable[[Row, Asked], bool]
#: Gives in words why the step is put before somebody, as far as the one who reads it may know.
Reasons = Callable[[Actor, Row, Asked], Sequence[Label]]


def _always(_row: Row, _asked: Asked) -> bool:
    return True


def _nothing(_row: Row, _asked: Asked) -> None:
    return None


def _nobody(_row: Row, _asked: Asked) -> Collection[int | None]:
    return ()


def _no_reasons(_reader: Actor, _row: Row, _asked: Asked) -> Sequence[Label]:
    return ()


@dataclass(frozen=True)
class Kept:
    """Where a limit's roles are decided when that is not among the limits: the setting `key`, a page by name.

    `roles` reads what is kept there.
    """

    key: str
    roles: Callable[[Any], Mapping[str, Decimal | None]]
    url: str
    label: Label


@dataclass(frozen=True, eq=False)
class Limit:
    """Who may take a step alone and who grants it to others: by role, up to an amount.

    `name` is its key among the company's settings: one limit may stand on several steps. `roles` are the
    limits to start with, at most so much, or `ANY`; a role that is not named decides nothing. Whoever's limit
    covers the amount takes the step alone, unless `always` demands a second person of everybody. `excludes`
    are those who may not decide beside the asker. A limit that is not `is_on` waits for the company to turn
    it on. `hours` of working time are left to decide. `columns` are those of the record that it looks at and
    that no field shows; `about` names the field of which the amount tells. `by_step` says that the step finds
    the amount itself, while it is taken, and calls `gate.refuse_beyond`; `instead` are limits by which it may
    put its case in place of this one. `kept` says where the roles are decided when that is not among the
    limits; such a limit is always on.
    """

    name: str
    label: Label
    measure: Measure = Measure.STEP
    roles: Mapping[str, Decimal | int | None] = field(default_factory=dict)
    amount: Amount = _nothing
    excludes: Parties = _nobody
    applies: Applies = _always
    reasons: Reasons = _no_reasons
    always: bool = False
    is_on: bool = True
    hours: int = 16
    help: Label = ""
    columns: Sequence[str] = ()
    about: str = ""
    by_step: bool = False
    instead: Sequence[Limit] = ()
    kept: Kept | None = None

    def weigh(self, row: Row, asked: Asked) -> Decimal | None:
        """Give the amount that is decided about; none where there is none, or it cannot be told."""
        found = None if self.measure is Measure.STEP else self.amount(row, asked)
        return None if found is None else Decimal(found)


def owner_of(row: Row, _asked: Asked) -> Collection[int | None]:
    """Keep the owner of the record from deciding about it; for `excludes`."""
    return (row.get("owner_id"),)
