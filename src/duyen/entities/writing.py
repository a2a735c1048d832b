"""Put rows into tables: many at once by COPY, one by INSERT, a change by naming its columns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg import sql

from duyen.entities.companions import Worked, follow_births, followed, has_companions
from duyen.entities.copying import NotPlain, lines_of
from duyen.entities.custom.columns import COLUMN, folded, folded_new, is_virtual

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


def insert_rows(
    model: type[models.Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    alike: Mapping[str, Any] | None = None,
    worked: Worked | None = None,
) -> None:
    """Insert rows, ids included; `alike` are columns that hold the same in each row that does not name them.

    Columns that are not given take the model's default. `worked` is what who follows the rows would work
    out of them, where the caller knows it.
    """
    if not rows:
        return
    names = set[str]().union(*rows)
    if COLUMN in names or any(map(is_virtual, names)):
        rows = [folded_new(row) for row in rows]
    alike = folded_new(alike or {})
    _write_rows(model, rows, alike)
    if has_companions(model):
        blanks = {str(each.column): each.get_default() for each in stored_fields(model)}
        follow_births(model, rows, alike, blanks, worked)


def _write_rows(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], alike: Mapping[str, Any]
) -> None:
    fields = stored_fields(model)
    columns = [str(each.column) for each in fields]
    forms = {column: form for column, each in zip(columns, fields, strict=True) if (form := _form_of(each))}
    blank = [
        _plain(forms.get(column), alike[column] if column in alike else each.get_default())
        for column, each in zip(columns, fields, strict=True)
    ]
    table = sql.Identifier(model._meta.db_table)
    names = sql.SQL(", ").join([sql.Identifier(column) for column in columns])
    with connection.wrap_database_errors, connection.cursor() as cursor:
        raw = cursor.cursor  # past Django's cursor, which knows no COPY; hence its errors are wrapped here
        if len(rows) >= COPY_FROM:
            _copy(raw, sql.SQL("COPY {} ({}) FROM STDIN").format(table, names), rows, columns, blank, forms)
            return
        lines = _lines(rows, columns, blank, forms)
        places = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
            table, names, sql.SQL(", ").join([places] * len(lines))
        )
        raw.execute(statement, [value for line in lines for value in line])


def _copy(
    cursor: Any,
    statement: sql.Composed,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    blank: Sequence[Any],
    forms: Mapping[str, _Form],
) -> None:
    """Write rows by COPY: as text of our own, or by the driver where a value is of a rare kind."""
    try:
        pieces = list(lines_of(rows, columns, blank, forms))
    except NotPlain:
        with cursor.copy(statement) as copy:
            for line in _lines(rows, columns, blank, forms):
                copy.write_row(line)
        return
    with cursor.copy(statement) as copy:
        for piece in pieces:
            copy.write(piece)


def _lines(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    blank: Sequence[Any],
    forms: Mapping[str, _Form],
) -> list[list[Any]]:
    """Lay rows out by column, each value in the form that the driver writes fastest."""
    places = {column: place for place, column in enumerate(columns)}
    lines = []
    for row in rows:
        line = list(blank)
        for column, value in row.items():
            line[places[column]] = _plain(forms.get(column), value)
        lines.append(line)
    return lines


def update_row(model: type[models.Model], row_id: int, changes: Mapping[str, Any]) -> None:
    """Change the named columns of one row that the caller has locked."""
    changes = folded(changes)
    by_column = {each.column: each for each in stored_fields(model)}
    pairs = [(column, _plain(_form_of(by_column[column]), value)) for column, value in changes.items()]
    assignments = sql.SQL(", ").join(_assigned(column, sql.Placeholder()) for column, _ in pairs)
    statement = sql.SQL("UPDATE {} SET {} WHERE id = %s").format(
        sql.Identifier(model._meta.db_table), assignments
    )
    with (
        followed(model, [row_id], changes),
        connection.wrap_database_errors,
        connection.cursor() as cursor,
    ):
        cursor.cursor.execute(statement, [*(value for _, value in pairs), row_id])


def update_rows(
    model: type[models.Model], changes: Mapping[int, Mapping[str, Any]], *, alike: Mapping[str, Any]
) -> None:
    """Change many rows that the caller has locked by one statement, and raise the version of each.

    `changes` gives columns by the row's id, the same ones in each row; `alike` are columns that get
    the same value everywhere.
    """
    if not changes:
        return
    changes = {row_id: folded(row) for row_id, row in changes.items()}
    first = next(iter(changes.values()))
    differing = [name for name in first if any(row[name] != first[name] for row in changes.values())]
    same = {**{name: value for name, value in first.items() if name not in differing}, **alike}
    by_column = {str(each.column): each for each in stored_fields(model)}
    sets: list[sql.Composable] = [sql.SQL("version = t.version + 1")]
    sets += [_assigned(name, sql.Placeholder(), "t") for name in same]
    sets += [_assigned(name, sql.Identifier("v", name), "t") for name in differing]
    table = sql.Identifier(model._meta.db_table)
    source, params = _told(by_column, changes, differing)
    statement = sql.SQL("UPDATE {} t SET {} {}").format(table, sql.SQL(", ").join(sets), source)
    plain = [_plain(_form_of(by_column[name]), value) for name, value in same.items()]
    with (
        followed(model, changes, [*same, *differing]),
        connection.wrap_database_errors,
        connection.cursor() as cursor,
    ):
        cursor.cursor.execute(statement, [*plain, *params])


def _assigned(column: str, value: sql.Composable, *alias: str) -> sql.Composable:
    """Set a column; of the company's own fields those that the patch names, and no others."""
    if column != COLUMN:
        return sql.SQL("{} = {}").format(sql.Identifier(column), value)
    held = sql.Identifier(*alias, column)
    return sql.SQL("{} = jsonb_strip_nulls({} || {}::jsonb)").format(sql.Identifier(column), held, value)


def _told(
    by_column: Mapping[str, Any], changes: Mapping[int, Mapping[str, Any]], names: Sequence[str]
) -> tuple[sql.Composable, list[Any]]:
    """Say which rows, and what each of them gets where they differ."""
    if not names:
        return sql.SQL("WHERE t.id = ANY(%s)"), [list(changes)]
    # Without a length: a cast to varchar(20) would cut a word in silence that the column refuses.
    kinds = [re.sub(r"\(.*?\)", "", by_column[name].cast_db_type(connection)) for name in names]
    line = sql.SQL("(%s::bigint, {})").format(sql.SQL(", ").join(sql.SQL(f"%s::{kind}") for kind in kinds))
    source = sql.SQL("FROM (VALUES {}) v (id, {}) WHERE t.id = v.id").format(
        sql.SQL(", ").join([line] * len(changes)), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    forms = {name: _form_of(by_column[name]) for name in names}
    params = [
        value
        for row_id, row in changes.items()
        for value in (row_id, *(_plain(forms[name], row[name]) for name in names))
    ]
    return source, params


#: Writes a value as the text that PostgreSQL reads for a column's type.
_Form = Callable[[Any], str]


def _plain(form: _Form | None, value: Any) -> Any:
    return value if form is None or value is None else form(value)


def _form_of(field: models.Field[Any, Any]) -> _Form | None:
    """Tell how values of a column are written; plain values are left to the driver."""
    if isinstance(field, models.JSONField):
        return _as_json
    if isinstance(field, ArrayField) and isinstance(field.base_field, models.TextField):
        return _as_text_array
    if isinstance(field, ArrayField) and isinstance(field.base_field, models.BigIntegerField):
        return _as_number_array
    return None


_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _as_text_array(items: Sequence[str]) -> str:
    quoted = (item.replace("\\", "\\\\").replace('"', '\\"') for item in items)
    return "{" + ",".join([f'"{item}"' for item in quoted]) + "}"


def _as_number_array(items: Sequence[int]) -> str:
    return "{" + ",".join([str(int(item)) for item in items]) + "}"
