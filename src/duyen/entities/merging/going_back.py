"""Give back what followed a merge, table by table: what still hangs there goes, the rest is told why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import connection

from duyen.entities.bulk.sets import halved
from duyen.entities.fields import Label
from duyen.entities.merging.declared import Hanging
from duyen.entities.merging.moving import STAMPS, in_parts, rows_as_json, stamps_of, write_json
from duyen.entities.merging.standing import survivor_of
from duyen.entities.models import Merge, MergedRecord, MergedRow
from duyen.entities.sql import Sql, name
from duyen.entities.words import MergedKind
from duyen.entities.writing import stored_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.models import History

#: So many of the rows that stay are named for each reason.
MOST_NAMED = 20


class Why(StrEnum):
    """Why a row does not go back."""

    GONE = "gone"
    ELSEWHERE = "elsewhere"
    CHANGED = "changed"
    IN_THE_WAY = "in_the_way"


@dataclass
class RowsBack:
    """How many rows of one kind go back, and which stay, by the reason; `table` is the key of its Hanging."""

    label: Label
    table: str
    is_told: bool = True
    back: int = 0
    left: dict[str, list[int]] = field(default_factory=dict)
    names: dict[str, Sequence[str]] = field(default_factory=dict)

    def stay(self, why: Why, ids: Sequence[int]) -> None:
        """Count rows that do not go back."""
        if ids:
            self.left.setdefault(why.value, []).extend(ids)

    @property
    def count_left(self) -> int:
        return sum(len(ids) for ids in self.left.values())


def name_those_left(hanging: Hanging, told: RowsBack, merge: Merge, actor: Actor) -> None:
    """Give the first of the rows that stay in the words by which the actor may know them."""
    if hanging.tell is None:
        return
    for why, ids in told.left.items():
        shown = ids[:MOST_NAMED]
        rows = {**_deleted_since(hanging, merge, shown), **rows_as_json(hanging.table, shown)}
        told.names[why] = hanging.tell(actor, [rows[each] for each in shown if each in rows])


def _deleted_since(hanging: Hanging, merge: Merge, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Give rows that are gone: as the merge dropped them, or as the trail tells of their deletion."""
    found: dict[int, dict[str, Any]] = {}
    since = History.objects.filter(operation__gte=merge.pk, kind="D", record_id__in=list(ids))
    for record_id, family, changes in since.order_by("id").values_list("record_id", "entity", "changes"):
        row = {column: was for column, (was, _now) in (changes or {}).items()}
        if set(hanging.columns) <= set(row) and family:
            found[record_id] = row
    dropped = MergedRow.objects.filter(
        merge=merge, place=hanging.table, kind=MergedKind.DROPPED.value, row_id__in=list(ids)
    )
    return found | {each.row_id: dict(each.was or {}) for each in dropped.order_by("pk")}


@dataclass(frozen=True)
class Returning:
    """One merge that is taken back, or looked at: `write` is false for a look."""

    merge: Merge
    family: str
    actor: Actor
    write: bool


def give_back(hanging: Hanging, returning: Returning) -> RowsBack:
    """Give back the rows of one table, or tell what would go back."""
    told = RowsBack(hanging.label, hanging.key, hanging.is_told)
    for column in hanging.columns:
        _move_back(hanging, column, returning, told)
    if hanging.is_own:  # such rows only move
        return told
    _put_back(hanging, returning, told)
    _alter_back(hanging, returning, told)
    return told


def _remembered(hanging: Hanging, returning: Returning, place: str, kind: MergedKind) -> list[MergedRow]:
    rows = MergedRow.objects.filter(merge_id=returning.merge.pk, place=place, kind=kind.value)
    return list(rows.order_by("-pk"))


_WHERE_THEY_ARE = """
SELECT m.row_id,
CASE WHEN t.id IS NULL THEN 'gone' WHEN {held} IS DISTINCT FROM %s THEN 'elsewhere' ELSE '' END
FROM entities_mergedrow m LEFT JOIN {table} t ON t.id = m.row_id
WHERE m.merge_id = %s AND m.place = %s AND m.kind = 'M' ORDER BY m.row_id
"""
# The pairs are given and not joined: of a table that has just been filled the planner knows nothing.
_MOVE_BACK = """
UPDATE {table} t SET {sets} FROM unnest(%s::bigint[], %s::bigint[]) AS back(id, loser)
WHERE t.id = back.id AND {held} = %s
"""


def _move_back(hanging: Hanging, column: str, returning: Returning, told: RowsBack) -> None:
    merge, place = returning.merge, hanging.place(column)
    names = {"table": name(hanging.table), "held": hanging.held(column)}
    where = _all(_WHERE_THEY_ARE.format(**names), [merge.survivor_id, merge.pk, place])
    for why in (Why.GONE, Why.ELSEWHERE):
        told.stay(why, [row for row, found in where if found == why])
    ids = [row for row, found in where if not found]
    if returning.write:
        stamps = stamps_of(hanging, returning.actor)
        back = hanging.setting(column, Sql("back.loser"))
        sets = ", ".join(filter(None, [stamps.text, back.text]))
        statement = _MOVE_BACK.format(sets=sets, **names)

        rows = MergedRow.objects.filter(merge_id=merge.pk, place=place, kind=MergedKind.MOVED.value)
        losers = dict(rows.order_by("pk").values_list("row_id", "loser_id"))

        def write(part: Sequence[int]) -> None:
            pairs = [list(part), [losers[each] for each in part]]
            _run(statement, [*stamps.params, *back.params, *pairs, merge.survivor_id])

        refused = [row for part in in_parts(ids) for row in halved(part, write)]
        ids = _but(ids, refused, told)
    told.back += len(ids)


def _put_back(hanging: Hanging, returning: Returning, told: RowsBack) -> None:
    """Put rows back that the merge dropped, each with the id that it had."""
    dropped = _remembered(hanging, returning, hanging.table, MergedKind.DROPPED)
    ids = [each.row_id for each in dropped]
    if returning.write and dropped:
        columns = ", ".join(name(str(each.column)) for each in stored_fields(hanging.model))
        statement = (
            f"INSERT INTO {name(hanging.table)} ({columns}) SELECT {columns} FROM "
            f"unnest(%s::text[]) x, jsonb_populate_record(NULL::{name(hanging.table)}, x::jsonb)"
        )
        rows = {each.row_id: _where_it_belongs(hanging, returning, each) for each in dropped}

        def write(part: Sequence[int]) -> None:
            _run(statement, [[json.dumps(rows[each]) for each in part]])

        ids = _but(ids, halved(ids, write), told)
    told.back += len(ids)


def _where_it_belongs(hanging: Hanging, returning: Returning, row: MergedRow) -> dict[str, Any]:
    """Give a dropped row as it goes back: to the survivor where one of its ends was merged since.

    That merge then remembers it as one of the rows that followed it.
    """
    held = dict(row.was or {})
    ours = {returning.merge.survivor_id, *_losers(returning.merge)}
    for column in hanging.columns:
        end = held[column]
        if end in ours:
            continue
        later = survivor_of(returning.family, end)
        if later is not None:
            held[column] = later
            merged = MergedRecord.objects.filter(family=returning.family, record_id=end, stands=True).get()
            MergedRow.objects.create(
                merge_id=merged.merge_id,
                place=hanging.place(column),
                row_id=row.row_id,
                kind=MergedKind.MOVED.value,
                loser_id=end,
            )
    return held


def _losers(merge: Merge) -> list[int]:
    return list(merge.records.values_list("record_id", flat=True))


def _alter_back(hanging: Hanging, returning: Returning, told: RowsBack) -> None:
    """Give altered rows their values back, unless somebody changed anything of them since."""
    altered = _remembered(hanging, returning, hanging.table, MergedKind.ALTERED)
    held = rows_as_json(hanging.table, [each.row_id for each in altered])
    told.stay(Why.GONE, [each.row_id for each in altered if each.row_id not in held])
    free = {*hanging.columns, *STAMPS}
    going: dict[int, dict[str, Any]] = {}
    for each in (one for one in altered if one.row_id in held):
        left_as, now = each.now or {}, held[each.row_id]
        if any(now[column] != value for column, value in left_as.items() if column not in free):
            told.stay(Why.CHANGED, [each.row_id])
        else:
            # Of a row that was altered twice, the first alteration is the last to be read here.
            going[each.row_id] = {**going.get(each.row_id, {}), **(each.was or {})}
    if returning.write and going:

        def write(part: Sequence[int]) -> None:
            write_json(hanging, {each: going[each] for each in part}, actor=returning.actor)

        _but(list(going), halved(list(going), write), told)


def _but(ids: Sequence[int], refused: Sequence[int], told: RowsBack) -> list[int]:
    told.stay(Why.IN_THE_WAY, list(refused))
    return [each for each in ids if each not in set(refused)]


def _all(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _run(statement: str, params: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
