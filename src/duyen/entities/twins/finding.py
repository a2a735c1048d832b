"""Find the records that may be the same as given ones: any number of rows costs the same queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.fields import LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.sql import any_of, name
from duyen.entities.standard import stored
from duyen.entities.twins.declared import Columns, Duplicates, Key, Marked, marks
from duyen.entities.twins.likeness import Likeness
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel

#: So many are proposed for one row.
MOST = 10
#: Each further reason adds so much to the strongest one.
_MORE = 2
_NAME = "name"


def find_duplicates(
    entity: Entity, *, actor: Actor, rows: Sequence[Mapping[str, Any]], leave_out: Collection[int] = ()
) -> list[list[Likeness]]:
    """Propose, for each row of clean values by field name, the records that may be the same, best first.

    Also proposes the earlier rows of the set itself. `leave_out` are ids that are not proposed. Two
    queries, whatever the number of rows. A key made of a field that the actor may not see is not asked by.
    An entity that declares no duplicates has none.
    """
    return find_like(entity, actor=actor, given=[stored(entity, row) for row in rows], leave_out=leave_out)


def find_like(
    entity: Entity, *, actor: Actor, given: Sequence[Columns], leave_out: Collection[int] = ()
) -> list[list[Likeness]]:
    """Do what `find_duplicates` does for rows given by their columns."""
    declared = entity.duplicates
    if declared is None:
        return [[] for _row in given]
    keys = readable_keys(entity, actor)
    found = [_Row(place, columns) for place, columns in enumerate(given)]
    for row in found:
        row.marks = {each.number: each for each in marks(entity.family, keys, row.columns)}
    most = {number: mark.key.most for row in found for number, mark in row.marks.items()}
    known = _known(entity, most, leave_out)
    by_id = {each.id: each for candidates in known.values() for each in candidates}
    shown = labels(actor, entity, by_id)
    sees_names = entity.level(actor, entity.title) is not FieldLevel.HIDDEN
    # What is open as a contact tells of the keys that a contact shows, whatever it is besides.
    told_by = {
        each.name: {key.code for key in readable_keys(each, actor)} for each in (entity, *entity.relatives)
    }
    judge = _Judge(entity, declared, shown, told_by, sees_names=sees_names)
    for row in found:
        for number, mark in row.marks.items():
            for each in known.get(number, ()):
                row.shared[each.id].append(mark)
    earlier = _earlier(found)
    return [_best([*judge.records(row, by_id), *judge.rows(row, earlier[row.place], found)]) for row in found]


def readable_keys(entity: Entity, actor: Actor) -> list[Key]:
    """List the keys whose fields the actor may see, each of them.

    A key over a hidden field is not even asked by: whether a phone belongs to a record that she may open
    would otherwise be told by the record's being proposed.
    """
    if entity.duplicates is None:
        return []
    seen = {each.name for each in entity.readable(actor)}
    return [key for key in entity.duplicates.by if all(field in seen for field in key.fields)]


@dataclass
class _Row:
    """One row of the set: its keys by number, and what it shares with which record."""

    place: int
    columns: Columns
    marks: dict[int, Marked] = field(default_factory=dict)
    shared: defaultdict[int, list[Marked]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class _Known:
    """A record that has one of the keys, and its title."""

    id: int
    title: str


def _known(entity: Entity, most: Mapping[int, int], leave_out: Collection[int]) -> dict[int, list[_Known]]:
    """Find the records, not in the bin, that have one of the keys, by key; `most` is how many of each.

    Asked without a key too, so that a page costs the same whatever its record holds.
    """
    kinds = any_of([each.kind.at("t") for each in (entity, *entity.relatives)])
    alive = "AND t.deleted_at IS NULL" if entity.has_bin else ""
    title = name(entity.field(entity.title).columns[0])
    statement = (
        f"SELECT k.key, t.id, t.{title} FROM unnest(%s::bigint[], %s::int[]) AS k(key, most) "
        "CROSS JOIN LATERAL (SELECT record_id FROM entities_twinkey x WHERE x.key = k.key "
        "ORDER BY record_id LIMIT k.most) x "
        f"JOIN {name(entity.table)} t ON t.id = x.record_id WHERE {kinds.text} {alive} AND t.id <> ALL(%s)"
    )
    numbers = sorted(most)
    found: dict[int, list[_Known]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, [numbers, [most[each] for each in numbers], *kinds.params, list(leave_out)])
        for key, record_id, title in cursor.fetchall():
            found[key].append(_Known(record_id, title or ""))
    return found


def _earlier(rows: Sequence[_Row]) -> list[dict[int, list[Marked]]]:
    """Give, by place, the earlier rows of the set that share a key, and which ones they share."""
    places: dict[int, list[int]] = defaultdict(list)
    found: list[dict[int, list[Marked]]] = []
    for row in rows:
        shared: dict[int, list[Marked]] = defaultdict(list)
        for number, mark in row.marks.items():
            for place in places[number]:
                shared[place].append(mark)
            if len(places[number]) < mark.key.most:
                places[number].append(row.place)
        found.append(shared)
    return found


@dataclass(frozen=True)
class _Judge:
    """Says why, how strongly and what of a proposal may be shown."""

    entity: Entity
    declared: Duplicates
    labels: Mapping[int, LinkedRecord]
    told_by: Mapping[str, Collection[str]]
    sees_names: bool

    def records(self, row: _Row, known: Mapping[int, _Known]) -> Iterable[Likeness]:
        for record_id, shared in row.shared.items():
            label = self.labels.get(record_id)
            if label is None:
                continue
            told = [mark for mark in shared if mark.key.code in self.told_by.get(label.entity, ())]
            if not told:
                strength = _strength(shared, is_like=False)
                yield Likeness(None, (), strength, unit=label.unit, ask=label.owner)
                continue
            shared = told
            is_like = self._is_like(row, shared, known[record_id].title)
            yield Likeness(
                record_id,
                _reasons(shared, is_like=is_like),
                _strength(shared, is_like=is_like),
                label=label.label,
                entity=label.entity,
                code=label.code,
                shown=_shown(shared),
            )

    def rows(
        self, row: _Row, earlier: Mapping[int, list[Marked]], rows: Sequence[_Row]
    ) -> Iterable[Likeness]:
        title = self.entity.field(self.entity.title).columns[0]
        for place, shared in earlier.items():
            other = str(rows[place].columns.get(title) or "")
            is_like = self._is_like(row, shared, other)
            yield Likeness(
                None,
                _reasons(shared, is_like=is_like),
                _strength(shared, is_like=is_like),
                label=other,
                row=place,
                shown=_shown(shared),
            )

    def _is_like(self, row: _Row, shared: Sequence[Marked], title: str) -> bool:
        """Compare the names where that counts for something; a hidden name is compared with nothing."""
        counts = self.sees_names and any(each.key.with_name for each in shared)
        return counts and self.declared.is_like(row.columns, title)


def _strength(shared: Sequence[Marked], *, is_like: bool) -> int:
    codes = {each.key.code: each.key for each in shared}
    best = max((key.with_name or key.strength) if is_like else key.strength for key in codes.values())
    return min(best + _MORE * (len(codes) - 1), 100)


def _reasons(shared: Sequence[Marked], *, is_like: bool) -> tuple[str, ...]:
    keys = {each.key.code: each.key for each in shared}
    codes = sorted(keys, key=lambda code: -keys[code].strength)
    return (*codes, *((_NAME,) if is_like else ()))


def _shown(shared: Sequence[Marked]) -> dict[str, str]:
    return {each.key.code: told for each in shared if each.key.show and (told := each.key.show(each.text))}


def _best(found: Iterable[Likeness]) -> list[Likeness]:
    """Put the strongest first; of equals, records before rows, the oldest first."""
    ordered = sorted(
        found, key=lambda each: (-each.strength, each.row is not None, each.id or 0, each.row or 0, each.unit)
    )
    return ordered[:MOST]
