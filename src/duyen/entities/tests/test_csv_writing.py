"""CSV files: whole in Excel, harmless in every spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from duyen.entities.csv_writing import csv_lines, harmless


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(1)"]
)
def test_leaves_no_cell_a_formula(cell: str) -> None:
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "Hạnh", "-5", "+84 912 345 678", "-1.234,5", "a=b", "'x"])
def test_leaves_words_numbers_and_phones_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_is_read_back_as_it_was_written() -> None:
    rows = [['Đặng «Ấn», "1"', f"dòng\n{number}"] for number in range(1234)]

    parts = list(csv_lines(["tên", "chú thích"], rows))

    assert len(parts) > 2
    text = b"".join(parts).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["tên", "chú thích"], *rows]
