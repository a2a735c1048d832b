"""What the reader may do with one record whose row is at hand, without asking the database again.

Buttons follow this; the step itself is judged once more when it is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.entity import Entity
from duyen.foundation.access.actor import Actor


def is_open_to(entity: Entity, actor: Actor, verb: str, row: Mapping[str, Any]) -> bool:
    """Tell whether `verb` is among the actor's rights on this row."""
    facts = actor.scope(entity.name, verb)
    if entity.scope.is_company_wide:
        return not facts.is_empty
    owner = row.get(entity.scope.owner) if entity.scope.owner else None
    unit = row.get(entity.scope.unit) if entity.scope.unit else None
    return facts.covers(record_id=row["id"], owner_id=owner, unit_id=unit)
