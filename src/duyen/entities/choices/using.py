"""Which fields use a list of choices, and what a merge would touch: rows, views, remembered files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, ChoiceList, Field, Tags
from duyen.entities.models import CompanyIndex, ImportMapping, SavedView
from duyen.entities.registry import all_entities
from duyen.entities.sql import Sql, name
from duyen.entities.views.state import leaves

#: Rows are counted up to here; a page that waits for more helps nobody.
MOST_COUNTED = 100_000


@dataclass(frozen=True)
class Use:
    """One field that takes its values from a list."""

    entity: Entity
    field: Field

    @property
    def column(self) -> str:
        return self.field.columns[0]

    def holds(self, alias: str, code: str) -> Sql:
        """Give the condition that a row holds this very code."""
        if not isinstance(self.field, (Choice, Tags)):
            raise TypeError(f"{self.field.name} takes nothing from a list")
        return self.field.holds(alias, code)


@dataclass(frozen=True)
class Used:
    """How much uses one item; `rows` counts to `MOST_COUNTED`, one more says that there are more."""

    rows: int
    views: int
    files: int


def uses_of(choices: ChoiceList) -> Iterator[Use]:
    """List the fields of entities that take their values from a list."""
    for entity in all_entities():
        for each in entity.fields:
            words = each.vocabulary if isinstance(each, Tags) else None
            if words is choices or getattr(each, "options", None) is choices:
                yield Use(entity, each)


def is_parted(choices: ChoiceList) -> bool:
    """Tell whether a field holds several items of the list at once, which files part by signs."""
    return not choices.takes_words and any(isinstance(use.field, Tags) for use in uses_of(choices))


def tables_of(choices: ChoiceList) -> list[Use]:
    """List one use for each column of each table, so that a row is counted once."""
    return list({(use.entity.table, use.column): use for use in uses_of(choices)}.values())


def used(choices: ChoiceList, code: str) -> Used:
    """Count what uses one item of a list, in the whole company and in the bin too."""
    rows = sum(_rows(use, code) for use in tables_of(choices))
    fields = {(use.entity.name, use.field.name) for use in uses_of(choices)}
    return Used(rows, _views(fields, choices, code), _files(fields))


def _rows(use: Use, code: str) -> int:
    where = use.holds("t", code)
    inner = f"SELECT 1 FROM {name(use.entity.table)} t WHERE {where.text} LIMIT {MOST_COUNTED + 1}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({inner}) found", where.params)
        return int(cursor.fetchone()[0])


def _views(fields: set[tuple[str, str]], choices: ChoiceList, code: str) -> int:
    """Count the kept views that ask for an item; conditions through a link name the linked field last."""
    names = {field for _entity, field in fields}
    meant = set(choices.held().every(code))
    states = SavedView.objects.filter(deleted_at=None).values_list("state", flat=True)
    return sum(
        any(
            str(part[0]).rpartition(".")[2] in names and meant & _operands(part)
            for part in leaves(state.get("filter", ()))
        )
        for state in states
    )


def _operands(part: list[object]) -> set[object]:
    operand = part[2] if len(part) > 2 else None
    return set(operand) if isinstance(operand, list) else {operand}


def _files(fields: set[tuple[str, str]]) -> int:
    """Count the remembered files of which a column leads to one of the fields."""
    found = 0
    for entity in {entity for entity, _field in fields}:
        names = {field for owner, field in fields if owner == entity}
        kept = ImportMapping.objects.filter(entity=entity).values_list("columns", flat=True)
        found += sum(bool(names & set(columns.values())) for columns in kept)
    return found


def ordered_by_index(choices: ChoiceList) -> bool:
    """Tell whether an index of the company orders by the list: it serves one order of the items alone."""
    fields = {(use.entity.name, use.field.name) for use in uses_of(choices)}
    asked = CompanyIndex._default_manager.filter(purpose="sort").values_list("entity", "field")
    return bool(fields & set(asked))


def longest_code(choices: ChoiceList) -> int:
    """Give how long a code may be, so that every column that keeps it has room."""
    lengths = [
        length
        for use in uses_of(choices)
        for each in use.entity.model._meta.concrete_fields
        if each.column == use.column and (length := _length(each))
    ]
    return min([*lengths, ANY_CODE])


def _length(column: models.Field[Any, Any]) -> int:
    """Give how many letters a column takes; 0 where it does not say."""
    return int(getattr(column, "max_length", None) or 0)


#: Where no column says less, as for parts of records.
ANY_CODE = 20


def is_named_by_code(choices: ChoiceList, code: str) -> bool:
    """Tell whether a declaration itself falls back on this item: what is not known is taken for it."""
    return any(isinstance(use.field, Choice) and use.field.other == code for use in uses_of(choices))
