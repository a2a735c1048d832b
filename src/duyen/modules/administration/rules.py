"""Decide what may stand where in the organisation. Pure: plain values in, plain values out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from duyen.foundation.org.rules import may_contain
from duyen.foundation.org.words import UnitKind
from duyen.kernel.words import mark

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]*")

#: Kind and parent of every unit by id.
Tree = Mapping[int, tuple[str, int | None]]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field; the sentence is translated where it is shown."""

    field: str
    code: str
    message: str


def is_code(text: str) -> bool:
    """Tell whether a short code is made of capital letters, digits, - and _ alone."""
    return _CODE.fullmatch(text) is not None


def problems_of_a_unit(
    *, unit_id: int | None, kind: str, parent: int | None, tree: Tree
) -> Iterator[Problem]:
    """Name what is wrong with a unit's place; `unit_id` is none for a new one."""
    is_head = kind == UnitKind.HEAD_OFFICE
    if is_head and any(other == UnitKind.HEAD_OFFICE and pk != unit_id for pk, (other, _up) in tree.items()):
        yield Problem(
            "kind", "second_head_office", mark("There is a head office already. Choose another kind.")
        )
    if unit_id is not None and tree[unit_id][0] == UnitKind.HEAD_OFFICE and not is_head:
        yield Problem("kind", "head_office", mark("The head office stays the head office."))
    if is_head:
        if parent is not None:
            yield Problem(
                "parent", "head_office", mark("The head office belongs to no other unit. Leave this empty.")
            )
        return
    if parent is None:
        yield Problem("parent", "required", mark("Say to which unit this one belongs."))
        return
    if unit_id is not None and _is_below(parent, unit_id, tree):
        yield Problem("parent", "ring", mark("A unit cannot belong to itself or to a unit below it."))
    if parent in tree and not may_contain(tree[parent][0], kind):
        yield Problem(
            "parent", "nesting", mark("A unit of this kind cannot stand there. Choose a larger one.")
        )
    below = (other for other, up in tree.values() if unit_id is not None and up == unit_id)
    if not all(may_contain(kind, other) for other in below):
        yield Problem("kind", "nesting", mark("The units below do not fit into this kind. Move them first."))


def _is_below(unit_id: int, top: int, tree: Tree) -> bool:
    """Tell whether `unit_id` is `top` or stands somewhere below it."""
    seen: set[int] = set()
    place: int | None = unit_id
    while place is not None and place in tree and place not in seen:
        if place == top:
            return True
        seen.add(place)
        place = tree[place][1]
    return False
