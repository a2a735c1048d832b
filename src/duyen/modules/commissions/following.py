"""What follows from a deal and its shares: amounts, and whose commissions are.

It hangs on the writing of rows, so that every door does the same: a form, a step on the deal, a file, an
undo.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext

from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.errors import InvalidValues
from duyen.entities.registry import entity_named
from duyen.entities.writing import update_row
from duyen.kernel.errors import FieldProblem
from duyen.modules.commissions import queries, rules
from duyen.modules.commissions.models import Commission, Plan

#: What tells one share of a deal from the others.
_WHICH = ("kind", "employee_id", "beneficiary", "condition", "months")
_WHOSE = ("owner_id", "unit_id", "party_id")


def rework(opportunity_ids: Collection[int], judge: Callable[[queries.Deal], None] | None = None) -> None:
    """Work out anew what the shares of some deals are worth; what is accrued stays as it is.

    `judge` looks at each deal as it stands once nobody else writes its plan.
    """
    for deal_id in sorted(opportunity_ids):
        # One after the other: whoever comes second shares out with the shares of the first.
        held = (
            Plan.objects.select_for_update(of=("self",), no_key=True).filter(opportunity_id=deal_id).first()
        )
        deal = queries.deal(deal_id)
        if judge is not None:
            judge(deal)
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


def _judge(
    deal: queries.Deal, written: Collection[int], grown: Collection[int], new: Collection[int]
) -> None:
    """Refuse shares that were written beyond what there is, and one entered twice. Raises InvalidValues.

    `grown` are those of a larger part than before, `new` those of another beneficiary or condition.
    """
    split = entity_named("commissions").field("split")
    if deal.splits > 100 and any(each["id"] in grown for each in deal.shares):
        left = rules.left_beside(each for each in deal.shares if each["id"] not in written)
        told = gettext("The shares of this deal would make more than 100 %%. %(left)s %% is left.")
        raise InvalidValues([FieldProblem("split", "too_much", told % {"left": split.entered(left)})])
    for each in (each for each in deal.shares if each["id"] in new):
        others = (other for other in deal.shares if other["id"] != each["id"])
        same = next((other for other in others if rules.is_same_share(each, other)), None)
        if same is not None:
            told = gettext(
                "%(name)s stands in this deal with %(split)s %% already. Change that share, or choose another"
                " condition. For somebody else of this name, add what tells the two apart."
            )
            names = {"name": same["beneficiary"], "split": split.entered(same["split"])}
            field = "employee" if each["employee_id"] else "beneficiary"
            raise InvalidValues([FieldProblem(field, "twice", told % names)])


class _Shares(Companion):
    """Lets the shares of a deal be worked out anew when one comes, changes or goes.

    What they make together is judged here and not by the rules of one record: so it holds for sets, for two
    people at once, and tells nobody of a deal that is closed to her.
    """

    columns = ("opportunity_id", "split", "deleted_at", *_WHICH)

    def born(self, rows: Sequence[Columns]) -> None:
        ids = {row["id"] for row in rows}
        rework({row["opportunity_id"] for row in rows}, partial(_judge, written=ids, grown=ids, new=ids))

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        back = {pk for pk, row in before.items() if row["deleted_at"] is not None}
        grown = back | {pk for pk, row in after.items() if row["split"] > before[pk]["split"]}
        new = back | {
            pk for pk, row in after.items() if any(row[name] != before[pk][name] for name in _WHICH)
        }
        deals = {row["opportunity_id"] for each in (before, after) for row in each.values()}
        rework(deals, partial(_judge, written=set(after), grown=grown, new=new))


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
