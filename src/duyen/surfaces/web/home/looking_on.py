"""Who looks at whose work: read from the address, else by what the reader's rights make likely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection, transaction

from duyen.entities.home.declared import BOTH, Look, Tile, Whose, tiles_for
from duyen.entities.home.rules import Arrangement, Place, arranged
from duyen.entities.suggesting.reading import leads_others
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import today
from duyen.surfaces.web.middleware import ActorRequest

#: So long one statement of the parts that come with the page itself may take.
PATIENCE_MS = 1_000


@dataclass(frozen=True)
class Shown:
    """What the page shows: tiles by name, the arrangement of those, contents that came with the page.

    A tile without content comes in a request of its own; one whose content is none stays away.
    """

    tiles: Mapping[str, Tile]
    arrangement: Arrangement
    contents: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)


def look_of(request: ActorRequest) -> Look:
    """Read from the address whose work is looked at; without one a leader sees her team's."""
    asked, actor = request.GET.get("whose", ""), request.actor
    if asked in {each.value for each in Whose}:
        whose = Whose(asked)
    else:
        whose = Whose.TEAM if leads_others(actor) else Whose.MINE
    if whose is Whose.TEAM and not has_both(actor):
        whose = Whose.MINE
    return Look(actor, whose, today())


def has_both(actor: Actor) -> bool:
    """Tell whether there is a team's work to look at besides one's own: tiles of both sides, or a right."""
    sides = {frozenset(each.whose) for each in tiles_for(actor)}
    return leads_others(actor) and any(Whose.TEAM in each for each in sides)


def places_of(actor: Actor, *, look: Look | None = None) -> tuple[dict[str, Tile], list[Place]]:
    """Give the tiles that somebody may have (on one side of the switch), and where each stands at first."""
    found = [each for each in tiles_for(actor) if look is None or look.whose in each.whose]
    places = [Place(each.name, each.side.value == "wide", each.is_chosen) for each in found]
    return {each.name: each for each in found}, places


def shown_on(look: Look, kept: Arrangement | None) -> Shown:
    """Give the tiles of the page in order, with the contents of those that are light."""
    tiles, places = places_of(look.actor, look=look)
    arrangement = arranged(places, kept)
    light = [tiles[name] for name in (*arrangement.wide, *arrangement.narrow) if not tiles[name].is_heavy]
    return Shown(tiles, arrangement, _contents(light, look))


def _contents(tiles: Sequence[Tile], look: Look) -> dict[str, Mapping[str, Any] | None]:
    """Read the light tiles; where one of them fails or takes too long, all come by requests of their own."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_MS}ms"])
            return {each.name: each.content(look) for each in tiles}
    except DatabaseError:
        return {}


__all__ = ["BOTH", "Shown", "has_both", "look_of", "places_of", "shown_on"]
