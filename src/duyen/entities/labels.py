"""Name the records that others point at: one query per linked entity, within the reader's rights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Link, LinkedRecord, Records
from duyen.entities.registry import entity_named, known_names
from duyen.entities.sql import TRUE, Sql, all_of, name
from duyen.entities.stand_ins import stand_ins
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
    for several in (each for each in fields if isinstance(each, Records)):
        for kind, record_id in (ref for row in rows for ref in several.refs(several.load(row))):
            if kind in known_names():
                wanted.setdefault(kind, set()).add(record_id)
    return {entity: labels(actor, entity_named(entity), ids) for entity, ids in wanted.items()}


def labels(actor: Actor, target: Entity, ids: Collection[int]) -> dict[int, LinkedRecord]:
    """Name records of `target` by id; an id that does not exist is left out.

    A record outside the reader's rights shows that it exists, its unit and whom to ask, nothing else.
    Where several entities share a table, a record is open when one of them opens it, and says which; else
    what stands for it is named, where something does.
    """
    if not ids:
        return {}
    statement = _statement(actor, target, sorted(ids))
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        rows = cursor.fetchall()
    found = {
        record_id: LinkedRecord(
            record_id, code or "", label or "", bool(entity), unit or "", owner or "", entity or ""
        )
        for record_id, code, label, entity, unit, owner in rows
    }
    return found | stand_ins(actor, target, [pk for pk, each in found.items() if not each.is_open])


def _statement(actor: Actor, target: Entity, ids: list[int]) -> Sql:
    """Ask for all of them at once; what is closed to the reader leaves the database without its words."""
    family = [target, *target.relatives]
    opened = [(each.name, _is_open(actor, each)) for each in family]
    opener = Sql(
        "CASE " + " ".join(f"WHEN {condition.text} THEN %s::text" for _name, condition in opened) + " END",
        tuple(value for entity, condition in opened for value in (*condition.params, entity)),
    )
    code, title = (_shown_by_opener(actor, family, field) for field in ("code", target.title))
    unit, with_units = _named(target.scope.unit, "u", Unit._meta.db_table, "name")
    owner, with_owners = _named(target.scope.owner, "o", User._meta.db_table, "full_name")
    text = (
        f"SELECT id, {code.text}, {title.text}, opener, "
        f"CASE WHEN opener IS NULL THEN unit END, CASE WHEN opener IS NULL THEN owner END "
        f"FROM (SELECT t.*, {opener.text} AS opener, {unit} AS unit, {owner} AS owner "
        f"FROM {name(target.table)} t {with_units} {with_owners} WHERE t.id = ANY(%s)) t"
    )
    return Sql(text, (*code.params, *title.params, *opener.params, ids))


def _is_open(actor: Actor, target: Entity) -> Sql:
    if target.public_labels:
        return TRUE
    return all_of([target.kind.at("t"), target.scope.as_sql(actor.scope(target.name, READ), "t")])


def _shown_by_opener(actor: Actor, family: Sequence[Entity], field: str) -> Sql:
    """Give a word of a record as the entity that opens it may show it."""
    cases = " ".join(f"WHEN %s THEN {_shown(actor, each, field)}" for each in family)
    return Sql(f"CASE opener {cases} END", tuple(each.name for each in family))


def _shown(actor: Actor, target: Entity, field: str) -> str:
    if field not in target.by_name or target.level(actor, field) is FieldLevel.HIDDEN:
        return "''"
    return f"t.{name(target.field(field).columns[0])}"


def _named(column: str, alias: str, table: str, label: str) -> tuple[str, str]:
    """Give the column that names the unit or owner of a record, and the join it comes from."""
    if not column:
        return "''", ""
    return f"{alias}.{name(label)}", f"LEFT JOIN {name(table)} {alias} ON {alias}.id = t.{name(column)}"
