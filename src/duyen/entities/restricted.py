"""Records that stay as they are, and new ones that nobody makes, while a person's own restriction stands.

A person may ask that her data be used no further (law 91/2025/QH15, article 4). Her record is locked then,
and what would use her data anew is refused: a record that names her, where its entity is held. What is left
of somebody who was erased stays as it is for good, for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.errors import Refused
from duyen.entities.personal.standing import Erased
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Restriction:
    """By which request the use of a record is restricted, and the names of those who may lift that.

    Nobody may where the person behind it is erased.
    """

    request: str
    who: str
    is_erased: bool = False

    def error(self) -> Refused:
        """Say why nothing of it may be written."""
        return Erased() if self.is_erased else Restricted(self)


_GONE = Restriction("", "", is_erased=True)


#: Gives those of some ids whose records are restricted.
Find = Callable[[Collection[int]], Mapping[int, Restriction]]
#: Gives, by the place of each new row, the ids of restricted records that it would use anew, and the field.
Names = Callable[[Sequence[Row], Sequence[Row]], Mapping[int, tuple[str, Collection[int]]]]

_finders: dict[str, tuple[Find, tuple[str, str]]] = {}
_erased: dict[str, Callable[[Collection[int]], Collection[int]]] = {}
_held: dict[str, tuple[str, Names]] = {}
_asked_for: ContextVar[bool] = ContextVar("asked_for_by_the_person", default=False)


class Restricted(Refused):
    """The use of the record is restricted, and the actor is none who may lift that."""

    code = "restricted"
    sentence = gettext_lazy(
        "This person has the use of her data restricted by the request %(request)s: the record stays as it "
        "is. %(who)s may change it, or lift the restriction."
    )

    def __init__(self, told: Restriction) -> None:
        super().__init__(request=told.request, who=told.who)


def restrict(family: str, find: Find, *, needs: tuple[str, str]) -> None:
    """Say which records of a family are restricted; whoever has the right `needs` changes them."""
    _finders[family] = (find, needs)


def close_erased(family: str, find: Callable[[Collection[int]], Collection[int]]) -> None:
    """Say which records of a family are about people who were erased; their own lie in the bin."""
    _erased[family] = find


def about_erased(entity: Entity, ids: Collection[int]) -> frozenset[int]:
    """Give those of some records that are about people who were erased: one query for families that know."""
    find = _erased.get(entity.family)
    return frozenset(find(ids)) if find is not None and ids else frozenset()


def hold_new(entity: str, family: str, names: Names) -> None:
    """Refuse records of an entity that would use those of a restricted family anew; `names` tells which.

    `names` gets the rows as they would be, and what of them is new: the whole of a new row, or what changes.
    """
    _held[entity] = (family, names)


@contextmanager
def asked_for_by_the_person() -> Iterator[None]:
    """Take in what a person herself asks for: her wish to restrict the use of her data is not against it."""
    token = _asked_for.set(True)
    try:
        yield
    finally:
        _asked_for.reset(token)


def restricted(entity: Entity, ids: Collection[int], *, actor: Actor) -> Mapping[int, Restriction]:
    """Give those of some records that are restricted for the actor; the system goes on with what law demands.

    One query for each: restrictions, and people who were erased, of the families that know such.
    """
    if not ids or actor.is_system:
        return {}
    found = _finders.get(entity.family)
    told = {} if found is None or actor.may(*found[1]) else dict(found[0](ids))
    return told | dict.fromkeys(about_erased(entity, ids), _GONE)


def refuse_restricted(entity: Entity, ids: Collection[int], *, actor: Actor) -> None:
    """Refuse to write records that are restricted. Raises Restricted or Erased."""
    for told in restricted(entity, ids, actor=actor).values():
        raise told.error()


def held_back(
    entity: Entity, rows: Sequence[Row], *, actor: Actor, new: Sequence[Row] | None = None
) -> dict[int, list[FieldProblem]]:
    """Give, by place, why rows may not be written: they would use restricted data anew."""
    held = _held.get(entity.name)
    if held is None or not rows or _asked_for.get():
        return {}
    family, names = held
    find, needs = _finders[family]
    if actor.may(*needs):
        return {}
    named = names(rows, rows if new is None else new)
    found = find({each for _field, ids in named.values() for each in ids}) if named else {}
    return {
        place: [FieldProblem(field, "restricted", _said(found[one]))]
        for place, (field, ids) in named.items()
        if (one := next((each for each in sorted(ids) if each in found), None)) is not None
    }


def _said(told: Restriction) -> str:
    return _(
        "This person has the use of her data restricted by the request %(request)s: nothing new is noted "
        "that uses it. %(who)s may do it, or lift the restriction. What she asks for herself is noted."
    ) % {"request": told.request, "who": told.who}
