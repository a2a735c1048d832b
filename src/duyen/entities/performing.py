"""Carry out a module's own action: lock, right, version, arguments, guard, write, trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.approvals.gate import refuse_unapproved
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound, Refused
from duyen.entities.fields import Choice, Field, Label
from duyen.entities.fields.base import EMPTY
from duyen.entities.guards import NOT_NOW, joined, listed, reasons_of
from duyen.entities.locking import lock, named_on
from duyen.entities.stale import refuse_stale
from duyen.entities.standard import Done
from duyen.entities.states import InStates, other_state
from duyen.entities.values import missing, read_fields, refuse_new
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.kernel.errors import FieldProblem

_REQUIRED = "required"
_UNTOLD = _("the record as it stands does not allow it.")


class NotNow(Refused):
    """Guards stand against the step; the sentence is their own, `reasons` holds each of them."""

    code = NOT_NOW
    sentence = _("This step cannot be taken now: %(why)s")

    def __init__(self, reasons: Sequence[FieldProblem]) -> None:
        super().__init__(why=joined(reasons))
        self.reasons = tuple(reasons)


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

    Raises NotFound, NotAllowed, StaleVersion, InvalidValues, NotNow, NeedsApproval, or what the action
    raises.
    """
    step = step_called(entity, verb)
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=step.needs, deleted=None if step.in_bin else False)
        if version is not None:
            refuse_stale(entity, row, version=version, values={})
        values = read_arguments(step, arguments)
        reasons = reasons_now(entity, step, [row], actor=actor, asked=values)[row["id"]]
        if reasons:
            raise NotNow(reasons)
        refuse_unapproved(entity, verb, row, values, actor=actor)
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
    """Give the first reason why a step cannot be taken with this row now, or nothing."""
    reasons = reasons_now(entity, step, [row], actor=actor)[row["id"]]
    return reasons[0].message if reasons else None


def reasons_now(
    entity: Entity,
    step: Action,
    rows: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    asked: Mapping[str, Any] | None = None,
) -> dict[int, list[FieldProblem]]:
    """Give, by the ids of rows, every reason why a step cannot be taken with them now; a guard is asked once.

    `asked` are the clean values that it is taken with, none while a button is only drawn. What a reason
    says of a field that the actor may not see is left out.
    """
    found = {row["id"]: _alone(entity, step, row, actor) for row in rows}
    open_to_guards = [row for row in rows if not _stands_in_the_way(step, row)]
    guards = (*step.guards, *entity.guards.get(step.verb, ()))
    if guards and open_to_guards:
        against = reasons_of(guards, open_to_guards, actor=actor, asked=asked)
        for row in open_to_guards:
            found[row["id"]] = [*against[row["id"]], *found[row["id"]]]
    return {row_id: _told(entity, step, reasons, actor) for row_id, reasons in found.items()}


def _stands_in_the_way(step: Action, row: Mapping[str, Any]) -> bool:
    """Tell whether a step does not begin with such a row at all."""
    return (step.allows is not None and step.allows(row) is not None) or (
        step.fits is not None and not step.fits(row)
    )


def _alone(entity: Entity, step: Action, row: Mapping[str, Any], actor: Actor) -> list[FieldProblem]:
    """Give the reasons that the row itself tells, and those of the company."""
    stopped = step.allows(row) if step.allows else None
    if stopped is not None:
        return [stopped]
    if step.fits is not None and not step.fits(row):
        if isinstance(step.fits, InStates):
            return [_in_other_state(entity, step.fits, row)]
        why = step.why_not(row) if step.why_not else None
        return listed(why or _("it makes no sense for this kind of record."))
    return [*listed(step.why_not(row) if step.why_not else None), *_lacking(entity, step, row, actor)]


def _in_other_state(entity: Entity, fits: InStates, row: Mapping[str, Any]) -> FieldProblem:
    field = entity.field(fits.column)
    if not isinstance(field, Choice):
        raise TypeError(f"{entity.name}.{fits.column} holds no state")
    return other_state(field, fits.states, row[fits.column])


def _told(entity: Entity, step: Action, reasons: Sequence[FieldProblem], actor: Actor) -> list[FieldProblem]:
    """Take out of reasons what tells of a field that the actor may not see, and what is said twice."""
    is_closed = bool(step.about) and entity.level(actor, step.about) is FieldLevel.HIDDEN
    told = {}
    for each in reasons:
        about = each.field if each.field in entity.by_name else ""
        if is_closed or (about and entity.level(actor, about) is FieldLevel.HIDDEN):
            each = FieldProblem("", NOT_NOW, _UNTOLD)
        told[str(each.message)] = each
    return list(told.values())


def _lacking(entity: Entity, step: Action, row: Mapping[str, Any], actor: Actor) -> Iterator[FieldProblem]:
    """Name the fields without which the company lets nobody take the step."""
    for verb, name in entity.description.draft.needed_by:
        field = entity.by_name.get(name)
        if verb != step.verb or field is None or field.columns[0] not in row or field.load(row) not in EMPTY:
            continue
        yield FieldProblem(name, _REQUIRED, _("fill in “%(field)s” first.") % {"field": field.label})


def step_called(entity: Entity, verb: str, *, for_sets: bool = False) -> Action:
    """Find a step of the entity, or one that takes sets. Raises NotFound."""
    try:
        step = entity.action(verb)
    except KeyError as error:
        raise NotFound from error
    if for_sets and not step.takes_sets:
        raise NotFound
    return step
