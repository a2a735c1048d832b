"""What lies in the bin: since when, who put it there, and why; read for many records at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F

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
