"""A field that points at another record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import Field, FieldRefused


@dataclass(frozen=True)
class LinkedRecord:
    """What a reader may see of a record that a field points at.

    A record that is not open to the reader has no code and no label; `unit` and `owner` then name
    whom to ask. `entity` is the one that opens it, where several share a table.
    """

    id: int
    code: str
    label: str
    is_open: bool = True
    unit: str = ""
    owner: str = ""
    entity: str = ""


@dataclass(frozen=True)
class Link(Field):
    """The id of a record of entity `to`; shown by code and label.

    The label of a record outside the reader's rights is not shown, unless `to` is an entity
    of the organisation that everybody may name (users, units).
    """

    to: str = ""

    widget: ClassVar[str] = "link"
    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "in", "empty")
    json_in: ClassVar[Any] = int | None
    json_out: ClassVar[Any] = dict[str, Any] | None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column or f"{self.name}_id",)

    def clean(self, raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, (int, str)) or not str(raw).strip().isdecimal():
            raise FieldRefused("link", _("Give the id of a record."))
        value = int(raw)
        if not 0 < value < 2**63:
            raise FieldRefused("link", _("Give the id of a record."))
        return value
