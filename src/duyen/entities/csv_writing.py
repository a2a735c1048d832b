"""Write rows as a CSV file that a spreadsheet opens rightly and that can do nothing there."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

#: A cell that begins so is taken for a formula, and a formula can send the sheet's content anywhere.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[\d .,]+")
_AT_ONCE = 500


def harmless(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula; numbers and phones stay as they are."""
    if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Write heads and rows part by part, in UTF-8 with the mark by which Excel knows it."""
    yield codecs.BOM_UTF8
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    for count, row in enumerate(rows, start=1):
        writer.writerow([harmless(cell) for cell in row])
        if count % _AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
