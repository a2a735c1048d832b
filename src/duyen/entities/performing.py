"""Carry out a module's own action: lock, right, version, arguments, guard, write, trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound, Refused
from duyen.entities.fields import Field, Label
from duyen.entities.fields.base import EMPTY
from duyen.entities.locking import lock, named_on
from duyen.entities.stale import refuse_stale
from duyen.entities.standard import Done
from duyen.entities.values import missing, read_fields, refuse_new
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail


class NotNow(Refused):
    """A guard stands against the step; the sentence is the guard's own."""

    code = "not_now"
    sentence = _("This step cannot be taken now: %(why)s")


def perform(
    entity: Entity,
    verb: str,
    record_id: int,
    *,
    actor: Actor,
    arguments: Mapping[str, object],
    version: int | None = None,
) -> Done:
    """Carry out the action `verb` on one record.

    Raises NotFound, NotAllowed, StaleVersion, InvalidValues, NotNow, or what the action raises.
    """
    step = step_called(entity, verb)
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=step.needs, deleted=None if step.in_bin else False)
        if version is not None:
            refuse_stale(entity, row, version=version, values={})
        values = read_arguments(step, arguments)
        why = why_not_now(entity, step, row, actor=actor)
        if why is not None:
            raise NotNow(why=why)
        actor = named_on(entity, row, actor, step.needs)
        operation = trail.begin(actor, f"{entity.name}.{verb}", note=str(values.get("note") or "")[:500])
        if step.many:
            step.run(actor=actor, rows=[row], **values)
            return Done(record_id, int(row["version"]) + 1, operation)
        row = step.run(actor=actor, row=row, **values) or row
        return Done(int(row.get("id", record_id)), int(row["version"]), operation, row.get("job"))


def read_arguments(step: Action, given: Mapping[str, object]) -> dict[str, Any]:
    """Read what an action asks for; a step about a part may send back what it holds. Raises InvalidValues."""
    values = read_asked(step.asks, given)
    problems = [] if step.part else refuse_new({each.name: each for each in step.asks}, values, {})
    if problems:
        raise InvalidValues(problems)
    return values


def read_asked(asks: Sequence[Field], given: Mapping[str, object]) -> dict[str, Any]:
    """Read what a step asks for; what is left out is blank. Raises InvalidValues."""
    values, problems = read_fields(asks, given)
    values = {each.name: each.blank for each in asks} | values
    refused = {problem.field for problem in problems}
    problems += [problem for problem in missing(asks, values) if problem.field not in refused]
    if problems:
        raise InvalidValues(problems)
    return values


def why_not_now(entity: Entity, step: Action, row: Mapping[str, Any], *, actor: Actor) -> Label | None:
    """Give the reason why a step cannot be taken with this row now, or nothing.

    What it says of a field that the actor may not see is left out.
    """
    why = (step.why_not(row) if step.why_not else None) or _lacking(entity, step, row, actor)
    if why and step.about and entity.level(actor, step.about) is FieldLevel.HIDDEN:
        why = _("the record as it stands does not allow it.")
    if step.fits is not None and not step.fits(row):
        why = why or _("it makes no sense for this kind of record.")
    return why


def _lacking(entity: Entity, step: Action, row: Mapping[str, Any], actor: Actor) -> Label | None:
    """Name the first field without which the company lets nobody take the step."""
    for verb, name in entity.description.draft.needed_by:
        field = entity.by_name.get(name)
        if verb != step.verb or field is None or field.columns[0] not in row or field.load(row) not in EMPTY:
            continue
        if entity.level(actor, name) is FieldLevel.HIDDEN:
            return _("the record as it stands does not allow it.")
        return _("fill in “%(field)s” first.") % {"field": field.label}
    return None


def step_called(entity: Entity, verb: str, *, for_sets: bool = False) -> Action:
    """Find a step of the entity, or one that takes sets. Raises NotFound."""
    try:
        step = entity.action(verb)
    except KeyError as error:
        raise NotFound from error
    if for_sets and not step.takes_sets:
        raise NotFound
    return step
