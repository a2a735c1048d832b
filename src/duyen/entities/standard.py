"""The steps that the engine gives every entity: create, change, delete, restore, hand over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.gate import refuse_unapproved
from duyen.entities.births import NO_UNIT, Births
from duyen.entities.companions import Worked
from duyen.entities.completeness.scoring import score_changed, score_new
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, Refused
from duyen.entities.fields import Emails, Phones, Records
from duyen.entities.locking import lock, lock_many, may_move, named_on, not_allowed
from duyen.entities.merging.standing import refuse_merged
from duyen.entities.notices.watching import watch_own
from duyen.entities.once import reading_once
from duyen.entities.personal.standing import refuse_erased
from duyen.entities.restricted import held_back
from duyen.entities.stale import refuse_stale
from duyen.entities.values import Values, broken_links, past_birth, read_changes, refuse_new
from duyen.entities.writing import insert_rows, update_row, update_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, DELETE, HAND_OVER
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import Operation
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem


@dataclass(frozen=True)
class Made:
    """What became of one record of a set: its id, or the problems that kept it out."""

    id: int | None
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True)
class Done:
    """A finished write: the record, its new version, and the operation by which it can be undone.

    `job` is the background work that goes on with it, where it is too much for one step.
    """

    id: int
    version: int
    operation: Operation
    job: int | None = None


@dataclass(frozen=True)
class Life:
    """What lies behind a record that enters late: when it was made, its state, and since when."""

    made_at: dt.datetime
    state: str
    since: dt.datetime


#: Writes what stands or falls with a set of new records, once it is known what became of each.
Beside = Callable[[Sequence[Made]], None]


class Kept(Refused):
    """Something else rests on the record, so that it cannot go into the bin."""

    code = "kept"
    sentence = _("This record cannot go into the bin: %(why)s")


def refuse_kept(entity: Entity, row: Mapping[str, Any]) -> None:
    """Refuse to put a record into the bin on which something else rests. Raises Kept."""
    why = entity.keeps(row) if entity.keeps else None
    if why is not None:
        raise Kept(why=why)


class Barred(Refused):
    """Something else stands where the record would come back to."""

    code = "barred"
    sentence = _("This record cannot come out of the bin: %(why)s")


def refuse_barred(entity: Entity, row: Mapping[str, Any]) -> None:
    """Refuse to take a record out of the bin in whose place something else stands, or that is nobody's.

    Raises Barred or Erased.
    """
    refuse_erased(entity.family, [row["id"]])
    why = entity.bars(row) if entity.bars else None
    if why is not None:
        raise Barred(why=why)


class AlreadyInBin(Refused):
    """The record is in the bin and cannot be changed there."""

    code = "in_bin"
    sentence = _("This record is in the bin. Restore it first.")


def create(
    entity: Entity, *, actor: Actor, values: Mapping[str, object], asked: Collection[str] | None = None
) -> Done:
    """Create one record. Raises InvalidValues or NotAllowed.

    `asked` names the fields that a step asks for which makes a record by the way: what the company requires
    beside waits until somebody opens the form.
    """
    with transaction.atomic():
        (made,), operation = create_read(entity, read_many(entity, actor=actor, rows=[values], asked=asked))
        if made.id is not None:
            watch_own(entity, made.id, actor=actor)
    if made.id is None:
        raise InvalidValues(made.problems)
    return Done(made.id, 1, operation)


def create_many(
    entity: Entity,
    *,
    actor: Actor,
    rows: Sequence[Mapping[str, object]],
    lives: Sequence[Life | None] = (),
    beside: Beside | None = None,
) -> tuple[list[Made], Operation]:
    """Create a set of records; a bad one is told by its problems and never stops a good one.

    `lives`, one per row or nothing, open records with a life behind them; only the system may give them,
    because people change a state by its command alone. `beside` writes, in the same transaction,
    what stands or falls with the set. Raises NotAllowed when the actor may create none at all.
    Numbers are taken before the rows are written, in a transaction of their own where the caller
    has none open.
    """
    return create_read(entity, read_many(entity, actor=actor, rows=rows), lives=lives, beside=beside)


@dataclass(frozen=True)
class ReadSet:
    """New records, read and judged for an actor, and not yet written.

    With the `columns` that keep them worked out ahead, the values need hold no more than links and unit.
    `worked` is, by the name of who follows the rows, what was worked out of each.
    """

    actor: Actor
    births: Births
    judged: list[tuple[Values, list[FieldProblem]]]
    columns: Sequence[Mapping[str, Any]] | None = None
    worked: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def read_many(
    entity: Entity,
    *,
    actor: Actor,
    rows: Sequence[Mapping[str, object]],
    asked: Collection[str] | None = None,
) -> ReadSet:
    """Read and judge a set of new records without the database, so that it can be done ahead.

    Raises NotAllowed when the actor may create none at all.
    """
    if not actor.may(entity.name, CREATE):
        raise NotAllowed(why=_("creating this kind of record is not among your rights."))
    births = Births(entity, actor, asked=asked)
    with reading_once():
        return ReadSet(actor, births, [births.read(raw) for raw in rows])


def whole_rows(
    entity: Entity, columns: Sequence[Mapping[str, Any]], links: Sequence[Values]
) -> list[dict[str, Any]]:
    """Give rows that were read as columns and links as one: what a rule over new rows looks at."""
    several = [each for each in entity.fields if isinstance(each, (Records, Phones, Emails))]
    return [
        {
            **held,
            **{each.name: each.load(held) for each in several if all(name in held for name in each.columns)},
            **named,
        }
        for held, named in zip(columns, links, strict=True)
    ]


def create_read(
    entity: Entity,
    read: ReadSet,
    *,
    lives: Sequence[Life | None] = (),
    beside: Beside | None = None,
    operation_id: int | None = None,
) -> tuple[list[Made], Operation]:
    """Write what `read_many` read; see `create_many`. `operation_id` goes on with an earlier set."""
    actor, births, judged = read.actor, read.births, read.judged
    if any(lives) and not actor.is_system:
        raise NotAllowed(why=_("only the system opens records with a past."))
    links = [values for values, _problems in judged]
    for place, found in broken_links(entity, actor, links).items():
        judged[place][1].extend(found)
    whole = links if read.columns is None else whole_rows(entity, read.columns, links)
    for place, found in held_back(entity, whole, actor=actor).items():
        judged[place][1].extend(found)
    good = [place for place, (_values, problems) in enumerate(judged) if not problems]
    columns = None if read.columns is None else [read.columns[place] for place in good]
    records = births.complete([judged[place][0] for place in good], columns)
    worked = {
        name: {record["id"]: each[place] for record, place in zip(records, good, strict=True)}
        for name, each in read.worked.items()
    }
    if lives:
        for record, place in zip(records, good, strict=True):
            life = lives[place]
            if life is not None:
                record.update(_past(entity, life))
    with transaction.atomic():
        alike = births.alike()
        score_new(entity.completeness, records, alike)
        operation, refused = _write_set(entity, actor, records, alike, operation_id, worked)
        ids = iter([record["id"] for record in records])
        made = [_made(None if problems else next(ids), problems, refused) for _values, problems in judged]
        if beside is not None:
            beside(made)
    return made, operation


def _made(
    record_id: int | None, problems: Sequence[FieldProblem], refused: Mapping[int, FieldProblem]
) -> Made:
    if record_id is None or record_id not in refused:
        return Made(record_id, tuple(problems))
    return Made(None, (refused[record_id],))


def _past(entity: Entity, life: Life) -> dict[str, Any]:
    """Give the columns that tell of a record's past; without a state it stands in its first one."""
    stamps = {"created_at": life.made_at, "updated_at": max(life.made_at, life.since)}
    if entity.lifecycle is None or not life.state:
        return stamps
    return {**stamps, entity.lifecycle.column: life.state, entity.lifecycle.since: life.since}


def stored(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns that keep clean values."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        columns.update(entity.field(name).store(value))
    return columns


def _write_set(
    entity: Entity,
    actor: Actor,
    records: Sequence[dict[str, Any]],
    alike: Mapping[str, Any],
    operation_id: int | None = None,
    worked: Worked | None = None,
) -> tuple[Operation, dict[int, FieldProblem]]:
    """Write rows and what belongs to their birth; halve where the database refuses."""
    operation = trail.begin(actor, f"{entity.name}.{CREATE}", operation_id=operation_id)
    writing = _Writing(entity, actor, alike, worked or {}, is_alone=len(records) == 1)
    if records:
        writing.write(records)
    return operation, writing.refused


@dataclass
class _Writing:
    """Writes rows, halving where the database refuses; no closure, which would keep a whole set alive."""

    entity: Entity
    actor: Actor
    alike: Mapping[str, Any]
    worked: Worked
    is_alone: bool
    refused: dict[int, FieldProblem] = field(default_factory=dict)

    def write(self, part: Sequence[dict[str, Any]]) -> None:
        try:
            with transaction.atomic():
                if self.entity.before_birth:
                    part = self.entity.before_birth(self.actor, part, self.alike)
                insert_rows(self.entity.model, part, alike=self.alike, worked=self.worked)
                if self.entity.born:
                    self.entity.born(self.actor, part)
        except (DatabaseError, InvalidValues) as error:
            if len(part) == 1:
                if self.is_alone:
                    raise
                self.refused[part[0]["id"]] = _why_refused(error)
                return
            middle = len(part) // 2
            self.write(part[:middle])
            self.write(part[middle:])


def _why_refused(error: DatabaseError | InvalidValues) -> FieldProblem:
    if isinstance(error, InvalidValues):
        return error.problems[0]
    return FieldProblem("", "database", _("The database refused this record. Check it and try again."))


def change(
    entity: Entity, record_id: int, *, actor: Actor, values: Mapping[str, object], version: int
) -> Done:
    """Change some fields of one record that the caller read at `version`.

    Raises NotFound, NotAllowed, StaleVersion, InvalidValues.
    """
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=CHANGE)
        before = entity.values(row)
        new = read_changes(entity, actor, values, before=before)
        refuse_stale(entity, row, version=version, values=new)
        return _save(entity, actor, row, before, new)


def _save(entity: Entity, actor: Actor, row: Mapping[str, Any], before: Values, new: Values) -> Done:
    altered, problems = judge_change(entity, actor, before, new)
    problems += broken_links(entity, actor, [altered], held=[before]).get(0, [])
    problems += held_back(entity, [{**before, **altered}], actor=actor, new=[altered]).get(0, [])
    if problems:
        raise InvalidValues(problems)
    if entity.has_owner and {"owner", "unit"} & set(altered):
        refuse_move(entity, row, actor)
    operation = trail.begin(named_on(entity, row, actor), f"{entity.name}.{CHANGE}")
    if not altered:
        return Done(row["id"], row["version"], operation)
    version = write_changes(entity, actor, row, stored(entity, altered))
    return Done(row["id"], version, operation)


def judge_change(
    entity: Entity, actor: Actor, before: Values, new: Values
) -> tuple[Values, list[FieldProblem]]:
    """Complete a record that gets `new` values, and give what it alters and what the rules say to it."""
    after = before | new
    if entity.complete:
        entity.complete(after, actor)
    problems = refuse_new(entity.by_name, new, before) + past_birth(entity, after, before)
    problems += [problem for rule in entity.rules for problem in rule(after, before)]
    if entity.scope.unit and after["unit"] is None:
        problems.append(FieldProblem("unit", "required", NO_UNIT))
    altered = {
        name: value
        for name, value in after.items()
        if (entity.field(name).editable or name in entity.worked_out) and value != before[name]
    }
    return altered, problems


def refuse_move(entity: Entity, row: Mapping[str, Any], actor: Actor) -> None:
    """Refuse to give this record another owner or unit without the right to hand it over.

    Raises NotAllowed.
    """
    if not may_move(entity, row, actor):
        raise not_allowed(HAND_OVER)


def write_changes(entity: Entity, actor: Actor, row: Mapping[str, Any], columns: Mapping[str, Any]) -> int:
    """Write columns of a locked row with its stamps, and give the new version.

    The trail must be open: every action calls `trail.begin` first.
    """
    version = int(row["version"]) + 1
    stamps = {"version": version, "updated_at": now(), "updated_by_id": actor.user_id}
    (scored,) = score_changed(entity.completeness, [(row, columns)])
    update_row(entity.model, row["id"], {**scored, **stamps})
    return version


#: What a record holds outside the bin.
FROM_BIN: Mapping[str, Any] = {"deleted_at": None, "deleted_by_id": None, "delete_reason": ""}


def into_bin(actor: Actor, reason: str) -> dict[str, Any]:
    """Give the columns of a record that goes into the bin."""
    return {"deleted_at": now(), "deleted_by_id": actor.user_id, "delete_reason": reason[:500]}


def delete(
    entity: Entity, record_id: int, *, actor: Actor, version: int | None = None, reason: str = ""
) -> Done:
    """Put one record into the bin. Raises NotFound, NotAllowed, StaleVersion, NeedsApproval."""
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=DELETE)
        if version is not None:
            refuse_stale(entity, row, version=version, values={})
        refuse_kept(entity, row)
        refuse_unapproved(entity, DELETE, row, {}, actor=actor)
        operation = trail.begin(actor, f"{entity.name}.{DELETE}", note=reason)
        return Done(record_id, write_changes(entity, actor, row, into_bin(actor, reason)), operation)


def restore(entity: Entity, record_id: int, *, actor: Actor, version: int | None = None) -> Done:
    """Take one record out of the bin; whoever may delete it may restore it.

    Raises NotFound, NotAllowed, StaleVersion, or Merged of a record that went into another one.
    """
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=DELETE, deleted=True)
        refuse_merged(entity, record_id)
        if version is not None:
            refuse_stale(entity, row, version=version, values={})
        refuse_barred(entity, row)
        operation = trail.begin(actor, f"{entity.name}.restore")
        return Done(record_id, write_changes(entity, actor, row, FROM_BIN), operation)


def hand_over(
    entity: Entity,
    record_ids: Sequence[int],
    *,
    actor: Actor,
    owner: int,
    unit: int | None = None,
    seen: Mapping[int, int] | None = None,
) -> Operation:
    """Give records to another owner, and to another unit where one is named.

    All of them or none. `seen` are the versions that the caller read, by id. Raises NotFound,
    NotAllowed, StaleVersion or InvalidValues.
    """
    with transaction.atomic():
        rows = _all_to_hand_over(entity, set(record_ids), actor)
        for row in rows:
            if seen and row["id"] in seen:
                refuse_stale(entity, row, version=seen[row["id"]], values={})
        values: Values = {"owner": owner} | ({"unit": unit} if unit else {})
        problems = broken_links(entity, actor, [values]).get(0)
        if problems:
            raise InvalidValues(problems)
        operation = trail.begin(actor, f"{entity.name}.{HAND_OVER}")
        stamps = {"updated_at": now(), "updated_by_id": actor.user_id}
        columns = stored(entity, values)
        update_rows(entity.model, {row["id"]: columns for row in rows}, alike=stamps)
    return operation


def _all_to_hand_over(entity: Entity, record_ids: set[int], actor: Actor) -> list[dict[str, Any]]:
    rows = lock_many(entity, sorted(record_ids), actor=actor, verb=HAND_OVER)
    if len(rows) == len(record_ids):
        return rows
    if entity.rows(actor).filter(pk__in=record_ids).count() < len(record_ids):
        raise NotFound
    raise not_allowed(HAND_OVER)
