"""How a board is declared: by which field it has lanes, what a card shows, what a move between lanes does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Lane:
    """One lane: `key` is what its records hold in the board's field, the code of an option or an id.

    `order` is the list's order in which its cards stand, unless the reader chose one. `percent` weighs its
    total. `begins` are the values with which the form of a new record begins from here, as its address says
    them; none, that nothing is made in this lane.
    """

    key: str
    label: Label = ""
    tone: str = "gray"
    order: str = ""
    percent: Decimal | None = None
    begins: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Way:
    """The step that brings a record into a lane, and what it is told by that already."""

    verb: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """Which fields stand where on a card, under the title of its record; each may be left out.

    Columns that the reader chose besides stand below with their words; what she took away is left out.
    """

    under: str = ""
    amount: str = ""
    aside: str = ""
    keeper: str = ""
    badge: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The fields, in the order in which they are read."""
        return tuple(filter(None, (self.under, self.amount, self.aside, self.keeper, self.badge)))


@dataclass(frozen=True)
class Within:
    """A field that a board needs a value of before it has lanes, such as the pipeline of deals.

    `choices` gives the ids and words among which the actor chooses; the first is taken until then.
    """

    field: str
    choices: Callable[[Actor], Sequence[tuple[int, Label]]]


#: Gives the lanes for an actor, within the chosen record where the board has a `within`.
Lanes = Callable[[Actor, int | None], Sequence[Lane]]
#: Gives the step that brings a row into the lane with this key, or nothing where none does.
Moves = Callable[[Row, str], Way | None]


@dataclass(frozen=True)
class Board:
    """The records of a list in lanes, one for each value of the field `by`.

    `lanes` are lanes whose words and tones come from the options of that field, or a function where lanes
    are rows that the company edits. `moves` says which step a move takes; without it the commands of the
    life cycle say so, by the state to which they lead. `total` names a field that each lane adds up,
    `weighed` the field that holds each record's own weighed part of it; without that one the lane's `percent`
    weighs the total. `lifts` are conditions of lists which the board does without, because a lane of its own
    shows the rest.
    """

    by: str
    lanes: Sequence[Lane] | Lanes
    name: str = "board"
    label: Label = ""
    card: Card = Card()
    moves: Moves | None = None
    total: str = ""
    weighed: str = ""
    within: Within | None = None
    lifts: Sequence[tuple[str, str, object]] = ()
