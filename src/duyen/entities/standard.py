"""The steps that the engine gives every entity: create, change, delete, restore, hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.codes import take_codes
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, Refused
from duyen.entities.locking import lock, lock_many
from duyen.entities.stale import refuse_stale
from duyen.entities.values import Values, broken_links, read_changes, read_new
from duyen.entities.writing import insert_rows, next_ids, update_row
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
    """A finished write: the record, its new version, and the operation by which it can be undone."""

    id: int
    version: int
    operation: Operation


class AlreadyInBin(Refused):
    """The record is in the bin and cannot be changed there."""

    code = "in_bin"
    sentence = _("This record is in the bin. Restore it first.")


def create(entity: Entity, *, actor: Actor, values: Mapping[str, object]) -> Done:
    """Create one record. Raises InvalidValues or NotAllowed."""
    with transaction.atomic():
        (made,), operation = create_many(entity, actor=actor, rows=[values])
    if made.id is None:
        raise InvalidValues(made.problems)
    return Done(made.id, 1, operation)


def create_many(
    entity: Entity, *, actor: Actor, rows: Sequence[Mapping[str, object]]
) -> tuple[list[Made], Operation]:
    """Create a set of records; a bad one is told by its problems and never stops a good one.

    Raises NotAllowed when the actor may create none at all. Numbers are taken before the rows
    are written, in a transaction of their own where the caller has none open.
    """
    if not actor.may(entity.name, CREATE):
        raise NotAllowed(why=_("creating this kind of record is not among your rights."))
    read = [read_new(entity, actor, raw) for raw in rows]
    judged = [_judge(entity, actor, values, problems) for values, problems in read]
    for place, found in broken_links(entity, actor, [values for values, _problems in judged]).items():
        judged[place][1].extend(found)
    good = [values for values, problems in judged if not problems]
    records = _complete(entity, actor, good)
    operation, refused = _write_set(entity, actor, records)
    ids = iter(record["id"] for record in records)
    made = []
    for _values, problems in judged:
        record_id = None if problems else next(ids)
        if record_id in refused:
            made.append(Made(None, (refused[record_id],)))
        else:
            made.append(Made(record_id, tuple(problems)))
    return made, operation


def _judge(
    entity: Entity, actor: Actor, values: Values, problems: list[FieldProblem]
) -> tuple[Values, list[FieldProblem]]:
    """Fill in owner and unit, and ask the entity's rules when every single field was readable."""
    if entity.scope.owner:
        values["owner"] = values.get("owner") or actor.user_id
    if entity.scope.unit:
        values["unit"] = values.get("unit") or (actor.facts.home_unit_id if actor.facts else None)
        if values["unit"] is None:
            problems.append(FieldProblem("unit", "required", _("Say to which unit the record belongs.")))
    if problems:
        return values, problems
    if entity.complete:
        entity.complete(values, actor)
    for rule in entity.rules:
        problems.extend(rule(values, None))
    facts = actor.scope(entity.name, CREATE)
    inside = facts.covers(record_id=0, owner_id=values.get("owner"), unit_id=values.get("unit"))
    if not entity.scope.is_company_wide and not inside:
        sentence = _("You may not create records for this unit and owner. Choose your own.")
        problems.append(FieldProblem("unit", "not_allowed", sentence))
    return values, problems


def _complete(entity: Entity, actor: Actor, rows: Sequence[Values]) -> list[dict[str, Any]]:
    """Turn clean values into whole rows of the table: ids, codes, stamps, fixed columns."""
    if not rows:
        return []
    moment = now()
    stamps = {
        "version": 1,
        "created_at": moment,
        "updated_at": moment,
        "created_by_id": actor.user_id,
        "updated_by_id": actor.user_id,
        "source_channel": actor.door.value,
    }
    fixed = {column: value() if callable(value) else value for column, value in entity.fixed.items()}
    ids = next_ids(entity.model, len(rows))
    codes = take_codes(entity, [row.get("unit") for row in rows])
    return [
        {**stamps, **fixed, **_stored(entity, row), **code, "id": row_id}
        for row, row_id, code in zip(rows, ids, codes, strict=True)
    ]


def _stored(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in values.items():
        columns.update(entity.field(name).store(value))
    return columns


def _write_set(
    entity: Entity, actor: Actor, records: Sequence[dict[str, Any]]
) -> tuple[Operation, dict[int, FieldProblem]]:
    """Write rows and what belongs to their birth in one transaction; halve where the database refuses."""
    refused: dict[int, FieldProblem] = {}

    def write(part: Sequence[dict[str, Any]]) -> None:
        try:
            with transaction.atomic():
                insert_rows(entity.model, part)
                if entity.born:
                    entity.born(actor, part)
        except DatabaseError:
            if len(part) == 1:
                if len(records) == 1:
                    raise
                sentence = _("The database refused this record. Check it and try again.")
                refused[part[0]["id"]] = FieldProblem("", "database", sentence)
                return
            middle = len(part) // 2
            write(part[:middle])
            write(part[middle:])

    with transaction.atomic():
        operation = trail.begin(actor, f"{entity.name}.{CREATE}")
        if records:
            write(records)
    return operation, refused


def change(
    entity: Entity, record_id: int, *, actor: Actor, values: Mapping[str, object], version: int
) -> Done:
    """Change some fields of one record that the caller read at `version`.

    Raises NotFound, NotAllowed, StaleVersion, InvalidValues.
    """
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=CHANGE)
        new = read_changes(entity, actor, values)
        before = entity.values(row)
        refuse_stale(entity, row, version=version, values=new)
        return _save(entity, actor, row, before, new)


def _save(entity: Entity, actor: Actor, row: Mapping[str, Any], before: Values, new: Values) -> Done:
    after = before | new
    if entity.complete:
        entity.complete(after, actor)
    problems = [problem for rule in entity.rules for problem in rule(after, before)]
    altered = {
        name: value for name, value in after.items() if entity.field(name).editable and value != before[name]
    }
    problems += broken_links(entity, actor, [altered]).get(0, [])
    if problems:
        raise InvalidValues(problems)
    _may_move(entity, actor, altered)
    operation = trail.begin(actor, f"{entity.name}.{CHANGE}")
    if not altered:
        return Done(row["id"], row["version"], operation)
    version = write_changes(entity, actor, row, _stored(entity, altered))
    return Done(row["id"], version, operation)


def _may_move(entity: Entity, actor: Actor, altered: Mapping[str, Any]) -> None:
    moved = [name for name in ("owner", "unit") if name in altered and entity.has_owner]
    if moved and not actor.may(entity.name, HAND_OVER):
        raise NotAllowed(why=_("handing records over to another owner or unit is not among your rights."))


def write_changes(entity: Entity, actor: Actor, row: Mapping[str, Any], columns: Mapping[str, Any]) -> int:
    """Write columns of a locked row with its stamps, and give the new version.

    The trail must be open: every action calls `trail.begin` first.
    """
    version = int(row["version"]) + 1
    stamps = {"version": version, "updated_at": now(), "updated_by_id": actor.user_id}
    update_row(entity.model, row["id"], {**columns, **stamps})
    return version


def delete(
    entity: Entity, record_id: int, *, actor: Actor, version: int | None = None, reason: str = ""
) -> Done:
    """Put one record into the bin. Raises NotFound, NotAllowed, StaleVersion."""
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=DELETE)
        if version is not None:
            refuse_stale(entity, row, version=version, values={})
        operation = trail.begin(actor, f"{entity.name}.{DELETE}", note=reason)
        columns = {"deleted_at": now(), "deleted_by_id": actor.user_id, "delete_reason": reason[:500]}
        return Done(record_id, write_changes(entity, actor, row, columns), operation)


def restore(entity: Entity, record_id: int, *, actor: Actor) -> Done:
    """Take one record out of the bin; whoever may delete it may restore it."""
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=DELETE, deleted=True)
        operation = trail.begin(actor, f"{entity.name}.restore")
        columns = {"deleted_at": None, "deleted_by_id": None, "delete_reason": ""}
        return Done(record_id, write_changes(entity, actor, row, columns), operation)


def hand_over(
    entity: Entity, record_ids: Sequence[int], *, actor: Actor, owner: int, unit: int | None = None
) -> Operation:
    """Give records to another owner, and to another unit where one is named.

    All of them or none. Raises NotFound when one is not open to the actor.
    """
    with transaction.atomic():
        rows = lock_many(entity, record_ids, actor=actor, verb=HAND_OVER)
        if len(rows) != len(set(record_ids)):
            raise NotFound
        values: Values = {"owner": owner} | ({"unit": unit} if unit else {})
        problems = broken_links(entity, actor, [values]).get(0)
        if problems:
            raise InvalidValues(problems)
        operation = trail.begin(actor, f"{entity.name}.{HAND_OVER}")
        columns = _stored(entity, values)
        for row in rows:
            write_changes(entity, actor, row, columns)
    return operation
