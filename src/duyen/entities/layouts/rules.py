"""Arrange a form: a flat row of sections and fields, as one drags them. Pure: plain values in and out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

#: So many fields fit beside each other in one line.
MOST_IN_A_LINE = 3
MOST_SECTIONS = 30
SECTION, FIELD = "section:", "field:"


@dataclass(frozen=True)
class Part:
    """One section of a form: a key that stays, its words, and its lines of fields.

    Empty words mean the first ones, which the key tells.
    """

    key: str
    vi: str = ""
    en: str = ""
    lines: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> list[str]:
        """The fields of the section in their order."""
        return [name for line in self.lines for name in line]


@dataclass(frozen=True)
class Arranged:
    """Form and page of an entity as somebody arranged them. In `tabs` and `panels` a minus hides."""

    parts: tuple[Part, ...] = ()
    hidden: frozenset[str] = frozenset()
    tabs: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Every field that the form shows."""
        return [name for part in self.parts for name in part.names if name not in self.hidden]


def fitted(arranged: Arranged, standard: Sequence[Part], *, needed: Collection[str]) -> Arranged:
    """Bring an arrangement in step with the fields that there are.

    Those that are gone go; those that came since stand at the end of the section that they are declared in,
    or in that section at the end. Those that are `needed` are always shown. Each field stands once.
    """
    known = {name for part in standard for name in part.names}
    seen: set[str] = set()
    parts = [_kept(part, known, seen) for part in arranged.parts]
    places = {part.key: place for place, part in enumerate(parts)}
    for part in standard:
        missing = [name for name in part.names if name not in seen]
        if not missing:
            continue
        seen.update(missing)
        lines = tuple((name,) for name in missing)
        if part.key in places:
            at = places[part.key]
            parts[at] = replace(parts[at], lines=(*parts[at].lines, *lines))
        else:
            places[part.key] = len(parts)
            parts.append(replace(part, lines=lines))
    return replace(arranged, parts=tuple(parts), hidden=arranged.hidden & known - set(needed))


def _kept(part: Part, known: Collection[str], seen: set[str]) -> Part:
    lines = []
    for line in part.lines:
        names = []
        for name in line:
            if name in known and name not in seen:
                seen.add(name)
                names.append(name)
        if names:
            lines.append(tuple(names))
    return replace(part, lines=tuple(lines))


def visible(arranged: Arranged) -> list[Part]:
    """Give the sections as the form shows them: without what is hidden, and without empty ones."""
    found = []
    for part in arranged.parts:
        lines = [tuple(name for name in line if name not in arranged.hidden) for line in part.lines]
        if kept := tuple(line for line in lines if line):
            found.append(replace(part, lines=kept))
    return found


def flat(arranged: Arranged) -> list[str]:
    """Lay sections and fields out in one row, as the page lets them be dragged."""
    return [
        item
        for part in arranged.parts
        for item in (SECTION + part.key, *(FIELD + name for name in part.names))
    ]


def beside(arranged: Arranged) -> frozenset[str]:
    """Name the fields that stand in the line of the one before them."""
    return frozenset(name for part in arranged.parts for line in part.lines for name in line[1:])


def gathered(items: Sequence[str], titles: Sequence[Part], joined: Collection[str]) -> tuple[Part, ...]:
    """Make sections of a row of items; `joined` stand in the line of the one before where there is room."""
    known = {part.key: part for part in titles}
    parts: list[Part] = []
    for item in items:
        if item.startswith(SECTION):
            key = item.removeprefix(SECTION)
            if key not in {part.key for part in parts}:
                parts.append(replace(known.get(key, Part(key)), lines=()))
        elif item.startswith(FIELD):
            name = item.removeprefix(FIELD)
            parts = parts or [Part("")]
            lines = parts[-1].lines
            if name in joined and lines and len(lines[-1]) < MOST_IN_A_LINE:
                parts[-1] = replace(parts[-1], lines=(*lines[:-1], (*lines[-1], name)))
            else:
                parts[-1] = replace(parts[-1], lines=(*lines, (name,)))
    return tuple(parts)


def ordered_names(kept: Sequence[str], known: Sequence[str]) -> list[tuple[str, bool]]:
    """Order names as they were arranged, each with whether it is shown; what came since stands at the end."""
    told = {each.removeprefix("-"): not each.startswith("-") for each in kept}
    names = [name for name in told if name in set(known)]
    return [(name, told.get(name, True)) for name in (*names, *(n for n in known if n not in told))]


def told_names(order: Sequence[str], shown: Collection[str]) -> tuple[str, ...]:
    """Write an order of names, with a minus before what is not shown."""
    return tuple(name if name in shown else f"-{name}" for name in dict.fromkeys(order))
