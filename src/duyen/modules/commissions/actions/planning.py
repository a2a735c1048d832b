"""What is said on a deal about its commission: from what it is worked out, or that none is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Amount, Choice, Percent, Text
from duyen.entities.guards import Across, Against
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.entities.states import InStates
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.foundation.settings.company import setting
from duyen.kernel.errors import FieldProblem
from duyen.kernel.money import Money
from duyen.modules.commissions import choices, queries, rules
from duyen.modules.commissions.following import rework
from duyen.modules.commissions.models import Plan
from duyen.modules.commissions.settings import PLAN_NEEDED
from duyen.modules.commissions.words import Basis
from duyen.modules.opportunities.words import UNDER_WAY, DealState

Row = Mapping[str, Any]
#: Tells whether a commission can be planned of a deal; what was won without a plan gets one afterwards.
is_plannable = InStates((*UNDER_WAY, DealState.WON))


def _against_planning(actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    if not actor.may("commissions", READ):
        return {row["id"]: [_("your role gives no right to commissions.")] for row in rows}
    held = queries.deals([row["id"] for row in rows])
    told = _("part of it is confirmed already. What is confirmed stays as it is.")
    return {deal_id: [told] for deal_id, deal in held.items() if deal.is_frozen}


def _against_waiving(actor: Actor, rows: Sequence[Row], asked: Row | None) -> Against:
    against = dict(_against_planning(actor, rows, asked))
    held = queries.deals([row["id"] for row in rows if row["id"] not in against])
    told = _("somebody stands in the plan. Take all shares out first.")
    return against | {deal_id: [told] for deal_id, deal in held.items() if deal.shares}


@action(
    "opportunities.plan_commission",
    label=_("Set the commission"),
    asks=(
        Choice("basis", _("Worked out from"), options=choices.BASES, default=Basis.NET.value),
        Percent("rate", pgettext_lazy("commission", "Rate (%)")),
        Amount("fixed_amount", _("Or a fixed amount")),
    ),
    icon="hand-coins",
    guards=[Across(_against_planning)],
    fits=is_plannable,
    about="amount",
    text=_("This is what the deal brings in all. Its beneficiaries share it out."),
)
def plan_commission(
    *, actor: Actor, row: Row, basis: str, rate: Decimal | None, fixed_amount: Money | None
) -> Row:
    """Say what of a deal is shared out. Raises InvalidValues."""
    fixed = fixed_amount.amount if fixed_amount else None
    problems = list(rules.problems_of_plan(rate=rate, fixed=fixed))
    if problems:
        raise InvalidValues(
            [FieldProblem(each.field, each.code, gettext(str(each.message))) for each in problems]
        )
    said = {"basis": basis or Basis.NET.value, "rate": rate, "fixed_amount": fixed, "none_due": ""}
    _say(actor, row, said)
    rework([row["id"]])
    return _written(actor, row)


@action(
    "opportunities.waive_commission",
    label=_("Say that no commission is due"),
    asks=(Text("none_due", _("Why none is due"), required=True, max_length=300),),
    icon="hand",
    guards=[Across(_against_waiving)],
    fits=is_plannable,
)
def waive_commission(*, actor: Actor, row: Row, none_due: str) -> Row:
    """Say of a deal that no commission is due, and why."""
    nothing = {"basis": "", "rate": None, "fixed_amount": None, "total": None}
    _say(actor, row, {**nothing, "none_due": none_due})
    return _written(actor, row)


def _say(actor: Actor, row: Row, said: Mapping[str, Any]) -> None:
    columns = {**said, "planned_by_id": actor.user_id}
    held = Plan.objects.filter(opportunity_id=row["id"]).values_list("pk", flat=True).first()
    if held is not None:
        update_row(Plan, held, columns)
        return
    (plan_id,) = next_ids(Plan, 1)
    made = {"id": plan_id, "opportunity_id": row["id"], "party_id": row["party_id"], **columns}
    insert_rows(Plan, [made])


def _written(actor: Actor, row: Row) -> Row:
    """Give a deal its new version: who looked before looks again."""
    return {**row, "version": write_changes(entity_named("opportunities"), actor, row, {})}


def _against_winning(actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    """Say of each deal that has no whole plan why it cannot be won."""
    if not setting(PLAN_NEEDED):
        return {}
    held = queries.deals([row["id"] for row in rows])
    return {deal_id: list(_lacking(actor, deal)) for deal_id, deal in held.items() if not deal.is_complete}


def _lacking(actor: Actor, deal: queries.Deal) -> Iterator[str]:
    commissions = entity_named("commissions")
    is_open = actor.may("commissions", READ) and commissions.level(actor, "split") is None
    if deal.plan is None and not deal.shares:
        yield gettext("no commission is planned. Plan it, or say that none is due.")
    elif not is_open:
        yield gettext("its commission plan is not complete.")
    elif deal.plan is None:
        yield gettext("nobody said from what its commission is worked out.")
    else:
        split = commissions.field("split").entered(deal.splits)
        yield gettext("the shares of its commission make %(split)s%%, not 100%%.") % {"split": split}


against_winning = Across(_against_winning)
