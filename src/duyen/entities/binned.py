"""What lies in the bin: since when, who put it there, and why; read for many records at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from duyen.entities.entity import Entity
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ


@dataclass(frozen=True)
class Deletion:
    """How one record came into the bin; the system has no user id and no name."""

    at: dt.datetime
    user_id: int | None
    who: str
    reason: str


def with_a_bin(actor: Actor) -> list[Entity]:
    """List the entities that have a bin into which the actor may look."""
    return [each for each in all_entities() if each.has_bin and actor.may(each.name, READ)]


def deletions(entity: Entity, ids: Iterable[int]) -> Mapping[int, Deletion]:
    """Tell of records that the caller has read how they came into the bin; one query for all."""
    rows = entity.model._default_manager.filter(pk__in=list(ids), deleted_at__isnull=False)
    named = rows.annotate(who=F("deleted_by__full_name")).order_by("pk")
    told = named.values_list("pk", "deleted_at", "deleted_by_id", "who", "delete_reason")
    return {pk: Deletion(at, user_id, who or "", reason) for pk, at, user_id, who, reason in told}


def page_of_bin(
    entity: Entity, actor: Actor, *, before: int | None = None, limit: int = 50
) -> tuple[list[Mapping[str, Any]], int | None]:
    """Read one page of an entity's bin, the newest first, and the id behind which the next one begins."""
    rows = entity.rows(actor, READ, deleted=True)
    if before is not None:
        edge = rows.filter(pk=before).order_by("pk").values_list("deleted_at", flat=True).first()
        if edge is not None:
            rows = rows.filter(Q(deleted_at__lt=edge) | Q(deleted_at=edge, pk__lt=before))
    found = list(rows.order_by("-deleted_at", "-pk").values(*entity.columns)[: limit + 1])
    for row in found:
        entity.unfold(row)
    return list(found[:limit]), found[limit - 1]["id"] if len(found) > limit else None
