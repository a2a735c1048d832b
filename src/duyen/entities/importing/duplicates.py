"""Which rows are there already, or came twice in the file, and what a rule makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.importing.progress import Fate, Settled
from duyen.entities.importing.words import OnDuplicate
from duyen.foundation.access.actor import Actor


@dataclass(frozen=True)
class Match:
    """What a row looks like: the record `id`, the `earlier` row of the same chunk, or neither.

    `reason` says so in words; with `is_refused` the rule can do nothing with it.
    """

    id: int | None = None
    earlier: int | None = None
    reason: str = ""
    is_refused: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the row looks like nothing else."""
        return not self.reason

    def told(self, name: str) -> Settled:
        """Give the row as refused or skipped."""
        fate = Fate.REJECTED if self.is_refused else Fate.SKIPPED
        return Settled(fate, _("There already"), self.reason, name)


class Matcher:
    """Compares the rows of one file with what is there and with each other."""

    def __init__(self, entity: Entity, rule: OnDuplicate, *, is_dry: bool) -> None:
        self._entity = entity
        self._rule = rule
        self._is_dry = is_dry

    def match(self, actor: Actor, rows: Mapping[int, Mapping[str, Any]], first_row: int) -> dict[int, Match]:
        """Say of each row, by its place in the chunk, what it looks like."""
        return {place: Match() for place in rows}
