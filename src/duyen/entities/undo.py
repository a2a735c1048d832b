"""Take a write back: restore each field that still holds what the write set, and name the others."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound, Refused
from duyen.entities.fields import Field
from duyen.entities.locking import lock
from duyen.entities.registry import all_entities
from duyen.entities.standard import Done, delete, write_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE, HAND_OVER
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.kernel.clock import now

#: How long a write can be taken back.
UNDO_DAYS = 30
_VERBS = {
    CREATE: DELETE,
    CHANGE: CHANGE,
    DELETE: DELETE,
    "restore": DELETE,
    HAND_OVER: HAND_OVER,
    "undo": CHANGE,
}


class CannotUndo(Refused):
    """The write is too old, or of a kind that its own command takes back."""

    code = "cannot_undo"
    sentence = _(
        "This step cannot be undone here: it is older than 30 days, or has a step of its own for that."
    )


@dataclass(frozen=True)
class Undone:
    """What an undo did: the records it touched, and the columns it had to leave as they are."""

    entity: Entity
    done: tuple[Done, ...]
    left: tuple[str, ...]

    @property
    def left_fields(self) -> list[Field]:
        """The fields that were changed again since and therefore stay."""
        return [each for each in self.entity.fields if set(each.columns) & set(self.left)]


def undo(operation_id: int, *, actor: Actor) -> Undone:
    """Take back one operation, with the rights of its own verb.

    Raises NotFound when there is none that the actor may see, CannotUndo when it is too old or
    was a state command.
    """
    entries = list(
        History.objects.filter(operation=operation_id, at__gte=now() - dt.timedelta(days=UNDO_DAYS)).order_by(
            "id"
        )
    )
    if not entries:
        raise NotFound
    entity, verb = _verb_of(entries[0])
    done: list[Done] = []
    left: list[str] = []
    with transaction.atomic():
        for entry in entries:
            if entry.entity == entity.family and entry.record_id == entry.root_id:
                one, kept = _undo_entry(entity, entry, actor=actor, verb=verb)
                done += one
                left += kept
    return Undone(entity, tuple(done), tuple(dict.fromkeys(left)))


def undo_right(verb: str) -> str | None:
    """Give the right that taking back `verb` needs, or nothing where its own command does that."""
    return _VERBS.get(verb)


def _verb_of(entry: History) -> tuple[Entity, str]:
    name, _dot, verb = entry.verb.rpartition(".")
    entity = next((each for each in all_entities() if each.name == name), None)
    if entity is None or verb not in _VERBS:
        raise CannotUndo
    return entity, verb


def _undo_entry(entity: Entity, entry: History, *, actor: Actor, verb: str) -> tuple[list[Done], list[str]]:
    if entry.kind == "I":
        return [delete(entity, entry.record_id, actor=actor)], []
    row = lock(entity, entry.record_id, actor=actor, verb=_VERBS[verb], deleted=None)
    held = _as_json(entity, entry.record_id)
    changes: Mapping[str, Any] = entry.changes or {}
    back = {column: old for column, (old, new) in changes.items() if held.get(column) == new}
    left = [column for column in changes if column not in back]
    operation = trail.begin(actor, f"{entity.name}.undo")
    if not back:
        return [], left
    version = write_changes(entity, actor, row, back)
    return [Done(entry.record_id, version, operation)], left


def _as_json(entity: Entity, record_id: int) -> dict[str, Any]:
    statement = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE id = %s").format(sql.Identifier(entity.table))
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement, [record_id])
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])  # Django leaves jsonb as text
    return found
