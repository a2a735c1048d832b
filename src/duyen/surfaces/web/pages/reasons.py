"""What stands against a step, as its form tells it: each reason in a line of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.guards import as_sentence
from duyen.entities.performing import NotNow, reasons_now
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import DomainError, FieldProblem


def against(error: DomainError) -> list[FieldProblem]:
    """List why a step was refused."""
    if isinstance(error, NotNow) and len(error.reasons) > 1:
        return _each_alone(error.reasons)
    return [FieldProblem("", error.code, str(error))]


def standing_against(entity: Entity, verb: str, row: Mapping[str, Any], actor: Actor) -> list[FieldProblem]:
    """List what stands against a step already, so that nobody fills in its form for nothing."""
    declared = next((each for each in entity.actions if each.verb == verb and not each.many), None)
    if declared is None:
        return []
    return _each_alone(reasons_now(entity, declared, [row], actor=actor)[row["id"]])


def _each_alone(reasons: Sequence[FieldProblem]) -> list[FieldProblem]:
    return [FieldProblem("", each.code, as_sentence(str(each.message))) for each in reasons]
