"""Ask for records by the rows of their parts: deals with a product, deals on which somebody decides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity, Part, Rows
from duyen.entities.errors import BadRequest
from duyen.entities.fields import Field, Link
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel


def part_of(entity: Entity, family: str) -> Part | None:
    """Find a part whose rows may be asked for."""
    return next((each for each in entity.parts if each.family == family and each.rows is not None), None)


def rows_of(part: Part) -> Rows:
    """Give where the rows of a part stand that may be asked for."""
    if part.rows is None:
        raise LookupError(part.family)
    return part.rows


def field_in(entity: Entity, actor: Actor, part: Part, field_name: str) -> Field:
    """Find a field of a part that the actor may ask by. Raises BadRequest for any other."""
    field = part.field(field_name)
    if field is None or not is_open(entity, actor, part, field):
        path = f"{part.family}.{field_name}"
        raise BadRequest(what=_("there is no field “%(field)s”.") % {"field": path[:80]})
    return field


def is_open(entity: Entity, actor: Actor, part: Part, field: Field) -> bool:
    """Tell whether the actor sees what a field of a part tells of."""
    if any(entity.level(actor, each) is FieldLevel.HIDDEN for each in rows_of(part).tells):
        return False
    if not isinstance(field, Link):
        return True
    return entity_named(field.to).public_labels or actor.may(field.to, READ)


def with_row(part: Part, condition: Sql, alias: str, inner: str) -> Sql:
    """Give the condition that a record of `alias` has a row, `inner` in it, that fulfils one."""
    rows = rows_of(part)
    table, root = name(rows.model._meta.db_table), name(rows.root)
    text = f"SELECT {inner}.{root} FROM {table} {inner} WHERE {condition.text}"
    return Sql(f"{alias}.id IN ({text})", condition.params)


def is_found(part: Part, field: Field) -> bool:
    """Tell whether an index of the rows leads from a value of a field to their records."""
    indexes = rows_of(part).model._meta.indexes
    leading = [each.fields[0].removeprefix("-") for each in indexes if each.fields and each.condition is None]
    columns = {each.name: each.column for each in rows_of(part).model._meta.concrete_fields}
    return field.columns[0] in {columns.get(each) for each in leading}
