"""Sums of money, in whole minor units of a currency, and rates in per cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import EMPTY, Field, FieldRefused
from duyen.kernel.errors import DomainError
from duyen.kernel.money import Money, currency_named, read_money, show_figure, show_money

_MOST_LETTERS = 40
_NUMBERS = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "between", "empty")


@dataclass(frozen=True)
class Amount(Field):
    """A sum of money, kept in minor units; the clean value is a `Money`.

    Where records are kept in several currencies, `currency_column` is the column that tells which one; a
    sum is then read in the currency that stands beside it, and in đồng where none does.
    """

    currency_column: str = ""
    least: int = 0

    is_ordered: ClassVar[bool] = True
    widget: ClassVar[str] = "money"
    operators: ClassVar[tuple[str, ...]] = _NUMBERS
    json_in: ClassVar[Any] = int | dict[str, Any] | None
    json_out: ClassVar[Any] = dict[str, Any] | None

    @property
    def columns(self) -> tuple[str, ...]:
        name = self.column or self.name
        return (name, self.currency_column) if self.currency_column else (name,)

    def clean(self, raw: object) -> Money:
        found = _money(raw)
        if not self.currency_column and found.currency != "VND":
            raise FieldRefused("currency", _("Give the amount in đồng, currency VND."))
        if found.amount < self.least:
            raise FieldRefused("negative", _("Give an amount that is not negative."))
        return found

    def store(self, value: Any) -> dict[str, object]:
        if value is None:
            return {self.columns[0]: None}
        held = {self.columns[0]: value.amount}
        return held | {self.currency_column: value.currency} if self.currency_column else held

    def load(self, row: Mapping[str, Any]) -> Money | None:
        value = row[self.columns[0]]
        if value is None:
            return None
        return Money(int(value), str(row.get(self.currency_column) or "VND"))

    def to_json(self, value: Any) -> Any:
        return None if value is None else {"amount": value.amount, "currency": value.currency}

    def show(self, value: Any) -> str:
        if value is None:
            return "—"
        return show_money(_as_money(value), locale=_locale())

    def entered(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        figure = show_figure(value, locale=_locale())
        return figure if value.currency == "VND" else f"{figure} {value.currency}"


def _as_money(value: Money | int | Decimal) -> Money:
    """Take a bare number, which is what a total is, as đồng."""
    return value if isinstance(value, Money) else Money(int(value))


def _money(raw: object) -> Money:
    """Read minor units, an object with a currency, or a sum as people write it. Raises FieldRefused."""
    if isinstance(raw, Money):
        return raw
    if isinstance(raw, Mapping):
        amount, currency = raw.get("amount"), raw.get("currency", "VND")
        is_whole = isinstance(amount, int) and not isinstance(amount, bool)
        if set(raw) - {"amount", "currency"} or not is_whole or not isinstance(currency, str):
            raise FieldRefused("amount", _("Give the amount in minor units, and its currency."))
        return Money(int(str(amount)), currency.upper())
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Money(raw)
    if not isinstance(raw, str) or len(raw) > _MOST_LETTERS:
        raise FieldRefused("amount", _("Give a sum of money, such as 1.234.567."))
    try:
        return read_money(_plain_decimals(raw), currency=currency_named(raw), locale=_locale())
    except DomainError as error:
        raise FieldRefused(error.code, error.sentence, **error.params) from error


def _plain_decimals(text: str) -> str:
    """Leave out the decimals that spreadsheets put behind whole amounts: 1250000.00."""
    head, dot, tail = text.strip().rpartition(".")
    return head if dot and tail in ("0", "00") and head.isdecimal() else text


def _locale() -> str:
    return "vi" if (get_language() or "vi").startswith("vi") else "en"


_NO_PERCENT = _("Give a percentage with at most two decimals, such as 8 or 7,5.")


@dataclass(frozen=True)
class Percent(Field):
    """A rate in per cent, exact to two places; the clean value is a Decimal: 8 means eight in a hundred."""

    least: int = 0
    most: int = 100

    is_ordered: ClassVar[bool] = True
    widget: ClassVar[str] = "decimal"
    operators: ClassVar[tuple[str, ...]] = _NUMBERS
    json_in: ClassVar[Any] = int | float | str | None
    json_out: ClassVar[Any] = float | None

    def clean(self, raw: object) -> Decimal:
        text = str(raw).replace("\u00a0", "").strip().removesuffix("%").strip().replace(",", ".")
        try:
            value = Decimal(text) if not isinstance(raw, bool) and len(text) <= _MOST_LETTERS else None
        except InvalidOperation:
            value = None
        if value is None or not value.is_finite():
            raise FieldRefused("percent", _NO_PERCENT)
        # What lies far outside has more digits than can be cut to two decimals.
        if not self.least <= value <= self.most:
            raise FieldRefused(
                "out_of_range",
                _("Give a number from %(least)s to %(most)s."),
                least=self.least,
                most=self.most,
            )
        if value != (exact := value.quantize(Decimal("0.01"))):
            raise FieldRefused("percent", _NO_PERCENT)
        return exact

    def load(self, row: Mapping[str, Any]) -> Decimal | None:
        value = row[self.columns[0]]
        # The trail keeps it as a number of JSON.
        return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))

    def to_json(self, value: Any) -> Any:
        return None if value is None else float(value)

    def show(self, value: Any) -> str:
        return "—" if value is None else f"{self.entered(value)}%"

    def entered(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text.replace(".", ",") if _locale() == "vi" else text
