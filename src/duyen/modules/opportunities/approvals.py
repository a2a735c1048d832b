"""What of a deal needs a second person: to cancel it, to lose a large one, a price beyond one's limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.declared import ANY, Kept, Limit, Measure
from duyen.entities.errors import NotFound, Refused
from duyen.entities.fields import Amount, Label
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.org.words import RoleCode
from duyen.kernel.clock import today
from duyen.modules.catalog.queries import LIMITS, limits_in, price_for
from duyen.modules.opportunities import queries

#: What a seller closes as lost by herself, in đồng: process §2.2 leaves the threshold to the company.
_ALONE = 200_000_000
_LEADING: Mapping[str, Any] = dict.fromkeys(
    (
        RoleCode.AREA_HEAD.value,
        RoleCode.SALES_MANAGER.value,
        RoleCode.DIRECTOR.value,
        RoleCode.HQ_STEWARD.value,
    ),
    ANY,
)

LOSS = Limit(
    "opportunities.loss",
    _("Close an opportunity as lost"),
    Measure.MONEY,
    help=_("A larger deal is closed as lost only when somebody of these roles agrees."),
    roles={RoleCode.SALES_REP.value: _ALONE, RoleCode.TELLER.value: _ALONE, **_LEADING},
    amount=lambda row, _asked: row["amount"] or 0,
    about="amount",
)
CANCELLATION = Limit(
    "opportunities.cancel",
    _("Cancel an opportunity"),
    help=_("A deal is cancelled only when somebody of these roles agrees."),
    roles=_LEADING,
)

_MONEY = Amount("price", "")
#: Where the company keeps how much each role takes off a price.
_PAGE = ("/settings/discounts", _("Discount limits"))


def _takes_off(kept: Mapping[str, Any]) -> dict[str, Decimal | None]:
    return {role: each.percent for role, each in limits_in(kept).items() if each.percent}


def _goes_below(kept: Mapping[str, Any]) -> dict[str, Decimal | None]:
    return {role: each.percent for role, each in limits_in(kept).items() if each.below_floor}


def _by_the_list(reader: Actor, row: Mapping[str, Any], asked: Mapping[str, Any]) -> Sequence[Label]:
    """Say which product it is, and what it costs by the list, as far as the reader may know."""
    held = queries.line_of(row["id"], asked["line"]) if asked.get("line") else None
    product, plan = (
        (held["product_id"], held["plan_id"]) if held else (asked.get("product"), asked.get("plan"))
    )
    if product is None:
        return ()
    try:
        price = price_for(
            product,
            actor=reader,
            on=today(),
            unit_id=row["unit_id"],
            plan_id=plan,
            kind=queries.kind_of_customer(row["party_id"]),
        )
    except (NotFound, Refused):
        return ()
    name = queries.name_of_product(reader, product)
    told = [gettext("%(name)s costs %(price)s by the price list of today.")]
    if price.floor and entity_named("price_lines").level(reader, "floor") is not FieldLevel.HIDDEN:
        told.append(gettext("Its floor price is %(floor)s."))
    words = {"name": name, "price": _MONEY.show(price.price), "floor": _MONEY.show(price.floor)}
    return [each % words for each in told]


FLOOR = Limit(
    "opportunities.floor",
    _("Sell below the floor price"),
    Measure.PERCENT,
    help=_("A price below the floor of the list is given only when somebody of these roles agrees."),
    about="amount",
    by_step=True,
    kept=Kept(LIMITS, _goes_below, *_PAGE),
    reasons=_by_the_list,
)
DISCOUNT = Limit(
    "opportunities.discount",
    _("Discount on an opportunity"),
    Measure.PERCENT,
    help=_("More off a price than one's own limit is given only when somebody of these roles agrees."),
    about="amount",
    by_step=True,
    instead=(FLOOR,),
    kept=Kept(LIMITS, _takes_off, *_PAGE),
    reasons=_by_the_list,
)
