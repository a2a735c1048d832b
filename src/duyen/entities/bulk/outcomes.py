"""What became of a set of records: one outcome each, and the count of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.bulk.rules import Fate
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, Refused
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit.trail import Operation
from duyen.kernel.errors import DomainError


class DatabaseRefused(Refused):
    """A constraint of the database stands against this one record."""

    code = "database"
    sentence = _("The database refused this record. Check it and try again.")


@dataclass(frozen=True)
class Outcome:
    """What became of one record: `name` is what the actor may call it, `left` what an undo had to leave."""

    id: int
    fate: Fate
    name: str = ""
    version: int | None = None
    error: DomainError | None = None
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetDone:
    """A finished write on a set: the outcomes in the order of ids, and the operation that undoes them."""

    operation: Operation
    outcomes: tuple[Outcome, ...]

    def of(self, fate: Fate) -> list[Outcome]:
        """List the outcomes of one kind."""
        return [each for each in self.outcomes if each.fate is fate]


@dataclass
class Tally:
    """How many records of each fate, and how often each reason stood against one."""

    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Count some more."""
        for each in outcomes:
            if each.fate is Fate.CHANGED:
                self.changed += 1
            elif each.fate is Fate.UNCHANGED:
                self.unchanged += 1
            else:
                self.refused += 1
                code = each.error.code if each.error else ""
                self.reasons[code] = self.reasons.get(code, 0) + 1

    def as_json(self) -> dict[str, Any]:
        """Give what a job keeps of it."""
        return {
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "reasons": self.reasons,
        }


def name_of(entity: Entity, actor: Actor, row: Mapping[str, Any]) -> str:
    """Give the words by which the actor may know a record: its title, or its id where that is hidden."""
    if entity.level(actor, entity.title) is FieldLevel.HIDDEN:
        return f"#{row['id']}"
    return entity.title_of(row)


def reason_of(entity: Entity, outcome: Outcome) -> str:
    """Say why a record was refused, field by field where values are at fault."""
    error = outcome.error
    if not isinstance(error, InvalidValues):
        return str(error or "")
    labels = {each.name: each.label for each in entity.fields}
    return " · ".join(
        f"{labels[each.field]}: {each.message}" if each.field in labels else str(each.message)
        for each in error.problems
    )


def in_order(ids: Sequence[int], outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Put outcomes into the order of ids."""
    by_id = {each.id: each for each in outcomes}
    return tuple(by_id[record_id] for record_id in ids if record_id in by_id)
