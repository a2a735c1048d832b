"""What the lines of a file tie to their records: found and judged before, written with the chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duyen.entities.beside import Beside, Brought
from duyen.entities.entity import Entity
from duyen.entities.importing.cells import Line
from duyen.entities.importing.links import find_beside
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.values import read_fields
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem


class GoneMeanwhile(Exception):
    """A record to which lines tie went away between finding it and holding it: the chunk is judged again."""


@dataclass(frozen=True)
class _Said:
    """What one line ties: to which record, with which values."""

    other_id: int
    values: Mapping[str, Any]


@dataclass
class Ties:
    """What the lines of one chunk tie to their records, by place; and what is wrong with it."""

    said: dict[Beside, dict[int, _Said]] = field(default_factory=dict)
    problems: dict[int, list[FieldProblem]] = field(default_factory=dict)

    @classmethod
    def read(cls, entity: Entity, actor: Actor, lines: Sequence[Line]) -> Ties:
        """Find and judge what lines tie to their records: up to five queries for each kind of tie."""
        ties = cls()
        for beside in entity.beside:
            if any(beside.link.name in line.beside for line in lines):
                ties._read(beside, actor, lines)
        return ties

    def _read(self, beside: Beside, actor: Actor, lines: Sequence[Line]) -> None:
        found = find_beside(beside, actor, lines)
        said = self.said.setdefault(beside, {})
        for place, line in enumerate(lines):
            told = line.beside.get(beside.link.name)
            if told is None:
                continue
            values, problems = read_fields(beside.others, told.values)
            problems += beside.judge(values, is_tied=bool(told.texts))
            other = found.get(place)
            if isinstance(other, FieldProblem):
                problems.append(other)
            elif other is not None:
                said[place] = _Said(other, values)
            if problems:
                self.problems.setdefault(place, []).extend(problems)

    def hold(self) -> None:
        """Keep what lines tie to until the transaction ends. Raises GoneMeanwhile."""
        for beside, said in self.said.items():
            wanted = {each.other_id for each in said.values()}
            if wanted and wanted - beside.hold(wanted):
                raise GoneMeanwhile

    def make(self, made: Mapping[int, int | None]) -> None:
        """Tie new records, given by place."""
        for beside, said in self.said.items():
            brought = _brought(said, made)
            if brought:
                beside.make(brought)

    def meet(self, known: Mapping[int, int | None], rule: OnDuplicate, *, writes: bool) -> set[int]:
        """Tie records that were there already, given by place, and give those on which something changed."""
        changed: set[int] = set()
        for beside, said in self.said.items():
            brought = _brought(said, known)
            if brought:
                changed |= beside.meet(brought, overwrites=rule is OnDuplicate.UPDATE, writes=writes)
        return changed


def _brought(said: Mapping[int, _Said], ids: Mapping[int, int | None]) -> list[Brought]:
    return [
        Brought(record_id, said[place].other_id, said[place].values)
        for place, record_id in ids.items()
        if record_id and place in said
    ]
