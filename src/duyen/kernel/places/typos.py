"""The one name that differs from what was written by one letter."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 5
"""Shorter names are too near to each other: «Tân An» and «Tân Ấn» are two letters away from many."""


def nearest(key: str, keys: Iterable[str]) -> str:
    """Give the only one of some keys that is one letter away (one more, less, other, or two turned round).

    Gives nothing for a short key, one with digits, or where several are as near.
    """
    if len(key) < SHORTEST or any(sign.isdigit() for sign in key):
        return ""
    found = {each for each in keys if abs(len(each) - len(key)) <= 1 and is_one_away(key, each)}
    return found.pop() if len(found) == 1 else ""


def is_one_away(one: str, other: str) -> bool:
    """Tell whether one letter more, less or other, or two neighbours turned round, make one of the other."""
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    rest, longer = one[start:], other[start:]
    if len(one) < len(other):
        return rest == longer[1:]
    is_turned = rest[:2] == longer[1::-1] and rest[2:] == longer[2:] and len(rest) > 1
    return one != other and (rest[1:] == longer[1:] or is_turned)
