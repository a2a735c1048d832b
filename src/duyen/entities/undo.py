"""Take a write back: restore each field that still holds what the write set, and name the others."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound, Refused
from duyen.entities.fields import Field, Link
from duyen.entities.locking import lock
from duyen.entities.registry import all_entities
from duyen.entities.standard import Done, delete, refuse_move, write_changes
from duyen.entities.values import broken_links
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE, HAND_OVER
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.kernel.clock import now

#: How long a write can be taken back, and how many records it may have touched.
UNDO_DAYS = 30
MOST_RECORDS = 200
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


class TooManyToUndo(Refused):
    """The write touched more records than one step may take back."""

    code = "too_many_to_undo"
    sentence = _(
        "This step touched more than %(most)s records. Undo it record by record, on the history of each."
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


def undo(operation_id: int, *, actor: Actor, record_id: int | None = None) -> Undone:
    """Take back one operation, or what it did to one record, with the rights of its own verb.

    All of it or none. Raises NotFound when there is nothing that the actor may see, CannotUndo
    when it is too old or was a state command, TooManyToUndo, NotAllowed, InvalidValues when the
    record may not stand like that any more.
    """
    entries = _entries(operation_id, record_id)
    if not entries:
        raise NotFound
    if len(entries) > MOST_RECORDS:
        raise TooManyToUndo(most=MOST_RECORDS)
    entity, verb = _verb_of(entries[0])
    done: list[Done] = []
    left: list[str] = []
    with transaction.atomic():
        for entry in entries:
            one, kept = _undo_entry(entity, entry, actor=actor, verb=verb)
            done += one
            left += kept
    return Undone(entity, tuple(done), tuple(dict.fromkeys(left)))


def _entries(operation_id: int, record_id: int | None) -> list[History]:
    """Read what the operation wrote on records themselves, in the order in which records are locked."""
    found = History.objects.filter(
        operation=operation_id,
        at__gte=now() - dt.timedelta(days=UNDO_DAYS),
        entity=F("root_entity"),
        record_id=F("root_id"),
    )
    if record_id is not None:
        found = found.filter(record_id=record_id)
    return list(found.order_by("record_id", "id")[: MOST_RECORDS + 1])


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
    if {entity.scope.owner, entity.scope.unit} & set(back):
        refuse_move(entity, row, actor)
    if "deleted_at" in back:  # whatever the verb was: this puts the record into the bin or takes it out
        lock(entity, entry.record_id, actor=actor, verb=DELETE, deleted=None)
    back = _leading_somewhere(entity, actor, _within_rights(entity, actor, back))
    back = _whole_fields(entity, changes, back)
    _refuse_what_rules_forbid(entity, row, back)
    left = [column for column in changes if column not in back]
    operation = trail.begin(actor, f"{entity.name}.undo")
    if not back:
        return [], left
    version = write_changes(entity, actor, row, back)
    return [Done(entry.record_id, version, operation)], left


def _whole_fields(entity: Entity, changes: Mapping[str, Any], back: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out a field of several columns when one of them cannot go back, such as a sealed number."""
    torn = {
        column
        for each in entity.fields
        for column in each.columns
        if any(one in changes and one not in back for one in each.columns)
    }
    return {column: old for column, old in back.items() if column not in torn}


def _refuse_what_rules_forbid(entity: Entity, row: Mapping[str, Any], back: Mapping[str, Any]) -> None:
    """Judge the record as it would stand after the undo. Raises InvalidValues."""
    before, after = entity.values(row), entity.values({**row, **back})
    problems = [problem for rule in entity.rules for problem in rule(after, before)]
    if problems:
        raise InvalidValues(problems)


def _within_rights(entity: Entity, actor: Actor, back: dict[str, Any]) -> dict[str, Any]:
    """Leave out the fields that the actor may not set."""
    closed = {
        column
        for each in entity.fields
        if entity.level(actor, each.name) is not None
        for column in each.columns
    }
    return {column: old for column, old in back.items() if column not in closed}


def _leading_somewhere(entity: Entity, actor: Actor, back: dict[str, Any]) -> dict[str, Any]:
    """Leave out links to what is not in use any more: a locked person, a closed unit."""
    links = {
        each.name: back[each.columns[0]]
        for each in entity.fields
        if isinstance(each, Link) and each.columns[0] in back
    }
    broken = {problem.field for problem in broken_links(entity, actor, [links]).get(0, ())}
    closed = {entity.field(name).columns[0] for name in broken}
    return {column: old for column, old in back.items() if column not in closed}


def _as_json(entity: Entity, record_id: int) -> dict[str, Any]:
    statement = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE id = %s").format(sql.Identifier(entity.table))
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement, [record_id])
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])  # Django leaves jsonb as text
    return found
