"""How what a row says meets what a record holds: fill what is empty, or overwrite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.fields.base import EMPTY
from duyen.entities.importing.words import OnDuplicate

#: Gives, from what a record holds and what a row says, what the record takes.
Meeting = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]


def meeting_for(entity: Entity, rule: OnDuplicate) -> Meeting:
    """Give how values meet under a rule.

    A row never empties a field: an empty cell says nothing. Of a field with several values, such as
    phones, a row adds those that the record lacks and removes none.
    """
    several = {each.name for each in entity.fields if each.blank == ()}
    if rule is OnDuplicate.FILL:
        return _fill
    return lambda before, new: _overwrite(before, new, several)


def _fill(before: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in new.items() if value not in EMPTY and before[name] in EMPTY}


def _overwrite(before: Mapping[str, Any], new: Mapping[str, Any], several: set[str]) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    for name, value in new.items():
        if value in EMPTY:
            continue
        if name in several:
            lacking = tuple(each for each in value if each not in before[name])
            taken[name] = (*before[name], *lacking)
        else:
            taken[name] = value
    return taken
