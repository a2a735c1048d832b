"""A field that points at another record."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import Field, FieldRefused, IndexKept
from duyen.entities.sql import name

#: No id is longer, and Python refuses to read thousands of digits.
_MOST_DIGITS = 19


@dataclass(frozen=True)
class LinkedRecord:
    """What a reader may see of a record that a field points at.

    A record that is not open to the reader has no code and no label; `unit` and `owner` then name
    whom to ask. `entity` is the one that opens it, where several share a table; `opens` is the id under which
    it does, where that is the one of something that stands for the record.
    """

    id: int
    code: str
    label: str
    is_open: bool = True
    unit: str = ""
    owner: str = ""
    entity: str = ""
    opens: int = 0


@dataclass(frozen=True)
class Link(Field):
    """The id of a record of entity `to`; shown by code and label.

    The label of a record outside the reader's rights is not shown, unless `to` is an entity
    of the organisation that everybody may name (users, units). `apart` gives, by the id of the record that
    has the link, those which it can never lead to; they are not offered. With `in_family` it may also lead to
    records of the other entities that share the table of `to`.
    """

    to: str = ""
    in_family: bool = False
    apart: Callable[[int], Collection[int]] | None = None

    widget: ClassVar[str] = "link"
    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "in", "empty")
    json_in: ClassVar[Any] = int | None
    json_out: ClassVar[Any] = dict[str, Any] | None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column or f"{self.name}_id",)

    def clean(self, raw: object) -> int:
        text = "" if isinstance(raw, bool) or not isinstance(raw, (int, str)) else str(raw).strip()
        value = int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0
        if not 0 < value < 2**63:
            raise FieldRefused("link", _("Give the id of a record."))
        return value

    def index_to_filter(self) -> IndexKept | None:
        return IndexKept("btree", f"{self.indexed_place}, {name('id')}", frozenset({"eq", "in"}))
