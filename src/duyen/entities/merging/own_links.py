"""Fields of the company's own in a merge: which link to a family, what becomes of them, which are gone.

Of a retired field as well: its values are still there, and come back with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from duyen.entities.custom.columns import COLUMN, column_of, is_virtual, key_of
from duyen.entities.entity import Entity
from duyen.entities.merging.declared import Hanging
from duyen.entities.registry import all_entities
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import FieldKind, FieldState


def own_links(entity: Entity) -> list[Hanging]:
    """List the fields of the company's own that lead to this family: each as what hangs on its records."""
    known = {each.name: each for each in all_entities()}
    return [
        Hanging(known[each.entity].model, (column_of(each.pk),), known[each.entity].labels)
        for each in _links_to(entity)
        if each.entity in known
    ]


def _links_to(entity: Entity) -> Iterator[CustomField]:
    names = {each.name for each in (entity, *entity.relatives)}
    links = CustomField.objects.filter(kind=FieldKind.LINK).exclude(state=FieldState.DELETED)
    yield from (each for each in links.order_by("pk") if (each.limits or {}).get("to") in names)


def untied(
    entity: Entity, row: Mapping[str, Any], columns: Mapping[str, Any], ids: Sequence[int]
) -> dict[str, None]:
    """Give the columns that the survivor loses, because they would link it to itself.

    `row` is the survivor as it stands, `columns` what it gets; `ids` are the records that become one.
    """
    held = row.get(COLUMN) or {}
    kinds = {each.name for each in (entity, *entity.relatives)}
    own = (column_of(each.pk) for each in _links_to(entity) if each.entity in kinds)
    return {column: None for column in own if columns.get(column, held.get(key_of(column))) in ids}


def deleted_columns(columns: Iterable[str]) -> set[str]:
    """Name those of some columns whose field was deleted: nothing goes back into them."""
    ids = [int(key_of(each)) for each in columns if is_virtual(each)]
    if not ids:
        return set()
    gone = CustomField.objects.filter(pk__in=ids, state=FieldState.DELETED)
    return {column_of(each) for each in gone.values_list("pk", flat=True)}
