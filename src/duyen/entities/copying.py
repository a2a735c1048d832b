"""Write rows as the text that COPY reads: several times faster than to let the driver look at each value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

NULL = "\\N"
#: So many lines are handed to the driver at once.
_AT_ONCE = 1_000
_ESCAPED = {ord("\\"): "\\\\", ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r"}

#: Turns a value into what a column is written as, where that is not the value itself.
Form = Callable[[Any], Any]


class NotPlain(Exception):
    """A value of a kind that is not known here; the driver knows it."""


def lines_of(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], blank: Sequence[Any], forms: Mapping[str, Form]
) -> Iterator[str]:
    """Give the lines of rows over `columns`, in pieces; a column that a row does not name holds its `blank`.

    `blank` values are in their form already. Raises NotPlain.
    """
    empty = [copy_text(value) for value in blank]
    places = {column: place for place, column in enumerate(columns)}
    told = (_line(row, empty, places, forms) for row in rows)
    while piece := list(islice(told, _AT_ONCE)):
        yield "".join(piece)


def _line(
    row: Mapping[str, Any], empty: list[str], places: Mapping[str, int], forms: Mapping[str, Form]
) -> str:
    cells = empty.copy()
    for column, value in row.items():
        if column in forms and value is not None:
            value = forms[column](value)
        write = _WRITERS.get(type(value))
        cells[places[column]] = write(value) if write is not None else copy_text(value)
    return "\t".join(cells) + "\n"


def copy_text(value: Any) -> str:
    """Give the text of one value. Raises NotPlain."""
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, str):
        return _escaped(str.__str__(value))
    if isinstance(value, int):
        return int.__repr__(value)
    raise NotPlain(type(value).__name__)


def _escaped(text: str) -> str:
    # Most texts are printable, and then hold no sign that divides cells or lines.
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPED)


def _bytes(value: bytes | bytearray | memoryview) -> str:
    return "\\\\x" + value.hex()


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    int: repr,
    bool: lambda value: "t" if value else "f",
    type(None): lambda _value: NULL,
    dt.date: dt.date.isoformat,
    dt.datetime: dt.datetime.isoformat,
    dt.time: dt.time.isoformat,
    float: repr,
    Decimal: str,
    UUID: str,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
}
