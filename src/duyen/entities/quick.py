"""What can be made from anywhere in a few fields: short forms that modules offer beside the whole ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duyen.entities.fields import Label
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE


@dataclass(frozen=True)
class Quick:
    """One short form.

    `lines` are names of fields as in a form; `fixed` are values that it does not ask for. `about` is the
    field that starts with the record on whose page one is. `key` is the letter after C. One that `opens`
    leads to the record that was made; after the others one stays where one was.
    """

    name: str
    label: Label
    icon: str
    entity: str
    lines: Sequence[str]
    key: str = ""
    fixed: Mapping[str, object] = field(default_factory=dict)
    about: str = ""
    opens: bool = False


_offered: dict[str, Quick] = {}


def offer_quick(*forms: Quick) -> None:
    """Offer short forms, in this order. Raises ValueError for a name that is taken."""
    for each in forms:
        if each.name in _offered:
            raise ValueError(each.name)
        _offered[each.name] = each


def quick_for(actor: Actor) -> list[Quick]:
    """List the short forms of what somebody may create."""
    return [each for each in _offered.values() if actor.may(each.entity, CREATE)]


def quick_named(name: str) -> Quick | None:
    """Find a short form."""
    return _offered.get(name)


def check() -> None:
    """Check that every short form names fields that are there. Raises KeyError."""
    for each in _offered.values():
        entity = entity_named(each.entity)
        named = [name for line in each.lines for name in line.split()]
        for name in (*named, *each.fixed, *filter(None, [each.about])):
            entity.field(name)
