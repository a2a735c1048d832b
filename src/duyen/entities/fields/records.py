"""Fields that name several records: of any kind, or people of the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import Field, FieldRefused
from duyen.entities.sql import Sql, all_of, name

#: A record by the name of its entity and its id.
Ref = tuple[str, int]
MOST = 50
_MOST_DIGITS = 19


@dataclass(frozen=True)
class Records(Field):
    """Several records, each by its entity and id; kept as JSON, sent as `[{"entity", "id"}]`.

    `to` names the entities that may be named; none means each of the house. Where the rows that say the same
    stand in a table of their own, `table` and its column `row` find the records that name one.
    """

    to: tuple[str, ...] = ()
    table: str = ""
    row: str = ""

    #: Whether somebody may be named who is no record.
    takes_guests: ClassVar[bool] = False
    widget: ClassVar[str] = "records"
    blank: ClassVar[Any] = ()
    operators: ClassVar[tuple[str, ...]] = ("eq",)
    json_in: ClassVar[Any] = list[dict[str, Any]] | None
    json_out: ClassVar[Any] = list[dict[str, Any]]

    def clean(self, raw: object) -> tuple[Any, ...]:
        items = raw.replace("\n", ";").split(";") if isinstance(raw, str) else raw
        if not isinstance(items, (list, tuple)):
            raise FieldRefused("records", _("Give a list of records, each by its kind and id."))
        found = tuple(dict.fromkeys(self.one(item) for item in items if item not in ("", None)))
        if len(found) > MOST:
            raise FieldRefused("too_many", _("At most %(most)s can be named here. Take some out."), most=MOST)
        return found

    def one(self, item: object) -> Any:
        """Read one of them: `{"entity": "customers", "id": 12}`, or `customers:12`. Raises FieldRefused."""
        if isinstance(item, Mapping):
            kind, number = item.get("entity"), item.get("id")
        elif isinstance(item, tuple) and len(item) == 2:
            kind, number = item
        else:
            kind, _colon, number = str(item).strip().partition(":")
        record_id = number_of(number)
        if not isinstance(kind, str) or not record_id or (self.to and kind not in self.to):
            raise FieldRefused("records", _("Give a list of records, each by its kind and id."))
        return kind, record_id

    def named(self, told: Any) -> tuple[str, int | None]:
        """Give kind and id of one of those that `to_json` gave; somebody who is no record has no id."""
        if isinstance(told, int):
            return self.to[0], told
        return told.get("entity", ""), told.get("id")

    def refs(self, value: Iterable[Any]) -> frozenset[Ref]:
        """Give the records among a clean value."""
        return frozenset(value or ())

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: [{"entity": kind, "id": record_id} for kind, record_id in value]}

    def load(self, row: Mapping[str, Any]) -> Any:
        return tuple((each["entity"], each["id"]) for each in row[self.columns[0]] or ())

    def to_json(self, value: Any) -> Any:
        return [{"entity": kind, "id": record_id} for kind, record_id in value]

    def show(self, value: Any) -> str:
        return "; ".join(f"{kind}:{record_id}" for kind, record_id in value) or "—"

    def entered(self, value: Any) -> str:
        return "; ".join(f"{kind}:{record_id}" for kind, record_id in value)

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        ((kind, record_id),) = self.clean([operand])
        if self.table:
            named = f"FROM {name(self.table)} x WHERE x.entity = %s AND x.record_id = %s"
            return Sql(f"{alias}.id IN (SELECT x.{name(self.row)} {named})", (kind, record_id))
        return Sql(
            f"{self.place(alias)} @> jsonb_build_array(jsonb_build_object('entity', %s::text, 'id', %s))",
            (kind, record_id),
        )


@dataclass(frozen=True)
class Links(Records):
    """Several records of the one kind in `to`, kept as an array of their ids and sent as such."""

    refused: ClassVar[tuple[str, Any]] = ("records", _("Give a list of records by their ids."))
    operators: ClassVar[tuple[str, ...]] = ("eq", "empty")
    json_in: ClassVar[Any] = list[int] | None

    def one(self, item: object) -> Any:
        found = item.partition(":")[2] or item if isinstance(item, str) else item
        record_id = number_of(found)
        if not record_id:
            raise FieldRefused(*self.refused)
        return record_id

    def refs(self, value: Iterable[Any]) -> frozenset[Ref]:
        return frozenset((self.to[0], record_id) for record_id in value or ())

    def store(self, value: Any) -> dict[str, object]:
        return {self.columns[0]: list(value)}

    def load(self, row: Mapping[str, Any]) -> Any:
        return tuple(row[self.columns[0]] or ())

    def to_json(self, value: Any) -> Any:
        return list(value)

    def show(self, value: Any) -> str:
        return "; ".join(str(each) for each in value) or "—"

    def entered(self, value: Any) -> str:
        return "; ".join(str(each) for each in value)

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        column = self.place(alias)
        if operator == "empty":
            return Sql(f"{column} = '{{}}'" if operand is True else f"{column} <> '{{}}'")
        held = Sql(f"{column} && %s::bigint[]", (list(self.clean([operand])),))
        return all_of([held, Sql(f"{column} <> '{{}}'")])


@dataclass(frozen=True)
class People(Links):
    """Several users of the house."""

    to: tuple[str, ...] = ("users",)

    refused: ClassVar[tuple[str, Any]] = ("people", _("Give a list of users by their ids."))


def number_of(raw: object) -> int:
    """Read the id of a record; 0 where it is none."""
    text = "" if isinstance(raw, bool) or not isinstance(raw, (int, str)) else str(raw).strip()
    value = int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0
    return value if value < 2**63 else 0
