"""Records that are opened through others: whoever may read what one is about may read it there, too.

A call is about a customer. Whoever has the customer before her sees the call on that page, may open it and
its files and read its history; it stands in none of her lists, and to change it needs a right of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, QuerySet

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ

if TYPE_CHECKING:
    from duyen.entities.entity import Entity


@dataclass(frozen=True)
class Through:
    """Where it stands what a record is about: rows of `model` with the columns `entity` and `record_id`.

    `row` is their column with the id of the record that they open; `closed` is the column of that record
    which keeps it shut.
    """

    model: type[models.Model]
    row: str
    closed: str


def readable_rows(entity: Entity, actor: Actor, ids: Collection[int], *, deleted: bool | None = False) -> Any:
    """Give those of some records that the actor may read, by her rights or through what they are about."""
    rows = entity.rows(actor, READ, deleted=deleted).filter(pk__in=list(ids))
    through = entity.opens_through
    if through is None or not actor.may(entity.name, READ):
        return rows
    opened = _opened(through, actor, ids)
    if not opened:
        return rows
    found: QuerySet[Any] = entity.model._default_manager.filter(
        Q(pk__in=rows.values("pk")) | Q(pk__in=sorted(opened), **{through.closed: False}), entity.kind.q
    )
    if not entity.has_bin or deleted is None:
        return found
    return found.filter(deleted_at__isnull=not deleted)


def _opened(through: Through, actor: Actor, ids: Collection[int]) -> set[int]:
    """Give those of some records that are about one which the actor may read: one query for each kind."""
    from duyen.entities.registry import all_entities

    told = through.model._default_manager.filter(**{f"{through.row}__in": list(ids)})
    about: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row_id, name, record_id in told.values_list(through.row, "entity", "record_id"):
        about[name][record_id].add(row_id)
    found: set[int] = set()
    for kind in all_entities():
        if kind.name in about and actor.may(kind.name, READ):
            seen = kind.rows(actor).filter(pk__in=list(about[kind.name])).values_list("pk", flat=True)
            found |= {row_id for record_id in seen for row_id in about[kind.name][record_id]}
    return found
