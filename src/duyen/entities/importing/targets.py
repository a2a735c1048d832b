"""What a column of a file can lead to: a field of the entity, a part of one, or a piece of a past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.beside import Beside
from duyen.entities.entity import Entity
from duyen.entities.fields import Addresses, Code, Field, Label, Link, LongText, Tags, Text
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel

#: Begins the key of what lies behind a record; only the system brings a past in.
PAST = "@"
MADE_AT, STATE, SINCE = "@made_at", "@state", "@since"

_ADDRESS_PARTS: Mapping[str, Label] = {
    "line": _("House number, street"),
    "ward": _("Ward, commune"),
    "district": _("District"),
    "province": _("Province, city"),
}
_NAME_PARTS: Mapping[str, Label] = {
    "family": _("Family name"),
    "middle": _("Middle name"),
    "given": pgettext_lazy("part of a name", "Given name"),
}


@dataclass(frozen=True)
class Target:
    """One place for the cells of a column: `key` as it stands in a mapping, `name.part` for a part.

    `beside` is what another table ties to the record, where the field is one of that.
    """

    key: str
    label: Label
    field: Field | None = None
    part: str = ""
    beside: Beside | None = None

    @property
    def takes_several(self) -> bool:
        """Whether several columns of a file may lead here."""
        if self.field is None:
            return False
        if self.beside is not None:  # a firm may be named by its code in one column and its name in another
            return isinstance(self.field, Link)
        return self.field.blank == () or isinstance(self.field, LongText)


def targets_of(entity: Entity, actor: Actor) -> dict[str, Target]:
    """List, by key, where the columns of a file may lead that `actor` brings in."""
    found = [
        Target(each.name, each.label, each) for each in entity.known_fields if _finds(entity, actor, each)
    ]
    for each in entity.writable(actor):
        if actor.is_system and entity.lifecycle and each.name == entity.lifecycle.column:
            continue  # The system gives a life with it, below.
        if isinstance(each, Addresses):
            found += [
                Target(f"{each.name}.{part}", word, each, part) for part, word in _ADDRESS_PARTS.items()
            ]
            continue
        found.append(Target(each.name, each.label, each))
        if isinstance(each, Text) and each.parts:
            found += [Target(f"{each.name}.{part}", _NAME_PARTS[part], each, part) for part in each.parts]
    for beside in entity.beside:
        if beside.may_bring(actor):
            found += [Target(each.name, each.label, each, beside=beside) for each in beside.fields]
    if actor.is_system:
        found.append(Target(MADE_AT, _("Made at")))
        if entity.lifecycle is not None:
            found.append(Target(STATE, entity.lifecycle.label))
            found.append(Target(SINCE, _("In this state since")))
    return {each.key: each for each in found}


def _finds(entity: Entity, actor: Actor, field: Field) -> bool:
    """Tell whether a column can say by its own code, which nobody sets, which record is meant."""
    return isinstance(field, Code) and entity.level(actor, field.name) is not FieldLevel.HIDDEN


def is_list(field: Field | None) -> bool:
    """Tell whether one cell of a field may hold several values."""
    return field is not None and field.blank == () and not isinstance(field, Addresses)


def has_words(field: Field | None) -> bool:
    """Tell whether the values of a field are free words."""
    return isinstance(field, (Text, Tags))
