"""Keep a search to what its reader may see, although one column holds all that is searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.contrib.postgres.fields import ArrayField

from duyen.entities.entity import Entity
from duyen.entities.fields import Code, Field
from duyen.entities.sql import name
from duyen.entities.typed import Typed
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel.text import fold


def readable_text(entity: Entity, actor: Actor, alias: str) -> str | None:
    """Give an expression for what the actor may search of a row; none where that is the whole search column.

    It has the column's shape, and a hidden field leaves its place empty, so that what begins the
    column still begins this. An entity without the column has one of title and code.
    """
    searched = _searched(entity)
    hidden = [each for each in searched if _is_hidden(entity, actor, each)]
    if entity.search and not hidden:
        return None
    parts = ["''" if each in hidden else _text_of(entity, each, alias) for each in searched]
    joined = " || ' |' || ".join(parts)
    return f"duyen_fold({joined})"


def column_or_nothing(entity: Entity, actor: Actor, field: str, *, alias: str, column: str = "") -> str:
    """Give the column that shows one field to the actor, or nothing of a field she may not see."""
    if field not in entity.by_name or _is_hidden(entity, actor, entity.field(field)):
        return "''"
    return f"{alias}.{name(column or entity.field(field).columns[0])}"


def shown_values(entities: Iterable[Entity], actor: Actor, alias: str) -> str:
    """Give an expression for the values, beside name and code, by which a row can have been found."""
    fields = {shown_key(each): each for entity in entities for each in explaining(entity, actor)}
    pairs = (f"'{key}', {each.place(alias)}" for key, each in fields.items())
    return f"jsonb_build_object({', '.join(pairs)})"


def shown_key(field: Field) -> str:
    """Give the key of a value in `shown_values`: two entities may have fields of their own with one name."""
    return field.columns[0] if field.is_own else field.name


def why_found(values: Mapping[str, object], typed: Typed, *, in_sight: str) -> tuple[str, str]:
    """Name the field, and give its value, by which a record was found; nothing where `in_sight` shows it.

    `values` are by field name, `in_sight` is what is shown of the record anyway, folded.
    """
    missing = [word for word in typed.words if word not in in_sight]
    if not missing:
        return "", ""
    for field, value in values.items():
        for one in _each(value):
            folded = fold(one)
            bare = folded.replace(" ", "").replace(".", "")
            if folded in typed.whole or any(word in folded or word in bare for word in missing):
                return field, one
    return "", ""


def _searched(entity: Entity) -> list[Field]:
    if entity.search:
        return [each for each in entity.fields if each.search or isinstance(each, Code)]
    return [entity.field(entity.title), *(entity.field(each) for each in ("code",) if each in entity.by_name)]


def own_searched(entity: Entity, actor: Actor) -> list[Field]:
    """List the fields of the company's own that search looks into and the actor may see."""
    if not entity.search:
        return []
    return [each for each in entity.fields if each.in_search and not _is_hidden(entity, actor, each)]


def explaining(entity: Entity, actor: Actor) -> Sequence[Field]:
    """List the searched fields, apart from name and code, that the actor may see."""
    return [
        each
        for each in (*_searched(entity), *own_searched(entity, actor))
        if each.name not in (entity.title, "code") and not _is_hidden(entity, actor, each)
    ]


def _each(value: object) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    return (str(one) for one in values if one)


def _is_hidden(entity: Entity, actor: Actor, field: Field) -> bool:
    return entity.level(actor, field.name) is FieldLevel.HIDDEN


def _text_of(entity: Entity, field: Field, alias: str) -> str:
    column = f"{alias}.{name(field.columns[0])}"
    is_list = isinstance(entity.model._meta.get_field(field.columns[0]), ArrayField)
    return f"duyen_join({column})" if is_list else column
