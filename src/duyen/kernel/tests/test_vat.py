"""VAT to the đồng: what the law says on a day, and how tax is rounded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.money import Money
from duyen.kernel.vat import LAW, VatClass, VatStep, step_on, vat_of, with_vat

_AMOUNTS = st.integers(min_value=0, max_value=10**15)
_RATES = st.decimals(min_value=0, max_value=100, places=2)
_DAYS = st.dates(min_value=dt.date(2009, 1, 1), max_value=dt.date(2040, 1, 1))


@pytest.mark.parametrize(
    ("vat_class", "on", "percent"),
    [
        (VatClass.TELECOM, dt.date(2022, 6, 1), 10),
        (VatClass.TELECOM, dt.date(2026, 11, 26), 10),
        (VatClass.GENERAL, dt.date(2022, 1, 31), 10),
        (VatClass.GENERAL, dt.date(2022, 2, 1), 8),
        (VatClass.GENERAL, dt.date(2023, 1, 1), 10),
        (VatClass.GENERAL, dt.date(2023, 7, 1), 8),
        (VatClass.GENERAL, dt.date(2026, 12, 31), 8),
        (VatClass.GENERAL, dt.date(2027, 1, 1), 10),
        (VatClass.TECHNOLOGY, dt.date(2025, 6, 30), 10),
        (VatClass.TECHNOLOGY, dt.date(2025, 7, 1), 8),
        (VatClass.TECHNOLOGY, dt.date(2027, 1, 1), 10),
        (VatClass.ESSENTIAL, dt.date(2026, 1, 1), 5),
        (VatClass.EXPORT, dt.date(2026, 1, 1), 0),
        (VatClass.NOT_SUBJECT, dt.date(2026, 1, 1), None),
    ],
)
def test_knows_the_law_of_a_day(vat_class: VatClass, on: dt.date, percent: int | None) -> None:
    step = step_on(LAW, vat_class, on)

    assert step is not None
    assert step.percent == (None if percent is None else Decimal(percent))


def test_knows_nothing_before_the_law_began() -> None:
    assert step_on(LAW, VatClass.TELECOM, dt.date(2008, 12, 31)) is None
    assert step_on(LAW, "OWN_CLASS", dt.date(2026, 1, 1)) is None


@given(_AMOUNTS, _RATES)
def test_rounds_half_up_to_the_dong(amount: int, percent: Decimal) -> None:
    tax = vat_of(Money(amount), percent).amount
    exact = Fraction(amount) * Fraction(percent) / 100

    assert Fraction(-1, 2) < tax - exact <= Fraction(1, 2)
    assert with_vat(Money(amount), percent).amount == amount + tax


@given(_AMOUNTS)
def test_takes_nothing_from_what_is_not_subject(amount: int) -> None:
    assert vat_of(Money(amount, "USD"), None) == Money(0, "USD")


@given(_DAYS, st.sampled_from(list(VatClass)))
def test_gives_the_company_s_entry_of_a_day_over_the_law_s(day: dt.date, vat_class: VatClass) -> None:
    own = VatStep(vat_class.value, day, Decimal(7))

    found = step_on([*LAW, own], vat_class, day)

    assert found is own
    before = step_on([*LAW, own], vat_class, day - dt.timedelta(days=1))
    assert before == step_on(LAW, vat_class, day - dt.timedelta(days=1))
