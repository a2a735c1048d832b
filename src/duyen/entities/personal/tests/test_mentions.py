"""A person is found in the words of others however she is written, and nothing else is taken out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.personal.mentions import mentions, without

FOUND = mentions(["Đoàn Thuỳ Chi"], ["+84912345678", "+842253456789"], ["chi@example.com"])


@pytest.mark.parametrize(
    "written",
    [
        *("0912345678", "0912 345 678", "0912.345.678", "+84 912 345 678", "84912345678"),
        *("(0225) 3456789", "ĐOÀN  thuỳ chi", "Chi@Example.com"),
    ],
)
def test_finds_her_however_she_is_written(written: str) -> None:
    assert FOUND is not None
    told = without({"a": [f"Gọi {written}, hẹn mai"]}, FOUND, "…")

    assert told == {"a": ["Gọi …, hẹn mai"]}


@pytest.mark.parametrize(
    "written", ["Đoàn Thuỳ Chinh", "10912345678", "0912345679", "Chi", "xchi@example.com", "640.000.000"]
)
def test_leaves_what_is_not_hers(written: str) -> None:
    assert FOUND is not None
    assert without(written, FOUND, "…") == written


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    )
)
def test_changes_nothing_where_she_is_not_named(value: object) -> None:
    nobody = mentions(["Đoàn Thuỳ Chi Không Có Ở Đây"], [], [])
    assert nobody is not None
    assert without(value, nobody, "…") == value


def test_looks_for_nothing_where_nothing_is_known() -> None:
    assert mentions(["Lan"], ["113"], [""]) is None
