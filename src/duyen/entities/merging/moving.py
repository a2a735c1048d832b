"""Move what hangs on records to another one, set by set, and remember each row so that it finds its way back.

No row is read into memory but those that clash: of the others their ids alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from duyen.entities.companions import followed
from duyen.entities.merging.declared import Hanging
from duyen.entities.models import MergedRow
from duyen.entities.sql import Sql, any_of, name
from duyen.entities.words import MergedKind
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now

#: What every change of a stamped row touches, and no merge gives back.
STAMPS = ("version", "updated_at", "updated_by_id")
#: So many rows are written by one statement.
CHUNK = 1_000
_REMEMBERED = "entities_mergedrow"


@dataclass(frozen=True)
class Going:
    """From which records to which one, under which names they are known, in which merge, by whom."""

    merge: int
    survivor: int
    losers: Sequence[int]
    names: Sequence[str]
    actor: Actor

    @property
    def everybody(self) -> list[int]:
        """The records that become one."""
        return [self.survivor, *self.losers]


def count_hanging(hanging: Hanging, names: Sequence[str], ids: Sequence[int]) -> dict[int, int]:
    """Count the rows that hang on each of some records."""
    counted = dict.fromkeys(ids, 0)
    for column in hanging.columns:
        where = _hangs(hanging, [column], names, ids, apart=ids)
        rows = _all(
            Sql(
                f"SELECT {hanging.held(column)}, count(*) FROM {name(hanging.table)} t "
                f"WHERE {where.text} GROUP BY 1",
                where.params,
            )
        )
        for record_id, count in rows:
            counted[record_id] += count
    return counted


def move(hanging: Hanging, going: Going) -> None:
    """Let the rows of one table follow; what would stand there twice is made one, or gives way."""
    _lock(hanging, going)
    if len(hanging.columns) > 1:
        _drop(hanging, going, _tied_to_itself(hanging, going.everybody))
    for same in hanging.same:
        pairs = _clashing(hanging, going, same.columns, same.condition)
        _absorb(hanging, going, pairs, same.absorb)
        _drop(hanging, going, [row for row, _keeper in pairs])
    for way in hanging.gives_way:
        rows = [row for row, _keeper in _clashing(hanging, going, way.columns, way.condition)]
        if rows:
            sets = json.loads(json.dumps(way.sets(), default=str))
            alter(hanging, going, dict.fromkeys(rows, sets))
    for column in hanging.columns:
        _move_column(hanging, going, column)
    _keep_as_left(hanging, going)


def _keep_as_left(hanging: Hanging, going: Going) -> None:
    """Keep beside each altered row how the merge left it whole: who changes any of it later, means it."""
    _run(
        Sql(
            f"UPDATE {_REMEMBERED} m SET now = to_jsonb(t) FROM {name(hanging.table)} t "
            "WHERE m.merge_id = %s AND m.place = %s AND m.kind = %s AND t.id = m.row_id",
            (going.merge, hanging.table, MergedKind.ALTERED.value),
        )
    )


def _hangs(
    hanging: Hanging,
    columns: Sequence[str],
    names: Sequence[str],
    ids: Sequence[int],
    *,
    apart: Sequence[int],
) -> Sql:
    """Say which rows hang on records; where fields of the company's own link, none of `apart`."""
    found = any_of(Sql(f"{hanging.held(column)} = ANY(%s)", (list(ids),)) for column in columns)
    if hanging.is_own:
        found = found & Sql("NOT t.id = ANY(%s)", (list(apart),))
    if hanging.named:
        found = found & Sql(f"t.{name(hanging.named)} = ANY(%s)", (list(names),))
    return found


def _lock(hanging: Hanging, going: Going) -> None:
    """Lock every row that moves, so that nobody ends or changes one while it is judged."""
    where = _hangs(hanging, hanging.columns, going.names, going.losers, apart=going.everybody)
    locked = f"SELECT t.id FROM {name(hanging.table)} t WHERE {where.text} ORDER BY t.id FOR UPDATE OF t"
    _all(Sql(f"SELECT count(*) FROM ({locked}) locked", where.params))


def _tied_to_itself(hanging: Hanging, everybody: Sequence[int]) -> list[int]:
    where = " AND ".join(f"t.{name(column)} = ANY(%s)" for column in hanging.columns)
    rows = _all(
        Sql(
            f"SELECT t.id FROM {name(hanging.table)} t WHERE {where} ORDER BY t.id",
            tuple(list(everybody) for _column in hanging.columns),
        )
    )
    return [row[0] for row in rows]


def _clashing(
    hanging: Hanging, going: Going, columns: Sequence[str], condition: str
) -> list[tuple[int, int]]:
    """List the rows that could not stand beside another one, each with that other one, which stays.

    The survivor's own row stays, then the oldest.
    """
    everybody = going.everybody
    touched = _hangs(hanging, hanging.columns, going.names, going.losers, apart=everybody)
    near = _hangs(hanging, hanging.columns, going.names, everybody, apart=everybody)
    keys = [_afterwards(hanging, going, column) for column in columns]
    inner = (
        f"SELECT t.*, ({touched.text}) AS is_moved FROM {name(hanging.table)} t "
        f"WHERE {near.text} AND ({condition})"
    )
    window = f"PARTITION BY {', '.join(key.text for key in keys)} ORDER BY is_moved, t.id"
    statement = (
        f"SELECT id, keeper FROM (SELECT t.id, first_value(t.id) OVER w AS keeper, "
        f"row_number() OVER w AS place FROM ({inner}) t WINDOW w AS ({window})) r WHERE place > 1 ORDER BY id"
    )
    key_params = tuple(value for key in keys for value in key.params)
    return [(row[0], row[1]) for row in _all(Sql(statement, (*touched.params, *near.params, *key_params)))]


def _afterwards(hanging: Hanging, going: Going, column: str) -> Sql:
    plain = f"t.{name(column)}"
    if column not in hanging.columns:
        return Sql(plain)
    return Sql(
        f"CASE WHEN {plain} = ANY(%s) THEN %s::bigint ELSE {plain} END", (list(going.losers), going.survivor)
    )


def _absorb(hanging: Hanging, going: Going, pairs: Sequence[tuple[int, int]], absorb: Any) -> None:
    """Let the rows that stay take over what those that go had more."""
    rows = rows_as_json(hanging.table, [each for pair in pairs for each in pair])
    changes: dict[int, dict[str, Any]] = {}
    for dropped, keeper in pairs:
        kept = {**rows[keeper], **changes.get(keeper, {})}
        new = {
            column: value for column, value in absorb(kept, rows[dropped]).items() if value != kept[column]
        }
        if new:
            changes.setdefault(keeper, {}).update(new)
    alter(hanging, going, changes)


def alter(hanging: Hanging, going: Going, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Change columns of rows and remember what they held; the values are JSON."""
    if not changes:
        return
    held = rows_as_json(hanging.table, list(changes))
    write_json(hanging, changes, actor=going.actor)
    _remember(
        going,
        hanging.table,
        MergedKind.ALTERED,
        [(row, {column: held[row][column] for column in new}) for row, new in changes.items()],
    )


def _drop(hanging: Hanging, going: Going, ids: Sequence[int]) -> None:
    if not ids:
        return
    held = rows_as_json(hanging.table, ids)
    _remember(going, hanging.table, MergedKind.DROPPED, [(row, held[row]) for row in ids])
    _run(Sql(f"DELETE FROM {name(hanging.table)} WHERE id = ANY(%s)", (list(ids),)))


def _remember(
    going: Going, place: str, kind: MergedKind, rows: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    MergedRow.objects.bulk_create(
        [
            MergedRow(merge_id=going.merge, place=place, row_id=row, kind=kind.value, was=was)
            for row, was in rows
        ],
        batch_size=2_000,
    )


def _move_column(hanging: Hanging, going: Going, column: str) -> None:
    where = _hangs(hanging, [column], going.names, going.losers, apart=going.everybody)
    _run(
        Sql(
            f"INSERT INTO {_REMEMBERED} (merge_id, place, row_id, kind, loser_id) "
            f"SELECT %s, %s, t.id, %s, {hanging.held(column)} FROM {name(hanging.table)} t "
            f"WHERE {where.text}",
            (going.merge, hanging.place(column), MergedKind.MOVED.value, *where.params),
        )
    )
    stamps = stamps_of(hanging, going.actor)
    to = hanging.setting(column, Sql("%s::bigint", (going.survivor,)))
    sets = ", ".join(filter(None, [stamps.text, to.text]))
    moved = MergedRow.objects.filter(merge_id=going.merge, place=hanging.place(column))
    ids = list(moved.order_by("row_id").values_list("row_id", flat=True))
    for part in in_parts(ids):
        _run(
            Sql(
                f"UPDATE {name(hanging.table)} t SET {sets} WHERE t.id = ANY(%s)",
                (*stamps.params, *to.params, part),
            )
        )


def in_parts(ids: Sequence[int]) -> Iterator[list[int]]:
    """Divide rows into parts for one statement each.

    The trail joins the rows of a statement as they were with those as they are by a plan that it keeps from
    smaller statements: of a hundred thousand at once it would compare each with each.
    """
    return (list(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def stamps_of(hanging: Hanging, actor: Actor) -> Sql:
    """Give what else changes with each changed row, where the table keeps versions."""
    columns = {each.column for each in hanging.model._meta.concrete_fields}
    if not set(STAMPS) <= columns:
        return Sql("")
    return Sql("version = t.version + 1, updated_at = %s, updated_by_id = %s", (now(), actor.user_id))


def rows_as_json(table: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Read rows as JSON, by id: as the trail writes them, so that any column can be kept and compared."""
    if not ids:
        return {}
    rows = _all(
        Sql(f"SELECT t.id, to_jsonb(t)::text FROM {name(table)} t WHERE t.id = ANY(%s)", (list(ids),))
    )
    return {row_id: json.loads(text) for row_id, text in rows}


def write_json(hanging: Hanging, changes: Mapping[int, Mapping[str, Any]], *, actor: Actor) -> None:
    """Change columns of rows to JSON values; rows that change the same columns are one statement."""
    kinds: dict[tuple[str, ...], list[int]] = {}
    for row, new in changes.items():
        kinds.setdefault(tuple(sorted(new)), []).append(row)
    stamps = stamps_of(hanging, actor)
    for columns, rows in kinds.items():
        told_sets = (f"{name(column)} = r.{name(column)}" for column in columns)
        sets = ", ".join(filter(None, [stamps.text, *told_sets]))
        told = [json.dumps({**changes[row], "id": row}) for row in rows]
        table = name(hanging.table)
        with followed(hanging.model, rows, columns):
            _run(
                Sql(
                    f"UPDATE {table} t SET {sets} FROM (SELECT "
                    f"(jsonb_populate_record(NULL::{table}, x::jsonb)).* FROM unnest(%s::text[]) x) r "
                    "WHERE t.id = r.id",
                    (*stamps.params, told),
                )
            )


def _all(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return list(cursor.fetchall())


def _run(statement: Sql) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return int(cursor.rowcount)
