"""Money: sums, shares, rounding, and how it is written and read."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.money import (
    CurrencyMismatch,
    Money,
    MoneyAmbiguous,
    MoneyEmpty,
    MoneyError,
    MoneyFraction,
    MoneyTooLarge,
    read_money,
    round_half_up,
    show_money,
    show_short_money,
)

amounts = st.integers(-(10**15), 10**15)


class TestSums:
    def test_adds_and_subtracts_one_currency(self) -> None:
        assert Money(700) + Money(300) == Money(1000)
        assert Money(700) - Money(1000) == -Money(300)
        assert Money(1) < Money(2) <= Money(2)
        assert not Money(0)

    def test_refuses_to_mix_currencies(self) -> None:
        with pytest.raises(CurrencyMismatch) as refusal:
            Money(1) + Money(1, "USD")

        assert str(refusal.value) == "Sums in VND and USD cannot be added up. Convert one of them first."

    @pytest.mark.parametrize("amount", [1.0, True, Decimal(1), "1"])
    def test_counts_whole_units_only(self, amount: object) -> None:
        with pytest.raises(TypeError):
            Money(amount)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("value", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999", 2), ("-0.5", -1), ("-2.5", -3)]
    )
    def test_rounds_a_half_away_from_zero(self, value: str, rounded: int) -> None:
        assert round_half_up(Decimal(value)) == rounded

    def test_multiplies_by_a_rate(self) -> None:
        assert Money(1_234_565).times(Decimal("0.1")) == Money(123_457)
        assert Money(1_000).times(3) == Money(3_000)


class TestShares:
    def test_gives_what_is_left_to_the_largest_remainder(self) -> None:
        assert Money(100).allocate([1, 1, 1]) == [Money(34), Money(33), Money(33)]
        assert Money(100).allocate([1, 0, 2]) == [Money(33), Money(0), Money(67)]
        assert Money(-100).allocate([1, 1, 1]) == [Money(-34), Money(-33), Money(-33)]

    @given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
    def test_loses_nothing(self, amount: int, weights: list[int]) -> None:
        shares = Money(amount).allocate(weights)

        assert sum(share.amount for share in shares) == amount
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share.amount - Decimal(amount) * weight / sum(weights)) < 1

    @pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
    def test_needs_a_positive_weight(self, weights: list[int]) -> None:
        with pytest.raises(ValueError, match="weights"):
            Money(1).allocate(weights)


class TestShowing:
    @pytest.mark.parametrize(
        ("money", "vi", "en"),
        [
            (Money(1_234_567), "1.234.567 ₫", "1,234,567 ₫"),
            (Money(0), "0 ₫", "0 ₫"),
            (Money(-640_000), "−640.000 ₫", "−640,000 ₫"),
            (Money(123_456, "USD"), "1.234,56 US$", "1,234.56 US$"),
            (Money(5, "CHF"), "0,05 CHF", "0.05 CHF"),
            (Money(1_000, "JPY"), "1.000 JPY", "1,000 JPY"),
        ],
    )
    def test_writes_a_sum_whole(self, money: Money, vi: str, en: str) -> None:
        assert show_money(money) == vi.replace(" ", "\u00a0")
        assert show_money(money, locale="en") == en.replace(" ", "\u00a0")

    @pytest.mark.parametrize(
        ("amount", "vi", "en"),
        [
            (2_840_000_000, "2,84 tỷ ₫", "2.84 billion ₫"),
            (640_000_000, "640 triệu ₫", "640 million ₫"),
            (1_500_000, "1,5 triệu ₫", "1.5 million ₫"),
            (999_999_999, "1 tỷ ₫", "1 billion ₫"),
            (990_000_000, "990 triệu ₫", "990 million ₫"),
            (-2_845_000_000, "−2,85 tỷ ₫", "−2.85 billion ₫"),
            (1_234_000_000_000, "1.234 tỷ ₫", "1,234 billion ₫"),
            (950_000, "950.000 ₫", "950,000 ₫"),
        ],
    )
    def test_writes_a_sum_shortly(self, amount: int, vi: str, en: str) -> None:
        assert show_short_money(Money(amount)) == vi.replace(" ", "\u00a0")
        assert show_short_money(Money(amount), locale="en") == en.replace(" ", "\u00a0")


class TestReading:
    @pytest.mark.parametrize(
        ("written", "amount"),
        [
            ("1.234.567", 1_234_567), ("1,234,567", 1_234_567), ("1 234 567", 1_234_567),
            ("1234567", 1_234_567), ("1.234.567 ₫", 1_234_567), ("1.234.567đ", 1_234_567),
            ("1.234.567 VNĐ", 1_234_567), ("1.234.567 đồng", 1_234_567), ("1.234.567,00", 1_234_567),
            ("1,234,567.00", 1_234_567), ("1234567.0", 1_234_567), ("1.000", 1_000), ("1,000", 1_000),
            ("0", 0), ("-1.000", -1_000), ("−1.000 ₫", -1_000), ("1,2 tỷ", 1_200_000_000),
            ("1.2 tỷ", 1_200_000_000), ("1,25 tỉ đồng", 1_250_000_000), ("1,250 tỷ", 1_250_000_000),
            ("0.125 tỷ", 125_000_000), ("640tr", 640_000_000), ("640 triệu", 640_000_000),
            ("640 TRIỆU ₫", 640_000_000), ("2tr5", 2_500_000), ("1 tỷ 2", 1_200_000_000),
            ("1tỷ250", 1_250_000_000), ("1 tỷ 200 triệu", 1_200_000_000),
            ("1 tỷ 200 triệu 500 nghìn", 1_200_500_000), ("500k", 500_000), ("500 ngàn", 500_000),
            ("1.5m", 1_500_000), ("2 billion", 2_000_000_000), ("1.234.567 tỷ", 1_234_567_000_000_000),
        ],
    )  # fmt: skip
    def test_reads_what_people_type(self, written: str, amount: int) -> None:
        assert read_money(written) == Money(amount)

    @pytest.mark.parametrize(
        ("written", "error"),
        [
            ("", MoneyEmpty), ("₫", MoneyEmpty), ("nhiều", MoneyError), ("1.250 tỷ", MoneyAmbiguous),
            ("1,5", MoneyFraction), ("1234.567", MoneyFraction), ("1,2345 k", MoneyFraction),
            ("1.23.456", MoneyError), ("1,2.345", MoneyError), ("1 triệu 2 tỷ", MoneyError),
            ("1 tỷ 2000", MoneyError), ("1" + "0" * 18, MoneyTooLarge), ("1e5", MoneyError),
            ("--5", MoneyError), (".", MoneyError), ("1 tỷ trừ 1", MoneyError), ("5%", MoneyError),
            ("٣", MoneyError),
        ],
    )  # fmt: skip
    def test_refuses_what_it_cannot_be_sure_of(self, written: str, error: type[MoneyError]) -> None:
        with pytest.raises(MoneyError) as refusal:
            read_money(written)

        assert type(refusal.value) is error
        assert str(refusal.value)

    def test_reads_minor_units_of_other_currencies(self) -> None:
        assert read_money("1.234,56", currency="USD") == Money(123_456, "USD")
        assert read_money("US$ 1,234.5", currency="USD", locale="en") == Money(123_450, "USD")

    @given(amounts, st.sampled_from(["VND", "USD"]), st.sampled_from(["vi", "en"]))
    def test_reads_back_what_it_shows(self, amount: int, currency: str, locale: str) -> None:
        money = Money(amount, currency)

        assert read_money(show_money(money, locale=locale), currency=currency, locale=locale) == money

    @given(st.text(alphabet="0123456789.,-+ tỷriệuknghđ₫", max_size=16) | st.text(max_size=12))
    def test_meets_any_text_with_a_sum_or_its_own_refusal(self, written: str) -> None:
        with suppress(MoneyError):
            assert type(read_money(written).amount) is int
