"""Decisions over a set of records. Pure: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Fate(StrEnum):
    """What became of one record of a set."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Mode(StrEnum):
    """How the words given for a list field meet those that a record holds."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


def merged(mode: Mode, held: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """Give the words that a record holds afterwards; capitals make no other word, the one held stays."""
    if mode is Mode.REPLACE:
        return tuple(given)
    folded = {word.casefold() for word in (held if mode is Mode.ADD else given)}
    if mode is Mode.ADD:
        return (*held, *(word for word in given if word.casefold() not in folded))
    return tuple(word for word in held if word.casefold() not in folded)
