"""Values of the company's own fields as columns `custom.<id>`: taken out of `custom`, and put back into it.

The table keeps one JSON object under the ids of the fields. The engine sees each of them as a column of its
own: a row that was read holds `custom.7` beside its other columns, and a write names it as it names any
other column. What a write does not name stays as it is. What follows from others stands in `derived` in the
same way, as `derived.7`, and is never named by a write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

#: The table's column, and how the columns begin that are made of it.
COLUMN = "custom"
#: The column beside it with what follows from others; the engine alone writes it.
DERIVED = "derived"
MARK, DERIVED_MARK = f"{COLUMN}.", f"{DERIVED}."


def column_of(field_id: int) -> str:
    """Name the column of one field of the company's own."""
    return f"{MARK}{field_id}"


def derived_column_of(field_id: int) -> str:
    """Name the column of a field whose value follows from others."""
    return f"{DERIVED_MARK}{field_id}"


def is_virtual(column: str) -> bool:
    """Tell whether a column is a key of `custom` or of `derived`."""
    return column.startswith((MARK, DERIVED_MARK))


def is_derived(column: str) -> bool:
    """Tell whether a column is a key of `derived`."""
    return column.startswith(DERIVED_MARK)


def key_of(column: str) -> str:
    """Give the key that a virtual column stands for."""
    return column.partition(".")[2]


def real_column(column: str) -> str:
    """Name the column of the table in which a column stands."""
    return column.partition(".")[0] if is_virtual(column) else column


def real(columns: Iterable[str]) -> tuple[str, ...]:
    """Name the columns of the table in which these columns stand, once each."""
    return tuple(dict.fromkeys(real_column(each) for each in columns))


def unfold(row: MutableMapping[str, Any], columns: Iterable[str]) -> None:
    """Put virtual columns into a row that was read with what holds them; a key that is not there is none."""
    for column in columns:
        row[column] = (row.get(real_column(column)) or {}).get(key_of(column))


def unfold_all(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row as JSON with a virtual column for each key, as the trail tells it."""
    found = dict(row)
    held = found.pop(COLUMN, None)
    if isinstance(held, dict):
        found.update({f"{MARK}{key}": value for key, value in held.items()})
    elif held is not None:
        found[COLUMN] = held
    return found


def folded(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Give columns with their virtual ones as one patch of `custom`, in which none takes a key away."""
    patch = {key_of(column): value for column, value in columns.items() if is_virtual(column)}
    if not patch:
        return dict(columns)
    return {
        **{column: value for column, value in columns.items() if not is_virtual(column)},
        COLUMN: patch,
    }


def folded_new(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns of a new row with its virtual ones as `custom`; none is left out."""
    found = folded(columns)
    if isinstance(found.get(COLUMN), dict):
        found[COLUMN] = {key: value for key, value in found[COLUMN].items() if value is not None}
    return found
