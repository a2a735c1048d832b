"""Fields that hold several values: phones, e-mails, tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import EMPTY, Field, FieldRefused, IndexKept
from duyen.entities.fields.options import Held, WordList
from duyen.entities.sql import Sql, all_of, name
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.phones import PhoneError, read_phone, show_phone
from duyen.kernel.text import clean, fold

_MOST = 20
#: So many words of a list a sentence names.
_NAMED = 30
NO_WORDS = Held((), {})


def items_of(raw: object) -> list[object]:
    """Give what was sent as a list. Raises FieldRefused for too many."""
    items = list(raw) if isinstance(raw, (list, tuple)) else [raw]
    if len(items) > _MOST:
        raise FieldRefused("too_many", _("Give at most %(most)s values."), most=_MOST)
    return items


@dataclass(frozen=True)
class ContactPoint:
    """One way to point somebody: the value in its one stored form, its label, and what was entered.

    The same number written differently is no change, so that a form may show it grouped.
    """

    value: str
    label: str = ""
    entered: str = field(default="", compare=False)

    def note(self) -> dict[str, str]:
        """Give what stands beside the value in the notes: as little as possible."""
        if not self.label and not self.entered:
            return {}
        return {key: text for key, text in (("label", self.label), ("entered", self.entered)) if text}


@dataclass(frozen=True)
class _ContactPoints(Field):
    """Several ways to point somebody: an array for search, and a note per value beside it."""

    notes_column: str = ""

    blank: ClassVar[Any] = ()
    operators: ClassVar[tuple[str, ...]] = ("eq", "in", "empty")
    json_in: ClassVar[Any] = list[str | dict[str, str]] | None
    json_out: ClassVar[Any] = list[str]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column or self.name, self.notes_column)

    def one(self, text: str) -> str:
        """Turn one entered value into its stored form. Raises FieldRefused."""
        raise FieldRefused("unreadable", _("This value cannot be read."))

    def clean(self, raw: object) -> tuple[ContactPoint, ...]:
        found: dict[str, ContactPoint] = {}
        for item in items_of(raw):
            entered, label = self._parts(item)
            if entered:
                value = self.one(entered)
                found.setdefault(value, ContactPoint(value, label, entered if entered != value else ""))
        return tuple(found.values())

    def _parts(self, item: object) -> tuple[str, str]:
        if isinstance(item, ContactPoint):
            return item.value, item.label
        if isinstance(item, str):
            return clean(item), ""
        if isinstance(item, Mapping) and isinstance(item.get("value"), str):
            return clean(item["value"]), clean(str(item.get("label") or ""))[:40]
        raise FieldRefused("contact_point", _("Give text, or an object with value and label."))

    def store(self, value: tuple[ContactPoint, ...]) -> dict[str, object]:
        return {
            self.columns[0]: [point.value for point in value],
            self.notes_column: {point.value: note for point in value if (note := point.note())},
        }

    def order_key(self, alias: str) -> str:
        return f"{alias}.{name(self.columns[0])}[1]"

    def load(self, row: Mapping[str, Any]) -> tuple[ContactPoint, ...]:
        notes = row.get(self.notes_column) or {}
        return tuple(ContactPoint(value, **notes.get(value, {})) for value in row[self.columns[0]] or ())

    def to_json(self, value: Any) -> Any:
        return [point.value for point in value]

    def show(self, value: Any) -> str:
        return " · ".join(self.show_one(point.value) for point in value) or "—"

    def show_one(self, value: str) -> str:
        """Give one stored value as people write it."""
        return value

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        column = f"{alias}.{name(self.columns[0])}"
        if operator == "empty":
            return Sql(f"{column} = '{{}}'" if operand is True else f"{column} <> '{{}}'")
        wanted = [point.value for point in self.clean(operand)]
        if not wanted:
            raise FieldRefused("empty", _("Give a value to compare with, or use the operator “empty”."))
        return Sql(f"{column} {'@>' if operator == 'eq' else '&&'} %s::text[]", (wanted,))

    def index_to_filter(self) -> IndexKept | None:
        return IndexKept("gin", name(self.columns[0]), frozenset({"eq", "in"}))

    def needle(self, operator: str, operand: object) -> str:
        if operator not in ("eq", "in"):
            return ""
        wanted = [point.value for point in self.clean(operand)]
        return fold(wanted[0]) if operator == "eq" or len(wanted) == 1 else ""


@dataclass(frozen=True)
class Phones(_ContactPoints):
    """Telephone numbers, kept as E.164 with what was entered beside it."""

    widget: ClassVar[str] = "phones"

    def one(self, text: str) -> str:
        try:
            return read_phone(text).e164
        except PhoneError as error:
            raise FieldRefused(error.code, error.sentence, **error.params) from error

    def show_one(self, value: str) -> str:
        return show_phone(value)


@dataclass(frozen=True)
class Emails(_ContactPoints):
    """E-mail addresses."""

    widget: ClassVar[str] = "emails"

    def one(self, text: str) -> str:
        try:
            return read_email(text)
        except EmailError as error:
            raise FieldRefused(error.code, error.sentence, **error.params) from error


@dataclass(frozen=True)
class Tags(Field):
    """Words that a company sorts its records by; `vocabulary` holds those it knows, with their colours.

    A word that went into another one means that one wherever it still stands.
    """

    vocabulary: WordList | None = None

    widget: ClassVar[str] = "tags"
    blank: ClassVar[Any] = ()
    operators: ClassVar[tuple[str, ...]] = ("eq", "in", "empty")
    json_in: ClassVar[Any] = list[str] | None
    json_out: ClassVar[Any] = list[str]
    most: ClassVar[int] = _MOST

    @property
    def held(self) -> Held:
        """The words that the list knows."""
        return NO_WORDS if self.vocabulary is None else self.vocabulary.held()

    def clean(self, raw: object) -> tuple[str, ...]:
        items = raw.split(",") if isinstance(raw, str) else items_of(raw)
        words = (clean(str(item))[:40] for item in items)
        return self._standing(word for word in words if word)[:_MOST]

    def _standing(self, words: Iterable[str]) -> tuple[str, ...]:
        held = self.held
        return tuple(dict.fromkeys(held.standing(word) for word in words))

    def refuse_new(self, value: Any, before: Any) -> FieldRefused | None:
        held = self.held
        added = [word for word in value if word not in (before or ())]
        gone = [word for word in added if word in held.by_code and held.by_code[word].is_retired]
        if gone:
            sentence = _("“%(given)s” is no longer used. Choose another one.")
            return FieldRefused("retired_choice", sentence, given=", ".join(gone))
        unknown = [word for word in added if word not in held.by_code]
        is_closed = self.vocabulary is not None and not self.vocabulary.takes_free_words
        if unknown and is_closed:
            sentence = _("“%(given)s” is not one of the choices. Choose: %(choices)s.")
            choices = ", ".join(each.code for each in held.offered[:_NAMED])
            return FieldRefused("unknown_choice", sentence, given=", ".join(unknown)[:80], choices=choices)
        return None

    def tone(self, word: str) -> str:
        """Give the colour of a word; empty where it has none of its own."""
        found = self.held.by_code.get(word)
        return found.tone if found else ""

    def store(self, value: tuple[str, ...]) -> dict[str, object]:
        return {self.columns[0]: list(value)}

    def load(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        return self._standing(row[self.columns[0]] or ())

    def as_it_was(self, row: Mapping[str, Any]) -> Any:
        return tuple(row[self.columns[0]] or ())

    def to_json(self, value: Any) -> Any:
        return list(value)

    def words(self, value: Any) -> list[str]:
        """Give the words as they are shown."""
        return list(value)

    def show(self, value: Any) -> str:
        return " · ".join(self.words(value)) or "—"

    def entered(self, value: Any) -> str:
        return ", ".join(value) if value not in EMPTY else ""

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        column = self.place(alias)
        if operator == "empty":
            return Sql(f"{column} = '{{}}'" if operand is True else f"{column} <> '{{}}'")
        held, words = self.held, self.clean(operand)
        if operator == "in":
            return Sql(f"{column} && %s::text[]", ([each for word in words for each in held.every(word)],))
        if not any(word in held.others for word in words):
            return Sql(f"{column} @> %s::text[]", (list(words),))
        return all_of([Sql(f"{column} && %s::text[]", (held.every(word),)) for word in words])

    def holds(self, alias: str, code: str) -> Sql:
        """Give the condition that a row holds this very word."""
        return Sql(f"{self.place(alias)} @> %s::text[]", ([code],))

    def index_to_filter(self) -> IndexKept | None:
        return IndexKept("gin", self.indexed_place, frozenset({"eq", "in"}))
