"""What was typed for a typing tool that was off is read as it was meant."""

from __future__ import annotations

import pytest

from duyen.kernel.telex import fold_telex


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nguyeenx vawn an", "nguyen van an"),
        ("Ddawngj DDuwcs", "dang duc"),
        ("hoaf thuaanj", "hoa thuan"),
        ("wowngs", "uong"),
        ("Trần", "tran"),
        ("0912 345 678", "0912 345 678"),
        ("kh-hp-26", "kh-hp-26"),
        ("", ""),
    ],
)
def test_reads_telex(typed: str, meant: str) -> None:
    assert fold_telex(typed) == meant
