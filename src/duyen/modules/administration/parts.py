"""What the trail tells of the rows that belong to a user or a role: positions, rights, limits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Part
from duyen.entities.fields import Choice, Day, Flag, Link, Option, Text
from duyen.entities.registry import all_entities
from duyen.entities.rights import REACH_LABELS, VERB_LABELS
from duyen.foundation.access.words import FieldLevel


class _Kind(Text):
    """The name of an entity, shown by its word."""

    def show(self, value: Any) -> str:
        return next((str(each.labels) for each in all_entities() if each.name == value), super().show(value))


class _Verb(Text):
    """A right, shown by its word where every entity knows it."""

    def show(self, value: Any) -> str:
        own = {verb: label for each in all_entities() for verb, label in each.rights.items()}
        return str({**own, **VERB_LABELS}.get(value) or super().show(value))


class _FieldName(Text):
    """The name of a field, shown by its words; a field of one's own that is gone keeps its name."""

    def show(self, value: Any) -> str:
        called = (each.label for entity in all_entities() for each in entity.fields if each.name == value)
        # Entities call what they share alike; the line beside it says of which one it is.
        return str(next(called, None) or super().show(value))


POSITIONS = Part(
    "positions",
    _("Position"),
    [
        Link("unit", _("Unit"), to="units"),
        Link("role", _("Role"), to="roles"),
        Flag("is_main", _("Main position")),
        Day("since", _("Since")),
        Day("until", _("Last day")),
    ],
)
RIGHTS = Part(
    "role_rights",
    _("Right"),
    [
        _Kind("entity", _("On what")),
        _Verb("verb", _("Right")),
        Choice(
            "reach",
            _("How far"),
            options=tuple(Option(reach, label) for reach, label in REACH_LABELS.items()),
        ),
    ],
)
LIMITS = Part(
    "field_rights",
    _("Limit"),
    [
        _Kind("entity", _("On what")),
        _FieldName("field", _("Field")),
        Choice(
            "level",
            _("Limit"),
            options=(Option(FieldLevel.READ, _("see only")), Option(FieldLevel.HIDDEN, _("hidden"))),
        ),
    ],
)
