"""Read the rows of an export in its order, as they are at one moment, with flat memory."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from duyen.entities.beside import load_beside
from duyen.entities.custom.columns import real
from duyen.entities.entity import Entity
from duyen.entities.exporting.asking import Export
from duyen.entities.fields import Field
from duyen.entities.sorting import order_by_rows
from duyen.entities.sql import Sql, name
from duyen.foundation.database.snapshot import Snapshot

#: So many rows are fetched, named and written together.
AT_ONCE = 2_000


def count_rows(export: Export) -> int:
    """Count the rows of an export, to the last one."""
    text = f"SELECT count(*) FROM {name(export.entity.table)} t WHERE {export.where.text}"
    with connection.cursor() as cursor:
        cursor.execute(text, export.where.params)
        return int(cursor.fetchone()[0])


def read_rows(export: Export) -> Iterator[list[dict[str, Any]]]:
    """Give the rows of an export in sets, in its order, as columns by name; JSON is read."""
    columns = needed_columns(each for each in export.fields if each.name in export.entity.by_name)
    order = order_by_rows(export.orders, "t", knows_all=False)
    for rows in stream(export.entity, columns, export.where, order):
        load_beside(export.entity, export.fields, rows)
        yield rows


def needed_columns(fields: Iterable[Field]) -> list[str]:
    """Give the columns of the table that some fields are made of, once each."""
    return list(real(["id", *(column for field in fields for column in field.columns)]))


def stream(entity: Entity, columns: Sequence[str], where: Sql, order: str) -> Iterator[list[dict[str, Any]]]:
    """Read rows of an entity's table, `t` in the conditions, through a cursor that the server holds.

    The cursor keeps its rows when its transaction ends: no snapshot stays open however slowly they are
    taken, and what is written meanwhile is seen by others at once. JSON is read.
    """
    text = _select(entity.table, columns, where, order)
    connection.ensure_connection()
    # Moments and numbers come in binary form: reading their text takes a fifth of the whole work.
    named = connection.connection.cursor(name=f"export_{uuid.uuid4().hex}", withhold=True, binary=True)
    with named as cursor:
        with transaction.atomic(), connection.cursor() as settings:
            # All rows are wanted, not the first ones soon; sorting them may take some memory.
            settings.execute("SET LOCAL cursor_tuple_fraction = 1.0")
            settings.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute(text, where.params)
        while rows := cursor.fetchmany(AT_ONCE):
            found = _named(columns, rows, entity.json_columns)
            for row in found:
                entity.unfold(row)
            yield found


def stream_at(
    snapshot: Snapshot,
    table: str,
    columns: Sequence[str],
    where: Sql,
    *,
    json_columns: Collection[str] = (),
) -> Iterator[list[dict[str, Any]]]:
    """Read rows of a table by id, `t` in the conditions, as a snapshot has them; `json_columns` are read."""
    text = _select(table, columns, where, "t.id")
    for rows in snapshot.stream(text, where.params, at_once=AT_ONCE):
        yield _named(columns, rows, json_columns)


def _select(table: str, columns: Sequence[str], where: Sql, order: str) -> str:
    shown = ", ".join(f"t.{name(column)}" for column in columns)
    return f"SELECT {shown} FROM {name(table)} t WHERE {where.text} ORDER BY {order}"


def _named(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], json_columns: Collection[str]
) -> list[dict[str, Any]]:
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    for column in (each for each in columns if each in json_columns):
        for row in found:
            if type(row[column]) is str:
                row[column] = json.loads(row[column])
    return found
