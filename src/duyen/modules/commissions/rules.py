"""What must hold of a commission, and how it is worked out. Plain values in, plain values out.

Sources: process §2.2, tab 7; Circular 111/2013/TT-BTC, article 25.1(i) for the tax that is withheld.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duyen.kernel.errors import FieldProblem
from duyen.kernel.money import Money, round_half_up
from duyen.kernel.words import mark
from duyen.modules.commissions.words import BeneficiaryKind, CommissionState, Condition, TaxedAs

#: The whole, in hundredths of a per cent: shares are kept to two places.
WHOLE = 10_000
LONGEST_CONDITION = 60
#: In days.
LONGEST_STATEMENT = 3 * 366


# --- shares -----------------------------------------------------------------------------------------------


def total_of(base: int, rate: Decimal | None, fixed: int | None) -> int:
    """Work out what is to be shared in đồng: a fixed amount, or a rate in per cent of the base, half up."""
    return fixed if fixed is not None else round_half_up(base * (rate or Decimal(0)) / 100)


def hundredths(percent: Decimal) -> int:
    """Give a share in hundredths of a per cent."""
    return int(percent * 100)


def shares_of(total: int, splits: Sequence[int]) -> list[int]:
    """Share a total out by splits in hundredths of a per cent, to the đồng.

    Splits that make a hundred per cent share out the total exactly; others their part of it, rounded once.
    """
    if not sum(splits):
        return [0 for _each in splits]
    part = round_half_up(Decimal(total * sum(splits)) / WHOLE)
    return [each.amount for each in Money(part).allocate(splits)]


def is_whole(splits: Iterable[Decimal]) -> bool:
    """Tell whether shares make a hundred per cent."""
    return sum(map(hundredths, splits)) == WHOLE


def left_beside(others: Iterable[Mapping[str, Any]]) -> Decimal:
    """Give what shares leave of a hundred per cent, in per cent."""
    return max(100 - sum((each["split"] for each in others), Decimal(0)), Decimal(0))


def is_same_share(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two shares of a deal are one entered twice: same beneficiary, same condition.

    Accounts tell people apart. Without two of them a kind and a name do, as statements add up by these.
    Whoever earns one part at once and another one later has two shares.
    """
    if any(one[name] != other[name] for name in ("kind", "condition", "months")):
        return False
    if one["employee_id"] and other["employee_id"]:
        return bool(one["employee_id"] == other["employee_id"])
    return _plain(one["beneficiary"]) == _plain(other["beneficiary"])


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def problems_of_plan(*, rate: Decimal | None, fixed: int | None) -> Iterator[FieldProblem]:
    """Find what is wrong with what is to be shared: a rate or a fixed amount, one of the two, not zero."""
    if (rate is None) == (fixed is None):
        yield FieldProblem("rate", "one_of_two", mark("Give a rate or a fixed amount, one of the two."))
    elif not (rate or fixed):
        sentence = mark("Give more than zero. Where none is due, say so by the step for that.")
        yield FieldProblem("rate" if rate is not None else "fixed_amount", "zero", sentence)


# --- beneficiaries ----------------------------------------------------------------------------------------


def usual_taxation(kind: str) -> str:
    """Give how the tax of a kind of beneficiary is settled where nobody said."""
    if kind == BeneficiaryKind.EMPLOYEE:
        return TaxedAs.PAYROLL.value
    return (TaxedAs.INDIVIDUAL if kind == BeneficiaryKind.COLLABORATOR else TaxedAs.ORGANISATION).value


def kind_of_partner(role: str) -> str:
    """Give as which kind of beneficiary a partner of a deal gets its share, by its role there."""
    return (BeneficiaryKind.AGENT if role == "RESELLER" else BeneficiaryKind.PARTNER).value


def problems_of_beneficiary(values: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Find what is wrong with who gets a commission, by `kind`, `employee`, `beneficiary`, `taxed_as`."""
    is_employee = values["kind"] == BeneficiaryKind.EMPLOYEE
    if is_employee and not values["employee"]:
        yield FieldProblem("employee", "required", mark("Choose the employee who gets it."))
    if values["employee"] and values["kind"] not in (BeneficiaryKind.EMPLOYEE, BeneficiaryKind.COLLABORATOR):
        sentence = mark("An account belongs to an employee or a collaborator. Leave it empty.")
        yield FieldProblem("employee", "other_kind", sentence)
    if not values["employee"] and not values["beneficiary"]:
        yield FieldProblem("beneficiary", "required", mark("Say who gets it."))
    if (values["taxed_as"] == TaxedAs.PAYROLL) != is_employee:
        sentence = mark("The commission of an employee is taxed through payroll, and no other one.")
        yield FieldProblem("taxed_as", "payroll", sentence)
    elif values["kind"] == BeneficiaryKind.COLLABORATOR and values["taxed_as"] != TaxedAs.INDIVIDUAL:
        sentence = mark("A collaborator is a person without a labour contract.")
        yield FieldProblem("taxed_as", "person", sentence)


def problems_of_share(values: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Find what is wrong with a share and its condition, by `split`, `condition`, `months`."""
    if values["split"] is not None and values["split"] <= 0:
        yield FieldProblem("split", "zero", mark("Give a share of more than 0 %."))
    needs_months = values["condition"] == Condition.MONTHS_PAID
    if needs_months and not values["months"]:
        yield FieldProblem("months", "required", mark("Say for how many months the customer has paid then."))
    if values["months"] and not needs_months:
        yield FieldProblem("months", "not_asked", mark("This condition counts no months. Leave it empty."))


# --- what is earned and paid ------------------------------------------------------------------------------


def problems_of_earning(earned_on: dt.date, won_on: dt.date | None, today: dt.date) -> Iterator[FieldProblem]:
    """Find what is wrong with the day on which the condition of a commission was met."""
    if earned_on > today:
        yield FieldProblem("accrued_on", "future", mark("Choose today or a day before."))
    elif won_on is not None and earned_on < won_on:
        sentence = mark("The deal was not won yet on this day. Choose a later one.")
        yield FieldProblem("accrued_on", "not_won", sentence)


def problems_of_collected(collected: int, agreed: int | None) -> Iterator[FieldProblem]:
    """Find what is wrong with what was collected in đồng of a deal worth `agreed`, none if unknown."""
    if collected <= 0:
        sentence = mark("As long as nothing is collected, nothing is earned. Confirm it later.")
        yield FieldProblem("collected", "nothing", sentence)
    elif agreed is not None and collected > agreed:
        sentence = mark("This is more than the deal is worth. Correct it, or the actual amount of the deal.")
        yield FieldProblem("collected", "too_much", sentence)


def is_covered(total: int | None, agreed: int | None) -> bool:
    """Tell whether a commission in all is no more than its deal is worth, as far as both are known."""
    return total is None or agreed is None or total <= agreed


def problems_of_payment(paid_on: dt.date, accrued_on: dt.date, today: dt.date) -> Iterator[FieldProblem]:
    """Find what is wrong with the day on which a commission was paid."""
    if paid_on > today:
        yield FieldProblem("paid_on", "future", mark("Choose today or a day before."))
    elif paid_on < accrued_on:
        yield FieldProblem(
            "paid_on", "not_earned", mark("It was not earned yet on this day. Choose a later one.")
        )


# --- tax --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Withholding:
    """What is withheld from a person without a labour contract from a day on.

    `percent` of each payment of at least `least` đồng; `basis` is where it says so.
    """

    since: dt.date
    percent: Decimal
    least: int
    basis: str


#: What the law says, the earliest first. The company adds what changes after this version.
LAW = (
    Withholding(
        dt.date(2013, 10, 1), Decimal(10), 2_000_000, "Thông tư 111/2013/TT-BTC, điều 25 khoản 1 điểm i"
    ),
)


def rule_on(day: dt.date, own: Sequence[Withholding] = ()) -> Withholding | None:
    """Give the rule in force on a day; of two from one day, the company's own stands above the law's."""
    found = [each for each in (*LAW, *own) if each.since <= day]
    return max(found, key=lambda each: (each.since, each not in LAW)) if found else None


def withheld(amount: int, taxed_as: str, rule: Withholding | None) -> int:
    """Work out the tax that is withheld from one payment in đồng, rounded half up."""
    if taxed_as != TaxedAs.INDIVIDUAL or rule is None or amount < rule.least:
        return 0
    return round_half_up(amount * rule.percent / 100)


# --- statements -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sums:
    """What a statement adds up to in đồng.

    `earned` is all that counts, `tax` and `paid` what of it was withheld and paid out, `due` the rest.
    `clawed_back` counts to none of them.
    """

    earned: int = 0
    tax: int = 0
    paid: int = 0
    due: int = 0
    clawed_back: int = 0


def sums_of(shares: Iterable[Mapping[str, Any]]) -> Sums:
    """Add up commissions by `state`, `amount`, `pit_withheld` and `paid_amount`."""
    held = list(shares)
    counted = [each for each in held if each["state"] != CommissionState.CLAWED_BACK]
    earned = sum(each["amount"] or 0 for each in counted)
    tax = sum(each["pit_withheld"] or 0 for each in counted)
    paid = sum(each["paid_amount"] or 0 for each in counted)
    gone = sum(each["amount"] or 0 for each in held) - earned
    return Sums(earned, tax, paid, earned - tax - paid, gone)


def problems_of_period(since: dt.date, until: dt.date) -> Iterator[FieldProblem]:
    """Find what is wrong with the days of a statement."""
    if since > until:
        yield FieldProblem(
            "until", "order", mark("The last day lies before the first. Correct one of the two.")
        )
    elif (until - since).days > LONGEST_STATEMENT:
        yield FieldProblem("until", "too_long", mark("A statement covers three years at most."))
