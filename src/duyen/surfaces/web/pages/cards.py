"""Draw the cards of a board in one pass outside the template, as `rows` does for a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from duyen.entities.boards.declared import Board
from duyen.entities.boards.moving import present_lane
from duyen.entities.entity import Entity
from duyen.entities.fields import Field
from duyen.entities.labels import Linked
from duyen.entities.marking import RISK, STALE, Mark
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.surfaces.web.pages.rows import Draw, drawing
from duyen.surfaces.web.pages.shown import NOTHING

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Face:
    """What the cards of a board show to one reader: fields by their place, and further ones with words."""

    board: Board
    places: Mapping[str, Field]
    more: Sequence[Field]

    @property
    def fields(self) -> list[Field]:
        return [*self.places.values(), *self.more]


def face_of(entity: Entity, board: Board, columns: Sequence[Field], *, is_chosen: bool) -> Face:
    """Settle what cards show: which of `columns` have a place, and the others if the reader chose them."""
    named = {each.name: each for each in columns}
    card, places = board.card, {}
    for place in ("under", "amount", "aside", "keeper", "badge"):
        name = getattr(card, place)
        if name in named:
            places[place] = named[name]
    told = {entity.title, board.by, *(each.name for each in places.values())}
    more = [each for each in columns if each.name not in told] if is_chosen else []
    return Face(board, places, more)


def draw_cards(
    entity: Entity,
    face: Face,
    rows: Iterable[Row],
    *,
    linked: Linked,
    actor: Actor,
    marks: Mapping[int, Sequence[Mark]],
    tells_lane: bool = False,
) -> Markup:
    """Draw cards: title, fields in their places, what they warn of, and the way into another lane.

    `tells_lane` says on each card in which lane it stands, for one that comes back after a move.
    """
    draws = {place: drawing(field, linked, actor) for place, field in face.places.items()}
    more = [(escape(field.label), drawing(field, linked, actor)) for field in face.more]
    title, base = entity.field(entity.title).columns[0], f"/{entity.name}/"
    may = movable(entity, actor)
    way = "" if face.board is entity.boards[0] else f"?board={face.board.name}"
    word = escape(_("Move to another lane"))

    def draw(row: Row) -> str:
        warned, at = marks.get(row["id"], ()), f"{base}{row['id']}"
        worst = "risk" if any(each.kind == RISK for each in warned) else "stale"
        kind = f"deal {worst}" if warned else "deal"
        lane = f' data-at="{escape(present_lane(entity, face.board, row))}"' if tells_lane else ""
        is_open = may(row)
        go = f'<a class=go href={at}/lane{way} aria-label="{word}">→</a>' if is_open else ""
        opening = f'<article class="{kind}" id=card-{row["id"]} data-v={row["version"]}{lane}'
        return (
            f"{opening}{' data-drag=card' if is_open else ''}>"
            f"<div class=nm><a class=quiet href={at}>{escape(row[title] or '—')}</a></div>"
            f"{_body(draws, more, row)}{_warnings(warned)}{_foot(draws, row, go)}</article>"
        )

    return Markup("".join(map(draw, rows)))  # noqa: S704  every part is escaped where it is drawn


def movable(entity: Entity, actor: Actor) -> Any:
    """Tell of a row whether the reader may change it: only then can its card be moved."""
    change = actor.scope(entity.name, CHANGE)
    owner, unit = entity.scope.owner, entity.scope.unit

    def movable(row: Row) -> bool:
        if entity.scope.is_company_wide or change.is_empty:
            return not change.is_empty
        return change.covers(
            record_id=row["id"],
            owner_id=row.get(owner) if owner else None,
            unit_id=row.get(unit) if unit else None,
        )

    return movable


def _body(draws: Mapping[str, Draw], more: Sequence[tuple[str, Draw]], row: Row) -> str:
    under = _drawn(draws, "under", row)
    amount, aside = _drawn(draws, "amount", row), _drawn(draws, "aside", row)
    found = f"<div class=co>{under}</div>" if under else ""
    if amount or aside:
        first = f"<span class=mny>{amount}</span>" if amount else ""
        found += f'<div class="row between">{first}<span class="t-12 mute">{aside}</span></div>'
    for label, draw in more:
        value = draw(row)
        if value != NOTHING:
            found += (
                f'<div class="row t-12"><span class=mute>{label}</span><span class=ell>{value}</span></div>'
            )
    return found


def _foot(draws: Mapping[str, Draw], row: Row, go: str) -> str:
    keeper, badge = _drawn(draws, "keeper", row), _drawn(draws, "badge", row)
    if not (keeper or badge or go):
        return ""
    return f'<div class="row foot"><span class="grow ell t-12 mute">{keeper}</span>{badge}{go}</div>'


def _drawn(draws: Mapping[str, Draw], place: str, row: Row) -> str:
    value = draws[place](row) if place in draws else ""
    return "" if value == NOTHING else value


def _warnings(marks: Sequence[Mark]) -> str:
    """Draw what a card warns of; the style sheet puts a shape before it, for fifty icons weigh much."""
    return "".join(f"<div class={_TONES[each.kind]}>{escape(each.text)}</div>" for each in marks)


#: The classes of the lines that warn: late or incomplete, and standing still.
_TONES = {RISK: "late", STALE: "still"}
