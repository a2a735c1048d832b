"""Take a write back: restore each field that still holds what the write set, and name the others.

One record or a whole set take the same way: read together, judged in memory, written together.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from duyen.entities.approvals.gate import needed
from duyen.entities.bulk.changing import refused
from duyen.entities.bulk.keeping import delete_many
from duyen.entities.bulk.outcomes import Outcome, SetDone, in_order, name_of
from duyen.entities.bulk.rules import Fate
from duyen.entities.bulk.sets import Row, lock_set, write_set
from duyen.entities.custom.columns import unfold_all
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound, Refused
from duyen.entities.fields import Field, Link
from duyen.entities.locking import may_move, not_allowed
from duyen.entities.registry import all_entities
from duyen.entities.standard import Done, refuse_barred, refuse_kept
from duyen.entities.values import broken_links
from duyen.entities.writing import stored_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE, HAND_OVER, FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import OPENED, History
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

#: How long a write can be taken back, and how many records at once; more of them are a job.
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
    """The write touched more records than one request takes back."""

    code = "too_many_to_undo"
    sentence = _("This step touched more than %(most)s records, so it is taken back in the background.")


@dataclass(frozen=True)
class Undone:
    """What an undo did: the records it touched, the columns it had to leave, and the records it had to."""

    entity: Entity
    done: tuple[Done, ...]
    left: tuple[str, ...]
    refused: tuple[Outcome, ...] = ()

    @property
    def left_fields(self) -> list[Field]:
        """The fields that were changed again since and therefore stay."""
        every = (*self.entity.fields, *self.entity.former)
        return [each for each in every if set(each.columns) & set(self.left)]


@dataclass(frozen=True)
class Written:
    """An operation that may be taken back: what it did, on which entity, and the records it touched."""

    operation: int
    entity: Entity
    verb: str
    ids: tuple[int, ...]


def written_by(operation: int, *, actor: Actor, record_id: int | None = None) -> Written:
    """Find what an operation wrote on records themselves.

    Raises NotFound when the actor may see none of them, CannotUndo when it is too old or was a
    state command.
    """
    entries = _entries(operation)
    if record_id is not None:
        entries = entries.filter(record_id=record_id)
    first = entries.order_by("record_id", "id").first()
    if first is None:
        raise NotFound
    entity, verb = _verb_of(first)
    # What a write did to other kinds by the way, such as handing their work over, follows its undoing too.
    own = entries.filter(root_entity=entity.family).order_by("record_id")
    ids = tuple(own.values_list("record_id", flat=True).distinct())
    seen = entity.rows(actor, deleted=None).filter(pk__in=ids[: MOST_RECORDS + 1])
    if first.actor_id != actor.user_id and not seen.exists():
        raise NotFound
    return Written(operation, entity, verb, ids)


def undo(operation_id: int, *, actor: Actor, record_id: int | None = None) -> Undone:
    """Take back one operation, or what it did to one record, with the rights of its own verb.

    Of a set, a record that cannot go back stays, and is named. Raises NotFound when there is nothing
    that the actor may see, CannotUndo when it is too old or was a state command, TooManyToUndo, and,
    for a single record, NotAllowed or InvalidValues when it may not stand like that any more.
    """
    written = written_by(operation_id, actor=actor, record_id=record_id)
    if len(written.ids) > MOST_RECORDS:
        raise TooManyToUndo(most=MOST_RECORDS)
    done = take_back(written, written.ids, actor=actor)
    stuck = done.of(Fate.REFUSED)
    if len(stuck) == len(written.ids) and stuck[0].error is not None:
        raise stuck[0].error
    left = dict.fromkeys(column for each in done.outcomes for column in each.left)
    back = [Done(each.id, each.version or 0, done.operation) for each in done.of(Fate.CHANGED)]
    return Undone(written.entity, tuple(back), tuple(left), tuple(stuck))


def take_back(
    written: Written, ids: Sequence[int], *, actor: Actor, operation_id: int | None = None
) -> SetDone:
    """Take back what an operation did to these of its records; all that can go back does."""
    entity = written.entity
    told = _told(written, ids)
    born = [record_id for record_id in ids if told[record_id].is_birth]
    with transaction.atomic():
        if born:
            gone = delete_many(entity, born, actor=actor, operation_id=operation_id)
            if len(born) == len(ids):
                return gone
        rest = [record_id for record_id in ids if not told[record_id].is_birth]
        locked = lock_set(entity, rest, actor=actor, verb=_VERBS[written.verb], deleted=None)
        judged = list(_judge(entity, actor, locked.rows, told))
        operation = trail.begin(actor, f"{entity.name}.undo", operation_id=operation_id)
        going = [(each.row, each.back) for each in judged if each.back and each.error is None]
        left = {each.row["id"]: each.left for each in judged}
        outcomes = [*locked.refused, *(gone.outcomes if born else ())]
        outcomes += [_staying(entity, actor, each) for each in judged if each.error or not each.back]
        outcomes += [
            Outcome(each.id, each.fate, each.name, each.version, each.error, left[each.id])
            for each in write_set(entity, actor, going)
        ]
    return SetDone(operation, in_order(ids, outcomes))


def changed_since(entity: Entity, ids: Sequence[int], operations: Collection[int]) -> set[int]:
    """Give those records that anything else than these operations wrote on, or on what belongs to them."""
    recent = History.objects.filter(at__gte=now() - dt.timedelta(days=UNDO_DAYS)).exclude(kind=OPENED)
    entries = recent.filter(root_entity=entity.family, root_id__in=list(ids))
    others = entries.exclude(operation__in=list(operations))
    return set(others.values_list("root_id", flat=True).distinct())


def undo_right(verb: str) -> str | None:
    """Give the right that taking back `verb` needs, or nothing where its own command does that."""
    return _VERBS.get(verb)


@dataclass(frozen=True)
class _Told:
    """What the trail tells of one record: whether the operation made it, and old and new of each column."""

    is_birth: bool
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class _Judged:
    """A locked row, the columns that go back, those that stay, and why none of it can go back."""

    row: Row
    back: Mapping[str, Any]
    left: tuple[str, ...]
    error: DomainError | None = None


def _entries(operation: int) -> Any:
    return History.objects.filter(
        operation=operation,
        at__gte=now() - dt.timedelta(days=UNDO_DAYS),
        entity=F("root_entity"),
        record_id=F("root_id"),
    )


def _told(written: Written, ids: Sequence[int]) -> dict[int, _Told]:
    """Read what the operation did to these records; of a column written twice, first old and last new."""
    entries = _entries(written.operation).filter(root_entity=written.entity.family, root_id__in=list(ids))
    births: set[int] = set()
    found: dict[int, dict[str, tuple[Any, Any]]] = {record_id: {} for record_id in ids}
    for record_id, kind, changes in entries.order_by("id").values_list("record_id", "kind", "changes"):
        if kind == "I":
            births.add(record_id)
        for column, (old, new) in (changes or {}).items():
            first = found[record_id].get(column, (old, new))[0]
            found[record_id][column] = (first, new)
    return {record_id: _Told(record_id in births, changes) for record_id, changes in found.items()}


def _verb_of(entry: History) -> tuple[Entity, str]:
    name, _dot, verb = entry.verb.rpartition(".")
    entity = next((each for each in all_entities() if each.name == name), None)
    if entity is None:
        raise CannotUndo
    if any(each.verb == verb and each.can_undo for each in entity.actions):
        return entity, CHANGE
    if verb not in _VERBS:
        raise CannotUndo
    return entity, verb


def _judge(entity: Entity, actor: Actor, rows: Sequence[Row], told: Mapping[int, _Told]) -> Iterator[_Judged]:
    """Find for each row what can go back: what nobody changed since, within rights, leading somewhere."""
    held = _as_json(entity, [row["id"] for row in rows])
    closed, hidden = _closed_columns(entity, actor), _hidden_columns(entity, actor)
    kept = {str(each.column): each for each in stored_fields(entity.model)}
    backs = [
        {
            # The trail keeps days and moments as text; rules, and what follows a write, know them as such.
            column: kept[column].to_python(old) if column in kept else old
            for column, (old, new) in told[row["id"]].changes.items()
            if held[row["id"]].get(column) == new and column not in closed
        }
        for row in rows
    ]
    for place, names in _leading_nowhere(entity, actor, backs).items():
        backs[place] = {column: old for column, old in backs[place].items() if column not in names}
    may_delete = _open_to_delete(entity, actor, rows, backs)
    for row, back in zip(rows, backs, strict=True):
        changes = told[row["id"]].changes
        whole = _whole_fields(entity, changes, back)
        left = tuple(column for column in changes if column not in whole and column not in hidden)
        yield _Judged(row, whole, left, _what_forbids(entity, actor, row, whole, may_delete))


def _what_forbids(
    entity: Entity, actor: Actor, row: Row, back: Mapping[str, Any], may_delete: frozenset[int]
) -> DomainError | None:
    """Give what stands against the record as it would be: a right, or a rule."""
    if {entity.scope.owner, entity.scope.unit} & set(back) and not may_move(entity, row, actor):
        return not_allowed(HAND_OVER)
    # Whatever the verb was: this puts the record into the bin or takes it out.
    if "deleted_at" in back and row["id"] not in may_delete:
        return not_allowed(DELETE)
    if back.get("deleted_at") is not None and (need := needed(entity, DELETE, row, {}, actor=actor)):
        return need.error()
    if "deleted_at" in back:
        try:
            (refuse_barred if back["deleted_at"] is None else refuse_kept)(entity, row)
        except DomainError as error:
            return error
    before, after = entity.values(row), entity.values({**row, **back})
    problems = [problem for rule in entity.rules for problem in rule(after, before)]
    return InvalidValues(problems) if problems else None


def _staying(entity: Entity, actor: Actor, judged: _Judged) -> Outcome:
    if judged.error is not None:
        return refused(entity, actor, judged.row, judged.error)
    name = name_of(entity, actor, judged.row)
    return Outcome(judged.row["id"], Fate.UNCHANGED, name, int(judged.row["version"]), None, judged.left)


def _open_to_delete(
    entity: Entity, actor: Actor, rows: Sequence[Row], backs: Sequence[Mapping[str, Any]]
) -> frozenset[int]:
    moving = [row["id"] for row, back in zip(rows, backs, strict=True) if "deleted_at" in back]
    if not moving:
        return frozenset()
    opened = entity.rows(actor, DELETE, deleted=None).filter(pk__in=moving)
    return frozenset(opened.values_list("pk", flat=True))


def _whole_fields(entity: Entity, changes: Mapping[str, Any], back: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out a field of several columns when one of them cannot go back, such as a sealed number."""
    torn = {
        column
        for each in entity.fields
        for column in each.columns
        if any(one in changes and one not in back for one in each.columns)
    }
    return {column: old for column, old in back.items() if column not in torn}


def _closed_columns(entity: Entity, actor: Actor) -> frozenset[str]:
    """Name the columns of those fields that the actor may not set; nobody sets one that is out of use."""
    limited = (each for each in entity.fields if entity.level(actor, each.name) is not None)
    closed = (*limited, *entity.former)
    return frozenset(column for each in closed for column in each.columns)


def _hidden_columns(entity: Entity, actor: Actor) -> frozenset[str]:
    """Name the columns of those fields that the actor may not see."""
    every = (*entity.fields, *entity.former)
    hidden = (each for each in every if entity.level(actor, each.name) is FieldLevel.HIDDEN)
    return frozenset(column for each in hidden for column in each.columns)


def _leading_nowhere(
    entity: Entity, actor: Actor, backs: Sequence[Mapping[str, Any]]
) -> dict[int, frozenset[str]]:
    """Name, by place, the columns of links to what is not in use any more: a locked person, a closed unit."""
    fields = [each for each in entity.fields if isinstance(each, Link)]
    links = [
        {each.name: back[each.columns[0]] for each in fields if each.columns[0] in back} for back in backs
    ]
    return {
        place: frozenset(entity.field(problem.field).columns[0] for problem in problems)
        for place, problems in broken_links(entity, actor, links).items()
    }


def _as_json(entity: Entity, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Read rows as the trail writes them, so that what they hold can be compared with it."""
    statement = sql.SQL("SELECT id, to_jsonb(t) FROM {} t WHERE id = ANY(%s)").format(
        sql.Identifier(entity.table)
    )
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement, [list(ids)])
        # Django leaves jsonb as text.
        return {row_id: unfold_all(json.loads(text)) for row_id, text in cursor.fetchall()}
