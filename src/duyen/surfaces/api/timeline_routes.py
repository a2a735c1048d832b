"""The call that reads what happened on a record and around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router, Schema
from pydantic import Field as Described

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotFound
from duyen.entities.through import readable_rows
from duyen.entities.timelines import reading
from duyen.entities.timelines.declared import Asked, Entry
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.api.calls import actor_of, answer, refuse_unknown_arguments
from duyen.surfaces.api.schemas import LARGEST_ID

RecordId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_Kind = Annotated[str, Query(description="Kinds to tell of, separated by commas; none tells of all.")]
_Who = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="A user whose doings to tell of.")]
_Limit = Annotated[int, Query(ge=1, le=100)]
_After = Annotated[str, Query(description="The `next` of the page before.")]
_ARGUMENTS = frozenset({"kind", "who", "limit", "after"})


class PersonOut(Schema):
    """Who did it; the id is none for the system."""

    id: int | None
    label: str


class EntryOut(Schema):
    """One thing that happened, or is to come."""

    source: Annotated[str, Described(description="What tells of it: steps, files, activities, …")]
    id: Annotated[str, Described(description="Its id within the source")]
    at: dt.datetime
    kind: str
    who: PersonOut
    title: str
    text: str
    of: Annotated[str, Described(description="The record beside this one on which it happened")]
    facts: Annotated[dict[str, Any], Described(description="What the source says beside that")]


class TimelineOut(Schema):
    """One page, newest first; what is pinned and what is to come stand on the first page."""

    pinned: list[EntryOut]
    ahead: list[EntryOut]
    items: list[EntryOut]
    next: str | None


def add_timeline(entity: Entity, to: Router, *, one: str) -> None:
    """Add the call for one entity."""
    to.get(
        f"/{entity.name}/{{int:id}}/timeline",
        response=TimelineOut,
        operation_id=f"read_timeline_of_{one}",
        summary=f"Read what happened on one of {entity.name} and around it",
        tags=[entity.name],
    )(_read(entity))


def _read(entity: Entity) -> Callable[..., HttpResponse]:
    def view(
        request: HttpRequest,
        id: RecordId,
        kind: _Kind = "",
        who: _Who = None,
        limit: _Limit = reading.PAGE,
        after: _After = "",
    ) -> HttpResponse:
        refuse_unknown_arguments(request, _ARGUMENTS)
        actor = actor_of(request)
        asked = Asked(_kinds(entity, kind), frozenset([who] if who else []))
        subject = reading.subject_of(entity, _row(entity, id, actor), actor=actor)
        found = (
            reading.Beginning(reading.timeline(subject, actor=actor, asked=asked, after=after, limit=limit))
            if after
            else reading.beginning(subject, actor=actor, asked=asked, limit=limit)
        )
        told: dict[str, Any] = {
            name: [_shown(entry) for entry in entries]
            for name, entries in (
                ("pinned", found.pinned),
                ("ahead", found.ahead),
                ("items", found.page.entries),
            )
        }
        return answer({**told, "next": found.page.next or None})

    return view


def _row(entity: Entity, record_id: int, actor: Actor) -> Mapping[str, Any]:
    rows = readable_rows(entity, actor, [record_id], deleted=None)
    row = rows.order_by("pk").values(*entity.held_columns).first()
    if row is None:
        raise NotFound
    entity.unfold(row)
    found: Mapping[str, Any] = row
    return found


def _kinds(entity: Entity, text: str) -> frozenset[str]:
    asked = frozenset(filter(None, (each.strip() for each in text.split(","))))
    if unknown := asked - {kind.code for kind in reading.kinds_of(entity)}:
        sentence = _("There is no kind of entry called %(kind)s.") % {"kind": min(unknown)}
        raise InvalidValues([FieldProblem("kind", "unknown", sentence)])
    return asked


def _shown(entry: Entry) -> dict[str, Any]:
    told = entry.told
    return {
        "source": entry.source.name,
        # The id of a step has 63 bits: more than a number of JavaScript holds.
        "id": str(entry.id),
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "kind": told.kind,
        "who": {"id": told.user_id, "label": told.who},
        "title": told.title,
        "text": told.text,
        "of": told.of,
        "facts": dict(told.facts),
    }
