"""What a module says about its place in the timelines of records.

A source gives branches: each finds rows of one table that tell of the record, as the moment and the id by
which they stand among all others. The reader joins the branches of all sources into one statement, and asks
each source once for what to say of the rows that came out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from duyen.entities.fields import Label
from duyen.entities.sql import TRUE, Sql
from duyen.foundation.access.actor import Actor

if TYPE_CHECKING:
    from duyen.entities.entity import Entity

#: A record by the name of its entity and its id.
Ref = tuple[str, int]


@dataclass(frozen=True)
class Nearby:
    """A record beside another one whose doings show on its timeline too; it is open to the reader."""

    entity: Entity
    id: int
    label: str


#: Gives the records beside one, as far as the reader may see them.
Around = Callable[[Actor, Mapping[str, Any]], Sequence[Nearby]]


@dataclass(frozen=True)
class Subject:
    """Whose timeline is read: a record that the reader has been shown, and what stands beside it."""

    entity: Entity
    row: Mapping[str, Any]
    around: tuple[Nearby, ...] = ()
    #: The records that went into this one by a merge.
    formers: tuple[int, ...] = ()

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def is_party(self) -> bool:
        """Whether the record is a party, so that all that names the party is its own."""
        return self.entity.party == "id"

    @property
    def all(self) -> Mapping[Ref, str]:
        """The records that are told of, by family and id, with the words for those beside it."""
        found: dict[Ref, str] = {(each.entity.family, each.id): each.label for each in self.around}
        own = {(self.entity.family, each): "" for each in (self.id, *self.formers)}
        return {**found, **own}

    def ids(self, family: str) -> list[int]:
        """Give the ids of those records that are of one family, in their order."""
        return sorted(record_id for name, record_id in self.all if name == family)

    @property
    def families(self) -> list[str]:
        return sorted({name for name, _id in self.all})


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see: kinds by their codes, people by user id; empty for all."""

    kinds: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Branch:
    """Rows of one table: where they come from, their moment, their id, and which of them belong.

    `at` and `id` are pieces of SQL over `rows`. A row may come several times; it stands once.
    """

    rows: str
    at: str
    id: str
    where: Sql = TRUE


@dataclass(frozen=True)
class Kind:
    """One kind of entry, as the reader filters by it."""

    code: str
    label: Label
    icon: str


@dataclass(frozen=True)
class Told:
    """What a source says of one row.

    `title` and `text` are plain words; `of` names the record that it happened on, where that is not the one
    whose timeline is read. `url` leads to it. A step of the trail may leave its icon to the page. `more` is
    for the source's own template, `facts` for REST.
    """

    kind: str
    icon: str
    tone: str
    user_id: int | None
    who: str
    title: str
    text: str = ""
    of: str = ""
    url: str = ""
    more: Any = None
    facts: Mapping[str, Any] = field(default_factory=dict)


Branches = Callable[[Actor, Subject, Asked], Sequence[Branch]]


def _none(_actor: Actor, _subject: Subject, _asked: Asked) -> Sequence[Branch]:
    return ()


@dataclass(frozen=True)
class TimelineSource:
    """One thing that timelines tell of.

    `branches` find what has happened, `ahead` what is still to come, `pinned` what stands above all. `tell`
    gives what to say of rows by id, in as many queries for one as for fifty; a row that it leaves out is
    not shown. `template` draws one entry as `entry`. `kinds` are what the reader may filter by.
    """

    name: str
    kinds: Sequence[Kind]
    branches: Branches
    tell: Callable[[Actor, Subject, Collection[int]], Mapping[int, Told]]
    template: str
    ahead: Branches = _none
    pinned: Branches = _none


@dataclass(frozen=True)
class Composer:
    """The form above a timeline: its template, and what that needs; none for whoever may not write.

    `content` gets beside the record those that stand around it, which the timeline asked for already.
    """

    template: str
    content: Callable[[Actor, Entity, Mapping[str, Any], Sequence[Nearby]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Entry:
    """One row of a timeline."""

    source: TimelineSource
    id: int
    at: dt.datetime
    told: Told
