"""The life of a commission: planned, accrued with a proof, approved by another person, paid, clawed back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Amount, Day, Label, Text
from duyen.entities.guards import Across, Against
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today
from duyen.kernel.errors import FieldProblem
from duyen.modules.commissions import choices, queries, rules
from duyen.modules.commissions.approvals import APPROVAL
from duyen.modules.commissions.foretelling import BEFORE_PAYING
from duyen.modules.commissions.words import Basis, CommissionState
from duyen.modules.opportunities.queries import standings
from duyen.modules.opportunities.words import DealState

Row = Mapping[str, Any]
CONFIRM = "confirm"
#: The right to pay what is approved, and to claw it back.
PAY = "pay"


def _against_accruing(actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    """Say all that a commission lacks to be earned."""
    deal_ids = {row["opportunity_id"] for row in rows}
    stand, held = standings(deal_ids), queries.deals(deal_ids)
    proven = queries.with_proof([row["id"] for row in rows])
    return {
        row["id"]: list(
            _lacking(
                stands=stand[row["opportunity_id"]],
                deal=held[row["opportunity_id"]],
                is_proven=row["id"] in proven,
                is_own=_is_own(actor, row),
            )
        )
        for row in rows
    }


def _lacking(*, stands: Row, deal: queries.Deal, is_proven: bool, is_own: bool) -> Iterator[Label]:
    if stands["state"] != DealState.WON:
        yield _("the deal is not won.")
    if not deal.is_complete:
        yield _("the commission plan of the deal is not complete.")
    if not rules.is_covered(deal.plan.total if deal.plan else None, queries.worth_of(stands)):
        yield _("the commission of the deal is more than the deal is worth. Correct the plan.")
    if not is_proven:
        yield _("no proof is attached. Attach what shows that the condition is met.")
    if is_own:
        yield _("who gets a commission does not confirm it.")


def _is_own(actor: Actor, row: Row) -> bool:
    return actor.user_id is not None and row["employee_id"] == actor.user_id


def _against_paying_oneself(actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    told = _("who gets a commission does not pay it.")
    return {row["id"]: [told] for row in rows if _is_own(actor, row)}


def _accrued(_actor: Actor, row: Row, asked: Row) -> Row:
    """Freeze base and amount; of collected revenue they are known only now. Raises InvalidValues."""
    deal = queries.deal(row["opportunity_id"])
    stands = standings([row["opportunity_id"]])[row["opportunity_id"]]
    day = asked["accrued_on"] or today()
    _refuse(rules.problems_of_earning(day, stands["closed_on"], today()))
    columns: dict[str, Any] = {
        "accrued_on": day,
        "confirmed_from_id": queries.last_changed_by(row["id"]),
    }
    collected = asked["collected"]
    is_asked = deal.plan is not None and deal.plan.basis == Basis.COLLECTED and deal.plan.rate is not None
    if (collected is not None) != is_asked:
        told = (
            gettext("Say how much was collected: the commission is a part of that.")
            if is_asked
            else gettext("This commission does not depend on what was collected. Leave it empty.")
        )
        raise InvalidValues([FieldProblem("collected", "basis", told)])
    if deal.plan is None or collected is None:
        return columns
    _refuse(rules.problems_of_collected(collected.amount, queries.worth_of(stands)))
    total = rules.total_of(collected.amount, deal.plan.rate, None)
    amounts = rules.shares_of(total, [rules.hundredths(each["split"]) for each in deal.shares])
    own = next(place for place, each in enumerate(deal.shares) if each["id"] == row["id"])
    return {**columns, "base": collected.amount, "amount": amounts[own]}


def _paid(_actor: Actor, row: Row, asked: Row) -> Row:
    day = asked["paid_on"] or today()
    _refuse(rules.problems_of_payment(day, row["accrued_on"], today()))
    tax = rules.withheld(row["amount"], row["taxed_as"], rules.rule_on(day, queries.own_rules()))
    return {
        "paid_on": day,
        "payment_ref": asked["payment_ref"],
        "pit_withheld": tax,
        "paid_amount": row["amount"] - tax,
    }


def _clawed_back(_actor: Actor, _row: Row, asked: Row) -> Row:
    return {"clawback_reason": asked["clawback_reason"]}


def _refuse(problems: Iterable[FieldProblem]) -> None:
    told = [FieldProblem(each.field, each.code, gettext(str(each.message))) for each in problems]
    if told:
        raise InvalidValues(told)


LIFECYCLE = Lifecycle(
    "state",
    pgettext_lazy("commission", "State"),
    choices.STATES,
    [
        Command(
            "accrue",
            _("Confirm the condition"),
            from_=[CommissionState.PLANNED],
            to=CommissionState.ACCRUED,
            needs=CONFIRM,
            asks=[
                Amount(
                    "collected",
                    _("Collected so far"),
                    help=_("Without VAT; only where the commission is a part of it."),
                ),
                Day("accrued_on", _("Met on"), help=_("Left empty, today.")),
            ],
            guards=[Across(_against_accruing)],
            icon="badge-check",
            tone="primary",
            sets=_accrued,
        ),
        Command(
            "approve",
            _("Approve the commission"),
            from_=[CommissionState.ACCRUED],
            to=CommissionState.APPROVED,
            needs=CONFIRM,
            icon="stamp",
            approval=APPROVAL,
        ),
        Command(
            "pay",
            _("Enter the payment"),
            from_=[CommissionState.APPROVED],
            to=CommissionState.PAID,
            needs=PAY,
            asks=[
                Text("payment_ref", _("Payment reference"), required=True, max_length=80),
                Day("paid_on", pgettext_lazy("commission", "Paid on"), help=_("Left empty, today.")),
            ],
            guards=[Across(_against_paying_oneself)],
            icon="banknote",
            sets=_paid,
            preview=BEFORE_PAYING,
            text=_(
                "Tax is withheld from a person without a labour contract by the rule of that day. "
                "Of an employee it is withheld with the wages."
            ),
        ),
        Command(
            "claw_back",
            _("Claw the commission back"),
            from_=[CommissionState.ACCRUED, CommissionState.APPROVED, CommissionState.PAID],
            to=CommissionState.CLAWED_BACK,
            needs=PAY,
            asks=[Text("clawback_reason", _("Why it is clawed back"), required=True, max_length=300)],
            icon="undo-2",
            sets=_clawed_back,
        ),
    ],
    since="state_since",
)
