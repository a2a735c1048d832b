"""Write rows as a CSV file that a spreadsheet opens rightly and that can do nothing there."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

#: A cell that begins so is taken for a formula, and a formula can send the sheet's content anywhere.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SIGNS = frozenset(_FORMULA)
_NUMBER = re.compile(r"[+-]?[\d .,]+(?:; ?\+?[\d .,]+)*")
_AT_ONCE = 500


def harmless(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula; numbers and phones stay as they are.

    An apostrophe in front is what a spreadsheet itself writes for “this is text”.
    """
    if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def armed(cell: str) -> str:
    """Give back what `harmless` was given, so that a file that was exported comes in again as it was."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Write heads and rows part by part, in UTF-8 with the mark by which Excel knows it."""
    yield codecs.BOM_UTF8
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    for count, row in enumerate(rows, start=1):
        # Most cells begin with no sign, and a call for each costs more than writing it.
        writer.writerow([harmless(cell) if cell[:1] in _SIGNS else cell for cell in row])
        if count % _AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
