"""The products of a deal: each priced by the lists in force, within what the seller gives or was granted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.approvals.gate import refuse_beyond
from duyen.entities.errors import InvalidValues, NotFound, Refused
from duyen.entities.fields import Amount, Choice, Link, Percent, Text, Whole
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today
from duyen.kernel.errors import FieldProblem
from duyen.kernel.money import Money
from duyen.modules.catalog.queries import DiscountedLine, Price, limit_of, price_for
from duyen.modules.opportunities import choices, queries, rules
from duyen.modules.opportunities.actions.deals import NAME, is_under_way, written
from duyen.modules.opportunities.approvals import DISCOUNT, FLOOR
from duyen.modules.opportunities.models import Line
from duyen.modules.opportunities.rules import LineTerms

_MOST = 1_000_000
#: No deal holds more lines: one page shows them all.
_MOST_LINES = 200


class NoSuchLine(Refused):
    """The line is gone, or it is none of this deal's."""

    code = "no_such_line"
    sentence = _("This product is no longer on the deal. Look at the page again.")


class TooManyLines(Refused):
    """The deal holds as many lines as it may."""

    code = "too_many_lines"
    sentence = _("A deal holds 200 lines at most. Join what is alike, or make a second deal.")


_PERCENT = Percent("percent", "")
_LINE = Whole("line", _("Line"), required=True, least=1, most=2**62)
_QUANTITY = Whole("quantity", _("Quantity"), required=True, least=1, most=_MOST, default=1)
_PRICES = (
    Percent("discount", _("Discount (%)"), help=_("Off the list price. Left empty, none.")),
    Amount(
        "unit_price",
        _("Price that is agreed"),
        help=_("For one unit, without VAT. Leave it empty to take the list price, or to give a discount."),
    ),
)
_REST = (
    Whole(
        "term_months",
        _("Term (months)"),
        most=rules.LONGEST_TERM,
        help=_("Left empty, that of the plan, or 12 months."),
    ),
    Text("site", _("Where it is installed"), max_length=250),
    Choice("feasibility", _("Survey"), options=choices.FEASIBILITY),
)


@action(
    "opportunities.add_line",
    label=_("Add a product"),
    asks=(
        Link("product", _("Product"), to="products", required=True),
        Link("plan", pgettext_lazy("product", "Plan"), to="plans"),
        _QUANTITY,
        *_PRICES,
        *_REST,
    ),
    icon="package-plus",
    fits=is_under_way,
    about="amount",
    approval=DISCOUNT,
)
def add_line(
    *, actor: Actor, row: Mapping[str, Any], product: int, plan: int | None, **asked: Any
) -> Mapping[str, Any]:
    """Put a product on a deal at a price within the seller's limit, or at one that somebody granted.

    Raises InvalidValues, NoPrice, NoVatRate, NeedsApproval or TooManyLines.
    """
    if row["line_count"] >= _MOST_LINES:
        raise TooManyLines
    _refuse_foreign_plan(product, plan)
    columns, price = _priced(actor, row, product, plan, asked)
    kept = {**asked, "product": product, "plan": plan}
    _refuse_beyond_limit(actor, row, "add_line", f"{product}:{plan or ''}", price, kept)
    (row_id,) = next_ids(Line, 1)
    made = {
        **columns,
        "id": row_id,
        "opportunity_id": row["id"],
        "party_id": row["party_id"],
        "product_id": product,
        "plan_id": plan,
        "position": row["line_count"] + 1,
    }
    insert_rows(Line, [made])
    return _summed(actor, row)


@action(
    "opportunities.change_line",
    label=_("Change the line"),
    asks=(_LINE, _QUANTITY, *_PRICES, *_REST),
    icon="pencil",
    part="line",
    fits=is_under_way,
    about="amount",
    approval=DISCOUNT,
)
def change_line(*, actor: Actor, row: Mapping[str, Any], line: int, **asked: Any) -> Mapping[str, Any]:
    """Change a line of a deal; it is priced anew. Raises what `add_line` does, or NoSuchLine."""
    held = queries.line_of(row["id"], line)
    if held is None:
        raise NoSuchLine
    columns, price = _priced(actor, row, held["product_id"], held["plan_id"], asked)
    if not rules.is_as_given(held, columns):
        _refuse_beyond_limit(actor, row, "change_line", str(line), price, {**asked, "line": line})
    update_row(Line, line, columns)
    return _summed(actor, row)


@action(
    "opportunities.remove_line",
    label=_("Take the product out"),
    asks=(_LINE,),
    icon="x",
    part="line",
    fits=is_under_way,
    about="amount",
)
def remove_line(*, actor: Actor, row: Mapping[str, Any], line: int) -> Mapping[str, Any]:
    """Take a line off a deal. Raises NoSuchLine."""
    if queries.line_of(row["id"], line) is None:
        raise NoSuchLine
    Line.objects.filter(pk=line, opportunity_id=row["id"]).delete()
    return _summed(actor, row)


def _summed(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let a deal be worth what its lines are; without any, its amount stays until somebody types one."""
    sums, count = queries.sums_of(row["id"])
    columns: dict[str, Any] = {"one_off": sums.one_off, "monthly": sums.monthly, "line_count": count}
    if count or row["line_count"]:
        columns["amount"] = sums.total if count else None
    return written(actor, row, columns)


def _refuse_foreign_plan(product: int, plan: int | None) -> None:
    found = queries.plan_of(plan) if plan else None
    if plan and (found is None or found["product_id"] != product):
        told = gettext("This plan belongs to another product.")
        raise InvalidValues([FieldProblem("plan", "other_product", told)])


def _priced(
    actor: Actor, row: Mapping[str, Any], product: int, plan: int | None, asked: Mapping[str, Any]
) -> tuple[dict[str, Any], DiscountedLine]:
    """Give the columns of a line by the price list and what was asked, and the price as limits judge it."""
    day = today()
    try:
        price = price_for(
            product,
            actor=actor,
            on=day,
            unit_id=row["unit_id"],
            plan_id=plan,
            kind=queries.kind_of_customer(row["party_id"]),
        )
    except NotFound as error:
        told = gettext("There is no such record, or it is not open to you. Choose another one.")
        raise InvalidValues([FieldProblem("product", "link", told)]) from error
    columns = columns_at(price, product, plan, asked, day)
    asked_price = Money(columns["unit_price"], price.price.currency)
    return columns, DiscountedLine(price.price, asked_price, price.floor)


def columns_at(
    price: Price, product: int, plan: int | None, asked: Mapping[str, Any], day: dt.date
) -> dict[str, Any]:
    """Give the columns of a line at a price that was found for a day. Raises InvalidValues."""
    unit_price = _agreed(price.price.amount, asked)
    terms = _terms(product, plan, asked, unit_price, price)
    sums = rules.sums_of_line(terms)
    return {
        "quantity": terms.quantity,
        "list_price": price.price.amount,
        "unit_price": unit_price,
        "fee": terms.fee,
        "period": terms.period,
        "term_months": terms.term,
        "prepaid_months": terms.prepaid,
        "free_months": terms.free,
        "one_off": sums.one_off,
        "monthly": sums.monthly,
        "total": sums.total,
        "site": asked["site"],
        "feasibility": asked["feasibility"],
        "priced_on": day,
    }


def _agreed(list_price: int, asked: Mapping[str, Any]) -> int:
    """Give the price of one unit: as typed, else the list price less the discount."""
    typed: Money | None = asked["unit_price"]
    discount: Decimal | None = asked["discount"]
    if typed is not None and discount is not None:
        told = gettext("Give a discount or a price, not both.")
        raise InvalidValues([FieldProblem("unit_price", "both", told)])
    if typed is not None:
        return typed.amount
    return rules.discounted(list_price, discount) if discount is not None else list_price


def _terms(
    product: int, plan: int | None, asked: Mapping[str, Any], unit_price: int, price: Price
) -> LineTerms:
    months = (queries.plan_of(plan) if plan else None) or {}
    period = queries.period_of(product)
    prepaid, free = int(months.get("prepaid_months") or 0), int(months.get("free_months") or 0)
    typed = asked["term_months"]
    problems = rules.problems_of_terms(
        is_recurring=period is not None, term=typed, prepaid=prepaid, free=free
    )
    told = [FieldProblem(each.field, each.code, gettext(str(each.message))) for each in problems]
    if told:
        raise InvalidValues([FieldProblem("term_months", each.code, each.message) for each in told])
    usual = months.get("term_months") or rules.USUAL_TERM
    return LineTerms(
        quantity=asked["quantity"],
        unit_price=unit_price,
        fee=price.one_off_fee.amount if price.one_off_fee else 0,
        period=period,
        term=(typed or max(usual, prepaid)) if period is not None else 0,
        prepaid=prepaid,
        free=free,
    )


def _refuse_beyond_limit(
    actor: Actor,
    row: Mapping[str, Any],
    verb: str,
    part: str,
    line: DiscountedLine,
    asked: Mapping[str, Any],
) -> None:
    """Refuse a price that somebody else has to grant; a request keeps it. Raises NeedsApproval."""
    if not line.weighed and not line.is_below_floor:
        return
    settled = {**asked, "discount": None, "unit_price": line.asked.amount}
    refuse_beyond(
        FLOOR if line.is_below_floor else DISCOUNT,
        line.weighed,
        entity=entity_named(NAME),
        verb=verb,
        row=row,
        actor=actor,
        part=part,
        settled={name: value for name, value in settled.items() if value not in (None, "")},
        why=_why(line, limit_of(actor, line).percent),
    )


def _why(line: DiscountedLine, most: Decimal) -> str:
    if line.is_below_floor:
        return gettext("This price is below the floor price of the list.")
    told = gettext("%(percent)s off is more than the %(limit)s that you may give.")
    return told % {"percent": _PERCENT.show(line.weighed), "limit": _PERCENT.show(most)}
