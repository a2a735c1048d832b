"""Files that stand on a record and are kept by others that became it: nothing of them is copied.

Each stays under the address, the rights and the trail of the record that keeps it. Whoever may read both sees
it on both; when the other record belongs here no more, neither does the file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ

if TYPE_CHECKING:
    from duyen.entities.entity import Entity

#: Gives the ids of those records of another kind whose files stand on a record and that the actor reads.
Keepers = Callable[[Actor, int], Collection[int]]


@dataclass(frozen=True)
class Carried:
    """Some records of one kind, open to the reader, whose files stand on another record."""

    entity: Entity
    ids: Collection[int]


_keepers: dict[str, dict[str, Keepers]] = {}


def carry_files(to: str, from_: str, keepers: Keepers) -> None:
    """Let files of records of `from_` stand on records of `to`, by the names of entities; at start-up."""
    _keepers.setdefault(to, {})[from_] = keepers


def carried_to(entity: Entity, record_id: int, actor: Actor) -> list[Carried]:
    """Give the records whose files stand on one that the actor has been shown; read where they are needed."""
    found = []
    for name, keepers in _keepers.get(entity.name, {}).items():
        if actor.may(name, READ):
            found.append(Carried(entity_named(name), keepers(actor, record_id)))
    return found
