"""Put rows into tables: many at once by COPY, one by INSERT, a change by naming its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb

#: From so many rows on, COPY is faster than one INSERT with many values.
COPY_FROM = 20


@lru_cache(maxsize=256)
def stored_fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """List the columns that a write may name: all but the generated ones."""
    return tuple(each for each in model._meta.concrete_fields if not each.generated)


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Take ids from the table's own sequence before the rows are written.

    Rows of a set get their ids first, so that nothing depends on the order in which a database
    gives them back.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [int(row[0]) for row in cursor.fetchall()]


def insert_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert complete rows, ids included. Columns that are not given take the model's default."""
    if not rows:
        return
    fields = stored_fields(model)
    columns = [str(each.column) for each in fields]
    lines = [[_adapted(each, row) for each in fields] for row in rows]
    table = sql.Identifier(model._meta.db_table)
    quoted: list[sql.Composable] = [sql.Identifier(column) for column in columns]
    names = sql.SQL(", ").join(quoted)
    with connection.cursor() as cursor:
        raw = cursor.cursor
        if len(lines) >= COPY_FROM:
            with raw.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy:
                for line in lines:
                    copy.write_row(line)
            return
        places = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
            table, names, sql.SQL(", ").join([places] * len(lines))
        )
        raw.execute(statement, [value for line in lines for value in line])


def update_row(model: type[models.Model], row_id: int, changes: Mapping[str, Any]) -> None:
    """Change the named columns of one row that the caller has locked."""
    by_column = {each.column: each for each in stored_fields(model)}
    pairs = [(column, _plain(by_column[column], value)) for column, value in changes.items()]
    assignments = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column, _ in pairs)
    statement = sql.SQL("UPDATE {} SET {} WHERE id = %s").format(
        sql.Identifier(model._meta.db_table), assignments
    )
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement, [*(value for _, value in pairs), row_id])


def _adapted(field: models.Field[Any, Any], row: Mapping[str, Any]) -> Any:
    column = str(field.column)
    value = row[column] if column in row else field.get_default()
    return _plain(field, value)


def _plain(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(field, models.JSONField) and value is not None:
        return Jsonb(value)
    return value
