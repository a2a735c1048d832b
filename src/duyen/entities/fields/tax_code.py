"""The tax code of a party, which for people and household businesses is their personal number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import Field, FieldRefused
from duyen.entities.sql import Sql, name
from duyen.foundation.sensitive import digest, seal
from duyen.kernel.tax_codes import TaxCodeError, TaxCodeKind, read_tax_code
from duyen.kernel.text import fold

#: Stands for a personal number that is kept encrypted; sent back unchanged, it changes nothing.
MASK = "••••••••••••"


@dataclass(frozen=True)
class TaxCodeField(Field):
    """A tax code of 10 or 13 digits in the open, or a personal number of 12 digits, encrypted.

    A personal number is shown as a mask, never searched or told in the trail, and found only whole.
    Since 1/7/2025 it is the tax code of individuals and household businesses (Circular 86/2024/TT-BTC).
    """

    sealed_column: str = "personal_id"
    digest_column: str = "personal_id_mac"

    blank: ClassVar[Any] = ""
    operators: ClassVar[tuple[str, ...]] = ("eq", "empty")

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name, self.sealed_column, self.digest_column)

    def clean(self, raw: object) -> str:
        if raw == MASK:
            return MASK
        if not isinstance(raw, str):
            raise FieldRefused("text", _("Give text."))
        try:
            return read_tax_code(raw).value
        except TaxCodeError as error:
            raise FieldRefused(error.code, error.sentence, **error.params) from error

    def seals(self, value: str) -> bool:
        """Tell whether a clean value is kept encrypted."""
        return value == MASK or bool(value and _is_personal(value))

    def store(self, value: str) -> dict[str, object]:
        if value == MASK:
            return {}
        if value and _is_personal(value):
            return {self.name: "", self.sealed_column: seal(value), self.digest_column: digest(value)}
        return {self.name: value, self.sealed_column: None, self.digest_column: None}

    def load(self, row: Mapping[str, Any]) -> str:
        return MASK if row.get(self.sealed_column) else str(row[self.name] or "")

    def to_json(self, value: Any) -> Any:
        return value or None

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        plain, sealed = (f"{alias}.{name(column)}" for column in (self.name, self.digest_column))
        if operator == "empty":
            none = f"({plain} = '' AND {sealed} IS NULL)"
            return Sql(none if operand is True else f"NOT {none}")
        value = self.clean(operand)
        if _is_personal(value):
            return Sql(f"{sealed} = %s", (digest(value),))
        return Sql(f"{plain} = %s", (value,))

    def needle(self, operator: str, operand: object) -> str:
        if operator != "eq":
            return ""
        value = self.clean(operand)
        return "" if _is_personal(value) else fold(value)


def _is_personal(value: str) -> bool:
    """Tell whether a clean code is a personal number, which stands encrypted and not in the open."""
    return value != MASK and read_tax_code(value).kind is TaxCodeKind.PERSONAL
