"""What the page of a lead shows beside its fields. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.fields.given import as_text
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.modules.leads.actions.intake import NAME, given_in_words

Row = Mapping[str, Any]


def sees(actor: Actor, *names: str) -> bool:
    """Tell whether the actor may read these fields of leads."""
    known = entity_named(NAME)
    return all(known.level(actor, name) is not FieldLevel.HIDDEN for name in names)


def as_given(actor: Actor, row: Row) -> Mapping[str, Any]:
    """Give what was said at intake word for word; nothing for whoever may not see one of its fields."""
    if not sees(actor, "raw") or not row["raw"]:
        return {}
    return {"given": [(label, as_text(value)) for label, value in given_in_words(row)]}
