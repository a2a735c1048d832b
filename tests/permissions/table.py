"""Read expectations.toml: what each of the cast may do with what was planted, and who may open which page."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from duyen.foundation.access.words import (
    CHANGE,
    CREATE,
    DELETE,
    EXPLAIN,
    EXPORT,
    EXPORT_EVERYTHING,
    EXPORT_TRAIL,
    HAND_OVER,
    OVERSEE_TRAIL,
    READ,
    READ_TRAIL,
    SHARE,
    VIEW_AS,
)

FILE = Path(__file__).with_name("expectations.toml")
HIDDEN, CLOSED = ".", "-"
#: The letters of the table, and the rights they stand for.
LETTERS: Mapping[str, str] = {
    "r": READ,
    "c": CHANGE,
    "d": DELETE,
    "h": HAND_OVER,
    "s": SHARE,
    "t": "terminate",
    "i": "issue",
    "n": CREATE,
    "e": EXPORT,
    "x": EXPLAIN,
    "v": VIEW_AS,
    "l": READ_TRAIL,
    "o": OVERSEE_TRAIL,
    "p": EXPORT_TRAIL,
    "k": EXPORT_EVERYTHING,
    "f": "file_mail",
    "y": "confirm",
    "a": "assign",
    "m": "pay",
    "w": "correct",
    "b": "check_list",
    "u": "fulfil",
    "g": "publish",
}
_WHOLE_KIND = "*"


@dataclass(frozen=True)
class RecordLine:
    """One planted record: how it is planted, and what each person may do with it."""

    name: str
    planted: str
    cells: Mapping[str, str]

    def may(self, who: str, letter: str) -> bool:
        return letter in self.cells[who]

    def may_all(self, who: str, letters: str) -> bool:
        return all(letter in self.cells[who] for letter in letters)

    def sees(self, who: str) -> bool:
        return self.may(who, "r")

    @property
    def is_binned(self) -> bool:
        return "bin" in self.planted.split(",")

    @property
    def is_private(self) -> bool:
        """Whether it keeps itself to its owner, whom neither a deputy nor an onlooker replaces."""
        return "private" in self.planted.split(",")

    def people(self, mark: str) -> list[str]:
        """Name those after `mark:` in how the record is planted, such as `lent:seller`."""
        parts = (part.partition(":") for part in self.planted.split(","))
        return [who for found, _colon, who in parts if found == mark]

    @property
    def keeper(self) -> tuple[str, str] | None:
        """Give owner and unit, where the record has any."""
        owner, at, unit = self.planted.split(",")[0].partition("@")
        return (owner, unit) if at else None


@dataclass(frozen=True)
class Step:
    """The letters that a step needs beside its record, and what else of another kind."""

    letters: str
    beside: tuple[str, str] | None = None


@dataclass(frozen=True)
class EntityTable:
    """All expectations of one entity.

    `follows` names the field whose record says to whom a record belongs, where it says so itself to nobody.
    `plant_for` is what a new record says that one of the cast makes, where the others could not.
    """

    name: str
    kind: Mapping[str, str]
    records: tuple[RecordLine, ...]
    public: frozenset[str]
    set: tuple[str, ...]
    keepers: tuple[str, ...]
    given: tuple[str, ...]
    state: tuple[str, ...]
    searched: frozenset[str]
    steps: Mapping[str, Step]
    tabs: frozenset[str]
    panels: frozenset[str]
    plant: Mapping[str, str]
    plant_one: Mapping[str, Mapping[str, str]]
    plant_new: Mapping[str, str]
    plant_for: Mapping[str, Mapping[str, str]]
    follows: str

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.set, *self.keepers, *self.given, *self.state)

    def is_closed(self, who: str) -> bool:
        return self.kind[who] == CLOSED

    def line(self, name: str) -> RecordLine:
        return next(each for each in self.records if each.name == name)


@dataclass(frozen=True)
class Table:
    """The whole table."""

    people: tuple[str, ...]
    entities: Mapping[str, EntityTable]
    pages: Mapping[str, str]
    calls: Mapping[str, str]

    def may_take(self, entity: EntityTable, line: RecordLine, who: str, step: Step) -> bool:
        """Tell whether a person may take a step on a record."""
        if not line.may_all(who, step.letters):
            return False
        return step.beside is None or step.beside[1] in self.entities[step.beside[0]].kind[who]


@cache
def table() -> Table:
    """Read the table, once."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    people = tuple(told.pop("people").split())
    pages, calls = told.pop("pages"), told.pop("calls")
    return Table(people, {name: _entity(name, part, people) for name, part in told.items()}, pages, calls)


def _entity(name: str, told: Mapping[str, Any], people: tuple[str, ...]) -> EntityTable:
    head, *lines = (line.split() for line in told["table"].strip().splitlines())
    if tuple(head[2:]) != people:
        raise ValueError(f"{FILE.name}, {name}: the head names other people than the table's first line")
    records = [
        RecordLine(line[0], line[1], dict(zip(people, line[2:], strict=True)))
        for line in lines
        if line[0] != _WHOLE_KIND
    ]
    kind = next(dict(zip(people, line[2:], strict=True)) for line in lines if line[0] == _WHOLE_KIND)
    views = told.get("views", {})
    words = {key: tuple(told.get(key, "").split()) for key in ("set", "keepers", "given", "state")}
    return EntityTable(
        name=name,
        kind=kind,
        records=tuple(records),
        public=frozenset(told.get("public", "").split()),
        **words,
        searched=frozenset(told.get("searched", "").split()),
        steps={verb: _step(needs) for verb, needs in told.get("steps", {}).items()},
        tabs=frozenset(views.get("tabs", "").split()),
        panels=frozenset(views.get("panels", "").split()),
        plant=told.get("plant", {}),
        plant_one=told.get("plant_one", {}),
        plant_new=told.get("plant_new", {}),
        plant_for=told.get("plant_for", {}),
        follows=told.get("follows", ""),
    )


def _step(needs: str) -> Step:
    letter, _comma, beside = needs.partition(",")
    entity, _space, right = beside.strip().partition(" ")
    return Step(letter.strip(), (entity, right) if right else None)
