"""Find the records that rows of a file name by their own code, or by what no two records share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from duyen.entities.entity import Entity
from duyen.entities.fields import LinkedRecord
from duyen.entities.labels import labels
from duyen.foundation.access.actor import Actor

#: The clean values of the fields by which an entity knows its records, in order; empty where a row has none.
Known = tuple[Any, ...]


def find_known(entity: Entity, actor: Actor, given: Collection[Known]) -> Mapping[Known, list[LinkedRecord]]:
    """Give, by what rows say (`folded`), the records that are known by it; those in the bin are not.

    Two queries for the whole set, one where none is there. A record that is not open to the actor
    says no more than a label does.
    """
    wanted = {folded(each) for each in given}
    if not wanted:
        return {}
    columns = [each.columns[0] for each in entity.known_fields]
    rows = _rows(entity)
    for place, column in enumerate(columns):
        rows = rows.filter(_among(column, {each[place] for each in given}))
    ids: dict[Known, list[int]] = defaultdict(list)
    for record_id, *held in rows.order_by("pk").values_list("pk", *columns):
        if (known := folded(held)) in wanted:
            ids[known].append(record_id)
    shown = labels(actor, entity, [each for some in ids.values() for each in some])
    return {known: [shown[each] for each in some if each in shown] for known, some in ids.items()}


def folded(known: Sequence[Any]) -> Known:
    """Give the values as they are compared: capitals make no difference."""
    return tuple(each.lower() if isinstance(each, str) else each for each in known)


def _rows(entity: Entity) -> QuerySet[Any]:
    """Give the records of the table that this entity or a relative shows, whoever may open them."""
    rows = entity.model._default_manager.all()
    if entity.has_bin:
        rows = rows.filter(deleted_at__isnull=True)
    kinds = [each.kind.q for each in (entity, *entity.relatives)]
    return rows.filter(reduce(or_, kinds)) if all(kinds) else rows


def _among(column: str, values: Collection[Any]) -> Q:
    """Let the index of the column be asked: by each value as it is written, and in one case."""
    held = {spelled for each in values for spelled in _spellings(each)}
    among = Q(**{f"{column}__in": held - {None}})
    return among | Q(**{f"{column}__isnull": True}) if None in held else among


def _spellings(value: Any) -> set[Any]:
    return {value, value.upper(), value.lower()} if isinstance(value, str) else {value}
