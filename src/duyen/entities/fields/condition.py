"""A field that holds a condition on records of an entity, in the language by which lists are filtered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import Field, FieldRefused
from duyen.entities.sql import Sql


@dataclass(frozen=True)
class Condition(Field):
    """A condition such as `["source", "eq", "REFERRAL"]`, or a group of them; kept as JSON text.

    It is about records of the entity `about`. Forms offer those of its fields that stand in `names`, its own
    fields of the company, and what stands behind the links among them. What it means is judged by a rule of
    the entity that holds it, as that takes a reader; here it is read by its shape alone.
    """

    about: str = ""
    names: str = ""

    widget: ClassVar[str] = "condition"
    operators: ClassVar[tuple[str, ...]] = ("empty",)
    json_in: ClassVar[Any] = list[Any] | dict[str, Any] | None
    json_out: ClassVar[Any] = list[Any] | dict[str, Any] | None

    def clean(self, raw: object) -> Any:
        told = raw
        if isinstance(raw, str):
            try:
                told = json.loads(raw)
            except ValueError:
                told = None
        if not isinstance(told, list | dict):
            raise FieldRefused("condition", _("A condition is a list of field, operator and value."))
        return told

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: "" if value is None else json.dumps(value, ensure_ascii=False)}

    def load(self, row: Mapping[str, Any]) -> Any:
        kept = row[self.columns[0]]
        return json.loads(kept) if kept else None

    def show(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False) if value else "—"

    def entered(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False) if value else ""

    def _empty(self, column: str, *, wanted: bool) -> Sql:
        return Sql(f"{column} = ''" if wanted else f"{column} <> ''")
