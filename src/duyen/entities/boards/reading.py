"""Read a board: its lanes, a page of one lane, what each lane holds in all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from duyen.entities.boards.declared import Board, Lane
from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Field
from duyen.entities.filters import Part
from duyen.entities.listing import Listing
from duyen.entities.paging import Page, View, page
from duyen.entities.totals import totals
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel

_HUNDRED = Decimal(100)


def boards_for(entity: Entity, actor: Actor) -> list[Board]:
    """List the boards of an entity whose lanes the actor may see."""
    return [each for each in entity.boards if _is_seen(entity, actor, each.by)]


def board_named(entity: Entity, name: str, actor: Actor) -> Board | None:
    """Find a board by its name, if the actor may see its lanes."""
    return next((each for each in boards_for(entity, actor) if each.name == name), None)


def _is_seen(entity: Entity, actor: Actor, name: str) -> bool:
    return name in entity.by_name and entity.level(actor, name) is not FieldLevel.HIDDEN


def lanes_of(entity: Entity, board: Board, actor: Actor, within: int | None = None) -> list[Lane]:
    """Give the lanes in their order, with the words that the company gave to the options of the field."""
    if callable(board.lanes):
        return list(board.lanes(actor, within))
    held = entity.field(board.by)
    return [_worded(held, each) for each in board.lanes]


def _worded(held: Field, lane: Lane) -> Lane:
    option = held.option(lane.key) if isinstance(held, Choice) else None
    if option is None:
        return lane
    return replace(lane, label=lane.label or option.label, tone=option.tone or lane.tone)


def chosen_within(board: Board, actor: Actor, parts: Sequence[Part]) -> int | None:
    """Tell within which record the board stands: the one that conditions name, or the first there is."""
    if board.within is None:
        return None
    choices = [record_id for record_id, _words in board.within.choices(actor)]
    named = [each[2] for each in parts if isinstance(each, list) and each[:2] == [board.within.field, "eq"]]
    chosen = next((int(each) for each in named if str(each).isdecimal()), None)
    return chosen if chosen in choices else next(iter(choices), None)


def lane_view(board: Board, view: View, lane: Lane) -> View:
    """Give what a list would be asked for to show what stands in one lane."""
    parts = [part for part in (view.filter, [board.by, "eq", lane.key]) if part]
    return replace(view, filter={"and": parts}, sort=view.sort or lane.order)


def lane_page(
    entity: Entity,
    board: Board,
    lane: Lane,
    *,
    listing: Listing,
    actor: Actor,
    view: View,
    after: str | None = None,
) -> Page:
    """Read one page of a lane: the rows of the list under the lane's own condition, by key.

    Raises what `paging.page` raises.
    """
    return page(entity, listing, actor=actor, view=lane_view(board, view, lane), after=after)


@dataclass(frozen=True)
class LaneSum:
    """What one lane holds: how many records, their total, and that weighed, where it has these.

    `is_more` says that counting stopped at `number`; then nothing is added up.
    """

    lane: Lane
    number: int
    is_more: bool = False
    total: int | None = None
    weighed: int | None = None

    @property
    def is_by_percent(self) -> bool:
        """Whether the weighed total is the lane's per cent of the total, but for each record's rounding."""
        by_lane = _weighed(self.total, self.lane)
        if by_lane is None or self.weighed is None:
            return False
        return abs(self.weighed - by_lane) <= self.number


def lane_sums(
    entity: Entity, board: Board, lanes: Iterable[Lane], *, actor: Actor, view: View
) -> list[LaneSum]:
    """Count and add up each lane under the conditions and rights of the list. Raises BadRequest, TooSlow."""
    added = [
        entity.field(name) for name in (board.total, board.weighed) if name and _is_seen(entity, actor, name)
    ]
    found = []
    for lane in lanes:
        held = totals(entity, actor=actor, view=lane_view(board, view, lane), fields=added)
        sums = {} if held.is_more else {each.name: int(held.by_field[each.name] or 0) for each in added}
        total = sums.get(board.total)
        weighed = sums.get(board.weighed) if board.weighed else _weighed(total, lane)
        found.append(LaneSum(lane, held.number, held.is_more, total, weighed))
    return found


def _weighed(total: int | None, lane: Lane) -> int | None:
    if total is None or lane.percent is None:
        return None
    return int((total * lane.percent / _HUNDRED).quantize(Decimal(1), ROUND_HALF_UP))
