"""In which order the tiles of a page stand. Pure: names in, names out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

WIDE, NARROW = "wide", "narrow"
UP, DOWN, ACROSS, HIDE, SHOW = "up", "down", "across", "hide", "show"
MOVES = (UP, DOWN, ACROSS, HIDE, SHOW)


@dataclass(frozen=True)
class Arrangement:
    """The names of tiles in both columns, and of those that are put away."""

    wide: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    away: tuple[str, ...] = ()

    def as_json(self) -> dict[str, list[str]]:
        return {"wide": list(self.wide), "narrow": list(self.narrow), "away": list(self.away)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Arrangement:
        """Read what was kept; whatever is no list of names is left out."""
        return cls(*(_names(kept.get(part)) for part in ("wide", "narrow", "away")))

    @property
    def known(self) -> frozenset[str]:
        return frozenset((*self.wide, *self.narrow, *self.away))


@dataclass(frozen=True)
class Place:
    """Where a tile stands until somebody moves it."""

    name: str
    is_wide: bool
    is_chosen: bool


def arranged(places: Sequence[Place], kept: Arrangement | None) -> Arrangement:
    """Give the arrangement of exactly these tiles: as kept, and behind that those that are new."""
    kept = kept or Arrangement()
    there = {each.name for each in places}
    new = [each for each in places if each.name not in kept.known]
    return Arrangement(
        (*_among(kept.wide, there), *(each.name for each in new if each.is_wide and each.is_chosen)),
        (*_among(kept.narrow, there), *(each.name for each in new if not each.is_wide and each.is_chosen)),
        (*_among(kept.away, there), *(each.name for each in new if not each.is_chosen)),
    )


def moved(
    now: Arrangement, name: str, move: str, *, is_wide: bool = True, seen: Collection[str] = ()
) -> Arrangement:
    """Give the arrangement after one move from the menu; what leads nowhere leaves it as it is.

    `is_wide` is the column to which a tile that was put away comes back. A step up or down goes past the
    next one that is `seen`; with none named, past the next one.
    """
    if name not in now.known or move not in MOVES:
        return now
    if move in (UP, DOWN):
        step = -1 if move == UP else 1
        wide, narrow = (_shifted(part, name, step, seen) for part in (now.wide, now.narrow))
        return replace(now, wide=wide, narrow=narrow)
    bare = _without(now, name)
    if move == HIDE:
        return replace(bare, away=(*bare.away, name))
    to_wide = is_wide if name in now.away else name in now.narrow
    if to_wide:
        return replace(bare, wide=(*bare.wide, name))
    return replace(bare, narrow=(*bare.narrow, name))


def dropped(now: Arrangement, wide: Sequence[str], narrow: Sequence[str]) -> Arrangement:
    """Give the arrangement after a drag: both columns as they stand then; nothing is lost by it."""
    told = _once((*wide, *narrow))
    shown = (*now.wide, *now.narrow)
    if set(told) - set(shown):
        return now
    rest = tuple(each for each in now.wide if each not in told)
    rest_narrow = tuple(each for each in now.narrow if each not in told)
    in_wide = _once(wide)
    in_narrow = tuple(each for each in _once(narrow) if each not in in_wide)
    return Arrangement((*in_wide, *rest), (*in_narrow, *rest_narrow), now.away)


def _shifted(names: tuple[str, ...], name: str, step: int, seen: Collection[str]) -> tuple[str, ...]:
    if name not in names:
        return names
    at = names.index(name)
    others = [place for place, each in enumerate(names) if each in seen or not seen]
    beyond = [place for place in others if (place - at) * step > 0]
    if not beyond:
        return names
    to = min(beyond) if step > 0 else max(beyond)
    left = [each for each in names if each != name]
    return (*left[:to], name, *left[to:])


def _without(now: Arrangement, name: str) -> Arrangement:
    parts = ((each for each in part if each != name) for part in (now.wide, now.narrow, now.away))
    return Arrangement(*(tuple(part) for part in parts))


def _among(names: Iterable[str], there: Iterable[str]) -> tuple[str, ...]:
    held = set(there)
    return tuple(each for each in names if each in held)


def _names(kept: object) -> tuple[str, ...]:
    return _once(each for each in kept if isinstance(each, str)) if isinstance(kept, list) else ()


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def rolled_up(counts: Mapping[int, int], paths: Mapping[int, Sequence[int]], *, most: int) -> dict[int, int]:
    """Add counts of units up, to the lowest level of the tree that has at most so many of them.

    `paths` lead from the top to each unit.
    """
    deepest = max((len(each) for each in paths.values()), default=1)
    found: dict[int, int] = {}
    for depth in range(1, deepest + 1):
        rolled: dict[int, int] = {}
        for unit, count in counts.items():
            path = paths.get(unit) or (unit,)
            at = path[:depth][-1]
            rolled[at] = rolled.get(at, 0) + count
        if found and len(rolled) > most:
            return found
        found = rolled
    return found
