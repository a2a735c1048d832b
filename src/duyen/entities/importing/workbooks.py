"""Refused rows as a workbook, for those whose file was one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from rustpy_xlsxwriter import write_worksheet

from duyen.entities.csv_writing import armed

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A sheet holds no more rows than these, heads included.
MOST_ROWS = 1_048_576


def write_workbook(path: Path, file: BinaryIO) -> None:
    """Write the rows of a CSV file of ours into a workbook, each cell as text: none of it is a formula.

    What does not fit into a sheet stays in the CSV file alone.
    """
    with path.open(encoding="utf-8-sig", newline="") as text:
        lines = csv.reader(text)
        heads = _named(next(lines))
        write_worksheet(_rows(heads, islice(lines, MOST_ROWS - 1)), file)


def _rows(heads: Sequence[str], lines: Iterator[list[str]]) -> Iterator[dict[str, str]]:
    for line in lines:
        yield {head: armed(cell) for head, cell in zip(heads, line, strict=False)}


def _named(heads: Sequence[str]) -> list[str]:
    """Give each column a head of its own; a column without one gets its number."""
    return [head or f"({place})" for place, head in enumerate(heads, start=1)]
