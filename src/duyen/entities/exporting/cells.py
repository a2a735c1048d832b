"""What stands in the cells of an exported list: the reader's words, which an import reads again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.beside import BESIDE, code_head
from duyen.entities.custom.kinds import OwnChoices
from duyen.entities.fields import (
    Addresses,
    Choice,
    Day,
    Emails,
    Field,
    Link,
    Moment,
    Phones,
    Records,
    Tags,
    Whole,
    show_address,
)
from duyen.entities.fields.base import EMPTY
from duyen.entities.labels import Linked
from duyen.kernel.clock import ZONE
from duyen.kernel.dates import show_date
from duyen.kernel.phones import show_phone

#: A cell before it is written: text, or a number or day that a sheet can reckon with.
Cell = str | int | dt.date | dt.datetime | None
Row = Mapping[str, Any]
_BETWEEN = "; "


@dataclass(frozen=True)
class Column:
    """One column of a file: its head, and what a row has in it, given the records that rows point at."""

    head: str
    cell: Callable[[Row, Linked], Cell]


def columns_of(fields: Sequence[Field]) -> list[Column]:
    """Give the columns of some fields, in the reader's language; no two have the same head.

    Several values stand in one cell, divided by semicolons; the main address has a column for each part.
    """
    # The ward and the province of the main address stand there already where its parts do.
    copied = {column for field in fields if isinstance(field, Addresses) for column, _part in field.copies}
    found = [column for field in fields if field.columns[0] not in copied for column in _columns(field)]
    taken: dict[str, int] = {}
    named = []
    for each in found:
        taken[each.head] = taken.get(each.head, 0) + 1
        is_first = taken[each.head] == 1
        named.append(each if is_first else Column(f"{each.head} ({taken[each.head]})", each.cell))
    return named


def _columns(field: Field) -> list[Column]:
    head = str(field.label)
    if isinstance(field, Addresses):
        return _address_columns(field, head)
    if isinstance(field, Link):
        columns = [Column(head, _link(field))]
        # An import finds again what stands beside a record: by its code, where several bear one name.
        is_beside = field.column.startswith(BESIDE)
        return [*columns, Column(code_head(field), _code(field))] if is_beside else columns
    if isinstance(field, Choice):
        return [Column(head, _choice(field))]
    if isinstance(field, OwnChoices):
        return [Column(head, lambda row, _linked: _BETWEEN.join(field.words_of(field.load(row))))]
    if isinstance(field, (Phones, Emails, Tags)):
        return [Column(head, _several(field))]
    if isinstance(field, Records):
        return [Column(head, _named(field)), Column(code_head(field), _codes(field))]
    if isinstance(field, Moment):
        return [Column(head, _moment(field))]
    if isinstance(field, (Day, Whole)):
        return [Column(head, lambda row, _linked: field.load(row))]
    return [Column(head, _plain(field))]


def _plain(field: Field) -> Callable[[Row, Linked], Cell]:
    def cell(row: Row, _linked: Linked) -> Cell:
        value = field.load(row)
        if type(value) is str:
            return value
        return "" if value in EMPTY else field.show(value)

    return cell


def _choice(field: Choice) -> Callable[[Row, Linked], Cell]:
    words = {code: str(option.label) for code, option in field.held.by_code.items()}
    column = field.columns[0]
    return lambda row, _linked: words.get(row[column] or "", row[column] or "")


def _link(field: Link) -> Callable[[Row, Linked], Cell]:
    column, target = field.columns[0], field.to

    def cell(row: Row, linked: Linked) -> Cell:
        found = linked.get(target, {}).get(row[column])
        return found.label if found is not None and found.is_open else ""

    return cell


def _code(field: Link) -> Callable[[Row, Linked], Cell]:
    column, target = field.columns[0], field.to

    def cell(row: Row, linked: Linked) -> Cell:
        found = linked.get(target, {}).get(row[column])
        return found.code if found is not None and found.is_open else ""

    return cell


def _named(field: Records) -> Callable[[Row, Linked], Cell]:
    def cell(row: Row, linked: Linked) -> Cell:
        value = field.load(row)
        found = (linked.get(kind, {}).get(record_id) for kind, record_id in sorted(field.refs(value)))
        return _BETWEEN.join(each.label for each in found if each is not None and each.is_open)

    return cell


def _codes(field: Records) -> Callable[[Row, Linked], Cell]:
    def cell(row: Row, linked: Linked) -> Cell:
        value = field.load(row)
        found = (linked.get(kind, {}).get(record_id) for kind, record_id in sorted(field.refs(value)))
        return _BETWEEN.join(each.code for each in found if each is not None and each.is_open)

    return cell


def _moment(field: Moment) -> Callable[[Row, Linked], Cell]:
    def cell(row: Row, _linked: Linked) -> Cell:
        value = field.load(row)
        return value.astimezone(ZONE) if value is not None else None

    return cell


def _several(field: Phones | Emails | Tags) -> Callable[[Row, Linked], Cell]:
    column = field.columns[0]
    if isinstance(field, Phones):
        return lambda row, _linked: _BETWEEN.join(map(_phone, row[column] or ()))
    return lambda row, _linked: _BETWEEN.join(row[column] or ())


@lru_cache(maxsize=4_096)
def _phone(value: str) -> str:
    return show_phone(value)


def _address_columns(field: Addresses, head: str) -> list[Column]:
    parts = (
        ("line", head),
        ("ward", _("Ward, commune")),
        ("district", _("District")),
        ("province", _("Province, city")),
    )

    def part_of(part: str) -> Callable[[Row, Linked], Cell]:
        def cell(row: Row, _linked: Linked) -> Cell:
            found = field.load(row)
            return _part_of_address(field, found[0], part) if found else ""

        return cell

    def others(row: Row, _linked: Linked) -> Cell:
        return _BETWEEN.join(map(show_address, field.load(row)[1:]))

    columns = [Column(word, part_of(part)) for part, word in parts]
    return [*columns, Column(f"{head} 2", others)]


def _part_of_address(field: Addresses, address: Mapping[str, Any], part: str) -> str:
    """Give one part of an address by name: in today's units where they are known, else as it was entered."""
    if part == "line":
        return ", ".join(filter(None, (address.get("line"), address.get("hamlet"))))
    entered = address.get("legacy") or {}
    if not address.get("ward_code") and entered.get(part):
        return str(entered[part])
    # Without its state the field does not look for what the address may mean, which nobody asks here.
    (told,) = field.to_json(({key: value for key, value in address.items() if key != "status"},))
    return str(told.get(part, ""))


def as_text(cell: Cell) -> str:
    """Write a cell as people write it: 31/12/2026, 09:30 after the day, numbers without any sign between."""
    if type(cell) is str:
        return cell
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):  # it stands in Vietnam's time already
        return f"{cell.day:02}/{cell.month:02}/{cell.year:04} {cell.hour:02}:{cell.minute:02}"
    if isinstance(cell, dt.date):
        return show_date(cell)
    return str(cell)


def as_value(cell: Cell) -> str | int | dt.date | dt.datetime | None:
    """Give a cell as a sheet keeps it: a moment without its zone, which a sheet does not know."""
    return cell.replace(tzinfo=None, microsecond=0) if isinstance(cell, dt.datetime) else cell
