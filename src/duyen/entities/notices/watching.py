"""Watch records: only those that one may read, never through another person's eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.fields import LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.watching import watches
from duyen.foundation.watching.models import Watch


@dataclass(frozen=True)
class Watched:
    """One watched record as its watcher may know it now; without `entity` it is closed to her or gone."""

    watch: Watch
    entity: Entity | None
    record: LinkedRecord | None


def watch(entity: Entity, record_id: int, *, actor: Actor) -> bool:
    """Begin to watch a record; tells whether that is new. Raises NotFound, OnlyLooking."""
    user_id = _watcher(actor)
    with transaction.atomic():
        if not entity.rows(actor, deleted=None).filter(pk=record_id).exists():
            raise NotFound
        return watches.begin_watch(user_id, entity.family, record_id)


def unwatch(entity: Entity, record_id: int, *, actor: Actor) -> bool:
    """Watch a record no longer, also one that is closed since; tells whether it was watched.

    Raises NotFound, OnlyLooking.
    """
    return watches.end_watch(_watcher(actor), entity.family, record_id)


def watch_own(entity: Entity, record_id: int, *, actor: Actor) -> None:
    """Watch what the actor has just made by hand, unless her preferences say no."""
    if actor.user_id is not None and actor.door is Door.WEB and not actor.is_looking:
        watches.begin_own_watch(actor.user_id, entity.family, record_id)


def is_watched(entity: Entity, record_id: int, *, actor: Actor) -> bool:
    """Tell whether the actor watches a record."""
    return actor.user_id is not None and watches.is_watching(actor.user_id, entity.family, record_id)


def watched(actor: Actor, *, before: int | None = None, limit: int = 50) -> list[Watched]:
    """List what the actor watches, the latest first, each as far as she may see it now."""
    if actor.user_id is None:
        return []
    rows = watches.watched_by(actor.user_id, before=before, limit=limit)
    return list(_told(actor, rows))


def _told(actor: Actor, rows: Sequence[Watch]) -> list[Watched]:
    families = {each.family: each for each in reversed(all_entities())}
    named = {each.name: each for each in all_entities()}
    found = {
        family: labels(actor, families[family], {each.record_id for each in rows if each.entity == family})
        for family in {each.entity for each in rows} & set(families)
    }
    told = []
    for each in rows:
        record = found.get(each.entity, {}).get(each.record_id)
        is_open = record is not None and record.is_open and actor.may(record.entity, "read")
        told.append(
            Watched(each, named[record.entity], record) if record and is_open else Watched(each, None, None)
        )
    return told


def _watcher(actor: Actor) -> int:
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    if actor.user_id is None:
        raise NotFound
    return actor.user_id
