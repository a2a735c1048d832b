"""Find the records that may be the same as given ones: any number of rows costs the same queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.fields import LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.sql import any_of, name
from duyen.entities.standard import stored
from duyen.entities.twins.declared import Columns, Duplicates, Key, Mark, Marked, marks
from duyen.entities.twins.likeness import LIKELY, Likeness
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel

#: So many are proposed for one row.
MOST = 10
#: Of a key that more share than are looked at, so many are searched for those of the same name.
REACH = 1_000
#: Each further reason adds so much to the strongest one.
_MORE = 2
_NAME = "name"


def find_duplicates(
    entity: Entity, *, actor: Actor, rows: Sequence[Mapping[str, Any]], leave_out: Collection[int] = ()
) -> list[list[Likeness]]:
    """Propose, for each row of clean values by field name, the records that may be the same, best first.

    Also proposes the earlier rows of the set itself. `leave_out` are ids that are not proposed. Two
    queries, whatever the number of rows, and one more where many records share a key. A key made of a field
    that the actor may not see is not asked by. An entity that declares no duplicates has none.
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
    rows = [
        _Row(place, columns, {each.number: each for each in marks(entity.family, keys, columns)})
        for place, columns in enumerate(given)
    ]
    known = _known(entity, _most(rows), rows, leave_out)
    for row in rows:
        row.take(known)
    return _judged(entity, declared, actor, rows, _earlier(rows, frozenset()))


def find_likely(
    entity: Entity, *, actor: Actor, given: Sequence[Columns], known_marks: Sequence[Sequence[Mark]]
) -> list[list[Likeness]]:
    """Do what `find_duplicates` does, but give only what is likely the same, at a fraction of the price.

    `known_marks` are all keys of each row (`plain_marks`). Keys that cannot make a proposal likely, alone
    or together, are asked by only where another key found something. Three queries, and one more where many
    share a key.
    """
    declared = entity.duplicates
    if declared is None:
        return [[] for _row in given]
    by, readable = declared.by, {each.code for each in readable_keys(entity, actor)}
    seen = [key.code in readable for key in by]
    faint = faint_codes([key for key in by if key.code in readable])
    is_faint = [key.code in faint for key in by]
    rows = [
        _Row(place, columns, {number: Marked(by[at], text, number) for number, at, text in told if seen[at]})
        for place, (columns, told) in enumerate(zip(given, known_marks, strict=True))
    ]
    asked = {
        number: by[at].most for told in known_marks for number, at, _ in told if seen[at] and not is_faint[at]
    }
    known = _known(entity, asked, rows, ()) if asked else {}
    met = [row for row in rows if not known.keys().isdisjoint(row.marks)] if known else []
    rest = {number: most for number, most in _most(met).items() if number not in asked}
    beside = _known(entity, rest, met, ()) if rest else {}
    for row in met:
        row.take({**known, **beside})
        row.keep_not_only(faint)
    found = _judged(entity, declared, actor, rows, _earlier(rows, faint))
    return [[each for each in likenesses if each.is_likely] for likenesses in found]


def faint_codes(keys: Sequence[Key]) -> frozenset[str]:
    """Name the keys that, even if all of them are shared, make no two records likely the same."""
    more = _MORE * (len(keys) - 1)
    return frozenset(key.code for key in keys if max(key.strength, key.with_name) + more < LIKELY)


def _judged(
    entity: Entity,
    declared: Duplicates,
    actor: Actor,
    rows: Sequence[_Row],
    earlier: Sequence[Mapping[int, list[Marked]]],
) -> list[list[Likeness]]:
    """Say of each row what it is like, the best first."""
    titles = {record_id: title for row in rows for record_id, title in row.titles.items()}
    shown = labels(actor, entity, titles)
    sees_names = entity.level(actor, entity.title) is not FieldLevel.HIDDEN
    # What is open as a contact tells of the keys that a contact shows, whatever it is besides.
    told_by = {
        each.name: {key.code for key in readable_keys(each, actor)} for each in (entity, *entity.relatives)
    }
    judge = _Judge(entity, declared, shown, told_by, sees_names=sees_names)
    return [
        _best([*judge.records(row), *judge.rows(row, shared, rows)]) if row.shared or shared else []
        for row, shared in zip(rows, earlier, strict=True)
    ]


def _most(rows: Iterable[_Row]) -> dict[int, int]:
    """Give, by key, how many records that have it are looked at."""
    return {number: mark.key.most for row in rows for number, mark in row.marks.items()}


def readable_keys(entity: Entity, actor: Actor) -> list[Key]:
    """List the keys whose fields the actor may see, each of them.

    A key over a hidden field is not even asked by: whether a phone belongs to a record that she may open
    would otherwise be told by the record's being proposed.
    """
    if entity.duplicates is None:
        return []
    seen = {each.name for each in entity.readable(actor)}
    return [key for key in entity.duplicates.by if all(field in seen for field in key.fields)]


@dataclass(slots=True)
class _Row:
    """One row of the set: its keys by number, what it shares with which record, and these records' titles."""

    place: int
    columns: Columns
    marks: Mapping[int, Marked]
    shared: dict[int, list[Marked]] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)

    def take(self, known: Mapping[int, Sequence[_Known]]) -> None:
        """Note the records that have one of the keys."""
        for number, mark in self.marks.items():
            for each in known.get(number, ()):
                self.shared.setdefault(each.id, []).append(mark)
                self.titles[each.id] = each.title

    def keep_not_only(self, faint: Collection[str]) -> None:
        """Forget the records that share nothing but faint keys."""
        for record_id, shared in list(self.shared.items()):
            if all(mark.key.code in faint for mark in shared):
                del self.shared[record_id], self.titles[record_id]


class _Known(NamedTuple):
    """A record that has one of the keys, and its title."""

    id: int
    title: str


def _known(
    entity: Entity, most: Mapping[int, int], rows: Sequence[_Row], leave_out: Collection[int]
) -> dict[int, list[_Known]]:
    """Find the records, not in the bin, that have one of the keys, by key; `most` is how many of each.

    Where more share a key than that, as they do the number of a switchboard, those who are called like one
    of `rows` are found among them. Asked without a key too, so that a page costs the same whatever its
    record holds.
    """
    shape = _Shape.of(entity)
    statement = (
        f"SELECT k.key, t.id, t.{shape.title} FROM unnest(%s::bigint[], %s::int[]) AS k(key, most) "
        "CROSS JOIN LATERAL (SELECT record_id FROM entities_twinkey x WHERE x.key = k.key "
        "ORDER BY record_id LIMIT k.most) x "
        f"LEFT JOIN {shape.table} t ON t.id = x.record_id AND {shape.where} AND t.id <> ALL(%s)"
    )
    numbers = sorted(most)
    mosts = [most[each] for each in numbers]
    found: dict[int, list[_Known]] = {}
    met: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(statement, [_array(numbers), _array(mosts), *shape.params, list(leave_out)])
        for key, record_id, title in cursor.fetchall():
            met[key] += 1
            if record_id is not None:
                found.setdefault(key, []).append(_Known(record_id, title or ""))
    crowded = {key for key, count in met.items() if count == most[key]}
    for key, namesakes in _namesakes(entity, shape, rows, crowded, leave_out).items():
        # They stand first: of the others there are more than anybody looks at.
        found[key] = list(dict.fromkeys([*namesakes, *found.get(key, ())]))
    return found


@dataclass(frozen=True)
class _Shape:
    """The SQL by which an entity and its relatives are looked at as `t`, with the title plain and folded."""

    table: str
    title: str
    folded: str
    where: str
    params: Sequence[Any]

    @staticmethod
    def of(entity: Entity) -> _Shape:
        kinds = any_of([each.kind.at("t") for each in (entity, *entity.relatives)])
        alive = " AND t.deleted_at IS NULL" if entity.has_bin else ""
        title = name(entity.field(entity.title).columns[0])
        # The text that is searched begins with the folded name, and stands there ready.
        folded = (
            f"split_part(t.{name(entity.search)}, ' |', 1)" if entity.search else f"duyen_fold(t.{title})"
        )
        return _Shape(name(entity.table), title, folded, f"{kinds.text}{alive}", kinds.params)


def _namesakes(
    entity: Entity, shape: _Shape, rows: Sequence[_Row], crowded: Collection[int], leave_out: Collection[int]
) -> dict[int, list[_Known]]:
    """Find, among many who share a key for which the name counts, those who have the name of one of `rows`.

    Accents and capitals aside. One query over the first of each key, and none where no key is crowded.
    """
    title = entity.field(entity.title).columns[0]
    asked: set[int] = set()
    names: set[str] = set()
    for row in rows:
        shared = {number for number in row.marks.keys() & crowded if row.marks[number].key.with_name}
        called = str(row.columns.get(title) or "")
        if shared and called:
            asked |= shared
            names.add(called)
    if not asked:
        return {}
    statement = (
        f"SELECT k.key, t.id, t.{shape.title} FROM unnest(%s::bigint[]) AS k(key) "
        "CROSS JOIN LATERAL (SELECT record_id FROM entities_twinkey x WHERE x.key = k.key "
        "ORDER BY record_id LIMIT %s) x "
        f"JOIN {shape.table} t ON t.id = x.record_id WHERE {shape.where} AND t.id <> ALL(%s) "
        f"AND {shape.folded} = ANY(ARRAY(SELECT duyen_fold(n) FROM unnest(%s::text[]) n)) "
        "ORDER BY t.id"
    )
    found: dict[int, list[_Known]] = {}
    with connection.cursor() as cursor:
        params: list[Any] = [_array(sorted(asked)), REACH, *shape.params, list(leave_out), sorted(names)]
        cursor.execute(statement, params)
        for key, record_id, called in cursor.fetchall():
            found.setdefault(key, []).append(_Known(record_id, called or ""))
    return found


def _array(numbers: Sequence[int]) -> str:
    """Write numbers as PostgreSQL reads an array: far cheaper than to let the driver do it one by one."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _earlier(rows: Sequence[_Row], faint: Collection[str]) -> list[dict[int, list[Marked]]]:
    """Give, by place, the earlier rows of the set that share a key, and which ones they share.

    Rows that share nothing but `faint` keys are left out.
    """
    places: dict[int, list[int]] = {}
    found: list[dict[int, list[Marked]]] = []
    for row in rows:
        shared: dict[int, list[Marked]] = {}
        is_met = False
        for number, mark in row.marks.items():
            held = places.get(number)
            if held is None:
                places[number] = [row.place]
                continue
            is_met = is_met or mark.key.code not in faint
            for place in held:
                shared.setdefault(place, []).append(mark)
            if len(held) < mark.key.most:
                held.append(row.place)
        if is_met and faint:
            shared = {
                place: told for place, told in shared.items() if any(m.key.code not in faint for m in told)
            }
        found.append(shared if is_met else {})
    return found


@dataclass(frozen=True)
class _Judge:
    """Says why, how strongly and what of a proposal may be shown."""

    entity: Entity
    declared: Duplicates
    labels: Mapping[int, LinkedRecord]
    told_by: Mapping[str, Collection[str]]
    sees_names: bool

    def records(self, row: _Row) -> Iterable[Likeness]:
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
            is_like = self._is_like(row, shared, row.titles[record_id])
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


def _best(found: Sequence[Likeness]) -> list[Likeness]:
    """Put the strongest first; of equals, records before rows, the oldest first."""
    ordered = sorted(
        found, key=lambda each: (-each.strength, each.row is not None, each.id or 0, each.row or 0, each.unit)
    )
    return ordered[:MOST]
