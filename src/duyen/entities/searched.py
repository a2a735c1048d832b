"""Keep a search to what its reader may see, although one column holds all that is searched."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField

from duyen.entities.entity import Entity
from duyen.entities.fields import Code, Field
from duyen.entities.sql import name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel


def readable_text(entity: Entity, actor: Actor, alias: str) -> str | None:
    """Give an expression for what the actor may search of a row; none where that is the whole search column.

    It has the column's shape, and a hidden field leaves its place empty, so that what begins the
    column still begins this.
    """
    searched = [each for each in entity.fields if each.search or isinstance(each, Code)]
    hidden = [each for each in searched if entity.level(actor, each.name) is FieldLevel.HIDDEN]
    if not hidden:
        return None
    parts = ["''" if each in hidden else _text_of(entity, each, alias) for each in searched]
    joined = " || ' |' || ".join(parts)
    return f"duyen_fold({joined})"


def column_or_nothing(entity: Entity, actor: Actor, field: str, *, alias: str, column: str = "") -> str:
    """Give the column that shows one field to the actor, or nothing of a field she may not see."""
    if field not in entity.by_name or entity.level(actor, field) is FieldLevel.HIDDEN:
        return "''"
    return f"{alias}.{name(column or entity.field(field).columns[0])}"


def _text_of(entity: Entity, field: Field, alias: str) -> str:
    column = f"{alias}.{name(field.columns[0])}"
    is_list = isinstance(entity.model._meta.get_field(field.columns[0]), ArrayField)
    return f"duyen_join({column})" if is_list else column
