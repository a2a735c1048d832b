"""Name the records that others point at: one query per linked entity, within the reader's rights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Link, LinkedRecord
from duyen.entities.registry import entity_named
from duyen.entities.sql import TRUE, Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.foundation.org.models import Unit, User

#: Linked records by entity name and id.
Linked = Mapping[str, Mapping[int, LinkedRecord]]


def link_labels(
    actor: Actor, fields: Sequence[Field], rows: Sequence[Mapping[str, Any]]
) -> dict[str, dict[int, LinkedRecord]]:
    """Name whatever the links among `fields` point at in `rows` (plain columns), by entity and id."""
    wanted: dict[str, set[int]] = {}
    for link in (each for each in fields if isinstance(each, Link)):
        ids = {row[link.columns[0]] for row in rows} - {None}
        wanted.setdefault(link.to, set()).update(ids)
    return {entity: labels(actor, entity_named(entity), ids) for entity, ids in wanted.items()}


def labels(actor: Actor, target: Entity, ids: Collection[int]) -> dict[int, LinkedRecord]:
    """Name records of `target` by id; an id that does not exist is left out.

    A record outside the reader's rights shows that it exists, its unit and whom to ask, nothing else.
    """
    if not ids:
        return {}
    statement = _statement(actor, target, sorted(ids))
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        rows = cursor.fetchall()
    return {
        record_id: LinkedRecord(record_id, code or "", label or "", is_open, unit or "", owner or "")
        for record_id, code, label, is_open, unit, owner in rows
    }


def _statement(actor: Actor, target: Entity, ids: list[int]) -> Sql:
    """Ask for all of them at once; what is closed to the reader leaves the database without its words."""
    is_open = _is_open(actor, target)
    code, title = (_shown(actor, target, field) for field in ("code", target.title))
    unit, with_units = _named(target.scope.unit, "u", Unit._meta.db_table, "name")
    owner, with_owners = _named(target.scope.owner, "o", User._meta.db_table, "full_name")
    text = (
        f"SELECT id, CASE WHEN is_open THEN code END, CASE WHEN is_open THEN label END, is_open, "
        f"CASE WHEN NOT is_open THEN unit END, CASE WHEN NOT is_open THEN owner END "
        f"FROM (SELECT t.id, {code} AS code, {title} AS label, ({is_open.text}) AS is_open, "
        f"{unit} AS unit, {owner} AS owner "
        f"FROM {name(target.table)} t {with_units} {with_owners} WHERE t.id = ANY(%s)) found"
    )
    return Sql(text, (*is_open.params, ids))


def _is_open(actor: Actor, target: Entity) -> Sql:
    if target.public_labels:
        return TRUE
    return all_of([target.kind.at("t"), target.scope.as_sql(actor.scope(target.name, READ), "t")])


def _shown(actor: Actor, target: Entity, field: str) -> str:
    if field not in target.by_name or target.level(actor, field) is FieldLevel.HIDDEN:
        return "''"
    return f"t.{name(target.field(field).columns[0])}"


def _named(column: str, alias: str, table: str, label: str) -> tuple[str, str]:
    """Give the column that names the unit or owner of a record, and the join it comes from."""
    if not column:
        return "''", ""
    return f"{alias}.{name(label)}", f"LEFT JOIN {name(table)} {alias} ON {alias}.id = t.{name(column)}"
