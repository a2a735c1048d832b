"""What an entity says about duplicates: by which keys two records may be one, and how strongly."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from duyen.entities.fields import Label

#: The columns of a record, or of what may become one.
Columns = Mapping[str, Any]


def _as_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Key:
    """One way in which two records can be the same.

    `of` gives its texts from the columns of a record: two records with one text in common may be one.
    `fields` are those it is made of: who may not see each of them neither asks by it nor is told of it.
    Of the records that share one text `most` are looked at: what more than that share says little.
    `strength`, from 0 to 100, is how far the key alone speaks for one record; `with_name` where the names
    are alike too. `show` writes the text of a key for people; without it the reason stands alone.
    """

    code: str
    label: Label
    fields: Sequence[str]
    of: Callable[[Columns], Iterable[str]]
    strength: int
    with_name: int = 0
    show: Callable[[str], str] | None = None
    most: int = 20


@dataclass(frozen=True)
class Duplicates:
    """By what duplicates of an entity are proposed; entities that share a table declare the same.

    `columns` are all that the keys read. `is_like` compares the names of a new record, given by its
    columns, and of a known one, where a key counts more `with_name`; it sees nothing else of the latter.
    """

    by: Sequence[Key]
    columns: Sequence[str]
    is_like: Callable[[Columns, str], bool]

    @cached_property
    def by_code(self) -> Mapping[str, Key]:
        return {each.code: each for each in self.by}

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that have a say, once each."""
        return tuple(dict.fromkeys(name for key in self.by for name in key.fields))


class Marked(NamedTuple):
    """One text of one key, and the number under which it is kept."""

    key: Key
    text: str
    number: int


#: The same as plain values, cheap to make and to send to another process: the number, the place of the key
#: in `Duplicates.by`, and the text.
Mark = tuple[int, int, str]


def marks(family: str, keys: Iterable[Key], columns: Columns) -> Iterator[Marked]:
    """Give the keys of one record: each text with its number, a digest of 64 bits."""
    for key in keys:
        head = f"{family}|{key.code}|"
        for text in dict.fromkeys(key.of(columns)):
            if text:
                yield Marked(key, text, _number(head + text))


def plain_marks(family: str, declared: Duplicates, columns: Columns) -> list[Mark]:
    """Give all keys of one record as plain values, each number once."""
    found: dict[int, Mark] = {}
    for place, key in enumerate(declared.by):
        head = f"{family}|{key.code}|"
        for text in key.of(columns):
            if text:
                number = _number(head + text)
                found[number] = (number, place, text)
    return list(found.values())


def _number(told: str) -> int:
    return int.from_bytes(hashlib.blake2b(told.encode(), digest_size=8).digest(), signed=True)
