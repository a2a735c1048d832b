"""Resolve the rights of a person from her positions and the rights of their roles. Pure.

The tables are read elsewhere, so that the rights as they would be after a change are resolved by the
same lines as those that hold now.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from duyen.foundation.access.actor import AccessFacts
from duyen.foundation.access.rules import Grant, UnitTree
from duyen.foundation.access.words import FieldLevel, Reach


@dataclass(frozen=True)
class Held:
    """A position as rights see it: this role in this unit."""

    role_id: int
    unit_id: int
    role_code: str = ""
    needs_second_factor: bool = False


@dataclass(frozen=True)
class RoleBook:
    """What roles may do, by role: how far each verb of each entity reaches, and the limits on fields."""

    rights: Mapping[int, Mapping[tuple[str, str], Reach]]
    limits: Mapping[int, Mapping[tuple[str, str], FieldLevel]]

    @classmethod
    def of(
        cls,
        rights: Iterable[tuple[int, str, str, str]],
        limits: Iterable[tuple[int, str, str, str]],
    ) -> RoleBook:
        """Build the book from the rows of the two tables."""
        reaches: dict[int, dict[tuple[str, str], Reach]] = defaultdict(dict)
        levels: dict[int, dict[tuple[str, str], FieldLevel]] = defaultdict(dict)
        for role_id, entity, verb, reach in rights:
            reaches[role_id][entity, verb] = Reach(reach)
        for role_id, entity, name, level in limits:
            levels[role_id][entity, name] = FieldLevel(level)
        return cls(dict(reaches), dict(levels))

    def with_role(
        self,
        role_id: int,
        rights: Mapping[tuple[str, str], Reach],
        limits: Mapping[tuple[str, str], FieldLevel],
    ) -> RoleBook:
        """Give the book as it would be with exactly these rights and limits of one role."""
        return replace(self, rights={**self.rights, role_id: rights}, limits={**self.limits, role_id: limits})


def resolve(
    user_id: int,
    held: Sequence[Held],
    *,
    book: RoleBook,
    tree: UnitTree,
    day: dt.date,
    epoch: int = 0,
) -> AccessFacts:
    """Resolve every right of one person who holds these positions, the main one first."""
    grants: dict[tuple[str, str], list[Grant]] = defaultdict(list)
    levels: dict[tuple[str, str], dict[int, FieldLevel]] = defaultdict(dict)
    for place in held:
        for key, reach in book.rights.get(place.role_id, {}).items():
            grants[key].append(Grant(place.role_id, place.unit_id, reach))
        for key, level in book.limits.get(place.role_id, {}).items():
            levels[key][place.role_id] = level
    return AccessFacts(
        user_id=user_id,
        epoch=epoch,
        day=day,
        tree=tree,
        grants={key: tuple(value) for key, value in grants.items()},
        field_levels=dict(levels),
        home_unit_id=held[0].unit_id if held else None,
        role_codes=frozenset(place.role_code for place in held),
        needs_second_factor=any(place.needs_second_factor for place in held),
    )
