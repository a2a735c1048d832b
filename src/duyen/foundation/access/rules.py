"""Decide how far rights reach in the tree of units. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from duyen.foundation.access.words import FieldLevel, Reach
from duyen.foundation.org.words import UnitKind

_BELOW_A_TEAM = {UnitKind.TEAM, UnitKind.DEPARTMENT}


@dataclass(frozen=True)
class UnitPlace:
    """One unit as the tree knows it."""

    id: int
    parent_id: int | None
    kind: str


@dataclass(frozen=True)
class UnitTree:
    """The whole organisation, small enough to keep in memory."""

    places: Mapping[int, UnitPlace]
    children: Mapping[int, tuple[int, ...]] = field(repr=False)

    @classmethod
    def of(cls, places: Iterable[UnitPlace]) -> UnitTree:
        """Build the tree from its units, in any order."""
        by_id = {place.id: place for place in places}
        children: dict[int, tuple[int, ...]] = {}
        for place in by_id.values():
            if place.parent_id is not None:
                children[place.parent_id] = (*children.get(place.parent_id, ()), place.id)
        return cls(by_id, children)

    def climb(self, unit_id: int, kinds: set[UnitKind]) -> int | None:
        """Find the nearest unit of one of `kinds`, starting at `unit_id` itself."""
        return next((step for step in self.path(unit_id) if self.places[step].kind in kinds), None)

    def below(self, unit_id: int, enters: Callable[[str], bool]) -> frozenset[int]:
        """Collect `unit_id` and all units below it whose kind `enters` accepts on the way down."""
        found, waiting = {unit_id}, [unit_id]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                if child not in found and enters(self.places[child].kind):
                    found.add(child)
                    waiting.append(child)
        return frozenset(found)

    def path(self, unit_id: int) -> tuple[int, ...]:
        """List the units from `unit_id` up to the top."""
        steps: list[int] = []
        seen: int | None = unit_id
        while seen is not None and seen in self.places and seen not in steps:
            steps.append(seen)
            seen = self.places[seen].parent_id
        return tuple(steps)


@dataclass(frozen=True)
class ScopeFacts:
    """The records a right opens: all, or those of these owners, units, and single records."""

    everything: bool = False
    owners: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    shared: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.owners or self.units or self.shared)

    def covers(self, *, record_id: int, owner_id: int | None, unit_id: int | None) -> bool:
        """Tell whether one record lies inside."""
        return self.everything or owner_id in self.owners or unit_id in self.units or record_id in self.shared


EVERYTHING = ScopeFacts(everything=True)
NOTHING = ScopeFacts()


def units_within(reach: Reach, unit_id: int, tree: UnitTree) -> frozenset[int]:
    """Collect the units that `reach` opens from a position in `unit_id`.

    A team is the unit with its teams and departments; an area is the nearest area above with
    all that stands below it; a branch is the nearest branch (or the head office, without its
    branches). Where no such unit stands above, the own unit takes its place.
    """
    if reach is Reach.TEAM:
        return tree.below(unit_id, lambda kind: kind in _BELOW_A_TEAM)
    if reach is Reach.AREA:
        area = tree.climb(unit_id, {UnitKind.AREA})
        if area is not None:
            return tree.below(area, lambda kind: True)
        return tree.below(unit_id, lambda kind: kind not in (UnitKind.AREA, UnitKind.BRANCH))
    top = tree.climb(unit_id, {UnitKind.BRANCH, UnitKind.HEAD_OFFICE})
    return tree.below(unit_id if top is None else top, lambda kind: kind != UnitKind.BRANCH)


def scope_of(
    *, user_id: int, grants: Iterable[tuple[Reach, int]], tree: UnitTree, shared: frozenset[int] = frozenset()
) -> ScopeFacts:
    """Join what several positions open into one scope; `grants` are (reach, unit of the position)."""
    owners: set[int] = set()
    units: set[int] = set()
    for reach, unit_id in grants:
        if reach is Reach.ALL:
            return EVERYTHING
        if reach is Reach.OWN:
            owners.add(user_id)
        else:
            owners.add(user_id)
            units |= units_within(reach, unit_id, tree)
    return ScopeFacts(owners=frozenset(owners), units=frozenset(units), shared=shared)


def field_level(levels: Iterable[FieldLevel | None]) -> FieldLevel | None:
    """Take the most open of several roles' levels for one field; none means unrestricted."""
    found = list(levels)
    if not found or None in found:
        return None
    return FieldLevel.READ if FieldLevel.READ in found else FieldLevel.HIDDEN
