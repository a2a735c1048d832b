"""Records that nobody changes while a person's own wish to restrict the use of her data stands."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import Refused
from duyen.foundation.access.actor import Actor

#: Gives those of some ids whose records are restricted.
Find = Callable[[Collection[int]], Collection[int]]

_finders: dict[str, tuple[Find, tuple[str, str]]] = {}


class Restricted(Refused):
    """The use of the record is restricted, and the actor is none who may lift that."""

    code = "restricted"
    sentence = _(
        "This person has the use of her data restricted: the record stays as it is. Whoever answers data "
        "requests may change it, or lift the restriction."
    )


def restrict(family: str, find: Find, *, needs: tuple[str, str]) -> None:
    """Say which records of a family are restricted; whoever has the right `needs` changes them."""
    _finders[family] = (find, needs)


def restricted(entity: Entity, ids: Collection[int], *, actor: Actor) -> frozenset[int]:
    """Give those of some records that are restricted for the actor; the system goes on with what law demands.

    One query, for the families that know such restrictions.
    """
    found = _finders.get(entity.family)
    if not ids or found is None or actor.may(*found[1]):
        return frozenset()
    return frozenset(found[0](ids))


def refuse_restricted(entity: Entity, ids: Collection[int], *, actor: Actor) -> None:
    """Refuse to write records that are restricted. Raises Restricted."""
    if restricted(entity, ids, actor=actor):
        raise Restricted
