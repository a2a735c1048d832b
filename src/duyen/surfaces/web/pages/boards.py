"""A list as a board: its lanes with their first cards, the next cards of one lane, what each lane holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from markupsafe import Markup

from duyen.entities.beside import load_beside, shown_fields
from duyen.entities.boards.declared import Board, Lane
from duyen.entities.boards.moving import NoBoard
from duyen.entities.boards.reading import (
    LaneSum,
    chosen_within,
    lane_page,
    lane_sums,
    lanes_of,
)
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, NotFound
from duyen.entities.fields import Amount, Field, Label
from duyen.entities.labels import Linked, link_labels
from duyen.entities.marking import marks_of
from duyen.entities.paging import Page, View
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.surfaces.web.filters import so, vnd_short
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import new_url
from duyen.surfaces.web.pages.cards import Face, draw_cards, face_of
from duyen.surfaces.web.pages.list_state import Asked, read_state
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.shapes import Way
from duyen.surfaces.web.pages.state import AFTER, LANE, VIEW, ListState, opening_parts

TEMPLATE, SUMS = "derived/board.html", "derived/board_sums.html"
#: A page of HTML stays below 60 kB: it has room for so many cards at first, of which each lane takes some for
#: its head and its way on; and the least and the most with which a lane begins.
ROOM, LANE_WEIGHS, LEAST_IN_LANE, MOST_IN_LANE = 57, 3, 3, 20
#: So many cards come at once further down a lane.
MORE_CARDS = 30


@dataclass(frozen=True)
class LaneShown:
    """One lane as the page draws it; `problem` says why its cards cannot be shown."""

    lane: Lane
    cards: str = ""
    more_url: str = ""
    plain_url: str = ""
    new_url: str = ""
    problem: str = ""


def face_for(state: ListState, board: Board, actor: Actor) -> Face:
    """Settle what cards show to a reader: the fields of their declaration, or the columns that she chose."""
    readable = shown_fields(state.entity, actor)
    chosen = [each.name for each in state.shown.columns]
    names = chosen or board.card.names
    columns = [readable[name] for name in names if name in readable]
    return face_of(state.entity, board, columns, is_chosen=bool(chosen))


def board_of(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Give what the page needs of a board: the lanes with their first cards. Raises BadRequest."""
    state = asked.state
    board = _board(state)
    within = chosen_within(board, actor, state.shown.parts)
    lanes = lanes_of(state.entity, board, actor, within)
    limit = min(MOST_IN_LANE, max(LEAST_IN_LANE, ROOM // max(1, len(lanes)) - LANE_WEIGHS))
    pages, problems = _pages(state, board, lanes, actor, limit)
    rows = [row for each in pages.values() for row in each.rows]
    drawn = _Drawn(state, board, actor, rows)
    may_make = actor.may(state.entity.name, CREATE) and not actor.is_looking
    shown = [
        LaneShown(
            lane,
            drawn.cards(pages[lane.key].rows) if lane.key in pages else "",
            _more_url(state, lane, pages[lane.key]) if lane.key in pages else "",
            _plain_url(state, board, lane),
            _new_url(state.entity, lane) if may_make else "",
            problems.get(lane.key, ""),
        )
        for lane in lanes
    ]
    return {
        "board": board,
        "lanes": shown,
        "within": _within(state, board, actor, within),
        "sums_url": state.url("board/sums"),
        "is_empty": not rows and not problems and _is_narrowed(state, board),
    }


def _is_narrowed(state: ListState, board: Board) -> bool:
    """Tell whether a condition of the reader's hides cards; else empty lanes are what there is to show."""
    opening = opening_parts(state.listing, board)
    own = board.within.field if board.within else ""
    return any(
        part not in opening and not (isinstance(part, list) and part[0] == own) for part in state.shown.parts
    )


def more_cards(actor: Actor, asked: Asked, key: str, after: str) -> dict[str, Any]:
    """Give the next cards of one lane. Raises BadRequest, or NotFound where there is no such lane."""
    state = asked.state
    board = _board(state)
    lanes = lanes_of(state.entity, board, actor, chosen_within(board, actor, state.shown.parts))
    lane = next((each for each in lanes if each.key == key), None)
    if lane is None:
        raise NotFound
    view = state.view(limit=MORE_CARDS)
    found = lane_page(state.entity, board, lane, listing=state.listing, actor=actor, view=view, after=after)
    cards = _Drawn(state, board, actor, found.rows).cards(found.rows)
    shown = LaneShown(lane, cards, _more_url(state, lane, found), _plain_url(state, board, lane))
    return {"shown": shown}


def draw_moved(actor: Actor, state: ListState, board: Board, row: dict[str, Any]) -> Markup:
    """Draw one card again after a move; it says in which lane it stands."""
    return _Drawn(state, board, actor, [row]).cards([row], tells_lane=True)


def is_closed_board(entity: Entity, name: str) -> bool:
    """Tell whether a board is declared: then whoever does not find it may not see its lanes."""
    return any(not name or each.name == name for each in entity.boards)


@page
def sums(request: ActorRequest, entities: str) -> HttpResponse:
    """Answer with what the lanes hold: over all of them, and one line for the head of each."""
    entity = opened(request, entities)
    state = read_state(request, entity)
    if not is_fragment(request):
        return HttpResponseRedirect(state.url())
    if state.board is None:
        if is_closed_board(entity, request.GET.get(VIEW, "")):
            raise NoBoard
        return HttpResponseRedirect(state.url())
    board, actor = state.board, request.actor
    lanes = lanes_of(entity, board, actor, chosen_within(board, actor, state.shown.parts))
    held = lane_sums(entity, board, lanes, actor=actor, view=state.view())
    field = entity.by_name.get(board.total)
    context = {
        "state": state,
        "board": board,
        "sums_url": state.url("board/sums"),
        "in_all": _in_all(held, field),
        "heads": [_head(each, field) for each in held],
    }
    return HttpResponse(render_block(request, SUMS, "sums", context))


def _board(state: ListState) -> Board:
    board = state.board
    if board is None:
        raise NotFound
    return board


def _pages(
    state: ListState, board: Board, lanes: Sequence[Lane], actor: Actor, limit: int
) -> tuple[dict[str, Page], dict[str, str]]:
    """Read the first page of each lane; one that cannot be read stops no other."""
    pages, problems = {}, {}
    view: View = state.view(limit=limit)
    for lane in lanes:
        try:
            pages[lane.key] = lane_page(
                state.entity, board, lane, listing=state.listing, actor=actor, view=view
            )
        except BadRequest as error:
            if type(error) is BadRequest:  # the conditions themselves are not understood
                raise
            problems[lane.key] = str(error)
    return pages, problems


class _Drawn:
    """Draws the cards of one page; what they need besides is read once for all of its rows."""

    def __init__(self, state: ListState, board: Board, actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
        self._entity, self._actor = state.entity, actor
        self._face = face_for(state, board, actor)
        load_beside(state.entity, self._face.fields, rows)
        self._linked: Linked = link_labels(actor, self._face.fields, rows)
        self._marks = marks_of(state.entity, actor, rows)

    def cards(self, rows: Sequence[dict[str, Any]], *, tells_lane: bool = False) -> Markup:
        return draw_cards(
            self._entity,
            self._face,
            rows,
            linked=self._linked,
            actor=self._actor,
            marks=self._marks,
            tells_lane=tells_lane,
        )


def _more_url(state: ListState, lane: Lane, found: Page) -> str:
    return state.url(extra=[(LANE, lane.key), (AFTER, found.next)]) if found.next else ""


def _plain_url(state: ListState, board: Board, lane: Lane) -> str:
    """Give the list of all that stands in one lane."""
    return state.with_part([[board.by, "eq", lane.key]]).showing(shape="").url()


def _new_url(entity: Entity, lane: Lane) -> str:
    if lane.begins is None:
        return ""
    query = "&".join(f"{name}={value}" for name, value in lane.begins.items())
    return new_url(entity) + (f"?{query}" if query else "")


@dataclass(frozen=True)
class WithinShown:
    """What a board stands in, and where else it could."""

    label: Label
    value: Label
    others: Sequence[Way]


def _within(state: ListState, board: Board, actor: Actor, chosen: int | None) -> WithinShown | None:
    if board.within is None or chosen is None:
        return None
    name = board.within.field
    field = state.entity.field(name)
    parts = [each for each in state.shown.parts if isinstance(each, dict) or each[0] != name]
    found = [
        Way(
            words,
            state.showing(parts=(*parts, [name, "eq", str(record_id)])).url(),
            record_id == chosen,
        )
        for record_id, words in board.within.choices(actor)
    ]
    here = next((each.label for each in found if each.is_current), "")
    return WithinShown(field.label, here, found)


@dataclass(frozen=True)
class Figure:
    """One figure over a board: what it is, and its value in short words."""

    label: Label
    value: str


@dataclass(frozen=True)
class LaneHead:
    """The figures in the head of one lane."""

    lane: Lane
    number: str
    total: str = ""
    weighed: str = ""


def _short(field: Field | None, value: int) -> str:
    return vnd_short(value) if isinstance(field, Amount) else so(value)


def _head(held: LaneSum, field: Field | None) -> LaneHead:
    number = so(held.number) + ("+" if held.is_more else "")
    total = "" if held.total is None else _short(field, held.total)
    weighed = ""
    if held.weighed is not None:
        by = f"{so(held.lane.percent)}% " if held.is_by_percent and held.lane.percent is not None else ""
        weighed = f"{by}→ {_short(field, held.weighed)}"
    return LaneHead(held.lane, number, total, weighed)


def _in_all(held: Sequence[LaneSum], field: Field | None) -> list[Figure]:
    """Add the lanes up; over lanes that were not counted to the end there is no total."""
    number = so(sum(each.number for each in held)) + ("+" if any(each.is_more for each in held) else "")
    found = [Figure(_("In all"), number)]
    if field is None or any(each.total is None for each in held):
        return found
    found.append(Figure(field.label, _short(field, sum(each.total or 0 for each in held))))
    weighed = [each.weighed for each in held if each.weighed is not None]
    if weighed:
        found.append(Figure(_("Weighted"), _short(field, sum(weighed))))
    return found
