"""What a line of a file comes to before the database is asked: plain values that any process can make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from duyen.entities.entity import Entity
from duyen.entities.fields import Code, Link
from duyen.entities.importing.cells import Line
from duyen.entities.importing.known import Known
from duyen.entities.importing.notes import notes_on
from duyen.entities.standard import Life, ReadSet
from duyen.entities.twins.declared import Mark, plain_marks
from duyen.entities.values import Values
from duyen.kernel.errors import FieldProblem


class Ready(NamedTuple):
    """One line, read and judged.

    `links` are the ids of linked records by field, the unit among them; `columns` those of the new record
    that are not blank; `marks` the keys by which it is found to be the same as another; `notes` count what
    was converted; `known` is what tells its record from all others. A line with problems has its `name` and
    what it is known by, and no more.
    """

    problems: list[FieldProblem]
    name: str
    links: Values
    columns: Mapping[str, Any] = {}
    marks: Sequence[Mark] = ()
    notes: Mapping[str, int] = {}
    life: Life | None = None
    known: Known = ()


class Preparing:
    """Works out, for lines that were judged, all that their records need; what never changes, once."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._links = [each.name for each in entity.fields if isinstance(each, Link)]
        self._keeping = tuple(name for name in (*self._links, "owner", "unit") if name in entity.by_name)
        self._blank = self._blank_key_columns()
        self._known = tuple(each.name for each in entity.known_fields if not isinstance(each, Code))
        self._needed = entity.always_required & set(self._known)

    def prepare(self, lines: Sequence[Line], read: ReadSet) -> list[Ready]:
        """Give each line with what was read of it."""
        return [
            self._one(line, read, values, problems)
            for line, (values, problems) in zip(lines, read.judged, strict=True)
        ]

    def _one(self, line: Line, read: ReadSet, values: Values, problems: list[FieldProblem]) -> Ready:
        entity = self._entity
        links = {name: value for name in self._keeping if (value := values.get(name))}
        name = str(values.get(entity.title) or line.values.get(entity.title) or "")
        known = self._known_of(line, values)
        if problems:
            return Ready(problems, name, links, known=known)
        columns = read.births.columns(values)
        marks: Sequence[Mark] = ()
        if entity.duplicates is not None:
            marks = plain_marks(entity.family, entity.duplicates, {**self._blank, **columns})
        return Ready(problems, name, links, columns, marks, notes_on(entity, (values,)), line.life, known)

    def _known_of(self, line: Line, values: Values) -> Known:
        """Give what the line says of which record it means; nothing where that is not whole."""
        if line.code:
            return (line.code,)
        if not self._known or any(each.field in ("", *self._known) for each in line.problems):
            return ()
        known = tuple(values.get(name) for name in self._known)
        return known if all(values.get(name) for name in self._needed or self._known) else ()

    def _blank_key_columns(self) -> dict[str, Any]:
        """Give what the columns behind the keys hold in a record of which nothing is known."""
        if self._entity.duplicates is None:
            return {}
        blank: dict[str, Any] = dict.fromkeys(self._entity.duplicates.columns)
        for each in self._entity.fields:
            if each.editable:
                stored = each.store(each.blank)
                blank.update({column: stored[column] for column in stored if column in blank})
        return blank
