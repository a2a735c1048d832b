"""What tax would be withheld of a commission, told before it is paid and before its deal is won."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duyen.entities.pages import Preview
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel.clock import today
from duyen.kernel.money import Money
from duyen.modules.commissions import queries, rules
from duyen.modules.commissions.words import CommissionState, TaxedAs
from duyen.modules.opportunities.actions.deals import is_under_way

Row = Mapping[str, Any]
_TEMPLATE = "commissions/foretold.html"


@dataclass(frozen=True)
class Foretold:
    """One payment as it would be: what is due in đồng, what is withheld of it, what remains."""

    name: str
    amount: Money
    tax: Money
    remains: Money
    is_payroll: bool
    is_organisation: bool
    is_small: bool


def foretold(row: Row, day: dt.date, own: Sequence[rules.Withholding]) -> Foretold:
    """Work out one payment by the rule of a day; nothing is due of what has no amount yet."""
    rule, amount = rules.rule_on(day, own), row["amount"] or 0
    tax = rules.withheld(amount, row["taxed_as"], rule)
    return Foretold(
        row["beneficiary"],
        Money(amount),
        Money(tax),
        Money(amount - tax),
        is_payroll=row["taxed_as"] == TaxedAs.PAYROLL,
        is_organisation=row["taxed_as"] == TaxedAs.ORGANISATION,
        is_small=rule is not None and amount < rule.least,
    )


def _sees(actor: Actor) -> bool:
    commissions = entity_named("commissions")
    return all(
        commissions.level(actor, name) is not FieldLevel.HIDDEN
        for name in ("amount", "pit_withheld", "paid_amount", "taxed_as")
    )


def _told(actor: Actor, rows: Sequence[Row], day: dt.date) -> Mapping[str, Any]:
    """Tell of payments on a day, with the rule of that day; nothing to whoever may not see what they tell."""
    if not rows or not _sees(actor):
        return {"lines": []}
    own = queries.own_rules()
    lines = [foretold(each, day, own) for each in rows]
    rule = rules.rule_on(day, own)
    return {
        "lines": lines,
        "day": day,
        "rule": rule,
        "least": Money(rule.least) if rule else None,
        "is_several": len(lines) > 1,
        "is_ruled": any(not each.is_payroll and not each.is_organisation for each in lines),
        "tax": Money(sum(each.tax.amount for each in lines)),
        "remains": Money(sum(each.remains.amount for each in lines)),
    }


def of_payment(actor: Actor, row: Row, asked: Row) -> Mapping[str, Any]:
    """Tell of one commission that may be paid, on the day that is said, else today."""
    if row["state"] != CommissionState.APPROVED:
        return {"lines": []}
    return _told(actor, [row], asked.get("paid_on") or today())


def of_deal(actor: Actor, row: Row, _asked: Row) -> Mapping[str, Any]:
    """Tell of the shares of a deal under way that are not paid yet, as if they were paid today."""
    if not is_under_way(row):
        return {"lines": []}
    waiting = (CommissionState.PLANNED, CommissionState.ACCRUED, CommissionState.APPROVED)
    commissions = entity_named("commissions")
    held = {each["id"]: each for each in queries.deal(row["id"]).shares if each["state"] in waiting}
    seen = commissions.rows(actor).filter(pk__in=list(held)).order_by("pk").values_list("pk", flat=True)
    return _told(actor, [held[pk] for pk in seen], today())


BEFORE_PAYING = Preview(_TEMPLATE, of_payment, at_once=True)
BEFORE_WINNING = Preview(_TEMPLATE, of_deal, at_once=True, again=False)
