"""Which records went into which, while those merges stand: old addresses, former codes, earlier histories."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import Refused
from duyen.entities.models import MergedRecord
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ

_SURVIVOR = """
WITH RECURSIVE way(id, step) AS (
  SELECT survivor_id, 1 FROM entities_mergedrecord WHERE family = %(family)s AND record_id = %(id)s AND stands
  UNION ALL
  SELECT m.survivor_id, w.step + 1 FROM way w JOIN entities_mergedrecord m
  ON m.family = %(family)s AND m.record_id = w.id AND m.stands)
SELECT id FROM way ORDER BY step DESC LIMIT 1
"""
_FORMER = """
WITH RECURSIVE former(survivor, id, code, merge) AS (
  SELECT survivor_id, record_id, code, merge_id FROM entities_mergedrecord
  WHERE family = %(family)s AND survivor_id = ANY(%(ids)s) AND stands
  UNION ALL
  SELECT f.survivor, m.record_id, m.code, m.merge_id FROM former f JOIN entities_mergedrecord m
  ON m.family = %(family)s AND m.survivor_id = f.id AND m.stands)
SELECT survivor, id, code, merge FROM former ORDER BY id
"""


class Merged(Refused):
    """The record went into another one; it comes back by undoing that merge alone."""

    code = "merged"
    sentence = _("This record was merged into another one. Open it and undo the merge there.")


@dataclass(frozen=True)
class Former:
    """A record that went into another, perhaps by way of a third: its id, its code, the merge that did it."""

    id: int
    code: str
    merge: int


def survivor_of(family: str, record_id: int) -> int | None:
    """Give the record into which this one went, at the end of all merges; nothing where it stands alone."""
    with connection.cursor() as cursor:
        cursor.execute(_SURVIVOR, {"family": family, "id": record_id})
        found = cursor.fetchone()
    return int(found[0]) if found else None


def formers_of(family: str, record_id: int) -> list[Former]:
    """List the records that went into this one, in the order of their ids."""
    return formers_of_all(family, [record_id]).get(record_id, [])


def formers_of_all(family: str, record_ids: Collection[int]) -> dict[int, list[Former]]:
    """List the same of several records, by their ids; of those into which none went, nothing."""
    found: dict[int, list[Former]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, {"family": family, "ids": list(record_ids)})
        for survivor, *told in cursor.fetchall():
            found.setdefault(survivor, []).append(Former(*told))
    return found


def merged_among(family: str, ids: Collection[int]) -> frozenset[int]:
    """Tell which of these records went into another one."""
    if not ids:
        return frozenset()
    held = MergedRecord.objects.filter(family=family, record_id__in=list(ids), stands=True)
    return frozenset(held.values_list("record_id", flat=True))


def refuse_merged(entity: Entity, record_id: int) -> None:
    """Refuse to take a merged record out of the bin by itself. Raises Merged."""
    if merged_among(entity.family, [record_id]):
        raise Merged


def where_it_went(entity: Entity, record_id: int, actor: Actor) -> tuple[Entity, int] | None:
    """Give the survivor of a record as the entity that opens it to the actor; nothing where none does.

    Whoever may not see the survivor is told nothing of it: the old address leads nowhere for her.
    """
    survivor = survivor_of(entity.family, record_id)
    if survivor is None:
        return None
    for each in (entity, *entity.relatives):
        if actor.may(each.name, READ) and each.rows(actor, deleted=None).filter(pk=survivor).exists():
            return each, survivor
    return None
