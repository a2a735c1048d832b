"""The rights that an entity knows: the engine's own that fit it, those its actions ask for, and its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.foundation.access.words import (
    CHANGE,
    CREATE,
    DELETE,
    EXPORT,
    HAND_OVER,
    READ,
    SHARE,
    STANDARD_VERBS,
    Reach,
)

VERB_LABELS: dict[str, Label] = {
    READ: _("See"),
    CREATE: _("Create"),
    CHANGE: _("Change"),
    DELETE: _("Delete"),
    HAND_OVER: _("Hand over"),
    SHARE: _("Share"),
    EXPORT: _("Export"),
}
REACH_LABELS: dict[Reach, Label] = {
    Reach.OWN: _("own records"),
    Reach.TEAM: _("own unit"),
    Reach.AREA: _("own area"),
    Reach.BRANCH: _("own branch"),
    Reach.ALL: _("whole company"),
}


@dataclass(frozen=True)
class VerbOfEntity:
    """One right that can be given: its code and its word."""

    verb: str
    label: Label


def verbs_of(entity: Entity) -> list[VerbOfEntity]:
    """List the rights that can be given on an entity, in the order in which pages show them."""
    fits = {
        READ: True,
        CREATE: True,
        CHANGE: True,
        DELETE: entity.has_bin,
        HAND_OVER: entity.has_owner,
        SHARE: not entity.scope.is_company_wide,
        EXPORT: True,
    }
    found = {verb: VERB_LABELS[verb] for verb in STANDARD_VERBS if fits[verb]}
    for each in entity.actions:
        if each.needs not in STANDARD_VERBS:
            found.setdefault(each.needs, each.label)
    return [VerbOfEntity(verb, label) for verb, label in {**found, **entity.rights}.items()]


def verbs_on_a_record(entity: Entity) -> list[VerbOfEntity]:
    """List the rights that mean something on one record that is there already."""
    return [each for each in verbs_of(entity) if each.verb != CREATE]


def reach_words(entity: Entity, reach: Reach | None) -> Label:
    """Say how far a right reaches; things of the whole company are either open or not."""
    if reach is None:
        return _("no")
    return _("yes") if entity.scope.is_company_wide else REACH_LABELS[reach]
