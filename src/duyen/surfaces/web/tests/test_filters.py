"""Values are written the one way that the design names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from duyen.kernel import clock
from duyen.kernel.money import Money
from duyen.surfaces.web import filters


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    with translation.override("vi"):
        yield


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1234567, "1.234.567\u00a0₫"),
        (0, "0\u00a0₫"),
        (-1500, "−1.500\u00a0₫"),
        (None, "—"),
        (Money(640000000, "VND"), "640.000.000\u00a0₫"),
        (Money(123456, "USD"), "1.234,56\u00a0US$"),
    ],
)
def test_writes_money_with_a_space_that_does_not_break(value: Money | int | None, written: str) -> None:
    assert filters.vnd(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2840000000, "2,84\u00a0tỷ\u00a0₫"),
        (640000000, "640\u00a0triệu\u00a0₫"),
        (4000000000, "4\u00a0tỷ\u00a0₫"),
        (900000, "900.000\u00a0₫"),
        (None, "—"),
    ],
)
def test_shortens_money_for_tiles(value: int | None, written: str) -> None:
    assert filters.vnd_short(value) == written


def test_swaps_separators_in_english() -> None:
    with translation.override("en"):
        written = filters.vnd(1234567), filters.so(Decimal("3.5")), filters.percent(34.2)

    assert written == ("1,234,567\u00a0₫", "3.5", "34.2%")


def test_writes_percentages_without_empty_decimals() -> None:
    assert [filters.percent(value) for value in (34.2, 71, None)] == ["34,2%", "71%", "—"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2.08", "2,1"),
        ("263.16", "263,2"),
        ("1.25", "1,3"),
        ("0.96", "1,0"),
        ("-2.06", "−2,1"),
        ("-0.04", "0,0"),
    ],
)
def test_rounds_what_has_more_decimals_than_are_shown(value: str, written: str) -> None:
    assert filters.so(Decimal(value), 1) == written
    assert filters.percent(Decimal(value)) == f"{written.removesuffix(',0')}%"


def test_shows_days_and_times_by_the_clock_of_vietnam() -> None:
    moment = dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC)

    assert filters.ngay(moment) == "23/11/2026"
    assert filters.gio(moment) == "01:30"
    assert filters.ngay_gio(moment) == "23/11/2026 01:30"
    assert filters.ngay(dt.date(2026, 1, 5)) == "05/01/2026"
    assert [filters.ngay(None), filters.gio(None), filters.ngay_gio(None), filters.gan(None)] == ["—"] * 4


def test_says_near_moments_in_words_and_keeps_the_whole_moment() -> None:
    with clock.stopped(dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)):
        written = filters.gan(dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC))

    assert written == (
        '<time datetime="2026-11-23T09:30+07:00" title="23/11/2026 09:30">hôm nay 09:30</time>'
    )


def test_gives_back_what_the_reader_typed() -> None:
    typed = filters.FILTERS["date_typed"], filters.FILTERS["money_typed"]

    assert typed[0]("31/13/2026") == "31/13/2026"
    assert typed[0](dt.date(2026, 12, 31)) == "31/12/2026"
    assert typed[0](None) == ""
    assert typed[1](640000000) == "640.000.000"


def test_writes_phone_numbers_in_groups() -> None:
    assert filters.phone("+84912345678") == "0912 345 678"
    assert filters.phone("") == "—"
