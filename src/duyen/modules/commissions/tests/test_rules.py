"""Shares, beneficiaries and tax, worked out to the đồng."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.commissions import rules
from duyen.modules.commissions.rules import WHOLE

_TOTALS = st.integers(0, 10**14)


@st.composite
def _whole(draw: st.DrawFn) -> list[int]:
    """Draw splits that make a hundred per cent."""
    cuts = sorted(draw(st.sets(st.integers(1, WHOLE - 1), max_size=8)))
    edges = [0, *cuts, WHOLE]
    return [after - before for before, after in pairwise(edges)]


@given(_TOTALS, _whole())
def test_shares_of_the_whole_make_the_total_to_the_dong(total: int, splits: list[int]) -> None:
    shares = rules.shares_of(total, splits)

    assert sum(shares) == total
    assert all(
        abs(share * WHOLE - total * split) < WHOLE for share, split in zip(shares, splits, strict=True)
    )


@given(_TOTALS, st.lists(st.integers(1, WHOLE), min_size=1, max_size=8))
def test_shares_of_a_part_make_that_part_rounded_once(total: int, splits: list[int]) -> None:
    assert sum(rules.shares_of(total, splits)) == (2 * total * sum(splits) + WHOLE) // (2 * WHOLE)


def test_gives_the_odd_dong_to_the_largest_remainder() -> None:
    assert rules.shares_of(100, [3333, 3333, 3334]) == [33, 33, 34]
    assert rules.shares_of(5, [5000, 5000]) == [3, 2]
    assert rules.shares_of(0, []) == []


@given(st.integers(0, 10**14), st.decimals("0.01", "100", places=2))
def test_a_rate_is_rounded_once_half_up(base: int, rate: Decimal) -> None:
    total = rules.total_of(base, rate, None)

    assert 2 * abs(total * WHOLE - base * int(rate * 100)) <= WHOLE
    assert rules.total_of(base, None, 7) == 7


def test_half_a_dong_is_rounded_up() -> None:
    assert rules.total_of(50, Decimal(1), None) == 1
    assert rules.total_of(49, Decimal(1), None) == 0


def _codes(**values: object) -> list[str]:
    usual = {"kind": "AGENT", "employee": None, "beneficiary": "Đại lý A", "taxed_as": "ORGANISATION"}
    return [each.code for each in rules.problems_of_beneficiary(usual | values)]


def test_knows_who_gets_it_and_how_it_is_taxed() -> None:
    assert _codes() == []
    assert _codes(beneficiary="") == ["required"]
    assert _codes(kind="EMPLOYEE", taxed_as="PAYROLL") == ["required"]
    assert _codes(kind="EMPLOYEE", employee=3) == ["payroll"]
    assert _codes(taxed_as="PAYROLL") == ["payroll"]
    assert _codes(employee=3) == ["other_kind"]
    assert _codes(kind="COLLABORATOR") == ["person"]
    assert _codes(kind="COLLABORATOR", employee=3, taxed_as="INDIVIDUAL") == []


def test_every_kind_fits_the_taxation_that_is_usual_for_it() -> None:
    for kind in ("EMPLOYEE", "COLLABORATOR", "AGENT", "POINT_OF_SALE", "PARTNER"):
        account = 3 if kind == "EMPLOYEE" else None
        assert _codes(kind=kind, employee=account, taxed_as=rules.usual_taxation(kind)) == []


def test_a_condition_of_months_says_how_many() -> None:
    def codes(**values: object) -> list[str]:
        return [each.code for each in rules.problems_of_share({"split": Decimal(5), **values})]

    assert codes(condition="MONTHS_PAID", months=None) == ["required"]
    assert codes(condition="ACTIVATION", months=3) == ["not_asked"]
    assert codes(condition="MONTHS_PAID", months=3) == []
    assert codes(condition="", months=None, split=Decimal(0)) == ["zero"]


def test_withholds_from_persons_alone_and_from_the_threshold_on() -> None:
    rule = rules.rule_on(dt.date(2026, 1, 1))

    assert rules.withheld(2_000_000, "INDIVIDUAL", rule) == 200_000
    assert rules.withheld(1_999_999, "INDIVIDUAL", rule) == 0
    assert rules.withheld(2_000_005, "INDIVIDUAL", rule) == 200_001
    assert rules.withheld(50_000_000, "ORGANISATION", rule) == 0
    assert rules.withheld(50_000_000, "PAYROLL", rule) == 0


def test_takes_the_rule_of_the_day() -> None:
    own = rules.Withholding(dt.date(2027, 1, 1), Decimal(5), 5_000_000, "Quy định mới")

    assert rules.rule_on(dt.date(2013, 9, 30)) is None
    assert rules.rule_on(dt.date(2026, 12, 31), [own]) == rules.LAW[-1]
    assert rules.rule_on(dt.date(2027, 1, 1), [own]) == own


def test_the_own_rule_stands_above_the_law_of_the_same_day() -> None:
    own = rules.Withholding(rules.LAW[-1].since, Decimal(5), 0, "Quy chế")

    assert rules.rule_on(own.since, [own]) == own
