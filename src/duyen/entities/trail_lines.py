"""Say what entries of the trail tell a reader: the record by name and the values where both are open to her.

Whoever oversees everything also sees that something happened on a record that is closed to her: who, when,
which step, which of the fields. Values, names and notes stay closed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from duyen.entities.acting_parts import called
from duyen.entities.entity import Entity
from duyen.entities.fields import Label, LinkedRecord
from duyen.entities.history import Change, Step, changes_of, label_of, linked_of
from duyen.entities.labels import Linked, labels
from duyen.entities.registry import all_entities
from duyen.entities.trail_search import Question
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.foundation.audit.models import OPENED, History
from duyen.kernel.text import fold

#: Gives the words for things that are no records, by their numbers.
Namer = Callable[[Collection[int]], Mapping[int, str]]


@dataclass(frozen=True)
class Said:
    """One value of a thing that is no record, in words before and after; of a secret one that it changed."""

    label: Label
    was: str = ""
    now: str = ""
    is_secret: bool = False


#: Says what entries changed on things that are no records, by the numbers of the entries.
Teller = Callable[[Sequence[History]], Mapping[int, Sequence[Said]]]

_named: dict[str, Label] = {}
_namers: dict[str, Namer] = {}
_tellers: dict[str, Teller] = {}


def name_families(names: Mapping[str, Label]) -> None:
    """Say how things are called that are traced and no entity: `settings`, the trail itself."""
    _named.update(names)


def name_things(namers: Mapping[str, Namer]) -> None:
    """Say, by family, which thing an entry is about where that is no record, such as which setting."""
    _namers.update(namers)


def tell_things(tellers: Mapping[str, Teller]) -> None:
    """Say, by what was written, how its values are told where that is no record, such as of settings."""
    _tellers.update(tellers)


@dataclass(frozen=True)
class Line:
    """One entry, as far as its reader may know it.

    `entity` is what she may open the record as, or, of a closed one, what it is at least; none of a
    thing that is no record, which `thing` names. `record` is missing where the record is gone. `told`
    is what was said about something opened.
    """

    id: int
    step: Step
    family: str
    entity: Entity | None
    record_id: int
    record: LinkedRecord | None
    is_open: bool
    was_opened: bool
    told: Mapping[str, Any]
    thing: str = ""
    said: Sequence[Said] = ()

    @property
    def kind(self) -> Label:
        """What the entry is about, in a word."""
        return self.entity.label if self.entity else _named.get(self.family, self.family)


@dataclass(frozen=True)
class Lines:
    """Entries told; `linked` names what their changed links point at."""

    lines: tuple[Line, ...]
    linked: Linked


def tell_entries(rows: Sequence[History], question: Question, *, actor: Actor, oversees: bool) -> Lines:
    """Tell entries; those that say nothing to this reader are left out."""
    families = {each.family: each for each in reversed(all_entities())}
    records = _records(actor, rows, families)
    own = {(row.operation, row.root_id) for row in rows if row.entity == row.root_entity}
    things, said = _things(rows), _said(rows)
    told = [
        line
        for row in rows
        if _says_something(
            line := replace(_line(row, families, records, things, actor), said=said.get(row.id, ())),
            row,
            question,
            oversees=oversees,
        )
        # What a step wrote on a part, and has no more to say of, is told by its entry on the record.
        and (
            line.step.changes
            or line.said
            or row.entity == row.root_entity
            or (row.operation, row.root_id) not in own
        )
    ]
    return Lines(tuple(told), linked_of(actor, [line.step for line in told]))


def _records(
    actor: Actor, rows: Sequence[History], families: Mapping[str, Entity]
) -> dict[str, Mapping[int, LinkedRecord]]:
    """Name the records of all entries, in one query per family."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.root_entity, set()).add(row.root_id)
    return {
        family: labels(actor, families[family], ids) for family, ids in wanted.items() if family in families
    }


def _things(rows: Sequence[History]) -> dict[tuple[str, int], str]:
    """Name what is no record, in one query per family that somebody names."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.root_entity in _namers:
            wanted.setdefault(row.root_entity, set()).add(row.root_id)
    return {
        (family, one): words for family, ids in wanted.items() for one, words in _namers[family](ids).items()
    }


def _said(rows: Sequence[History]) -> dict[int, Sequence[Said]]:
    """Say what changed on what is no record, in as many queries as there are kinds of it."""
    wanted: dict[str, list[History]] = {}
    for row in rows:
        if row.entity in _tellers and row.kind != OPENED:
            wanted.setdefault(row.entity, []).append(row)
    return {entry: said for kind, each in wanted.items() for entry, said in _tellers[kind](each).items()}


def _line(
    row: History,
    families: Mapping[str, Entity],
    records: Mapping[str, Mapping[int, LinkedRecord]],
    things: Mapping[tuple[str, int], str],
    actor: Actor,
) -> Line:
    family = families.get(row.root_entity)
    record = records.get(row.root_entity, {}).get(row.root_id)
    opener = _opener(actor, row.root_entity, record)
    changes = changes_of(opener, actor, row) if opener else _closed_changes(family, actor, row)
    is_open = opener is not None or family is None
    return Line(
        id=row.id,
        step=_step(row, tuple(changes), note=row.note if is_open else ""),
        family=row.root_entity,
        entity=opener or family,
        record_id=row.root_id,
        record=record,
        is_open=is_open,
        was_opened=row.kind == OPENED,
        told=(row.changes or {}) if is_open and row.kind == OPENED else {},
        thing=things.get((row.root_entity, row.root_id), ""),
    )


def _opener(actor: Actor, family: str, record: LinkedRecord | None) -> Entity | None:
    """Find as what the reader may open a record; one that is gone is open to whoever may open all."""
    if record is not None:
        found = (each for each in all_entities() if record.is_open and each.name == record.entity)
        return next((each for each in found if actor.may(each.name, READ)), None)
    every = (each for each in all_entities() if each.family == family)
    return next((each for each in every if actor.scope(each.name, READ).everything), None)


def _closed_changes(entity: Entity | None, actor: Actor, row: History) -> Iterator[Change]:
    """Name the fields that changed on a record whose values are closed to the reader."""
    if entity is None or row.entity != entity.family or row.kind == OPENED:
        return
    for field in entity.remembered(actor):
        if any(column in (row.changes or {}) for column in field.columns):
            yield Change(entity.name, field, None, None, is_secret=True)


def _step(row: History, changes: tuple[Change, ...], *, note: str) -> Step:
    return Step(
        operation=row.operation,
        at=row.at,
        user_id=row.actor_id,
        who=called(row.actor_name, row.actor_id),
        on_behalf_of=row.on_behalf_of,
        door=row.door,
        verb=row.verb.rpartition(".")[2],
        label=label_of(row.verb),
        note=note,
        version=row.record_version,
        changes=changes,
    )


def _says_something(line: Line, row: History, question: Question, *, oversees: bool) -> bool:
    if not line.is_open and not oversees:
        return False
    # A change of fields that are hidden from her is no news to whoever does not oversee.
    if row.kind == "U" and not line.step.changes and not oversees:
        return False
    return not question.words or _holds(line, row, question.words)


def _holds(line: Line, row: History, words: str) -> bool:
    """Look for the words once more in what the reader sees: a value that is closed to her is not searched."""
    seen = {column for change in line.step.changes if not change.is_secret for column in change.field.columns}
    values = row.changes or {}
    shown = line.told or {str(each.label): [each.was, each.now] for each in line.said}
    shown = shown or {column: pair for column, pair in values.items() if column in seen}
    text = fold(json.dumps(shown, ensure_ascii=False) + " " + line.step.note)
    return all(word in text for word in fold(words).split())
