"""Fields that hold one plain value: text, choice, yes or no, number, day, moment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import EMPTY, Field, FieldRefused, IndexKept
from duyen.entities.fields.options import ChoiceList, Held, Option, held_of
from duyen.entities.sql import Sql, any_of, name
from duyen.kernel import dates
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.periods import Period, UnknownPeriod, read_period
from duyen.kernel.text import clean, clean_lines, fold

#: No whole number of ours is longer, and Python refuses to read thousands of digits.
_MOST_DIGITS = 20
#: Dots part thousands and nothing else: 12.5 is no whole number, and never 125.
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)")


@dataclass(frozen=True)
class Text(Field):
    """One line of text, kept in NFC with single spaces.

    `parts` are those of a person's name, family, middle, given, that a file may keep in columns of their own.
    """

    max_length: int = 200
    parts: tuple[str, ...] = ()

    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "in", "contains", "starts", "empty")
    blank: ClassVar[Any] = ""

    def clean(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise FieldRefused("text", _("Give text."))
        return self._fits(clean(raw))

    def _fits(self, value: str) -> str:
        if len(value) > self.max_length:
            raise FieldRefused(
                "too_long",
                _("Too long: %(length)s characters. Shorten it to %(most)s."),
                length=len(value),
                most=self.max_length,
            )
        return value

    def order_key(self, alias: str) -> str:
        column = self.place(alias)
        return f"(CASE WHEN {column} <> '' THEN duyen_sort_key({column}) END) COLLATE \"C\""

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        if operator not in ("contains", "starts"):
            return super().condition(alias, operator, operand)
        if not isinstance(operand, str) or not operand.strip():
            raise FieldRefused("text", _("Give text."))
        pattern = like_pattern(fold(operand))
        column = f"duyen_fold({self.place(alias)})"
        return Sql(f"{column} LIKE %s", (pattern if operator == "starts" else "%" + pattern,))

    def index_to_filter(self) -> IndexKept | None:
        return IndexKept(
            "gin", f"duyen_fold({self.indexed_place}) gin_trgm_ops", frozenset({"contains", "starts"})
        )

    def needle(self, operator: str, operand: object) -> str:
        return fold(str(operand)) if operator in ("contains", "starts", "eq") else ""

    def _empty(self, column: str, *, wanted: bool) -> Sql:
        return Sql(f"coalesce({column}, '') {'=' if wanted else '<>'} ''")


def like_pattern(text: str) -> str:
    """Escape the signs that LIKE reads, and let anything follow."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


@dataclass(frozen=True)
class LongText(Text):
    """Several lines of text; line ends are kept."""

    max_length: int = 10_000
    widget: ClassVar[str] = "textarea"

    def order_key(self, alias: str) -> str:
        return ""

    def clean(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise FieldRefused("text", _("Give text."))
        return self._fits(clean_lines(raw))


@dataclass(frozen=True)
class Choice(Field):
    """One of a list of options; kept and sent as the option's code.

    Where a file holds a word that is none of them, it means the option `other`, and the field `other_in`
    keeps the word; without an `other` the row is refused. `options` may be a `ChoiceList`, with which the
    company goes on as it likes: a code that went into another one means that one wherever it still stands.
    """

    options: Sequence[Option] = ()
    badge: bool = False
    other: str = ""
    other_in: str = ""

    widget: ClassVar[str] = "choice"
    blank: ClassVar[Any] = ""

    @property
    def held(self) -> Held:
        """The options as they stand."""
        return self.options.held() if isinstance(self.options, ChoiceList) else self._declared

    @cached_property
    def _declared(self) -> Held:
        return held_of(self.options)

    def clean(self, raw: object) -> str:
        held = self.held
        found = held.by_code.get(raw) if isinstance(raw, str) else None
        if found is not None:
            return found.code
        raise FieldRefused(
            "unknown_choice",
            _("“%(given)s” is not one of the choices. Choose: %(choices)s."),
            given=str(raw)[:40],
            choices=", ".join(f"{option.label} ({option.code})" for option in held.offered),
        )

    def load(self, row: Mapping[str, Any]) -> Any:
        return self.held.standing(row[self.columns[0]] or "")

    def as_it_was(self, row: Mapping[str, Any]) -> Any:
        return row[self.columns[0]] or ""

    def refuse_new(self, value: Any, before: Any) -> FieldRefused | None:
        option = self.option(value) if value and value != before else None
        if option is None or not option.is_retired:
            return None
        sentence = _("“%(given)s” is no longer used. Choose another one.")
        return FieldRefused("retired_choice", sentence, given=str(option.label))

    def option(self, value: str) -> Option | None:
        """Find the option behind a code."""
        return self.held.by_code.get(value)

    def show(self, value: Any) -> str:
        return str(self.held.word(value)) if value else super().show(value)

    def to_json(self, value: Any) -> Any:
        return value or None

    def order_key(self, alias: str) -> str:
        """Choices stand in the order of their list."""
        held = self.held
        placed = [code for option in held.options for code in held.every(option.code)]
        codes = ", ".join("'" + code.replace("'", "''") + "'" for code in placed)
        column = self.place(alias)
        return f"array_position(ARRAY[{codes}]::text[], {column}::text)" if codes else ""

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        found, held = super().condition(alias, operator, operand), self.held
        if operator == "empty" or not held.others:
            return found
        (wanted,) = found.params
        codes = [each for code in ([wanted] if operator == "eq" else wanted) for each in held.every(code)]
        text = f"{self.place(alias)} = ANY(%s)" if operator == "eq" else found.text
        return Sql(text, (codes,))

    def holds(self, alias: str, code: str) -> Sql:
        """Give the condition that a row holds this very code."""
        return Sql(f"{self.place(alias)} = %s", (code,))

    def index_to_filter(self) -> IndexKept | None:
        return IndexKept("btree", f"{self.indexed_place}, {name('id')}", frozenset({"eq", "in"}))

    def _empty(self, column: str, *, wanted: bool) -> Sql:
        return Sql(f"coalesce({column}, '') {'=' if wanted else '<>'} ''")


@dataclass(frozen=True)
class Flag(Field):
    """Yes or no."""

    is_ordered: ClassVar[bool] = True
    widget: ClassVar[str] = "checkbox"
    operators: ClassVar[tuple[str, ...]] = ("eq",)
    blank: ClassVar[Any] = False
    json_in: ClassVar[Any] = bool
    json_out: ClassVar[Any] = bool

    def clean(self, raw: object) -> bool:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw.lower() in ("on", "true", "1", "yes"):
            return True
        if isinstance(raw, str) and raw.lower() in ("off", "false", "0", "no"):
            return False
        raise FieldRefused("yes_or_no", _("Give true or false."))

    def read(self, raw: object) -> bool:
        return raw if isinstance(raw, bool) else bool(super().read(raw))

    def show(self, value: Any) -> str:
        return gettext("Yes") if value else gettext("No")


@dataclass(frozen=True)
class Whole(Field):
    """A whole number."""

    least: int = 0
    most: int = 2_000_000_000

    is_ordered: ClassVar[bool] = True
    widget: ClassVar[str] = "number"
    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "between", "empty")
    json_in: ClassVar[Any] = int | None
    json_out: ClassVar[Any] = int | None

    def clean(self, raw: object) -> int:
        text = str(raw).replace("\u00a0", "").replace(" ", "").strip()
        if isinstance(raw, (bool, float)) or not _WHOLE.fullmatch(text):
            raise FieldRefused("whole_number", _("Give a whole number."))
        text = text.replace(".", "")
        value = int(text) if len(text) <= _MOST_DIGITS else None
        if value is None or not self.least <= value <= self.most:
            raise FieldRefused(
                "out_of_range",
                _("Give a number from %(least)s to %(most)s."),
                least=self.least,
                most=self.most,
            )
        return value


@dataclass(frozen=True)
class Day(Field):
    """A day of the calendar; people write dd/mm/yyyy, programs YYYY-MM-DD.

    `lunar` says that the page of a record shows the lunar date beside it.
    """

    lunar: bool = False

    is_ordered: ClassVar[bool] = True
    widget: ClassVar[str] = "date"
    operators: ClassVar[tuple[str, ...]] = (
        *("eq", "ne", "lt", "lte", "gt", "gte", "between"),
        *("within", "not_within", "empty"),
    )
    json_in: ClassVar[Any] = dt.date | None
    json_out: ClassVar[Any] = dt.date | None

    def clean(self, raw: object) -> dt.date:
        if isinstance(raw, dt.date):
            return raw
        try:
            return dates.read_date(str(raw), today=today())
        except dates.NoLunarDate as error:
            raise FieldRefused(error.code, error.sentence, **error.params) from error
        except dates.DateError as error:
            raise FieldRefused(error.code, _("This date is not right. Write it as 31/12/2026.")) from error

    def load(self, row: Mapping[str, Any]) -> Any:
        # The trail keeps days as text.
        value = row[self.columns[0]]
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    def to_json(self, value: Any) -> Any:
        return value.isoformat() if value else None

    def show(self, value: Any) -> str:
        return "—" if value in EMPTY else dates.show_date(value)

    def entered(self, value: Any) -> str:
        return "" if value in EMPTY else dates.show_date(value)

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        if operator not in _BY_PERIOD:
            return super().condition(alias, operator, operand)
        period, column = _period(operand), self.place(alias)
        inside = Sql(f"{column} BETWEEN %s AND %s", (period.first, period.last))
        return inside if operator == "within" else outside(inside, column)


#: Operators that take the name of a period; outside of it, an unknown day counts too.
_BY_PERIOD = ("within", "not_within")


def outside(inside: Sql, column: str) -> Sql:
    """Turn a condition on a column round; unknown values fulfil it."""
    return any_of([Sql(f"NOT ({inside.text})", inside.params), Sql(f"{column} IS NULL")])


def _period(operand: object) -> Period:
    """Read the name of a period, as it lies today."""
    try:
        return read_period(str(operand), today=today())
    except UnknownPeriod as error:
        raise FieldRefused(
            "period", _("Name a period: today, this_week, last_month, this_quarter, next_year, last_30_days.")
        ) from error


@dataclass(frozen=True)
class Moment(Field):
    """A point in time, kept in UTC and set by the engine. A filter may name a whole day instead of a time."""

    editable: bool = False

    is_ordered: ClassVar[bool] = True
    widget: ClassVar[str] = "moment"
    operators: ClassVar[tuple[str, ...]] = (
        *("lt", "lte", "gt", "gte", "between"),
        *("within", "not_within", "empty"),
    )
    json_in: ClassVar[Any] = dt.datetime | None
    json_out: ClassVar[Any] = dt.datetime | None

    def clean(self, raw: object) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(str(raw))
        except ValueError as error:
            raise FieldRefused(
                "moment", _("Give the time as RFC 3339, for example 2026-12-31T02:30:00Z.")
            ) from error
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

    def load(self, row: Mapping[str, Any]) -> Any:
        value = row[self.columns[0]]
        return dt.datetime.fromisoformat(value) if isinstance(value, str) else value

    def to_json(self, value: Any) -> Any:
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if value else None

    def show(self, value: Any) -> str:
        if value in EMPTY:
            return "—"
        return dates.show_moment(value)

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        column = self.place(alias)
        if operator in _BY_PERIOD:
            period = _period(operand)
            start, end = _midnight(period.first), _midnight(period.last + dt.timedelta(days=1))
            inside = Sql(f"{column} >= %s AND {column} < %s", (start, end))
            return inside if operator == "within" else outside(inside, column)
        if operator == "between":
            low, high = operand if isinstance(operand, (list, tuple)) and len(operand) == 2 else ("", "")
            return Sql(f"{column} BETWEEN %s AND %s", (_edge(self, low), _edge(self, high, is_late=True)))
        if operator in _EDGES:
            sign, is_late = _EDGES[operator]
            return Sql(f"{column} {sign} %s", (_edge(self, operand, is_late=is_late),))
        return super().condition(alias, operator, operand)


#: Stands in a kept filter for the moment at which it is read.
NOW = "@now"

#: For each operator its sign, and whether a whole day stands for its end.
_EDGES = {"lt": ("<", False), "gte": (">=", False), "lte": ("<=", True), "gt": (">", True)}


def _edge(field: Moment, raw: object, *, is_late: bool = False) -> dt.datetime:
    """Read a time, a day as its first or last moment, or the word that stands for the present."""
    if raw == NOW:
        return now()
    if isinstance(raw, str) and ":" not in raw:
        try:
            day = dates.read_date(raw, today=today())
        except dates.DateError as error:
            raise FieldRefused(error.code, _("This date is not right. Write it as 31/12/2026.")) from error
        return _midnight(day + dt.timedelta(days=1)) - dt.timedelta.resolution if is_late else _midnight(day)
    return field.clean(raw)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=ZONE)


@dataclass(frozen=True)
class Code(Text):
    """The record's own number; given at birth, never changed."""

    editable: bool = False
    max_length: int = 40

    def order_key(self, alias: str) -> str:
        return f"nullif({self.place(alias)}, '') COLLATE \"C\""
