"""Patterns of record numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.numbering import (
    CodeParts,
    CodePattern,
    CodePatternError,
    CodePatternNumber,
    CodePatternRepeats,
)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("KH-{unit}-{yy}-{n:06}", "KH-HP-26-000123"),
        ("{n:04}/{yyyy}/HĐDV-{unit}", "0123/2026/HĐDV-HP"),
        ("BG{n}", "BG123"),
        ("{unit}.{n:02}", "HP.123"),
    ],
)
def test_writes_codes(pattern: str, code: str) -> None:
    assert CodePattern(pattern).format(unit="HP", year=2026, number=123) == code


def test_reads_its_own_codes() -> None:
    pattern = CodePattern("KH-{unit}-{yy}-{n:06}")

    assert pattern.read("KH-HP-01-26-000123") == CodeParts(123, "HP-01", 26)
    assert pattern.read("KH-HP-26-1234567") == CodeParts(1234567, "HP", 26)
    assert pattern.read("KH-HP-26-123") is None
    assert pattern.read("LH-HP-26-000123") is None
    assert CodePattern("BG{n}").read("BG7") == CodeParts(7)


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("KH-{unit}-{yy}-{n:06}", "customers:7:2026"),
        ("KH-{unit}-{n:06}", "customers:7:-"),
        ("KH-{yyyy}-{n:06}", "customers:1:2026"),
        ("KH-{n:06}", "customers:1:-"),
    ],
)
def test_counts_by_unit_and_year_only_where_the_pattern_names_them(pattern: str, key: str) -> None:
    assert CodePattern(pattern).counter_key("customers", unit_id=7, head_office_id=1, year=2026) == key


@pytest.mark.parametrize(
    ("pattern", "error"),
    [
        ("", CodePatternError), ("KH-{x}-{n}", CodePatternError), ("KH-{n:6}", CodePatternError),
        ("KH-{n:00}", CodePatternError), (" KH{n}", CodePatternError), ("K" * 38 + "{n}", CodePatternError),
        ("KH-{n!r}", CodePatternError), ("KH-{{n}}", CodePatternError), ("KH-{unit}", CodePatternNumber),
        ("{n}-{n:06}", CodePatternNumber), ("{yy}{yyyy}{n}", CodePatternRepeats),
        ("{unit}{unit}{n}", CodePatternRepeats),
    ],
)  # fmt: skip
def test_refuses_a_pattern_that_cannot_count(pattern: str, error: type[CodePatternError]) -> None:
    with pytest.raises(CodePatternError) as refusal:
        CodePattern(pattern)

    assert type(refusal.value) is error


@given(
    st.sampled_from(["KH-{unit}-{yy}-{n:06}", "{n:04}/{yyyy}/HĐ-{unit}", "{unit}-{n}", "A{yy}.{n:03}"]),
    st.integers(1, 10**8),
    st.integers(2000, 2099),
    st.text(alphabet="ABCĐ", min_size=1, max_size=4),
)
def test_reads_what_it_writes(text: str, number: int, year: int, unit: str) -> None:
    pattern = CodePattern(text)

    parts = pattern.read(pattern.format(unit=unit, year=year, number=number))

    assert parts is not None
    assert parts.number == number
    assert parts.unit == (unit if pattern.names_unit else None)
    assert parts.year in ({year, year % 100} if pattern.names_year else {None})
