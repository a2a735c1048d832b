"""All tables of the house with what they hold of persons; a forgotten one stops the start."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from duyen.entities.custom.columns import COLUMN, DERIVED
from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Code, Field, Label
from duyen.entities.personal.declared import Behind, Herself, Personal, Told, Under
from duyen.entities.registry import BadDeclaration, all_entities, entity_named
from duyen.foundation.files.models import File, FileVersion

_PACKAGE = "duyen."
_WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
#: Columns with words that every record has: what they hold by themselves tells of nobody.
_PLAIN = frozenset({"code", "source_channel", "entity", "state"})
#: Columns that every record has, and what is written by people in them.
_ALWAYS: Mapping[str, object] = {COLUMN: {}, DERIVED: {}, "delete_reason": ""}


@dataclass(frozen=True)
class Said:
    """How a copy says what a column holds, where no field of the engine reads it: `words` gets the value."""

    label: Label
    words: Callable[[Any], str]


#: In which words a copy shows a column: as it stands under a label, as a field shows it, or as said.
Telling = Label | Field | Said


@dataclass(frozen=True)
class Table:
    """One table, what it holds of persons, and how people call its rows.

    `named` is under which name others, such as files, hang on rows of a table that is no entity; `tells` are
    the columns of such a one that mean something to the person, and in which words her copy shows them.
    """

    model: type[models.Model]
    personal: Personal
    label: Label
    entity: Entity | None = None
    named: str = ""
    tells: Mapping[str, Telling] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def erases(self) -> Mapping[str, object]:
        """Every column that an erasure writes, with its neutral value: those of all records, too."""
        held = {each.column for each in self.model._meta.concrete_fields}
        return {**{each: value for each, value in _ALWAYS.items() if each in held}, **self.personal.erases}

    @property
    def safe(self) -> frozenset[str]:
        """Name the columns whose former values may stay in the trail."""
        every = {str(each.column) for each in self.model._meta.concrete_fields}
        return frozenset(every - set(self.erases))


_told: dict[type[models.Model], Table] = {}


def hold(
    model: type[models.Model],
    personal: Personal,
    label: Label = "",
    *,
    named: str = "",
    tells: Mapping[str, Telling] | None = None,
) -> None:
    """Say what a table that is no entity holds of persons.

    `named` is as what files hang on its rows, `tells` which columns a copy shows, in which words: what has a
    label stands in copies, and must say so.
    """
    if model in _told:
        raise BadDeclaration(f"{model.__name__}: told twice what it holds of persons")
    _told[model] = Table(model, personal, label, named=named, tells=tells or {})


def hold_all(personal: Personal, *models_: type[models.Model]) -> None:
    """Say the same of several tables that are no entities."""
    for each in models_:
        hold(each, personal)


def tables() -> list[Table]:
    """List every table, those on which others hang before them."""
    found = dict(_told)
    for entity in all_entities():
        if entity.personal is not None and entity.model not in found:
            found[entity.model] = Table(entity.model, entity.personal, entity.labels, entity)
    return list(_in_order(found))


def model_of(tie: Under | Behind | Told) -> type[models.Model]:
    """Give the table to which a tie leads."""
    if isinstance(tie, Told):
        return tie.model
    return entity_named(tie.of).model if isinstance(tie.of, str) else tie.of


def _in_order(found: Mapping[type[models.Model], Table]) -> Iterator[Table]:
    done: set[type[models.Model]] = set()

    def with_those_before(table: Table) -> Iterator[Table]:
        if table.model in done:
            return
        done.add(table.model)
        for tie in table.personal.ties:
            if isinstance(tie, Under | Behind):
                yield from with_those_before(found[model_of(tie)])
        yield table

    # What hangs on records of any kind comes last.
    own = [each for each in found.values() if each.entity]
    # What others say it is about comes behind all that it may be about.
    own.sort(key=lambda table: any(isinstance(tie, Told) for tie in table.personal.ties))
    rest = [each for each in found.values() if not each.entity]
    by_name = [
        each for each in rest if not any(isinstance(tie, Under | Behind) for tie in each.personal.ties)
    ]

    def comes_late(table: Table) -> bool:
        """Versions of files go with the files, behind all on which these may hang."""
        ties = (each for each in table.personal.ties if isinstance(each, Under | Behind))
        return table in by_name or any(
            found[model_of(tie)].entity is None and comes_late(found[model_of(tie)]) for tie in ties
        )

    late = [each for each in rest if comes_late(each)]
    for table in (*own, *(each for each in rest if each not in late), *late):
        yield from with_those_before(table)


def check() -> None:
    """Check that no table and no column with words is forgotten. Raises BadDeclaration."""
    for entity in all_entities():
        if entity.personal is None:
            raise BadDeclaration(
                f"{entity.name}: say by personal=… what its records hold of a person, or NOBODY"
            )
    known = {each.model: each for each in tables()}
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith(_PACKAGE) or not model._meta.managed:
            continue
        if model not in known:
            raise BadDeclaration(f"{model.__name__}: say by personal.holding.hold what it holds of a person")
        _check_columns(known[model])


def _check_columns(table: Table) -> None:
    personal = table.personal
    columns = {str(each.column) for each in table.model._meta.concrete_fields}
    told = {*personal.erases, *personal.kept_columns, *personal.plain.split()}
    for column in told - columns:
        raise BadDeclaration(f"{table.model.__name__}: no column {column} of which to tell what it holds")
    _check_tells(table, columns)
    for tie in personal.ties:
        if isinstance(tie, Told | Behind):
            named = {str(each.column) for each in model_of(tie)._meta.concrete_fields}
            if (tie.row if isinstance(tie, Told) else tie.column) not in named:
                raise BadDeclaration(f"{table.model.__name__}: {tie} leads nowhere")
        elif not isinstance(tie, Herself) and getattr(tie, "column", "id") not in columns:
            raise BadDeclaration(f"{table.model.__name__}: no column {tie} that leads to a person")
    if not personal.ties or personal.goes:
        return
    chosen = _PLAIN | set(_ALWAYS) | _chosen_columns(table.model)
    for each in table.model._meta.concrete_fields:
        if _holds_words(each) and str(each.column) not in told | chosen:
            raise BadDeclaration(
                f"{table.model.__name__}.{each.column} holds words: say in its Personal whether an erasure "
                "erases it, a law keeps it, or it is plain"
            )


def _check_tells(table: Table, columns: Collection[str]) -> None:
    """Check that a copy shows words and no names of columns. Raises BadDeclaration."""
    for column, told in table.tells.items():
        if column not in columns or (isinstance(told, Field) and column != told.columns[0]):
            raise BadDeclaration(f"{table.model.__name__}: no column {column} to show in a copy")
    # Files are not told but given.
    if table.entity is None and table.label and not table.tells and table.model not in (File, FileVersion):
        raise BadDeclaration(f"{table.model.__name__}: say by `tells` in which words a copy shows its rows")


def _chosen_columns(model: type[models.Model]) -> set[str]:
    """Name the columns that hold one of a list of choices, or a code that we gave."""
    fields = [field for each in all_entities() if each.model is model for field in each.declared.fields]
    return {column for each in fields if isinstance(each, Choice | Code) for column in each.columns}


def _holds_words(column: models.Field[object, object]) -> bool:
    if column.generated:
        return False
    if isinstance(column, ArrayField):
        return _holds_words(column.base_field)
    return isinstance(column, _WORDS)
