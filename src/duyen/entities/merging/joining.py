"""What the values of several records make together, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duyen.entities.fields import Addresses, Emails, Field, Flag, LongText, Phones, Tags, show_address
from duyen.entities.fields.base import EMPTY
from duyen.entities.fields.lists import _MOST
from duyen.kernel.text import fold

_LISTS = (Phones, Emails, Addresses, Tags)
#: What takes the values of all: nothing of it is lost by a merge.
ALL = "all"


def joins(field: Field) -> bool:
    """Tell whether the values of a field can stand together: lists, and texts of several lines."""
    return isinstance(field, (*_LISTS, LongText))


def joined(field: Field, values: Sequence[Any]) -> Any:
    """Put the values of several records together, the survivor's first.

    A list has at most as many items as its field takes, a text as many letters; what would not fit any
    more stays out whole. A record alone gives back its own value.
    """
    if isinstance(field, LongText):
        return _paragraphs(field, values)
    items = [item for value in values for item in value]
    once = {_key(field, item): item for item in reversed(items)}
    kept = [once[key] for key in dict.fromkeys(_key(field, item) for item in items)]
    return tuple(kept[:_MOST])


def left_out(field: Field, values: Sequence[Any]) -> int:
    """Count the items that do not fit into the field together with the others."""
    if isinstance(field, LongText):
        return sum(1 for each in {v for v in values if v} if each not in _paragraphs(field, values))
    return max(0, len({_key(field, item) for value in values for item in value}) - _MOST)


def first_given(field: Field, values: Sequence[Any]) -> int | None:
    """Give the place of the first value that says something; a flag says something when it is set."""
    empty = (*EMPTY, False) if isinstance(field, Flag) else EMPTY
    return next((place for place, value in enumerate(values) if value not in empty), None)


def _paragraphs(field: LongText, values: Sequence[str]) -> str:
    text = ""
    for value in values:
        longer = f"{text}\n\n{value}" if text and value else text or value
        if value and value not in text and len(longer) <= field.max_length:
            text = longer
    return text


def _key(field: Field, item: Any) -> str:
    if isinstance(field, Tags):
        return str(item).casefold()
    if isinstance(field, Addresses):
        return fold(show_address(item))
    return str(item.value)
