"""Open a table from any file: CSV in any encoding, plain or packed, or a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from duyen.entities.tables import refusals
from duyen.entities.tables.lines import Lines
from duyen.entities.tables.refusals import FileUnreadable
from duyen.entities.tables.shapes import LOOKED_AT, find_delimiter, find_head, heads_at, widened
from duyen.entities.tables.sheets import Sheet, is_workbook, read_sheet
from duyen.entities.tables.sources import (
    NotATable,
    Opens,
    chosen,
    first_bytes,
    is_packed,
    recognise,
    refuse_what_is_no_text,
    unpacked,
)
from duyen.kernel import encodings

CSV, XLSX = "csv", "xlsx"
_WORDS_OF_A_SHEET = 5_000


@dataclass(frozen=True)
class Reading:
    """How a file is read; kept with a job, it makes the file be read the same way again.

    `kind` is "csv" or "xlsx" (any workbook). `encoding` is one of `kernel.encodings`, with the letters of an
    old font behind a plus sign; `confidence` says from 0 to 1 how sure it is. `head_row` counts all lines of
    the table from 1. `delimiter` is empty for a workbook, `sheet` and `sheets` are for a CSV file.
    `failed` cells held an error of a formula and arrive empty.
    """

    kind: str
    encoding: str
    delimiter: str
    head_row: int
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    confidence: float = 1.0
    failed: int = 0

    def choices(self) -> dict[str, Any]:
        """Give what `open_table` takes to read the file the same way, fit for JSON."""
        kept = asdict(self)
        return {name: kept[name] or None for name in ("encoding", "delimiter", "head_row", "sheet")}


class Table:
    """The heads of one table, and its rows as often as one asks for them."""

    def __init__(
        self, *, shown: str, how: Reading, heads: tuple[str, ...], lines: Lines, sheet: Sheet | None
    ) -> None:
        self.heads = heads
        self.how = how
        self._shown = shown
        self._lines = lines
        self._sheet = sheet

    def rows(self, *, skip: int = 0) -> Iterator[list[str]]:
        """Give the rows behind the heads from row `skip` on, without empty lines, as text in NFC.

        A row has a cell for each head, unless the file wrote fewer or more. Raises FileUnreadable.
        """
        width = len(self.heads)
        with _naming(self._shown), closing(self._lines.rows()) as lines:
            filled = (row for row in islice(lines, self.how.head_row, None) if any(row))
            for row in islice(filled, skip, None):
                yield row[:width] if len(row) > width and not any(row[width:]) else row

    def count(self) -> int:
        """Count the rows, and so prove that the whole file can be read. Raises FileUnreadable."""
        return sum(1 for _row in self.rows())

    def close(self) -> None:
        """Let go of the lines of a workbook; without it they go with the table."""
        if self._sheet is not None:
            self._sheet.close()


def open_table(
    path: Path,
    *,
    shown: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    head_row: int | None = None,
    sheet: str | None = None,
) -> Table:
    """Open the table in a file, finding out what is not given: its encoding, delimiter, heads and sheet.

    Every refusal names the file as `shown`. A CSV file streams and may have any size; a workbook is turned
    into lines first, within a limit of memory. Raises FileUnreadable.
    """
    with _naming(shown):

        def opens() -> BinaryIO:
            return path.open("rb")

        first = first_bytes(opens)
        found: Sheet | None = None
        if is_workbook(first):
            found = read_sheet(path, sheet)
            lines, how = _of_sheet(found, encoding)
        else:
            source = unpacked(opens) if is_packed(first) else opens
            refuse_what_is_no_text(first_bytes(source))
            lines, how = _of_text(source, encoding, delimiter)
        with closing(lines.rows()) as rows:
            sample = list(islice(rows, max(LOOKED_AT, head_row or 0)))
        if not any(map(any, sample)):
            raise NotATable(refusals.EMPTY)
        place = find_head(sample) if head_row is None else head_row - 1
        if not 0 <= place < len(sample) or not any(sample[place]):
            raise NotATable(refusals.NO_SUCH_ROW, row=place + 1)
        heads = widened(heads_at(sample, place), sample[place + 1 :])
        twice = next((head for head in heads if head and heads.count(head) > 1), None)
        if twice is not None:
            raise NotATable(refusals.HEAD_TWICE, head=twice)
        how = Reading(**{**asdict(how), "head_row": place + 1})
        return Table(shown=shown, how=how, heads=heads, lines=lines, sheet=found)


@contextmanager
def _naming(shown: str) -> Iterator[None]:
    """Turn a reason into the refusal that names the file."""
    try:
        yield
    except NotATable as error:
        raise FileUnreadable(file=shown, reason=error.reason) from error


def _of_text(source: Opens, encoding: str | None, delimiter: str | None) -> tuple[Lines, Reading]:
    found = chosen(source, encoding) if encoding else recognise(source)
    letters = encodings.letters_of(found.encoding)
    if delimiter is None:
        sample = Lines(source, found.encoding, ",", letters).lines()
        with closing(sample):
            delimiter = find_delimiter(list(islice(sample, LOOKED_AT)))
    lines = Lines(source, found.encoding, delimiter, letters)
    return lines, Reading(CSV, found.encoding, delimiter, 0, confidence=found.confidence)


def _of_sheet(sheet: Sheet, encoding: str | None) -> tuple[Lines, Reading]:
    plain = Lines(sheet.open, encodings.UTF_8, ",", str)
    if encoding is None:
        found = encodings.recognise_letters(_words(plain), within=encodings.UNICODE)
    else:
        font = _font(encoding)
        name = f"{encodings.UNICODE}+{font}" if font else encodings.UNICODE
        found = encodings.Recognised(name, 1.0)
    lines = Lines(sheet.open, encodings.UTF_8, ",", encodings.letters_of(found.encoding))
    how = Reading(XLSX, found.encoding, "", 0, sheet.name, sheet.names, found.confidence, sheet.errors)
    return lines, how


def _font(encoding: str) -> str:
    try:
        return encodings.font_of(encoding)
    except LookupError as error:
        known = ", ".join((encodings.UNICODE, *encodings.FONTS))
        raise NotATable(refusals.NO_SUCH_ENCODING, encoding=encoding[:40], known=known) from error


def _words(lines: Lines) -> set[str]:
    """Give different words with marks of a sheet, as many as tell its letters."""
    found: set[str] = set()
    with closing(lines.rows()) as rows:
        for row in rows:
            found.update(
                word for cell in row if not cell.isascii() for word in cell.split() if not word.isascii()
            )
            if len(found) > _WORDS_OF_A_SHEET:
                break
    return found
