"""What a product costs: by which list, with which VAT, why, and what it cost before. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotFound, Refused
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.money import Money, round_half_up
from duyen.kernel.vat import VatStep, step_on, vat_of
from duyen.modules.catalog.models import Plan
from duyen.modules.catalog.queries.reading import NoVatRate, all_components, issued, path_of, vat_steps
from duyen.modules.catalog.rules import Judged, Offer, Sale, best, ranked
from duyen.modules.catalog.words import BundlePricing

_OFFER = (
    *("pk", "price_list_id", "price_list__code", "price_list__name"),
    *("price_list__valid_from", "price_list__valid_until"),
    *("price_list__areas", "price_list__customer_kinds"),
    *("price_list__currency", "product_id", "plan_id", "price", "one_off_fee", "floor"),
)


class NoPrice(Refused):
    """No price list says what the product costs there and then."""

    code = "no_price"
    sentence = _("No price list in force says what %(product)s costs here. Ask who keeps the price lists.")


@dataclass(frozen=True)
class Taxed:
    """A sum without VAT, its tax, and both together; `percent` none means not subject to VAT."""

    net: Money
    percent: Decimal | None
    vat: Money

    @property
    def gross(self) -> Money:
        return self.net + self.vat


def taxed(net: Money, percent: Decimal | None) -> Taxed:
    """Add VAT to a sum, rounded half up to the minor unit."""
    return Taxed(net, percent, vat_of(net, percent))


@dataclass(frozen=True)
class Price:
    """What one unit of a product costs: the list price, the fee at the start, the floor; without VAT.

    `chosen` is the offer by which it was priced, none for a bundle that costs what its `parts` do, each with
    its quantity. `others` are the offers that were not taken, with what spoke against each.
    """

    product_id: int
    plan_id: int | None
    price: Money
    percent: Decimal | None
    one_off_fee: Money | None
    floor: Money | None
    chosen: Judged | None
    others: Sequence[Judged] = ()
    parts: Sequence[tuple[Price, int]] = ()

    def times(self, quantity: int) -> Taxed:
        """Give what so many cost with VAT; a bundle adds up the tax of its components."""
        if not self.parts:
            return taxed(Money(self.price.amount * quantity, self.price.currency), self.percent)
        sums = [part.times(count * quantity) for part, count in self.parts]
        return Taxed(
            Money(sum(each.net.amount for each in sums), self.price.currency),
            sums[0].percent if len({each.percent for each in sums}) == 1 else None,
            Money(sum(each.vat.amount for each in sums), self.price.currency),
        )

    @property
    def is_mixed(self) -> bool:
        """Whether several rates of VAT meet in it."""
        rates = {part.percent for part, _count in self.parts}
        return len(rates) > 1 or any(part.is_mixed for part, _count in self.parts)

    def fee(self) -> Taxed | None:
        """Give the fee at the start with its VAT."""
        if self.parts:
            fees = [
                taxed(Money(fee.net.amount * count, fee.net.currency), fee.percent)
                for part, count in self.parts
                for fee in [part.fee()]
                if fee
            ]
            net, vat = sum(each.net.amount for each in fees), sum(each.vat.amount for each in fees)
            currency = self.price.currency
            return Taxed(Money(net, currency), None, Money(vat, currency)) if fees else None
        return taxed(self.one_off_fee, self.percent) if self.one_off_fee else None


@dataclass(frozen=True)
class _Book:
    """All that pricing needs to know of some products, read by a handful of queries."""

    offers: Sequence[Offer]
    products: Mapping[int, tuple[str, str, str]]
    components: Mapping[int, Mapping[int, int]]
    steps: Sequence[VatStep]

    def percent(self, product_id: int, on: dt.date) -> Decimal | None:
        vat_class = self.products[product_id][1]
        step = step_on(self.steps, vat_class, on)
        if step is None:
            raise NoVatRate(vat_class=vat_class)
        return step.percent


def price_for(
    product_id: int,
    *,
    actor: Actor,
    on: dt.date,
    unit_id: int | None,
    plan_id: int | None = None,
    kind: str = "",
    currency: str = "VND",
) -> Price:
    """Say what a product costs a customer of `kind` on a day, sold in a unit, and why.

    Raises NotFound where the actor may not see the product, NoPrice, or NoVatRate.
    """
    book = read_book(product_id, actor, currency)
    sale = Sale(product_id, plan_id, kind, path_of(unit_id), on)
    return _price(book, sale, currency)


def read_book(product_id: int, actor: Actor, currency: str = "VND") -> _Book:
    """Read what is known of a product and all that it holds. Raises NotFound."""
    components = all_components()
    wanted = _with_parts(product_id, components)
    found = entity_named("products").rows(actor, deleted=None).filter(pk__in=wanted)
    products = {row[0]: row[1:] for row in found.values_list("pk", "code", "vat_class", "bundle_pricing")}
    if product_id not in products:
        raise NotFound
    return _Book(_offers(actor, wanted, currency), products, components, vat_steps())


def _with_parts(product_id: int, components: Mapping[int, Mapping[int, int]]) -> set[int]:
    waiting, found = [product_id], set[int]()
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(components.get(each, ()))
    return found


def _offers(actor: Actor, product_ids: Collection[int], currency: str) -> list[Offer]:
    lines = entity_named("price_lines").rows(actor).filter(issued(), product_id__in=product_ids)
    rows = lines.filter(price_list__currency=currency).order_by("pk").values_list(*_OFFER)
    return [_offer(row) for row in rows]


def _offer(row: Sequence[Any]) -> Offer:
    values = (*row[:6], frozenset(row[6]), frozenset(row[7]), *row[8:])
    return Offer(*values)


def _price(book: _Book, sale: Sale, currency: str) -> Price:
    code, _vat, pricing = book.products[sale.product_id]
    parts = book.components.get(sale.product_id, {})
    if pricing == BundlePricing.SUM and parts:
        return _sum_of_parts(book, sale, parts, currency)
    order = ranked(book.offers, sale)
    if not order or order[0].why_not:
        raise NoPrice(product=code)
    chosen, offer = order[0], order[0].offer
    return Price(
        product_id=sale.product_id,
        plan_id=sale.plan_id,
        price=Money(offer.price, currency),
        percent=book.percent(sale.product_id, sale.on),
        one_off_fee=_money(offer.one_off_fee, currency),
        floor=_money(offer.floor, currency),
        chosen=chosen,
        others=order[1:],
    )


def _sum_of_parts(book: _Book, sale: Sale, parts: Mapping[int, int], currency: str) -> Price:
    """Price a bundle by its components, each by its own list, floor and VAT."""
    priced = [
        (_price(book, replace(sale, product_id=part, plan_id=None), currency), count)
        for part, count in parts.items()
    ]
    floors = [part.floor.amount * count for part, count in priced if part.floor]
    fees = [part.one_off_fee.amount * count for part, count in priced if part.one_off_fee]
    rates = {part.percent for part, _count in priced}
    return Price(
        product_id=sale.product_id,
        plan_id=None,
        price=Money(sum(part.price.amount * count for part, count in priced), currency),
        percent=next(iter(rates)) if len(rates) == 1 else None,
        one_off_fee=Money(sum(fees), currency) if fees else None,
        floor=Money(sum(floors), currency) if len(floors) == len(priced) else None,
        chosen=None,
        parts=priced,
    )


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


@dataclass(frozen=True)
class Phase:
    """What a product cost from one day to another, both included; no `until` means on and on."""

    since: dt.date
    until: dt.date | None
    offer: Offer | None
    percent: Decimal | None
    price: Money | None

    @property
    def gross(self) -> Money | None:
        return None if self.price is None else taxed(self.price, self.percent).gross


def price_history(
    product_id: int,
    *,
    actor: Actor,
    unit_id: int | None,
    plan_id: int | None = None,
    kind: str = "",
    currency: str = "VND",
) -> list[Phase]:
    """Tell what a product cost at any time, oldest first; a phase without an offer had no price.

    A bundle without a price of its own has no history of its own: its components have. Raises NotFound.
    """
    book = read_book(product_id, actor, currency)
    offers = [each for each in book.offers if each.product_id == product_id]
    if not offers:
        return []
    path = path_of(unit_id)
    vat_class = book.products[product_id][1]
    days = _turning_days(offers, [each.since for each in book.steps if each.vat_class == vat_class])
    phases: list[Phase] = []
    for day in days:
        found = best(offers, Sale(product_id, plan_id, kind, path, day))
        step = step_on(book.steps, vat_class, day)
        offer = found.offer if found else None
        price = Money(offer.price, currency) if offer else None
        percent = step.percent if step and offer else None
        last = phases[-1] if phases else None
        if last and (last.offer, last.percent) == (offer, percent):
            continue
        if last:
            phases[-1] = replace(last, until=day - dt.timedelta(days=1))
        phases.append(Phase(day, None, offer, percent, price))
    while phases and phases[0].offer is None:
        phases.pop(0)
    return phases[:-1] if phases and phases[-1].offer is None else phases


def _turning_days(offers: Sequence[Offer], vat_days: Sequence[dt.date]) -> list[dt.date]:
    """List the days on which a price may have changed."""
    first = min(each.valid_from for each in offers)
    starts = {each.valid_from for each in offers}
    ends = {each.valid_until + dt.timedelta(days=1) for each in offers if each.valid_until}
    return sorted(starts | ends | {day for day in vat_days if day > first})


@dataclass(frozen=True)
class Prepaid:
    """What a plan asks for at the start: months paid, months used for them, and what each of these costs."""

    paid_months: int
    used_months: int
    total: Taxed
    each_month: Money


def prepaid(price: Price, plan: Plan) -> Prepaid | None:
    """Work out what is paid ahead by a plan, at the monthly price; none where nothing is paid ahead."""
    if not plan.prepaid_months:
        return None
    used = plan.prepaid_months + plan.free_months
    total = price.times(plan.prepaid_months)
    each_month = round_half_up(Decimal(total.net.amount) / used)
    return Prepaid(plan.prepaid_months, used, total, Money(each_month, total.net.currency))
