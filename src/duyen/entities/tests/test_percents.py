"""A rate in per cent is read exactly or refused, whatever is sent for it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.fields import FieldRefused, Percent

RATE = Percent("rate", "Rate")


@pytest.mark.parametrize(
    ("raw", "clean"), [("7,5", "7.50"), ("8 %", "8.00"), (12.25, "12.25"), (0, "0.00"), ("100", "100.00")]
)
def test_reads_what_people_write(raw: object, clean: str) -> None:
    assert str(RATE.clean(raw)) == clean


@given(st.floats() | st.integers() | st.text() | st.booleans() | st.decimals().map(str))
def test_gives_a_rate_with_two_decimals_or_refuses(raw: object) -> None:
    try:
        clean = RATE.clean(raw)
    except FieldRefused:
        return
    assert 0 <= clean <= 100
    assert clean == clean.quantize(Decimal("0.01"))


@pytest.mark.parametrize("raw", [6.4e28, "1e30", -1, "100,01"])
def test_refuses_what_lies_outside(raw: object) -> None:
    with pytest.raises(FieldRefused) as refusal:
        RATE.clean(raw)

    assert refusal.value.code == "out_of_range"


@pytest.mark.parametrize("raw", ["7,555", "tám", True, "nan", ""])
def test_refuses_what_is_no_rate(raw: object) -> None:
    with pytest.raises(FieldRefused) as refusal:
        RATE.clean(raw)

    assert refusal.value.code == "percent"
