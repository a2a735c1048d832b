"""Reads of commissions: the plan of a deal, its shares, what stands against a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duyen.entities.once import once
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.files.models import File
from duyen.foundation.org.models import User
from duyen.modules.commissions import rules
from duyen.modules.commissions.models import Commission, Plan, WithholdingRule
from duyen.modules.commissions.rules import Withholding
from duyen.modules.commissions.words import Basis, CommissionState
from duyen.modules.opportunities.queries import list_values, standings

Row = Mapping[str, Any]


@dataclass(frozen=True)
class PlanSeen:
    """What of a deal is shared out, its sums in đồng; `none_due` says why nothing is."""

    basis: str = ""
    rate: Decimal | None = None
    fixed_amount: int | None = None
    total: int | None = None
    none_due: str = ""
    planned_by: int | None = None


@dataclass(frozen=True)
class Deal:
    """The commission of a deal: its plan, if there is one, and the shares outside the bin."""

    plan: PlanSeen | None
    shares: Sequence[Row]

    @property
    def splits(self) -> Decimal:
        """The shares together, in per cent."""
        return sum((each["split"] for each in self.shares), Decimal(0))

    @property
    def is_complete(self) -> bool:
        """Whether the shares make a hundred per cent of something, or none is due."""
        if self.plan is None:
            return False
        return bool(self.plan.none_due) or rules.is_whole(each["split"] for each in self.shares)

    @property
    def is_frozen(self) -> bool:
        """Whether some share is accrued, so that the plan stays as it is."""
        return any(each["state"] != CommissionState.PLANNED for each in self.shares)


def deals(opportunity_ids: Collection[int]) -> dict[int, Deal]:
    """Give the commission of some deals by their ids: two queries."""
    return _deals(tuple(opportunity_ids))


@once
def _deals(ids: tuple[int, ...]) -> dict[int, Deal]:
    plans = {
        row.pop("opportunity_id"): PlanSeen(planned_by=row.pop("planned_by_id"), **row)
        for row in map(
            dict,
            Plan.objects.filter(opportunity_id__in=ids).values(
                *("opportunity_id", "basis", "rate", "fixed_amount", "total", "none_due", "planned_by_id")
            ),
        )
    }
    shares: dict[int, list[Row]] = {each: [] for each in ids}
    rows = Commission.objects.filter(opportunity_id__in=ids, deleted_at=None).order_by("pk")
    for row in rows.values():
        shares[row["opportunity_id"]].append(row)
    return {each: Deal(plans.get(each), shares[each]) for each in ids}


def deal(opportunity_id: int) -> Deal:
    """Give the commission of one deal."""
    return deals([opportunity_id])[opportunity_id]


def base_of(plan: PlanSeen, opportunity_id: int) -> int:
    """Give the revenue in đồng from which a rate is taken, as far as it is known before it is collected."""
    agreed = worth_of(standings([opportunity_id])[opportunity_id])
    if plan.basis == Basis.LIST:
        return int(list_values([opportunity_id]).get(opportunity_id, agreed or 0))
    return int(agreed or 0)


def worth_of(deal: Row) -> int | None:
    """Give what a deal that stands so is worth in đồng: as it was won, else as it is offered."""
    worth: int | None = deal["actual_amount"] if deal["actual_amount"] is not None else deal["amount"]
    return worth


def name_of(user_id: int) -> str:
    """Give the name of a user."""
    return str(User.objects.values_list("full_name", flat=True).get(pk=user_id))


def with_proof(commission_ids: Collection[int]) -> set[int]:
    """Give those of some commissions on which a file hangs."""
    files = File.objects.filter(entity="commissions", record_id__in=list(commission_ids), deleted_at=None)
    return set(files.values_list("record_id", flat=True))


def last_changed_by(commission_id: int) -> int | None:
    """Give who changed a commission last."""
    found = Commission.objects.filter(pk=commission_id)
    return found.values_list("updated_by_id", flat=True).get()


def statement_rows(actor: Actor, row: Row, since: dt.date, until: dt.date) -> list[Row]:
    """Give what the beneficiary of a commission earned between two days, both included, the earliest first.

    An account is the same beneficiary everywhere; without one, the same kind and name are.
    """
    rows = entity_named("commissions").rows(actor).filter(accrued_on__gte=since, accrued_on__lte=until)
    if row["employee_id"] is not None:
        rows = rows.filter(employee_id=row["employee_id"])
    else:
        rows = rows.filter(employee_id=None, kind=row["kind"], beneficiary=row["beneficiary"])
    columns = ("id", "code", "opportunity_id", "state", "split", "amount", "pit_withheld", "paid_amount")
    found = rows.order_by("accrued_on", "pk")
    return [{**each} for each in found.values(*columns, "accrued_on", "paid_on", "payment_ref")]


# --- tax --------------------------------------------------------------------------------------------------


def own_rules() -> list[Withholding]:
    """Give what the company added to the law about tax that is withheld, the earliest first."""
    rows = WithholdingRule.objects.filter(deleted_at=None).order_by("since", "pk")
    return [Withholding(each.since, each.percent, each.least, each.basis) for each in rows]


def entries_by_day(actor: Actor) -> dict[dt.date, int]:
    """Give the company's own rules that the actor may see, by their days."""
    rows = entity_named("withholding_rules").rows(actor).order_by("pk")
    return dict(rows.values_list("since", "pk"))


def has_rule(since: dt.date) -> bool:
    """Tell whether the company has a rule of its own from a day on."""
    return WithholdingRule.objects.filter(since=since, deleted_at=None).exists()
