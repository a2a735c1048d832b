"""Loops of bundles, precedence of lists, limits of discounts: decided without a database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.money import Money
from duyen.modules.catalog import rules
from duyen.modules.catalog.discounts import DiscountedLine, Limit, is_within, strongest, who_may
from duyen.modules.catalog.rules import Audience, Offer, Sale

_DAY = dt.date(2026, 11, 26)
#: Units 1 (head office) > 2 > 3 > 4, and 5 beside 3.
_PATHS = {1: (1,), 2: (2, 1), 3: (3, 2, 1), 4: (4, 3, 2, 1), 5: (5, 2, 1)}
_KINDS = ("INDIVIDUAL", "ORGANISATION")


_OFFERS = st.lists(
    st.builds(
        Offer,
        line_id=st.integers(1, 99),
        list_id=st.integers(1, 9),
        list_code=st.just(""),
        list_name=st.just(""),
        valid_from=st.dates(_DAY - dt.timedelta(days=20), _DAY + dt.timedelta(days=5)),
        valid_until=st.none() | st.dates(_DAY - dt.timedelta(days=5), _DAY + dt.timedelta(days=20)),
        areas=st.frozensets(st.sampled_from(list(_PATHS)), max_size=2),
        kinds=st.frozensets(st.sampled_from(_KINDS), max_size=1),
        currency=st.just("VND"),
        product_id=st.just(7),
        plan_id=st.sampled_from([None, 1, 2]),
        price=st.integers(0, 9),
        one_off_fee=st.none(),
        floor=st.none(),
    ),
    max_size=5,
    unique_by=(lambda each: each.line_id, lambda each: (each.list_id, each.plan_id)),
)
_SALES = st.builds(
    Sale,
    product_id=st.just(7),
    plan_id=st.sampled_from([None, 1, 2]),
    kind=st.sampled_from(["", *_KINDS]),
    path=st.sampled_from(list(_PATHS.values())),
    on=st.just(_DAY),
)


@given(_OFFERS, _SALES)
def test_takes_an_offer_that_fits_and_none_that_stands_above_it(offers: list[Offer], sale: Sale) -> None:
    found = rules.best(offers, sale)
    fitting = [each for each in rules.ranked(offers, sale) if not each.why_not]

    assert (found is None) == (not fitting)
    if found is not None:
        offer = found.offer
        assert offer.valid_from <= _DAY <= (offer.valid_until or _DAY)
        assert not offer.areas or offer.areas & set(sale.path)
        assert not offer.kinds or sale.kind in offer.kinds
        assert offer.plan_id in (None, sale.plan_id)
        assert all(found.rank <= each.rank for each in fitting)


@given(_OFFERS, _SALES, st.randoms())
def test_does_not_depend_on_the_order_of_offers(offers: list[Offer], sale: Sale, random: object) -> None:
    mixed = list(offers)
    random.shuffle(mixed)  # type: ignore[attr-defined]

    assert rules.best(offers, sale) == rules.best(mixed, sale)


_AUDIENCES = st.builds(
    Audience,
    list_id=st.integers(1, 9),
    valid_from=st.dates(_DAY - dt.timedelta(days=9), _DAY),
    valid_until=st.none(),
    areas=st.frozensets(st.sampled_from(list(_PATHS)), max_size=1),
    kinds=st.frozensets(st.sampled_from(_KINDS), max_size=1),
)


@given(_AUDIENCES, _AUDIENCES, st.sampled_from(_KINDS), st.sampled_from(list(_PATHS.values())))
def test_tells_of_two_lists_what_a_sale_then_finds(
    one: Audience, other: Audience, kind: str, path: tuple[int, ...]
) -> None:
    if one.list_id == other.list_id:
        return

    def offer(each: Audience) -> Offer:
        return Offer(
            each.list_id, each.list_id, "", "", each.valid_from, None, each.areas, each.kinds,
            "VND", 7, None, 1, None, None,
        )  # fmt: skip

    sale = Sale(7, None, kind, path, _DAY)
    judged = [rules.judge(offer(each), sale) for each in (one, other)]
    if any(each.why_not for each in judged):
        return

    assert rules.can_meet(one, other, _PATHS)
    wins, _by = rules.which_holds(one, other, _PATHS)
    assert wins == (judged[0].rank < judged[1].rank)


@given(
    st.dictionaries(st.integers(1, 8), st.frozensets(st.integers(1, 8), max_size=3), max_size=8),
    st.integers(1, 8),
    st.integers(1, 8),
)
def test_finds_every_loop_of_bundles(held: dict[int, frozenset[int]], bundle: int, product: int) -> None:
    reached, waiting = set[int](), [product]
    while waiting:
        each = waiting.pop()
        if each not in reached:
            reached.add(each)
            waiting += held.get(each, frozenset())

    assert rules.closes_a_loop(bundle, product, held) == (bundle in reached)


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.decimals(0, 100, places=2))
def test_compares_a_discount_with_a_limit_without_rounding(price: int, asked: int, percent: Decimal) -> None:
    line = DiscountedLine(Money(price), Money(asked))

    exact = max(Fraction(0), Fraction(price - asked, price) * 100)
    assert is_within(line, Limit(percent)) == (exact <= Fraction(percent))
    assert abs(Fraction(line.percent) - exact) <= Fraction(1, 200)
    assert (line.weighed <= percent) == is_within(line, Limit(percent))


def test_lets_nobody_below_the_floor_without_the_right() -> None:
    line = DiscountedLine(Money(100), Money(80), floor=Money(90))
    limits = {
        "A": Limit(Decimal(50)),
        "B": Limit(Decimal(50), below_floor=True),
        "C": Limit(Decimal(100), below_floor=True),
        "D": Limit(Decimal(5), below_floor=True),
    }

    assert who_may(line, limits) == ["B", "C"]
    # One role alone covers a line, as for those who are asked: A gives the discount, D the floor, none both.
    assert not is_within(line, strongest(line, ["A", "D"], limits))
    assert strongest(line, ["A", "D"], limits) == limits["A"]
    assert strongest(line, ["A", "C", "D"], limits) == limits["C"]
    assert strongest(line, [], limits) == Limit()
