"""Move a record into another lane: by the one step that leads there, with its guards, rights and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.boards.declared import Board, Lane, Way
from duyen.entities.entity import Entity
from duyen.entities.errors import Refused
from duyen.entities.fields import Field
from duyen.entities.locking import lock
from duyen.entities.performing import perform, reasons_now, step_called
from duyen.entities.stale import refuse_stale
from duyen.entities.standard import Done
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.errors import FieldProblem


class NoWay(Refused):
    """No step leads from the lane of a record into another one."""

    code = "no_way"
    sentence = _("No step leads from “%(from_)s” to “%(to)s”. Its page shows what it can do.")


class AlreadyThere(Refused):
    """The record stands in that lane."""

    code = "already_there"
    sentence = _("The record stands in “%(to)s” already.")


class NoBoard(Refused):
    """There is no such board, or its lanes tell of a field that the actor may not see."""

    code = "no_board"
    sentence = _("There is no such board for you. Use the list, or ask an administrator for its field.")


class NoLane(Refused):
    """The board has no such lane any more."""

    code = "no_lane"
    sentence = _("There is no such lane. Reload the board.")


@dataclass(frozen=True)
class Choice:
    """One lane into which a record might go: by which step, and what stands against it now."""

    lane: Lane
    step: Action | None
    reasons: Sequence[FieldProblem] = ()


def present_lane(entity: Entity, board: Board, row: Mapping[str, Any]) -> str:
    """Give the key of the lane in which a row stands."""
    value = row[entity.field(board.by).columns[0]]
    return "" if value is None else str(value)


def way_to(entity: Entity, board: Board, row: Mapping[str, Any], lane: str) -> Way | None:
    """Give the step that brings a row into a lane, or nothing where none does."""
    if board.moves is not None:
        return board.moves(row, lane)
    life = entity.lifecycle
    if life is None or life.column != board.by:
        return None
    leading = [each for each in life.commands if each.to == lane]
    open_now = [each for each in leading if row[life.column] in each.from_]
    found = next(iter([*open_now, *leading]), None)
    return Way(found.verb) if found else None


def choices_for(
    entity: Entity, board: Board, lanes: Sequence[Lane], row: Mapping[str, Any], *, actor: Actor
) -> list[Choice]:
    """List the other lanes with the step into each, and every reason against it now."""
    here = present_lane(entity, board, row)
    found = []
    for lane in lanes:
        way = None if lane.key == here else way_to(entity, board, row, lane.key)
        if way is None:
            continue
        step = step_called(entity, way.verb)
        found.append(Choice(lane, step, reasons_now(entity, step, [row], actor=actor)[row["id"]]))
    return found


def asked_besides(entity: Entity, way: Way) -> list[Field]:
    """List what the step of a move asks for beside what the lane says already."""
    return [each for each in step_called(entity, way.verb).asks if each.name not in way.arguments]


def check_move(
    entity: Entity,
    board: Board,
    lanes: Sequence[Lane],
    row: Mapping[str, Any],
    lane: str,
    *,
    version: int | None,
) -> Way:
    """Give the step of a move, of a row as it stands. Raises StaleVersion, NoLane, AlreadyThere, NoWay."""
    to = next((each for each in lanes if each.key == lane), None)
    if to is None:
        raise NoLane
    if version is not None:
        refuse_stale(entity, row, version=version, values={board.by: entity.field(board.by).read(lane)})
    here = present_lane(entity, board, row)
    if here == lane:
        raise AlreadyThere(to=to.label)
    way = way_to(entity, board, row, lane)
    if way is None:
        known = next((each.label for each in lanes if each.key == here), None)
        raise NoWay(from_=known or entity.field(board.by).show(here), to=to.label)
    return way


def move(
    entity: Entity,
    board: Board,
    lanes: Sequence[Lane],
    record_id: int,
    lane: str,
    *,
    actor: Actor,
    version: int | None,
    arguments: Mapping[str, object],
) -> Done:
    """Bring a record into a lane. `version` is the one that the caller saw.

    Raises what `check_move` and `perform` raise; a clash names both lanes.
    """
    with transaction.atomic():
        row = lock(entity, record_id, actor=actor, verb=READ)
        way = check_move(entity, board, lanes, row, lane, version=version)
        given = {**arguments, **way.arguments}
        return perform(entity, way.verb, record_id, actor=actor, arguments=given, version=version)
