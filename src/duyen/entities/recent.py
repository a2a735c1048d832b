"""What somebody opened last: kept per user, and shown only as far as she may still see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.scope import standing
from duyen.entities.search import Hit
from duyen.entities.searched import column_or_nothing
from duyen.entities.sql import Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.clock import now

#: So many are remembered of each user.
MOST_KEPT = 30

# One statement for a record that is new or known: the oldest goes as the new one comes. Nobody waits for
# the disk, since a power cut may take the last second of it without harm.
_OPEN = """
WITH swift AS (SELECT set_config('synchronous_commit', 'off', true)),
opened AS (
  INSERT INTO entities_recentrecord (user_id, entity, record_id, opened_at)
  SELECT %(user)s, %(entity)s, %(record)s, %(now)s FROM swift
  ON CONFLICT (user_id, entity, record_id) DO UPDATE SET opened_at = EXCLUDED.opened_at)
DELETE FROM entities_recentrecord WHERE id IN (
  SELECT id FROM entities_recentrecord
  WHERE user_id = %(user)s AND NOT (entity = %(entity)s AND record_id = %(record)s)
  ORDER BY opened_at DESC, id DESC OFFSET %(others)s)
"""


def remember_opened(entity: Entity, record_id: int, *, actor: Actor) -> None:
    """Put a record on top of what the actor opened last; outside the trail, for nothing changed.

    The system, and whoever acts for another or sees as she does, leave no way behind.
    """
    if actor.user_id is None or actor.on_behalf_of is not None or actor.is_looking:
        return
    values: dict[str, int | str | dt.datetime] = {
        "user": actor.user_id,
        "entity": entity.name,
        "record": record_id,
        "now": now(),
        "others": MOST_KEPT - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)


def recent_records(actor: Actor, *, limit: int = 8) -> list[Hit]:
    """List what the actor opened last and may still see, the latest first; a record stands there once."""
    if actor.user_id is None or actor.is_looking:
        return []
    branches = [_branch(each, actor) for each in all_entities() if actor.may(each.name, READ)]
    if not branches:
        return []
    statement = " UNION ALL ".join(part.text for part in branches)
    params = [value for part in branches for value in part.params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({statement}) r ORDER BY opened_at DESC, recent_id DESC", params)
        hits = [Hit(*row[:4]) for row in cursor.fetchall()]
    return list(_once(hits))[:limit]


def _branch(entity: Entity, actor: Actor) -> Sql:
    """Read the recent records of one entity by their ids, through the actor's rights."""
    code = column_or_nothing(entity, actor, "code", alias="t")
    label = column_or_nothing(entity, actor, entity.title, alias="t")
    where = all_of(
        [
            standing(entity.kind, "t", deleted=False if entity.has_bin else None),
            entity.scope.as_sql(actor.scope(entity.name, READ), "t"),
        ]
    )
    text = (
        f"SELECT r.entity, t.id, {code} AS code, {label} AS label, r.opened_at, r.id AS recent_id"
        f" FROM entities_recentrecord r JOIN {name(entity.table)} t ON t.id = r.record_id"
        f" WHERE r.user_id = %s AND r.entity = %s AND {where.text}"
    )
    return Sql(text, (actor.user_id, entity.name, *where.params))


def _once(hits: Iterable[Hit]) -> Iterable[Hit]:
    """Leave out a row that stands there already as another entity: a contact who is a customer too."""
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        row = (entity_named(hit.entity).table, hit.id)
        if row not in seen:
            seen.add(row)
            yield hit
