"""What a company's own field may hold, each kind with its place in `custom` and its form there.

Text stands as text, a number as a number, a day as YYYY-MM-DD and a moment as UTC text, compared letter by
letter, yes as true, several choices as a list of codes, a link as an id. No value is no key.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from duyen.entities.custom.rules import MOST_OPTIONS
from duyen.entities.fields import (
    Choice,
    Day,
    Field,
    FieldRefused,
    Flag,
    Link,
    LongText,
    Moment,
    Option,
    Tags,
    Text,
    Whole,
)
from duyen.entities.fields.base import EMPTY
from duyen.entities.fields.options import Held, held_of
from duyen.entities.sql import Sql, all_of, any_of, place_of
from duyen.kernel import dates
from duyen.kernel.clock import ZONE, today
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.phones import PhoneError, read_phone, show_phone
from duyen.kernel.text import clean, fold

#: A number of so many digits stands in JSON and comes back the same, whatever reads it.
MOST_DIGITS = 15
LARGEST = 10**MOST_DIGITS - 1


@dataclass(frozen=True)
class Own(Field):
    """A field whose value stands under its id in `custom`."""

    #: How the value is read out of the JSON; see `place_of`.
    cast: ClassVar[str] = ""

    def place(self, alias: str) -> str:
        return place_of(alias, self.columns[0], self.cast)

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: None if value in EMPTY else value}

    def load(self, row: Mapping[str, Any]) -> Any:
        value = row[self.columns[0]]
        return self.blank if value is None else self.loaded(value)

    def loaded(self, value: Any) -> Any:
        """Give the clean value of what stands in the JSON."""
        return value


@dataclass(frozen=True)
class OwnText(Own, Text):
    """One line of text."""

    def to_json(self, value: Any) -> Any:
        return value or None

    def loaded(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class OwnLongText(Own, LongText):
    """Several lines of text."""

    def to_json(self, value: Any) -> Any:
        return value or None

    def loaded(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class OwnPhone(OwnText):
    """One telephone number, kept as E.164."""

    max_length: int = 40

    def clean(self, raw: object) -> str:
        try:
            return read_phone(super().clean(raw)).e164
        except PhoneError as error:
            raise FieldRefused(error.code, error.sentence, **error.params) from error

    def show(self, value: Any) -> str:
        return show_phone(value) if value else super().show(value)

    def entered(self, value: Any) -> str:
        return show_phone(value) if value else ""


@dataclass(frozen=True)
class OwnEmail(OwnText):
    """One e-mail address."""

    max_length: int = 254

    def clean(self, raw: object) -> str:
        try:
            return read_email(super().clean(raw))
        except EmailError as error:
            raise FieldRefused(error.code, error.sentence, **error.params) from error


@dataclass(frozen=True)
class OwnWeb(OwnText):
    """One web address; without a scheme it is meant with https."""

    max_length: int = 500

    def clean(self, raw: object) -> str:
        text = super().clean(raw)
        whole = text if "://" in text else f"https://{text}"
        try:
            parts = urlsplit(whole)
            host = parts.hostname or ""
        except ValueError:
            host = ""
        if not host or "." not in host.strip(".") or parts.scheme not in ("http", "https") or " " in whole:
            raise FieldRefused("web", _("Give a web address, for example https://duyen.vn."))
        return self._fits(whole)


#: From here on a whole number is shown in groups.
_GROUPED = 10_000
#: An amount as programs in English write it.
_PARTED_BY_COMMAS = re.compile(r"-?\d{1,3}(?:,\d{3})+")


def plain_number(raw: object) -> str:
    """Give a number as people write it here, 1.234.567,5, as a program reads it."""
    text = str(raw).strip().replace("\u00a0", "").replace(" ", "")
    if re.search(r",.*\.", text):
        return text  # 1,234.5 is written the other way round: no number here, and never 1,2345
    if isinstance(raw, str) and ("," in text or re.fullmatch(r"-?\d{1,3}(\.\d{3})+", text)):
        text = text.replace(".", "").replace(",", ".")
    return text


@dataclass(frozen=True)
class OwnWhole(Own, Whole):
    """A whole number, negative ones too."""

    least: int = -LARGEST
    most: int = LARGEST
    total: str = "sum"

    cast: ClassVar[str] = "bigint"

    def show(self, value: Any) -> str:
        """Group digits from five on; four are as often a year."""
        if value in EMPTY:
            return "—"
        return str(value) if abs(value) < _GROUPED else f"{value:,}".replace(",", ".")

    def loaded(self, value: Any) -> int | None:
        return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class OwnAmount(OwnWhole):
    """An amount of money in đồng, which have no smaller unit."""

    least: int = 0

    widget: ClassVar[str] = "decimal"
    json_in: ClassVar[Any] = int | dict[str, Any] | None
    json_out: ClassVar[Any] = dict[str, Any] | None

    def clean(self, raw: object) -> int:
        if isinstance(raw, Mapping):
            if set(raw) - {"amount", "currency"} or raw.get("currency", "VND") != "VND":
                raise FieldRefused("amount", _("Give the amount in đồng, currency VND."))
            raw = raw.get("amount")
        if isinstance(raw, str):
            raw = re.sub(r"(?i)\s*(?:đ|₫|vnd|vnđ|đồng)\.?$", "", raw.strip())
            raw = re.sub(r"(?<=\d)[.,]0{1,2}$", "", raw)  # as files write whole amounts: 1250000.00
            raw = raw.replace(",", ".") if _PARTED_BY_COMMAS.fullmatch(raw) else raw
        return super().clean(raw)

    def show(self, value: Any) -> str:
        return "—" if value in EMPTY else f"{value:,} ₫".replace(",", ".")

    def entered(self, value: Any) -> str:
        return "" if value in EMPTY else f"{value:,}".replace(",", ".")

    def to_json(self, value: Any) -> Any:
        return None if value is None else {"amount": value, "currency": "VND"}


@dataclass(frozen=True)
class OwnDecimal(Own):
    """A number with decimal places, at most `digits` of them; kept exactly."""

    least: Decimal = Decimal(-LARGEST)
    most: Decimal = Decimal(LARGEST)
    digits: int = 2
    total: str = "sum"

    cast: ClassVar[str] = "numeric"
    is_ordered: ClassVar[bool] = True
    widget: ClassVar[str] = "decimal"
    operators: ClassVar[tuple[str, ...]] = Whole.operators
    json_in: ClassVar[Any] = int | float | str | None
    json_out: ClassVar[Any] = float | None

    def clean(self, raw: object) -> Decimal:
        refused = FieldRefused("number", _("Give a number, for example 1.234,5."))
        if isinstance(raw, bool) or len(str(raw)) > 2 * MOST_DIGITS:
            raise refused
        try:
            value = Decimal(plain_number(raw))
        except InvalidOperation as error:
            raise refused from error
        if not value.is_finite():
            raise refused
        if not self.least <= value <= self.most:
            raise FieldRefused(
                "out_of_range",
                _("Give a number from %(least)s to %(most)s."),
                least=self.entered(self.least),
                most=self.entered(self.most),
            )
        return self._rounded(value)

    def _rounded(self, value: Decimal) -> Decimal:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.digits and value != round(value, self.digits):
            raise FieldRefused(
                "too_many_places", _("At most %(digits)s decimal places are kept."), digits=self.digits
            )
        if len(value.normalize().as_tuple().digits) > MOST_DIGITS:
            raise FieldRefused("too_many_digits", _("At most %(most)s digits are kept."), most=MOST_DIGITS)
        return value

    def store(self, value: Any) -> dict[str, object]:
        if value is None:
            return {self.columns[0]: None}
        # Fifteen digits come back from a float as they were.
        return {self.columns[0]: int(value) if value == value.to_integral_value() else float(value)}

    def loaded(self, value: Any) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return Decimal(repr(value))

    def to_json(self, value: Any) -> Any:
        return next(iter(self.store(value).values()))

    def show(self, value: Any) -> str:
        return "—" if value in EMPTY else self.entered(value)

    def entered(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        plain = f"{value:,f}"
        whole, _dot, rest = plain.partition(".")
        rest = rest.rstrip("0")
        return whole.replace(",", ".") + (f",{rest}" if rest else "")


@dataclass(frozen=True)
class OwnDay(Own, Day):
    """A day of the calendar, as ISO text."""

    def place(self, alias: str) -> str:
        return f'({super().place(alias)} COLLATE "C")'

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: value.isoformat() if value else None}

    def loaded(self, value: Any) -> dt.date | None:
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            return None

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        return _as_text(super().condition(alias, operator, operand))


@dataclass(frozen=True)
class OwnMoment(Own, Moment):
    """A point in time, as UTC text; people write it as the clock here shows it."""

    editable: bool = True

    def place(self, alias: str) -> str:
        return f'({super().place(alias)} COLLATE "C")'

    def clean(self, raw: object) -> dt.datetime:
        try:
            moment = raw if isinstance(raw, dt.datetime) else self._read(str(raw).strip())
        except ValueError as error:
            raise FieldRefused("moment", _("Give day and time as 31/12/2026 09:30.")) from error
        whole = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
        return whole.astimezone(dt.UTC).replace(microsecond=0)

    def _read(self, text: str) -> dt.datetime:
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            day, _space, time = text.partition(" ")
            try:
                return dt.datetime.combine(
                    dates.read_date(day, today=today()), dt.time.fromisoformat(time.strip() or "00:00")
                )
            except dates.DateError as error:
                raise ValueError from error

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: _utc(value) if value else None}

    def loaded(self, value: Any) -> dt.datetime | None:
        try:
            return dt.datetime.fromisoformat(str(value))
        except ValueError:
            return None

    def entered(self, value: Any) -> str:
        return value.astimezone(ZONE).strftime("%d/%m/%Y %H:%M") if value else ""

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        return _as_text(super().condition(alias, operator, operand))


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _as_text(condition: Sql) -> Sql:
    """Compare with days and moments as they stand in the JSON."""

    def plain(value: object) -> object:
        if isinstance(value, dt.datetime):
            return _utc(value)
        return value.isoformat() if isinstance(value, dt.date) else value

    return Sql(condition.text, tuple(plain(each) for each in condition.params))


@dataclass(frozen=True)
class OwnFlag(Own, Flag):
    """Yes or no; what was never answered is no."""

    cast: ClassVar[str] = "boolean"

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: True if value else None}

    def loaded(self, value: Any) -> bool:
        return value is True

    def _operand(self, raw: object) -> object:
        return self.read(raw)


@dataclass(frozen=True)
class OwnChoice(Own, Choice):
    """One option, of the field's own or of a list; those no longer used stay where they were chosen."""

    def loaded(self, value: Any) -> str:
        return self.held.standing(str(value))


@dataclass(frozen=True)
class OwnChoices(Own, Tags):
    """Several options, of the field's own or of a list, in their order."""

    options: Sequence[Option] = ()

    cast: ClassVar[str] = "jsonb"
    most: ClassVar[int] = MOST_OPTIONS
    widget: ClassVar[str] = "choices"
    operators: ClassVar[tuple[str, ...]] = ("eq", "in", "empty")

    @property
    def held(self) -> Held:
        """The options as they stand."""
        return held_of(self.options)

    def clean(self, raw: object) -> tuple[str, ...]:
        items = raw.split(",") if isinstance(raw, str) else raw if isinstance(raw, (list, tuple)) else [raw]
        wanted = {self._code(str(item).strip()) for item in items if str(item).strip()}
        return tuple(each.code for each in self.held.options if each.code in wanted)

    def _code(self, word: str) -> str:
        held = self.held
        if word in held.by_code:
            return held.standing(word)
        for each in held.options:
            if fold(word) in {fold(each_way) for each_way in (str(each.label), *each.words)}:
                return each.code
        raise FieldRefused(
            "unknown_choice",
            _("“%(given)s” is not one of the choices. Choose: %(choices)s."),
            given=clean(word)[:40],
            choices=", ".join(str(each.label) for each in held.offered),
        )

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: list(value) or None}

    def load(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        value = row[self.columns[0]]
        return self._standing(str(each) for each in value) if isinstance(value, (list, tuple)) else ()

    def refuse_new(self, value: Any, before: Any) -> FieldRefused | None:
        gone = [each for each in self.held.options if each.is_retired and each.code in value]
        new = [each for each in gone if each.code not in (before or ())]
        if not new:
            return None
        sentence = _("“%(given)s” is no longer used. Choose another one.")
        return FieldRefused("retired_choice", sentence, given=str(new[0].label))

    def words_of(self, value: Any) -> list[str]:
        """Give the words of the chosen options."""
        held = self.held
        return [str(held.word(each)) for each in value or ()]

    def show(self, value: Any) -> str:
        return " · ".join(self.words_of(value)) or "—"

    def entered(self, value: Any) -> str:
        return ", ".join(value) if value not in EMPTY else ""

    def holds(self, alias: str, code: str) -> Sql:
        return Sql(f"{self.place(alias)} @> to_jsonb(%s::text)", (code,))

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        column = self.place(alias)
        if operator == "empty":
            return Sql(f"{column} IS {'' if operand is True else 'NOT '}NULL")
        wanted, held = list(self.clean(operand)), self.held
        if not wanted:
            raise FieldRefused("empty", _("Give a value to compare with, or use the operator “empty”."))
        # Any of them, each asked for by itself, so that an index leads to it.
        any_of_each = [any_of(self.holds(alias, each) for each in held.every(code)) for code in wanted]
        if operator == "in":
            return any_of(any_of_each)
        if any(code in held.others for code in wanted):
            return all_of(any_of_each)
        return Sql(f"{column} @> to_jsonb(%s::text[])", (wanted,))


@dataclass(frozen=True)
class OwnLink(Own, Link):
    """The id of another record."""

    cast: ClassVar[str] = "bigint"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def loaded(self, value: Any) -> int | None:
        return value if isinstance(value, int) and not isinstance(value, bool) else None


#: Kinds whose values are words from a list.
WITH_OPTIONS = (OwnChoice, OwnChoices)
