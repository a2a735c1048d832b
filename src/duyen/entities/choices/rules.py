"""Decisions about lists of choices. Pure: plain values in, plain values out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from duyen.kernel.text import fold

#: More of them nobody finds the right one among.
MOST_ITEMS = 500
_BETWEEN = re.compile(r"[^A-Z0-9]+")


def code_for(words: str, taken: Collection[str], *, longest: int) -> str:
    """Make a code of a word: «Thủy sản đông lạnh» becomes THUY_SAN_DONG_LANH, numbered where taken."""
    plain = _BETWEEN.sub("_", fold(words).upper()).strip("_") or "ITEM"
    code, number = plain[:longest].rstrip("_"), 2
    while code in taken:
        end = f"_{number}"
        code, number = plain[: longest - len(end)].rstrip("_") + end, number + 1
    return code


def moved(codes: Sequence[str], code: str, step: int) -> list[str]:
    """Move one code by `step` places; at the ends it stays."""
    found = list(codes)
    if code not in found:
        return found
    at = found.index(code)
    to = min(max(at + step, 0), len(found) - 1)
    found.insert(to, found.pop(at))
    return found


def ordered(codes: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Put those codes that are named into the wanted order, at the places that they had among all."""
    known = [code for code in dict.fromkeys(wanted) if code in set(codes)]
    following = iter(known)
    return [next(following) if code in set(known) else code for code in codes]


def same_word(word: str, words: Collection[str]) -> bool:
    """Tell whether a word is among others, however it is written."""
    return fold(word) in {fold(each) for each in words}
