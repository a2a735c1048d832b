"""What a list lets its reader do in place: edit cells, select rows, and take steps with them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.bulk.stepping import for_sets
from duyen.entities.bulk.steps import RESTORE, label_of, right_for
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.fields import Field, Label, Tags
from duyen.entities.merging.hangings import may_merge_some
from duyen.entities.words import MERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, EXPORT, HAND_OVER
from duyen.surfaces.web.pages.forms import settable
from duyen.surfaces.web.pages.state import ListState

#: The kinds of control that fit into one cell; longer values are edited on the form.
_IN_A_CELL = (
    "text",
    "choice",
    "date",
    "number",
    "decimal",
    "money",
    "moment",
    "checkbox",
    "link",
    "tags",
    "phones",
    "emails",
)
TAG = "tag"


@dataclass(frozen=True)
class BulkWay:
    """One step that the bar over a selection offers."""

    verb: str
    label: Label
    icon: str
    kind: str = ""


@dataclass(frozen=True)
class Grid:
    """What the page says to grid.js and to the bar: editable columns by their place, steps, a fresh key."""

    columns: str
    ways: Sequence[BulkWay]
    commands: Sequence[BulkWay]
    action: str
    key: str

    @property
    def selects(self) -> bool:
        return bool(self.ways or self.commands)


def grid_of(state: ListState, columns: Sequence[Field], actor: Actor) -> dict[str, Any]:
    """Give what a list's template needs to draw its boxes and its bar."""
    grid = grid_for(state, columns, actor)
    return {"grid": grid, "width": len(columns) + 1 + grid.selects}


def grid_for(state: ListState, columns: Sequence[Field], actor: Actor) -> Grid:
    """Find out what the actor may do in a list that shows these columns."""
    entity = state.entity
    cells = set() if state.in_bin else {each.name for each in cell_fields(entity, actor)}
    shown = [entity.title, *(each.name for each in columns if each.name != entity.title)]
    told = " ".join(f"{name}*" if name in cells else name for name in shown)
    ways, commands = (_ways_in_bin(entity, actor), []) if state.in_bin else _ways(entity, actor)
    return Grid(told, ways, commands, state.url("bulk"), str(uuid.uuid4()))


def cell_fields(entity: Entity, actor: Actor) -> list[Field]:
    """List the fields that the actor may edit in a cell, on records that are open to her."""
    if not actor.may(entity.name, CHANGE):
        return []
    return [each for each in settable(entity, actor, is_new=False) if each.widget in _IN_A_CELL]


def tag_field(entity: Entity, actor: Actor) -> Field | None:
    """Find the field of free words that the actor may set."""
    if not actor.may(entity.name, CHANGE):
        return None
    return next((each for each in settable(entity, actor, is_new=False) if isinstance(each, Tags)), None)


def _ways(entity: Entity, actor: Actor) -> tuple[list[BulkWay], list[BulkWay]]:
    found = [
        BulkWay(HAND_OVER, label_of(entity, HAND_OVER), "user") if _may(entity, actor, HAND_OVER) else None,
        BulkWay(TAG, _("Tag"), "tag") if tag_field(entity, actor) else None,
        BulkWay(CHANGE, label_of(entity, CHANGE), "pencil") if _may(entity, actor, CHANGE) else None,
        BulkWay(MERGE, _("Merge…"), "combine") if may_merge_some(entity, actor) else None,
        BulkWay(DELETE, label_of(entity, DELETE), "trash-2", "danger")
        if _may(entity, actor, DELETE)
        else None,
    ]
    if actor.may(entity.name, EXPORT):
        found.insert(-1, BulkWay(EXPORT, _("Export"), "download"))
    commands = [BulkWay(each.verb, each.label, each.icon, each.tone) for each in for_sets(entity, actor)]
    return [each for each in found if each is not None], commands


def _ways_in_bin(entity: Entity, actor: Actor) -> list[BulkWay]:
    is_open = _may(entity, actor, RESTORE)
    return [BulkWay(RESTORE, label_of(entity, RESTORE), "undo-2")] if is_open else []


def _may(entity: Entity, actor: Actor, verb: str) -> bool:
    try:
        return actor.may(entity.name, right_for(entity, verb))
    except NotFound:
        return False
