"""What can be done with a set of records, as it is asked for: a verb and what it needs, fit for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.asking import ask_for_set
from duyen.entities.bulk.changing import change_many
from duyen.entities.bulk.keeping import delete_many, hand_over_many, restore_many
from duyen.entities.bulk.outcomes import SetDone
from duyen.entities.bulk.rules import Mode
from duyen.entities.bulk.stepping import perform_many
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.fields import Field, Label, Link, Tags, Text
from duyen.entities.performing import read_asked, step_called
from duyen.entities.values import broken_links, read_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, HAND_OVER
from duyen.kernel.errors import FieldProblem

RESTORE = "restore"
_KEEPERS: tuple[Field, ...] = (
    Link("owner", _("New owner"), to="users", required=True),
    Link("unit", _("Unit"), to="units", help=_("Left empty, the unit stays.")),
)
_REASON: tuple[Field, ...] = (Text("reason", _("Reason"), max_length=500),)
_NOTHING_TO_SET = _("Choose at least one field to set.")
_NO_MODE = _("“%(mode)s” is no way to set this field. Only lists of words take add and remove.")


@dataclass(frozen=True)
class BulkStep:
    """One step for a set: its verb, the values as they were sent, and how list fields take them."""

    verb: str
    values: Mapping[str, object] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give what a job keeps of it."""
        return {"verb": self.verb, "values": dict(self.values), "modes": dict(self.modes)}


def asks_of(entity: Entity, verb: str) -> tuple[Field, ...]:
    """List the fields that a step asks for, besides those of a change. Raises NotFound."""
    if verb == CHANGE:
        return ()
    if verb == HAND_OVER:
        return _KEEPERS
    if verb in (DELETE, RESTORE):
        return _REASON if verb == DELETE else ()
    return tuple(step_called(entity, verb, for_sets=True).asks)


def label_of(entity: Entity, verb: str) -> Label:
    """Give the word for a step. Raises NotFound."""
    known = {
        CHANGE: _("Set a field"),
        HAND_OVER: _("Change the owner"),
        DELETE: _("Delete"),
        RESTORE: _("Restore"),
    }
    return known.get(verb) or step_called(entity, verb, for_sets=True).label


def words_of(entity: Entity, step: BulkStep) -> str:
    """Say what a step does with a set: a change names its fields. Raises NotFound."""
    fields = [str(entity.by_name[name].label) for name in step.values if name in entity.by_name]
    if step.verb != CHANGE or not fields:
        return str(label_of(entity, step.verb))
    return str(_("Set %(fields)s")) % {"fields": ", ".join(fields).lower()}


def right_for(entity: Entity, verb: str) -> str:
    """Give the right that a step asks for. Raises NotFound when the entity knows no such step."""
    if verb == CHANGE and any(each.editable for each in entity.fields):
        return CHANGE
    if verb == HAND_OVER and entity.has_owner:
        return HAND_OVER
    if verb in (DELETE, RESTORE) and entity.has_bin:
        return DELETE
    if verb in (CHANGE, HAND_OVER, DELETE, RESTORE):
        raise NotFound
    return step_called(entity, verb, for_sets=True).needs


def check(entity: Entity, step: BulkStep, *, actor: Actor) -> None:
    """Refuse a step that no record could take, before any is touched.

    Raises NotFound, NotAllowed or InvalidValues.
    """
    if not actor.may(entity.name, right_for(entity, step.verb)):
        raise NotAllowed(why=_("this step is not among your rights for any record."))
    if step.verb == CHANGE:
        links, problems = read_changes(entity, actor, _some(step)), _mode_problems(entity, step)
    else:
        links, problems = read_asked(asks_of(entity, step.verb), step.values), []
    if step.verb in (CHANGE, HAND_OVER):
        problems += broken_links(entity, actor, [links]).get(0, [])
    if problems:
        raise InvalidValues(problems)


def _some(step: BulkStep) -> Mapping[str, object]:
    if not step.values:
        raise InvalidValues([FieldProblem("", "required", _NOTHING_TO_SET)])
    return step.values


def _mode_problems(entity: Entity, step: BulkStep) -> list[FieldProblem]:
    return [
        FieldProblem(name, "mode", _NO_MODE % {"mode": str(mode)[:20]})
        for name, mode in step.modes.items()
        if mode not in tuple(Mode)
        or (mode != Mode.REPLACE and not isinstance(entity.by_name.get(name), Tags))
    ]


def take(
    entity: Entity,
    step: BulkStep,
    ids: Sequence[int],
    *,
    actor: Actor,
    seen: Mapping[int, int],
    operation_id: int | None = None,
) -> SetDone:
    """Take a step with these records, each of which gets an outcome. Raises NotFound or InvalidValues.

    For a record with which the actor may not take it alone approval is asked, for each by itself.
    """
    done = _take(entity, step, ids, actor=actor, seen=seen, operation_id=operation_id)
    return ask_for_set(entity, step.verb, done, actor=actor, arguments=step.values)


def _take(
    entity: Entity,
    step: BulkStep,
    ids: Sequence[int],
    *,
    actor: Actor,
    seen: Mapping[int, int],
    operation_id: int | None,
) -> SetDone:
    common: dict[str, Any] = {"actor": actor, "operation_id": operation_id}
    if step.verb == CHANGE:
        modes = {name: Mode(mode) for name, mode in step.modes.items()}
        return change_many(entity, ids, values=step.values, modes=modes, seen=seen, **common)
    values = read_asked(asks_of(entity, step.verb), step.values)
    if step.verb == HAND_OVER:
        owner, unit = values["owner"], values["unit"]
        return hand_over_many(entity, ids, owner=owner, unit=unit, seen=seen, **common)
    if step.verb == DELETE:
        return delete_many(entity, ids, reason=values["reason"], **common)
    if step.verb == RESTORE:
        return restore_many(entity, ids, **common)
    return perform_many(entity, step.verb, ids, arguments=step.values, **common)
