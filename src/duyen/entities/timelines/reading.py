"""Read a timeline: every source in one statement, by key and never by offset.

Rows stand by (moment, place of the source, id), all descending. A branch knows its place, so that the key
before which it begins is one plain bound on its own index: at the same moment, sources behind the key's
come whole, those before it not at all, its own by the id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.merging.hangings import mergeable
from duyen.entities.merging.standing import formers_of
from duyen.entities.sql import TRUE, Sql, all_of
from duyen.entities.timelines.declared import (
    Asked,
    Branch,
    Branches,
    Entry,
    Kind,
    Subject,
    TimelineSource,
    Told,
)
from duyen.foundation.access.actor import Actor

#: So many entries stand on one page.
PAGE = 15
#: So many planned things stand on top; the rest stands in the lists.
MOST_AHEAD = 20
MOST_PINNED = 10
_SALT = "duyen.timeline"


class BadCursor(BadRequest):
    """The key of a page was not given out by a timeline."""

    code = "cursor"
    sentence = _("This page of the timeline does not exist. Begin again from the newest entry.")


@dataclass(frozen=True)
class TimelinePage:
    """One page: entries newest first, and the key of the next page; empty at the end."""

    entries: tuple[Entry, ...]
    next: str


@dataclass(frozen=True)
class Beginning:
    """The first page; above it what is pinned, the newest first, and what is planned, the nearest last."""

    page: TimelinePage
    pinned: tuple[Entry, ...] = ()
    ahead: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class _Key:
    at: dt.datetime
    place: int
    id: int


def subject_of(entity: Entity, row: Mapping[str, Any], *, actor: Actor) -> Subject:
    """Gather what the timeline of a record tells of: itself, what went into it, and what stands beside it."""
    around = tuple(near for give in entity.around for near in give(actor, row))
    # A merge changes the one that stays, so nothing can have gone into a record that nobody changed.
    is_merged = mergeable(entity) and row["version"] > 1
    formers = tuple(each.id for each in formers_of(entity.family, row["id"])) if is_merged else ()
    return Subject(entity, row, around, formers)


def sources_of(entity: Entity) -> Sequence[TimelineSource]:
    """List what tells of an entity's records, in the order in which entries of one moment stand."""
    from duyen.entities.timelines.everywhere import everywhere

    return (*everywhere(entity), *entity.timeline)


def kinds_of(entity: Entity) -> list[Kind]:
    """List the kinds by which a timeline can be filtered; several sources may tell of one."""
    return list(dict.fromkeys(kind for source in sources_of(entity) for kind in source.kinds))


def timeline(
    subject: Subject, *, actor: Actor, asked: Asked, after: str = "", limit: int = PAGE
) -> TimelinePage:
    """Read one page of what happened, behind the key `after`. Raises BadCursor."""
    key = _read_key(after) if after else None
    sources = sources_of(subject.entity)
    given = [each.branches for each in sources]
    (rows,) = _rows_of([_statement(sources, given, subject, actor, asked, key, limit + 1)])
    entries = _entries(sources, rows[:limit], _words_of(sources, rows[:limit], subject, actor))
    following = _write_key(_Key(*rows[limit - 1])) if len(rows) > limit else ""
    return TimelinePage(entries, following)


def beginning(subject: Subject, *, actor: Actor, asked: Asked, limit: int = PAGE) -> Beginning:
    """Read what stands on the first page of a timeline: one statement finds it, each source is asked once."""
    sources = sources_of(subject.entity)
    parts = [
        _statement(sources, [each.branches for each in sources], subject, actor, asked, None, limit + 1),
        _statement(sources, [each.pinned for each in sources], subject, actor, asked, None, MOST_PINNED),
        _statement(
            sources, [each.ahead for each in sources], subject, actor, asked, None, MOST_AHEAD, up=True
        ),
    ]
    happened, fixed, coming = _rows_of(parts)
    told = _words_of(sources, {*happened[:limit], *fixed, *coming}, subject, actor)
    following = _write_key(_Key(*happened[limit - 1])) if len(happened) > limit else ""
    return Beginning(
        TimelinePage(_entries(sources, happened[:limit], told), following),
        pinned=_entries(sources, fixed, told),
        ahead=_entries(sources, coming, told),
    )


def one(
    source: TimelineSource, entry_id: int, at: dt.datetime, subject: Subject, *, actor: Actor
) -> Entry | None:
    """Give one entry again, after something happened to it; nothing where it is no longer to be seen."""
    told = source.tell(actor, subject, [entry_id]).get(entry_id)
    return Entry(source, entry_id, at, told) if told else None


_Row = tuple[dt.datetime, int, int]


def _statement(
    sources: Sequence[TimelineSource],
    given: Sequence[Branches],
    subject: Subject,
    actor: Actor,
    asked: Asked,
    key: _Key | None,
    limit: int,
    *,
    up: bool = False,
) -> Sql | None:
    """Say the one statement: every branch ends after `limit` rows, and so does their union."""
    parts = [
        _branch(branch, place, key, limit, up=up)
        for place, (source, branches) in enumerate(zip(sources, given, strict=True))
        if not asked.kinds or asked.kinds & {kind.code for kind in source.kinds}
        for branch in branches(actor, subject, asked)
    ]
    if not parts:
        return None
    order = "at, place, id" if up else "at DESC, place DESC, id DESC"
    text = (
        f"SELECT DISTINCT at, place, id FROM ({' UNION ALL '.join(part.text for part in parts)}) found "
        f"ORDER BY {order} LIMIT {limit}"
    )
    return Sql(text, tuple(value for part in parts for value in part.params))


def _rows_of(statements: Sequence[Sql | None]) -> list[list[_Row]]:
    """Run statements as one, and give the rows of each, the latest first."""
    asked = [(number, each) for number, each in enumerate(statements) if each is not None]
    found: list[list[_Row]] = [[] for _each in statements]
    if asked:
        text = " UNION ALL ".join(
            f"SELECT {number} AS part, at, place, id FROM ({each.text}) part_{number}"
            for number, each in asked
        )
        with connection.cursor() as cursor:
            cursor.execute(text, tuple(value for _number, each in asked for value in each.params))
            for number, *row in cursor.fetchall():
                found[number].append(tuple(row))
    return [sorted(each, reverse=True) for each in found]


def _branch(branch: Branch, place: int, key: _Key | None, limit: int, *, up: bool) -> Sql:
    where = all_of([branch.where, _behind(branch, place, key)])
    order = f"{branch.at}, {branch.id}" if up else f"{branch.at} DESC, {branch.id} DESC"
    text = (
        f"(SELECT DISTINCT ON ({branch.at}, {branch.id}) {branch.at} AS at, {place} AS place, "
        f"{branch.id} AS id FROM {branch.rows} WHERE {where.text} ORDER BY {order} LIMIT {limit})"
    )
    return Sql(text, where.params)


def _behind(branch: Branch, place: int, key: _Key | None) -> Sql:
    if key is None:
        return TRUE
    if place == key.place:
        return Sql(f"({branch.at}, {branch.id}) < (%s, %s)", (key.at, key.id))
    return Sql(f"{branch.at} {'<=' if place < key.place else '<'} %s", (key.at,))


def _words_of(
    sources: Sequence[TimelineSource], rows: Iterable[_Row], subject: Subject, actor: Actor
) -> dict[int, Mapping[int, Told]]:
    """Ask each source once what there is to say, by its place and the entry's id."""
    wanted: dict[int, list[int]] = {}
    for _at, place, row_id in rows:
        wanted.setdefault(place, []).append(row_id)
    return {place: sources[place].tell(actor, subject, ids) for place, ids in wanted.items()}


def _entries(
    sources: Sequence[TimelineSource], rows: Iterable[_Row], told: Mapping[int, Mapping[int, Told]]
) -> tuple[Entry, ...]:
    return tuple(
        Entry(sources[place], row_id, at, told[place][row_id])
        for at, place, row_id in rows
        if row_id in told[place]
    )


def _write_key(key: _Key) -> str:
    return signing.dumps([key.at.isoformat(), key.place, key.id], salt=_SALT)


def _read_key(text: str) -> _Key:
    try:
        at, place, row_id = signing.loads(text, salt=_SALT)
        return _Key(dt.datetime.fromisoformat(at), int(place), int(row_id))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadCursor from error
