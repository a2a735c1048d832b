"""What warns of records: that they stand still, are late or lack something; kept nowhere, and asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import Choice, Label, Option
from duyen.entities.sql import Sql
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel

if TYPE_CHECKING:
    from duyen.entities.entity import Entity

Row = Mapping[str, Any]
#: The kinds of mark: amber for what stands still, red for what is late or incomplete.
STALE, RISK = "stale", "risk"
#: The name under which filters ask for marks.
MARKS = "marks"


@dataclass(frozen=True)
class Mark:
    """What warns of a record: `kind` is STALE or RISK. Whoever may not see `field` gets no such mark.

    `code` is that of the `Warned` it belongs to, where there is one.
    """

    kind: str
    text: Label
    field: str = ""
    code: str = ""


#: Gives of the rows of an alias what an index finds, and what of those is looked at row by row.
Find = Callable[[str], tuple[Sql, Sql]]


@dataclass(frozen=True)
class Warned:
    """One kind of mark that rows of a list show by a short word, and by which it is filtered.

    `find` finds the very records whose marks carry `code`. `tells` names the fields that it tells of:
    for whoever may not see one of them there is none.
    """

    code: str
    word: Label
    tone: str
    find: Find
    tells: str = ""


@dataclass(frozen=True)
class MarksField(Choice):
    """What one filters by to find the records that something warns of; no record holds a value of it."""

    operators: ClassVar[tuple[str, ...]] = ("eq", "in")


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


def warned_for(entity: Entity, actor: Actor) -> list[Warned]:
    """List the kinds of mark that lists show to the actor, and by which she may filter."""
    return [
        each for each in entity.warned if all(_is_seen(entity, actor, name) for name in each.tells.split())
    ]


def marks_field(entity: Entity, actor: Actor) -> MarksField | None:
    """Give the field by which the actor filters for marks; none where there are none for her."""
    options = [Option(each.code, each.word, each.tone) for each in warned_for(entity, actor)]
    return MarksField(MARKS, _("Warnings"), options=options) if options else None


def _is_seen(entity: Entity, actor: Actor, name: str) -> bool:
    return name in entity.by_name and entity.level(actor, name) is not FieldLevel.HIDDEN
