"""Write the rows of an export into a file: CSV part by part, or a workbook."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from duyen.entities.csv_writing import csv_lines
from duyen.entities.exporting.asking import XLSX, Export
from duyen.entities.exporting.cells import as_text, as_value, columns_of
from duyen.entities.exporting.reading import read_rows
from duyen.entities.labels import link_labels

#: A sheet has 1,048,576 rows, and the first one holds the heads.
MOST_ROWS_OF_A_SHEET = 1_048_575
_MORE_MEANWHILE = 1_000
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
#: Told after each set of rows how many there are by now; may raise to stop the work.
Tell = Callable[[int], None]


class Written:
    """How many rows an export has written so far."""

    def __init__(self, tell: Tell | None = None) -> None:
        self.rows = 0
        self._tell = tell

    def add(self, rows: int) -> None:
        """Count rows, and tell whoever wants to know."""
        self.rows += rows
        if self._tell is not None:
            self._tell(self.rows)


def sheet_name(label: str) -> str:
    """Give a name that a sheet may have, with room for a number behind it."""
    return _NOT_IN_A_NAME.sub(" ", label)[:24]


def csv_of(export: Export, written: Written) -> Generator[bytes, None, None]:
    """Give an export as CSV in UTF-8, part by part, in the language that is active now."""
    columns = columns_of(export.fields)
    cells = [column.cell for column in columns]

    def rows() -> Iterator[list[str]]:
        for found in read_rows(export):
            linked = link_labels(export.actor, export.fields, found)
            for row in found:
                found_cells = [cell(row, linked) for cell in cells]
                yield [each if type(each) is str else as_text(each) for each in found_cells]
            written.add(len(found))

    yield from csv_lines([column.head for column in columns], rows())


def write_file(export: Export, path: Path, written: Written, *, total: int) -> None:
    """Write an export of `total` rows into a file, as CSV or as a workbook."""
    if export.asked.format == XLSX:
        _write_workbook(export, path, written, total=total)
        return
    with path.open("wb") as file:
        for part in csv_of(export, written):
            file.write(part)


def _write_workbook(export: Export, path: Path, written: Written, *, total: int) -> None:
    """Write the rows into one sheet, or into several where one cannot hold them.

    A workbook says itself what is text, so that no cell is taken for a formula.
    """
    from rustpy_xlsxwriter import write_worksheets

    columns = columns_of(export.fields)
    cells = [(column.head, column.cell) for column in columns]

    def records() -> Iterator[dict[str, Any]]:
        for found in read_rows(export):
            linked = link_labels(export.actor, export.fields, found)
            for row in found:
                yield {head: as_value(cell(row, linked)) for head, cell in cells}
            written.add(len(found))

    rows = records()
    # Rows that came since they were counted need a place, too.
    sheets = -(-(total + _MORE_MEANWHILE) // MOST_ROWS_OF_A_SHEET)
    label = sheet_name(str(export.entity.labels))
    names = [label if not place else f"{label} ({place + 1})" for place in range(sheets)]
    parts: list[tuple[str, Any]] = [(each, islice(rows, MOST_ROWS_OF_A_SHEET)) for each in names]
    if not total:
        parts = [(label, [{head: None for head, _cell in cells}])]
    write_worksheets(parts, str(path), freeze_panes={"general": {"row": 1, "col": 0}})
