"""What must hold in the catalogue, and how a price is found. Plain values in, plain values out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duyen.kernel.words import mark
from duyen.modules.catalog.words import ListState, ProductKind

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,39}")
#: No plan is longer: ten years.
MOST_MONTHS = 120


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field."""

    field: str
    code: str
    message: str


def is_code(text: str) -> bool:
    """Tell whether a code can stand in files and addresses: capital letters, digits, . _ / -"""
    return _CODE.fullmatch(text) is not None


def problems_of_a_product(
    *, kind: str, billing_period: str, active_from: dt.date | None, active_until: dt.date | None
) -> Iterable[Problem]:
    """Find what contradicts itself in a product."""
    if kind == ProductKind.RECURRING and not billing_period:
        yield Problem("billing_period", "required", mark("Say how often a recurring product is billed."))
    if kind == ProductKind.ONE_OFF and billing_period:
        told = mark("A one-off product is not billed again. Leave this empty, or choose “Recurring”.")
        yield Problem("billing_period", "one_off", told)
    yield from _problems_of_days("active_until", active_from, active_until)


def problems_of_a_plan(
    *,
    is_recurring: bool,
    term: int | None,
    prepaid: int,
    free: int,
    minimum: int | None,
    active_from: dt.date | None,
    active_until: dt.date | None,
) -> Iterable[Problem]:
    """Find what contradicts itself in a plan; lengths in months."""
    if not is_recurring and (prepaid or free):
        told = mark("A one-off product has no months to pay ahead. Leave this empty.")
        yield Problem("prepaid_months", "one_off", told)
    if free and not prepaid:
        told = mark("Free months come with months that were paid ahead. Say how many.")
        yield Problem("free_months", "not_prepaid", told)
    if term and prepaid > term:
        told = mark("More months would be paid ahead than the plan has. Lengthen the term, or pay fewer.")
        yield Problem("prepaid_months", "beyond_term", told)
    if term and minimum and minimum > term:
        told = mark("The minimum term is longer than the plan. Shorten it, or lengthen the term.")
        yield Problem("minimum_months", "beyond_term", told)
    yield from _problems_of_days("active_until", active_from, active_until)


def _problems_of_days(field: str, first: dt.date | None, last: dt.date | None) -> Iterable[Problem]:
    if first and last and last < first:
        yield Problem(field, "before_start", mark("The last day lies before the first one. Correct it."))


#: What does not change any more once a list is issued: what was sold by it must stay explicable.
FIXED_WHEN_ISSUED = ("code", "valid_from", "areas", "customer_kinds", "currency")


def problems_of_a_list(
    after: Mapping[str, object], before: Mapping[str, object] | None, *, today: dt.date
) -> Iterable[Problem]:
    """Find what contradicts itself in a price list, or would rewrite the past of an issued one."""
    first, last = after["valid_from"], after["valid_until"]
    if isinstance(first, dt.date) and isinstance(last, dt.date):
        yield from _problems_of_days("valid_until", first, last)
    if before is None or before["state"] != ListState.ISSUED:
        return
    for name in FIXED_WHEN_ISSUED:
        if after[name] != before[name]:
            told = mark("The list is issued: this stays. Copy it, and change the copy.")
            yield Problem(name, "issued", told)
    was = before["valid_until"]
    if last == was:
        return
    yesterday = today - dt.timedelta(days=1)
    is_over = isinstance(was, dt.date) and was < yesterday
    if is_over or (isinstance(last, dt.date) and last < yesterday):
        told = mark("By this list was sold until then. It can end yesterday at the earliest.")
        yield Problem("valid_until", "past", told)


def closes_a_loop(bundle: int, product: int, held: Mapping[int, Iterable[int]]) -> bool:
    """Tell whether `bundle` would hold itself, over however many steps, if it held `product`.

    `held` gives the components of each bundle.
    """
    waiting, seen = [product], set[int]()
    while waiting:
        each = waiting.pop()
        if each == bundle:
            return True
        if each not in seen:
            seen.add(each)
            waiting.extend(held.get(each, ()))
    return False


@dataclass(frozen=True)
class Offer:
    """One line of one issued list, with whom the list is for. Money in minor units, without VAT."""

    line_id: int
    list_id: int
    list_code: str
    list_name: str
    valid_from: dt.date
    valid_until: dt.date | None
    areas: frozenset[int]
    kinds: frozenset[str]
    currency: str
    product_id: int
    plan_id: int | None
    price: int
    one_off_fee: int | None
    floor: int | None

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether its list is in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Sale:
    """For whom a price is asked: what is bought, by which kind of customer, where, and when.

    `path` are the units from that of the sale up to the head office; `kind` is empty where it is not known.
    """

    product_id: int
    plan_id: int | None
    kind: str
    path: Sequence[int]
    on: dt.date


#: What speaks for an offer, or against it.
AREA, EVERYWHERE, KIND, EVERY_KIND, PLAN, GENERAL = (
    *("area", "everywhere", "kind", "every_kind"),
    *("plan", "general"),
)
OTHER_AREA, OTHER_KIND, NOT_YET, OVER, OTHER_PLAN, OUTRANKED = (
    *("other_area", "other_kind", "not_yet", "over", "other_plan", "outranked"),
)


@dataclass(frozen=True)
class Judged:
    """An offer as it stands in one sale: `why_not` is empty where it fits; `rank` orders those that do.

    `area` is the unit by which it fits, none where it holds everywhere.
    """

    offer: Offer
    why_not: str
    rank: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    area: int | None = None


def judge(offer: Offer, sale: Sale) -> Judged:
    """Say whether an offer fits a sale, and how closely.

    The order of precedence, the closest first: a list for the nearest unit, then one for a unit above, then
    one for the whole company; a list that names the kind of customer, then one for all kinds; the list that
    began last; the one that was made last; within one list the price of the plan, then that of the product.
    """
    for why in _against(offer, sale):
        return Judged(offer, why)
    near = next((step for step, unit in enumerate(sale.path) if unit in offer.areas), len(sale.path))
    rank = (
        near,
        0 if offer.kinds else 1,
        -offer.valid_from.toordinal(),
        -offer.list_id,
        0 if offer.plan_id else 1,
    )
    return Judged(offer, "", rank, sale.path[near] if near < len(sale.path) else None)


def _against(offer: Offer, sale: Sale) -> Iterable[str]:
    if offer.plan_id is not None and offer.plan_id != sale.plan_id:
        yield OTHER_PLAN
    if sale.on < offer.valid_from:
        yield NOT_YET
    if not offer.holds_on(sale.on):
        yield OVER
    if offer.areas and not offer.areas & frozenset(sale.path):
        yield OTHER_AREA
    if offer.kinds and sale.kind not in offer.kinds:
        yield OTHER_KIND


def ranked(offers: Iterable[Offer], sale: Sale) -> list[Judged]:
    """Order all offers of the product, those that fit first, the best one at the head."""
    judged = [judge(each, sale) for each in offers if each.product_id == sale.product_id]
    order = {OUTRANKED: 0, OTHER_KIND: 1, OTHER_AREA: 2, OTHER_PLAN: 3, NOT_YET: 4, OVER: 5}
    return sorted(
        judged,
        key=lambda each: (
            bool(each.why_not),
            each.rank if not each.why_not else (order[each.why_not], -each.offer.valid_from.toordinal()),
            each.offer.line_id,
        ),
    )


def best(offers: Iterable[Offer], sale: Sale) -> Judged | None:
    """Give the offer by which a sale is priced, or none."""
    first = next(iter(ranked(offers, sale)), None)
    return None if first is None or first.why_not else first


@dataclass(frozen=True)
class Audience:
    """Whom a list is for, and when: enough to tell whether two lists can meet in one sale."""

    list_id: int
    valid_from: dt.date
    valid_until: dt.date | None
    areas: frozenset[int]
    kinds: frozenset[str]


def can_meet(one: Audience, other: Audience, paths: Mapping[int, Sequence[int]]) -> bool:
    """Tell whether there can be a sale that both lists fit; `paths` leads from each unit to the top."""
    ends = [each.valid_until for each in (one, other) if each.valid_until]
    if ends and max(one.valid_from, other.valid_from) > min(ends):
        return False
    if one.kinds and other.kinds and not one.kinds & other.kinds:
        return False
    if not one.areas or not other.areas:
        return True
    return any(
        first in paths.get(second, (second,)) or second in paths.get(first, (first,))
        for first in one.areas
        for second in other.areas
    )


#: By what one of two lists stands above the other.
BY_AREA, BY_KIND, BY_START, BY_MAKING = "area", "kind", "start", "made"


def which_holds(one: Audience, other: Audience, paths: Mapping[int, Sequence[int]]) -> tuple[bool, str]:
    """Tell of two lists that can meet whether the first one holds then, and by what: see `judge`.

    Where several areas of both meet, the narrowest meeting is told.
    """
    depths = _nearest(one, other, paths)
    if depths is not None and depths[0] != depths[1]:
        return depths[0] > depths[1], BY_AREA
    if bool(one.kinds) != bool(other.kinds):
        return bool(one.kinds), BY_KIND
    if one.valid_from != other.valid_from:
        return one.valid_from > other.valid_from, BY_START
    return one.list_id > other.list_id, BY_MAKING


def _nearest(one: Audience, other: Audience, paths: Mapping[int, Sequence[int]]) -> tuple[int, int] | None:
    """Give how deep in the tree each list reaches where they meet; the whole company lies at nothing."""

    def depth(unit: int) -> int:
        return len(paths.get(unit, (unit,)))

    if not one.areas or not other.areas:
        sides = [max((depth(each) for each in side.areas), default=0) for side in (one, other)]
        return sides[0], sides[1]
    meeting = [
        (depth(first), depth(second))
        for first in one.areas
        for second in other.areas
        if first in paths.get(second, (second,)) or second in paths.get(first, (first,))
    ]
    return max(meeting, key=max, default=None)
