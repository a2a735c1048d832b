"""How the rows of a list may stand beside a table: on a board, in a calendar, added up by month."""

from __future__ import annotations

from collections.abc import Sequence

from duyen.entities.boards.declared import Board
from duyen.entities.dated.declared import Calendar, Months
from duyen.entities.entity import Entity
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel

Shape = Board | Calendar | Months


def shapes_declared(entity: Entity) -> Sequence[Shape]:
    """List the shapes of an entity, whoever looks."""
    return [*entity.boards, *(each for each in (entity.calendar, entity.months) if each is not None)]


def shape_called(entity: Entity, name: str) -> Shape | None:
    """Find a declared shape by its name."""
    return next((each for each in shapes_declared(entity) if each.name == name), None)


def shapes_for(entity: Entity, actor: Actor) -> list[Shape]:
    """List the shapes whose field the actor may see."""
    return [
        each
        for each in shapes_declared(entity)
        if each.by in entity.by_name and entity.level(actor, each.by) is not FieldLevel.HIDDEN
    ]


def shape_named(entity: Entity, name: str, actor: Actor) -> Shape | None:
    """Find a shape by its name, if the actor may see its field."""
    return next((each for each in shapes_for(entity, actor) if each.name == name), None)
