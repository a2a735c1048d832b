"""Carry out a module's own action: lock, right, version, arguments, guard, write, trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound, Refused
from duyen.entities.locking import lock
from duyen.entities.stale import refuse_stale
from duyen.entities.standard import Done
from duyen.entities.values import missing, read_fields
from duyen.foundation.access.actor import Actor
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
    step = _step(entity, verb)
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=step.needs, deleted=None if step.in_bin else False)
        if version is not None:
            refuse_stale(entity, row, version=version, values={})
        values = read_arguments(step, arguments)
        why = step.why_not(row) if step.why_not else None
        if step.fits is not None and not step.fits(row):
            why = why or _("it makes no sense for this kind of record.")
        if why is not None:
            raise NotNow(why=why)
        operation = trail.begin(actor, f"{entity.name}.{verb}", note=str(values.get("note") or "")[:500])
        row = step.run(actor=actor, row=row, **values) or row
        return Done(record_id, int(row["version"]), operation)


def read_arguments(step: Action, given: Mapping[str, object]) -> dict[str, Any]:
    """Read what an action asks for. Raises InvalidValues."""
    values, problems = read_fields(step.asks, given)
    values = {each.name: each.blank for each in step.asks} | values
    refused = {problem.field for problem in problems}
    problems += [problem for problem in missing(step.asks, values) if problem.field not in refused]
    if problems:
        raise InvalidValues(problems)
    return values


def _step(entity: Entity, verb: str) -> Action:
    try:
        return entity.action(verb)
    except KeyError as error:
        raise NotFound from error
