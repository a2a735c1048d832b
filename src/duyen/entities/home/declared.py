"""What stands on the start page: tiles, figures and a headline. Modules contribute; the engine knows none.

    contribute_tiles(
        Tile("activities.today", _("Today's work"), "list-todo", "activities/home_today.html", today_of,
             fits=lambda actor: actor.may("tasks", READ), order=10),
    )

A tile costs few queries, the same for three rows and for fifty: it says how many there are, shows the first
ones, and where it has none what to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from duyen.entities.fields import Label
from duyen.entities.suggesting.declared import Taken
from duyen.foundation.access.actor import Actor


class Whose(StrEnum):
    """Whose work the page tells of: one's own, or that of all whom one's rights reach."""

    MINE = "mine"
    TEAM = "team"


class Side(StrEnum):
    """The column in which a tile stands until somebody moves it."""

    WIDE = "wide"
    NARROW = "narrow"


@dataclass(frozen=True)
class Look:
    """Who looks at the page, at whose work, on which day."""

    actor: Actor
    whose: Whose
    day: dt.date

    @property
    def is_team(self) -> bool:
        return self.whose is Whose.TEAM


#: Gives what the template of a tile needs, or none where the tile has no place on this page. Reads only.
#: `count` stands behind the title, `links` beside it (`HeadLink`).
Content = Callable[[Look], Mapping[str, Any] | None]
Fits = Callable[[Actor], bool]
#: Does in place what one of a tile's lines asks for, by its id, or takes that back.
Tick = Callable[[Actor, int, bool], Taken]
BOTH = frozenset(Whose)


def _anybody(_actor: Actor) -> bool:
    return True


@dataclass(frozen=True)
class HeadLink:
    """One link in the head of a tile; with `opens_dialog` it comes as a dialog where scripts run."""

    label: Label
    url: str
    icon: str = ""
    opens_dialog: bool = False


@dataclass(frozen=True)
class Tile:
    """One box of the start page.

    `fits` says by rights who may have it, `whose` on which side of the switch it stands. `order` puts it
    among the others, the lowest first, until somebody arranges the page. A heavy one comes in a request of
    its own; `refreshes` asks for it anew every five minutes while the page is looked at. One that is not
    `is_chosen` waits among those that can be added.
    """

    name: str
    label: Label
    icon: str
    template: str
    content: Content
    fits: Fits = _anybody
    whose: frozenset[Whose] = BOTH
    side: Side = Side.WIDE
    order: int = 100
    tick: Tick | None = None
    is_heavy: bool = True
    refreshes: bool = False
    is_chosen: bool = True


@dataclass(frozen=True)
class Told:
    """A figure as it is now: the number, a note under it, its tone, where the rows behind it stand.

    `is_more` says that counting stopped at the number. A text stands where a number would mislead.
    """

    value: int | str
    note: Label = ""
    tone: str = ""
    url: str = ""
    is_more: bool = False


@dataclass(frozen=True)
class Figure:
    """One number in the strip under the greeting; it stays away where `tell` gives none."""

    name: str
    label: Label
    tell: Callable[[Look], Told | None]
    fits: Fits = _anybody
    whose: frozenset[Whose] = BOTH
    order: int = 100


#: Gives the words behind the greeting, such as «today there are 7 tasks», or nothing. Reads only.
Headline = Callable[[Look], str]

_tiles: dict[str, Tile] = {}
_figures: dict[str, Figure] = {}
_headlines: list[Headline] = []


class TwiceContributed(ValueError):
    """Two parts contribute something of the same name."""


def contribute_tiles(*tiles: Tile) -> None:
    """Put tiles on the start page. Raises TwiceContributed."""
    _contribute(_tiles, tiles)


def contribute_figures(*figures: Figure) -> None:
    """Put figures into the strip of the start page. Raises TwiceContributed."""
    _contribute(_figures, figures)


def contribute_headline(headline: Headline) -> None:
    """Say something behind the greeting; the first that has words is heard."""
    if headline not in _headlines:
        _headlines.append(headline)


def headline_for(look: Look) -> str:
    """Give the words behind the greeting, or nothing."""
    return next((said for each in _headlines if (said := each(look))), "")


def tile_named(name: str) -> Tile | None:
    """Find a tile."""
    return _tiles.get(name)


def all_tiles() -> list[Tile]:
    """List every tile, in the order of their contribution."""
    return sorted(_tiles.values(), key=lambda each: (each.order, each.name))


def tiles_for(actor: Actor) -> list[Tile]:
    """List the tiles that somebody may have, in the order of their contribution."""
    return [each for each in all_tiles() if each.fits(actor)]


def figures_for(look: Look) -> list[Figure]:
    """List the figures that belong on this page."""
    found = [each for each in _figures.values() if look.whose in each.whose and each.fits(look.actor)]
    return sorted(found, key=lambda each: (each.order, each.name))


def _contribute(book: dict[str, Any], parts: tuple[Any, ...]) -> None:
    for each in parts:
        if each.name in book:
            raise TwiceContributed(each.name)
        book[each.name] = each
