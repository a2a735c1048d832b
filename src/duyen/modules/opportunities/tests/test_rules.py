"""Stages, months and money: decided without a database, to the đồng."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.opportunities import rules
from duyen.modules.opportunities.rules import LineSums, LineTerms, Stage
from duyen.modules.opportunities.words import DealState, Lack, Move

_MONEY = st.integers(0, 10**11)
_MONTHS = st.integers(0, rules.LONGEST_TERM)
_TERMS = st.builds(
    LineTerms,
    quantity=st.integers(1, 10_000),
    unit_price=_MONEY,
    fee=st.integers(0, 10**8),
    period=st.sampled_from([None, 1, 3, 6, 12]),
    term=_MONTHS,
    prepaid=_MONTHS,
    free=st.integers(0, 24),
)


def _half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(_TERMS)
def test_a_line_is_worth_its_fees_and_the_months_that_are_paid(terms: LineTerms) -> None:
    sums = rules.sums_of_line(terms)

    price, fees = terms.quantity * terms.unit_price, terms.quantity * terms.fee
    if terms.period is None:
        assert sums == LineSums(price + fees, 0, price + fees)
        return
    months = max(terms.prepaid, terms.term - terms.free, 0)
    assert sums.one_off == fees
    assert sums.monthly == _half_up(Decimal(price) / terms.period)
    assert sums.total == fees + _half_up(Decimal(price) * months / terms.period)


@given(st.lists(_TERMS, max_size=20))
def test_a_deal_is_worth_the_sum_of_its_lines_in_any_order(lines: list[LineTerms]) -> None:
    sums = [rules.sums_of_line(each) for each in lines]

    found = rules.sum_lines(sums)

    assert found == rules.sum_lines(reversed(sums))
    assert found.total == sum(each.total for each in sums)
    assert found.one_off == sum(each.one_off for each in sums)
    assert found.monthly == sum(each.monthly for each in sums)


@given(_TERMS, st.integers(1, 1000))
def test_a_dearer_line_is_never_worth_less(terms: LineTerms, more: int) -> None:
    dearer = LineTerms(
        terms.quantity,
        terms.unit_price + more,
        terms.fee,
        terms.period,
        terms.term,
        terms.prepaid,
        terms.free,
    )

    assert rules.sums_of_line(dearer).total >= rules.sums_of_line(terms).total


@given(_MONEY, st.decimals(0, 100, places=2))
def test_a_discount_is_taken_off_to_the_dong(price: int, percent: Decimal) -> None:
    found = rules.discounted(price, percent)

    assert 0 <= found <= price
    assert abs(Decimal(found) - Decimal(price) * (100 - percent) / 100) <= Decimal("0.5")


@given(_MONEY, st.integers(0, 100))
def test_weighing_rounds_half_up(amount: int, probability: int) -> None:
    assert rules.weighted(amount, probability) == _half_up(Decimal(amount) * probability / 100)


def test_free_months_lie_within_the_term() -> None:
    assert rules.paid_months(LineTerms(1, 1, term=24, prepaid=12, free=2)) == 22
    assert rules.paid_months(LineTerms(1, 1, term=12, prepaid=12, free=2)) == 12
    assert rules.paid_months(LineTerms(1, 1, term=12)) == 12


def _stages(*ids: int) -> list[Stage]:
    return [Stage(each, place, f"Giai đoạn {each}", 10 * place) for place, each in enumerate(ids, start=1)]


@given(st.lists(st.integers(1, 50), unique=True, min_size=2, max_size=9), st.data())
def test_every_move_between_two_stages_is_of_one_kind(ids: list[int], data: st.DataObject) -> None:
    stages = _stages(*ids)
    here, there = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))

    move = rules.move_between(stages, here, there)

    step = ids.index(there) - ids.index(here)
    assert (move is Move.NEXT) == (step == 1)
    assert (move is Move.SKIP) == (step > 1)
    assert (move is Move.BACK) == (step < 0)
    after = rules.next_stage(stages, here)
    assert (after is None) == (here == ids[-1])
    assert after is None or rules.move_between(stages, here, after.id) is Move.NEXT


def test_a_lost_deal_begins_anew_in_the_second_stage() -> None:
    assert rules.restart_stage(_stages(4, 7, 2)).id == 7
    assert rules.restart_stage(_stages(4)).id == 4


def test_a_checklist_is_one_item_a_line() -> None:
    assert rules.checklist_of(" Gọi \n\nGặp\nGọi") == ("Gọi", "Gặp")
    assert rules.unanswered(("Gọi", "Gặp"), {"Gọi"}) == ["Gặp"]


@pytest.mark.parametrize(("days", "codes"), [(0, ["past"]), (1, []), (180, []), (181, ["too_long"])])
def test_a_deal_rests_for_half_a_year_at_most(days: int, codes: list[str]) -> None:
    today = dt.date(2026, 11, 26)

    found = rules.problems_of_hold(today + dt.timedelta(days=days), today)

    assert [each.code for each in found] == codes


@pytest.mark.parametrize(("days", "is_stale"), [(13, False), (14, False), (15, True)])
def test_a_deal_goes_stale_after_the_days_of_its_stage(days: int, is_stale: bool) -> None:
    now = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)

    assert rules.is_stale(now - dt.timedelta(days=days), now, 14) is is_stale
    assert not rules.is_stale(now - dt.timedelta(days=days), now, None)


@pytest.mark.parametrize(
    ("price", "asked", "told"), [(200, 200, ""), (200, 190, "5"), (3, 2, "33,3"), (0, 0, ""), (200, 250, "")]
)
def test_says_how_much_is_taken_off(price: int, asked: int, told: str) -> None:
    assert rules.percent_off(price, asked) == told


@given(st.booleans(), st.booleans(), st.booleans())
def test_a_deal_is_told_all_that_it_lacks_to_be_won(is_late: bool, has_line: bool, has_paper: bool) -> None:
    here = Stage(1, 1, "Báo giá", 60, is_late=is_late)

    found = set(rules.against_winning(here, has_line=has_line, has_paper=has_paper))

    settled = {Lack.STAGE: is_late, Lack.LINE: has_line, Lack.PAPER: has_paper}
    assert found == {lack for lack, is_settled in settled.items() if not is_settled}


@pytest.mark.parametrize(("days", "codes"), [(-400, []), (0, []), (1, ["future"])])
def test_what_is_closed_lies_in_the_past(days: int, codes: list[str]) -> None:
    today = dt.date(2026, 11, 26)

    found = rules.problems_of_closing(today + dt.timedelta(days=days), today)

    assert [each.code for each in found] == codes


def test_only_a_won_deal_is_certain() -> None:
    assert rules.CERTAINTY == {DealState.WON: 100, DealState.LOST: 0, DealState.CANCELLED: 0}
