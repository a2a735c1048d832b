"""Find the shape of a table in its first rows: what divides the cells, and which row holds the heads."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from duyen.kernel.text import clean

DELIMITERS = (",", ";", "\t", "|")
#: So many rows are looked at.
LOOKED_AT = 60
#: Heads stand among the first rows that hold anything: behind a title, a company's name, a date.
_HEADS_WITHIN = 25
#: A head names a column; what is longer is a sentence of a title.
_LONGEST_HEAD = 80
#: An e-mail address, or words behind a colon: «Đơn vị: Chi nhánh 1».
_NO_HEAD = re.compile(r"@|: *\S")
_NUMBERS = re.compile(r"[\d\s.,:/+()%-]+")

Rows = Sequence[Sequence[str]]


def find_delimiter(lines: Sequence[str]) -> str:
    """Give the sign that divides most lines into as many cells as there are heads; a comma if none does."""
    fits = {delimiter: _fit(lines, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: fits[delimiter])
    return best if fits[best] else ","


def _fit(lines: Sequence[str], delimiter: str) -> float:
    """Give how many cells a row has by a delimiter, less where rows differ; 0 when it divides no heads."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0.0  # reading the file itself says which line is wrong
    head = find_head(rows)
    width = len(rows[head]) if rows else 0
    if width < 2:
        return 0.0
    body = [row for row in rows[head:] if any(row)]
    fit = width * sum(len(row) == width for row in body) / len(body)
    others = set(DELIMITERS) - {delimiter}
    # Heads with another delimiter inside are most likely not yet divided.
    return fit / 10 if any(sign in cell for cell in rows[head] for sign in others) else fit


def find_head(rows: Rows) -> int:
    """Give the place of the row of heads among the first rows, from 0; the first row when nothing else fits.

    It is the first row that names most of the columns that the rows below it fill: by words, each once,
    none of them a number, a day or an e-mail address. Where two rows share the heads (cells merged across
    several columns, whose names stand below), it is the lower one.
    """
    filled = [place for place, row in enumerate(rows) if any(row)][:_HEADS_WITHIN]
    width = _usual_width(rows)
    for place in filled:
        heads = heads_at(rows, place)
        if _names_columns(heads) and sum(map(bool, heads)) * 4 >= width * 3:
            return place + 1 if _continues(rows, place) else place
    return filled[0] if filled else 0


def _usual_width(rows: Rows) -> int:
    """Give in how many cells most rows hold something."""
    counts = Counter(sum(map(bool, row)) for row in rows if any(row))
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0


def _names_columns(heads: Sequence[str]) -> bool:
    named = [head for head in heads if head]
    return bool(named) and len(set(named)) == len(named) and all(map(_is_head, named))


def _is_head(cell: str) -> bool:
    return len(cell) <= _LONGEST_HEAD and not _NO_HEAD.search(cell) and _NUMBERS.fullmatch(cell) is None


def _continues(rows: Rows, place: int) -> bool:
    """Tell whether the row below names the columns that a merged head spans: words where it left gaps."""
    if place + 1 >= len(rows):
        return False
    upper, lower = list(rows[place]), list(rows[place + 1])
    gaps = [at for at, cell in enumerate(upper) if not cell and at and at < len(lower) and lower[at]]
    if not gaps or not _names_columns([clean(cell) for cell in lower]):
        return False
    free = [at for at, cell in enumerate(lower) if not cell and at < len(upper) and upper[at]]
    below = rows[place + 2] if place + 2 < len(rows) else []
    # The heads that span nothing are merged with the cell below, so that cell is empty in the lower row,
    # and filled again in the first row of the table.
    return bool(free) and any(at < len(below) and below[at] for at in free)


def heads_at(rows: Rows, place: int) -> tuple[str, ...]:
    """Give the heads that a row holds, on one line each; where it has none, those of the row above it.

    Heads that stand above belong to this row only where it continues them.
    """
    lower = [clean(cell) for cell in rows[place]]
    if place and _continues(rows, place - 1):
        upper = [clean(cell) for cell in rows[place - 1]]
        lower += [""] * (len(upper) - len(lower))
        upper += [""] * (len(lower) - len(upper))
        lower = [below or above for below, above in zip(lower, upper, strict=True)]
    while lower and not lower[-1]:
        lower.pop()
    return tuple(lower)


def widened(heads: tuple[str, ...], body: Rows) -> tuple[str, ...]:
    """Add empty heads where most rows go on to the right of the last head."""
    extents = [_extent(row) for row in body if any(row)]
    wider = sorted(extent for extent in extents if extent > len(heads))
    if len(wider) * 2 <= len(extents):
        return heads
    return (*heads, *[""] * (Counter(wider).most_common(1)[0][0] - len(heads)))


def _extent(row: Sequence[str]) -> int:
    return max((at for at, cell in enumerate(row, start=1) if cell), default=0)
