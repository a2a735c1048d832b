"""What follows from a deal and its shares: amounts, and whose commissions are.

It hangs on the writing of rows, so that every door does the same: a form, a step on the deal, a file, an
undo.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.registry import entity_named
from duyen.entities.writing import update_row
from duyen.modules.commissions import queries, rules
from duyen.modules.commissions.models import Commission, Plan

_WHOSE = ("owner_id", "unit_id", "party_id")


def rework(opportunity_ids: Collection[int]) -> None:
    """Work out anew what the shares of some deals are worth; what is accrued stays as it is."""
    for deal_id in sorted(opportunity_ids):
        # One after the other: whoever comes second shares out with the shares of the first.
        held = (
            Plan.objects.select_for_update(of=("self",), no_key=True).filter(opportunity_id=deal_id).first()
        )
        deal = queries.deal(deal_id)
        if held is None or deal.plan is None or deal.plan.none_due or deal.is_frozen:
            continue
        base = queries.base_of(deal.plan, deal_id)
        total = rules.total_of(base, deal.plan.rate, deal.plan.fixed_amount)
        if total != held.total:
            update_row(Plan, held.pk, {"total": total})
        amounts = rules.shares_of(total, [rules.hundredths(each["split"]) for each in deal.shares])
        for each, amount in zip(deal.shares, amounts, strict=True):
            if (each["base"], each["amount"]) != (base, amount):
                update_row(Commission, each["id"], {"base": base, "amount": amount})


class _Shares(Companion):
    """Lets the shares of a deal be worked out anew when one comes, changes or goes."""

    columns = ("opportunity_id", "split", "deleted_at")

    def born(self, rows: Sequence[Columns]) -> None:
        rework({row["opportunity_id"] for row in rows})

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        rework({row["opportunity_id"] for each in (before, after) for row in each.values()})


class _Deals(Companion):
    """Lets the commissions of a deal follow its sums, its owner and its customer."""

    columns = ("amount", "actual_amount", *_WHOSE)

    def born(self, rows: Sequence[Columns]) -> None:
        """A new deal has no commissions."""

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        moved = [pk for pk, row in after.items() if row != before[pk]]
        planned = Plan.objects.filter(opportunity_id__in=moved)
        rows = Commission.objects.filter(opportunity_id__in=moved).order_by("pk")
        for row in rows.values("id", "opportunity_id", *_WHOSE) if moved else ():
            whose: dict[str, Any] = {column: after[row["opportunity_id"]][column] for column in _WHOSE}
            if any(row[column] != value for column, value in whose.items()):
                update_row(Commission, row["id"], whose)
        for plan_id, deal_id in planned.values_list("pk", "opportunity_id") if moved else ():
            if before[deal_id]["party_id"] != after[deal_id]["party_id"]:
                update_row(Plan, plan_id, {"party_id": after[deal_id]["party_id"]})
            rework([deal_id])


def follow() -> None:
    """Begin to follow; once, at start-up."""
    accompany(Commission, _Shares())
    accompany(entity_named("opportunities").model, _Deals())
