"""The way of one deal through its stages: how long it stood in each, and how it left it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duyen.entities.fields import Option
from duyen.kernel.clock import now
from duyen.modules.opportunities import choices, queries, rules
from duyen.modules.opportunities.words import DealState, Left

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One stay of a deal: `days` count without those on which it was put aside; `left` is how it left."""

    stage: str
    who: str
    entered_at: dt.datetime
    left_at: dt.datetime | None
    days: int
    rested: int
    left: Option | None

    @property
    def went_on(self) -> bool:
        return self.left is not None and self.left.code == Left.ON


def path_of(row: Row) -> list[Step]:
    """Give the stays of a deal in their order, the present one last."""
    return [_step(each, row) for each in queries.stays_of(row["id"])]


def days_by_stage(row: Row) -> dict[int, int]:
    """Add up the days on which a deal stood in each stage, by stage."""
    found: dict[int, int] = {}
    for each in queries.stays_of(row["id"]):
        found[each["stage_id"]] = found.get(each["stage_id"], 0) + _days(each, row)[0]
    return found


def _step(stay: Row, row: Row) -> Step:
    days, rested = _days(stay, row)
    left = choices.LEAVINGS.held().by_code.get(stay["left"])
    return Step(stay["name"], stay["who"] or "", stay["entered_at"], stay["left_at"], days, rested, left)


def _days(stay: Row, row: Row) -> tuple[int, int]:
    """Give the days of a stay that count, and those on which its deal was put aside."""
    if stay["left_at"] is not None:
        return stay["days"], stay["rested"]
    rested = stay["rested"]
    if row["state"] == DealState.ON_HOLD:
        rested += rules.days_between(max(stay["entered_at"], stay["state_since"]), now())
    return max(0, rules.days_between(stay["entered_at"], now()) - rested), rested
