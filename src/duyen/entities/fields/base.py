"""What every kind of field can do: read what people and programs send, keep it, show it, filter by it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.custom.columns import is_virtual
from duyen.entities.refusals import said
from duyen.entities.sql import Sql, any_of, name, place_of
from duyen.kernel.errors import DomainError

#: A sentence or word on the screen; lazy, so that it is read in the reader's language.
Label = Any

#: How the names of a company's own fields begin; what follows is the field's key.
OWN = "custom_"

_OWN_PATH = re.compile(r"(^|\.)custom\.")


def own_path(path: str) -> str:
    """Give a path as the engine takes it: a company's own field may stand there as `custom.<key>`."""
    return _OWN_PATH.sub(rf"\1{OWN}", path)


EMPTY: tuple[Any, ...] = (None, "", [], (), {})


class FieldRefused(DomainError):
    """One value cannot be taken by one field."""

    def __init__(self, code: str, sentence: object, **params: object) -> None:
        super().__init__(**params)
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return said(self)


@dataclass(frozen=True)
class IndexKept:
    """An index that finds the rows of a condition: its method, what it is over as SQL, and the operators."""

    method: str
    expression: str
    operators: frozenset[str]


@dataclass(frozen=True)
class Field:
    """One field of an entity.

    `sort` names the indexed column that orders by this field. `search` marks text that the
    search column holds. A field with `editable` false is set by commands or by the engine only.
    `total` says what stands under its column in a list: "sum", "average", or nothing. `heads` are
    further words, folded, by which files name it. `default` is the clean value that a new record gets where
    none is given. `in_search` marks a field of the company's own with an index by which search finds it.
    `required_for` are the kinds of record that need a value where not all do. `at_birth` marks what is said
    when a record is made: afterwards it changes by steps, or not at all. `nothing` are the words that stand
    where there is no value, a dash where it is empty.
    """

    name: str
    label: Label = ""
    required: bool = False
    help: Label = ""
    editable: bool = True
    sort: str = ""
    search: bool = False
    filters: bool = True
    column: str = ""
    total: str = ""
    heads: tuple[str, ...] = ()
    default: Any = None
    in_search: bool = False
    required_for: tuple[str, ...] = ()
    at_birth: bool = False
    nothing: Label = ""

    #: Whether the values follow one another as they stand in the column.
    is_ordered: ClassVar[bool] = False
    #: The form control, the operators a filter may use, and the JSON types for reading and writing.
    widget: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "in", "empty")
    json_in: ClassVar[Any] = str | None
    json_out: ClassVar[Any] = str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The table columns that hold the field; the first one is what filters look at."""
        return (self.column or self.name,)

    def place(self, alias: str) -> str:
        """Give the SQL of the value that lists order and filter by, in a row of `alias`."""
        return place_of(alias, self.columns[0])

    @property
    def indexed_place(self) -> str:
        """Give that SQL as an index is made over it."""
        return f"({self.place('')})" if self.is_own else self.place("")

    @property
    def is_own(self) -> bool:
        """Whether the company made this field; its values stand in `custom`."""
        return is_virtual(self.columns[0])

    @property
    def key(self) -> str:
        """The key of a company's own field, as the API names it in `custom`."""
        return self.name.removeprefix(OWN)

    def read(self, raw: object) -> Any:
        """Turn what a form or a program sent into the clean value; empty becomes `blank`.

        Raises FieldRefused.
        """
        if raw in EMPTY:
            return self.blank
        return self.clean(raw)

    blank: ClassVar[Any] = None

    def clean(self, raw: object) -> Any:
        """Turn a non-empty input into the clean value. Raises FieldRefused."""
        raise FieldRefused("unreadable", _("This value cannot be read."))

    def refuse_new(self, value: Any, before: Any) -> FieldRefused | None:
        """Say why a record cannot get this clean value although it may keep it; nothing where it can.

        `before` is what the record holds; blank for a new one.
        """
        return None

    def store(self, value: Any) -> dict[str, object]:
        """Give the columns that keep a clean value."""
        return {self.columns[0]: value}

    def load(self, row: Mapping[str, Any]) -> Any:
        """Give the clean value from a row's columns."""
        return row[self.columns[0]]

    def as_it_was(self, row: Mapping[str, Any]) -> Any:
        """Give the clean value from columns as the trail kept them, whatever it would mean today."""
        return self.load(row)

    def to_json(self, value: Any) -> Any:
        """Give the value as the API shows it."""
        return value

    def show(self, value: Any) -> str:
        """Give the value as plain text in the reader's language; unknown is a dash."""
        return "—" if value in EMPTY else str(value)

    def entered(self, value: Any) -> str:
        """Give the value as a form control shows it, ready to be read again."""
        return "" if value in EMPTY else str(value)

    def order_key(self, alias: str) -> str:
        """Give the SQL by which a list without an index may be ordered; empty where values have no order."""
        return self.place(alias) if self.is_ordered else ""

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        """Give the SQL condition for one filter. Raises FieldRefused for a bad operand."""
        column = self.place(alias)
        if operator == "empty":
            return self._empty(column, wanted=_as_bool(operand))
        if operator == "in":
            values = [self._operand(item) for item in _as_list(operand)]
            return Sql(f"{column} = ANY(%s)", (values,))
        if operator == "between":
            low, high = self._pair(operand)
            return Sql(f"{column} BETWEEN %s AND %s", (low, high))
        if operator == "ne":
            items = operand if isinstance(operand, (list, tuple)) else [operand]
            values = [self._operand(item) for item in _as_list(items)]
            return any_of([Sql(f"{column} <> ALL(%s)", (values,)), Sql(f"{column} IS NULL")])
        value = self._operand(operand)
        return Sql(f"{column} {_COMPARE[operator]} %s", (value,))

    def index_to_filter(self) -> IndexKept | None:
        """Give the index that would find the rows of conditions on this field; none where none would."""
        if not self.is_ordered:
            return None
        wanted = frozenset({"eq", "in", "lt", "lte", "gt", "gte", "between", "within"})
        # The same index as that behind the order of such a field, so that one serves both.
        return IndexKept("btree", f"({self.place('')}), {name('id')}", wanted & {*self.operators})

    def needle(self, operator: str, operand: object) -> str:
        """Give folded text that stands in the search column wherever a condition holds; empty for none.

        Asked of fields that the search column holds (`search`), with an operand that `condition` takes.
        """
        return ""

    def _empty(self, column: str, *, wanted: bool) -> Sql:
        return Sql(f"{column} IS NULL" if wanted else f"{column} IS NOT NULL")

    def _operand(self, raw: object) -> object:
        value = self.read(raw)
        if value is None:
            raise FieldRefused("empty", _("Give a value to compare with, or use the operator “empty”."))
        return next(iter(self.store(value).values()))

    def _pair(self, raw: object) -> tuple[object, object]:
        items = _as_list(raw)
        if len(items) != 2:
            raise FieldRefused("two_values", _("Give two values, the lower one first."))
        return self._operand(items[0]), self._operand(items[1])


_COMPARE = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def _as_list(raw: object) -> Sequence[object]:
    if not isinstance(raw, (list, tuple)):
        raise FieldRefused("a_list", _("Give a list of values."))
    if not 0 < len(raw) <= 200:
        raise FieldRefused("list_length", _("Give between 1 and 200 values."))
    return raw


def _as_bool(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise FieldRefused("yes_or_no", _("Give true or false."))
    return raw
