"""What stands for a record that none of its own entities opens: a lead for the party behind it, say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from duyen.entities.entity import Entity
from duyen.entities.fields import LinkedRecord
from duyen.foundation.access.actor import Actor


class Find(Protocol):
    """Gives by the id of such a record what opens it to the actor: with its `entity` and, by `opens`, its id.

    What lies in the bin stands for it only where that is asked for.
    """

    def __call__(
        self, actor: Actor, ids: Collection[int], /, *, with_bin: bool = False
    ) -> Mapping[int, LinkedRecord]: ...


_finders: dict[str, list[Find]] = {}


def stand_in(family: str, find: Find) -> None:
    """Say what stands for records of a family that nobody meets by themselves; once, at start-up."""
    _finders.setdefault(family, []).append(find)


def has_stand_ins(target: Entity) -> bool:
    """Tell whether something may stand for records of the family of `target`."""
    return target.family in _finders


def stand_ins(
    actor: Actor, target: Entity, ids: Collection[int], *, with_bin: bool = False
) -> dict[int, LinkedRecord]:
    """Give by id what stands for records of the family of `target`, as far as it is open to the actor.

    From the bin, too, where `with_bin` says so.
    """
    found: dict[int, LinkedRecord] = {}
    for find in _finders.get(target.family, ()) if ids else ():
        found |= find(actor, ids, with_bin=with_bin)
    return found
