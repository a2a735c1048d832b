"""What warns of records: that they stand still, are late or lack something; kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel

if TYPE_CHECKING:
    from duyen.entities.entity import Entity

Row = Mapping[str, Any]
#: The kinds of mark: amber for what stands still, red for what is late or incomplete.
STALE, RISK = "stale", "risk"


@dataclass(frozen=True)
class Mark:
    """What warns of a record: `kind` is STALE or RISK. Whoever may not see `field` gets no such mark."""

    kind: str
    text: Label
    field: str = ""


#: Gives, by the ids of rows, what warns of them; one call for all rows of a page.
Marks = Callable[[Actor, Sequence[Row]], Mapping[int, Sequence[Mark]]]


def marks_of(entity: Entity, actor: Actor, rows: Sequence[Row]) -> Mapping[int, Sequence[Mark]]:
    """Give what warns of rows, as far as the actor may see the fields that it tells of."""
    if entity.marks is None or not rows:
        return {}
    found = entity.marks(actor, rows)
    return {
        row_id: [each for each in marks if not each.field or _is_seen(entity, actor, each.field)]
        for row_id, marks in found.items()
    }


def _is_seen(entity: Entity, actor: Actor, name: str) -> bool:
    return name in entity.by_name and entity.level(actor, name) is not FieldLevel.HIDDEN
