"""What stands in calendars: appointments and dues of some days, of one person or of several. Reads only.

The number of queries is the same for an empty week and a full one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, READ, FieldLevel
from duyen.foundation.org.models import Position, User
from duyen.kernel.clock import today
from duyen.kernel.day_grid import midnight
from duyen.modules.activities.rules import LONGEST
from duyen.modules.activities.words import ActivityKind, ActivityState

#: More than this in the days of one page is a page that nobody reads; what is left out is said.
MOST = 600
#: So many colleagues stand beside a list, and so many with a week each on one page.
MOST_PEOPLE, MOST_ROWS = 20, 8
_COLUMNS = (
    "id",
    "kind",
    "subject",
    "place",
    "state",
    "starts_at",
    "ends_at",
    "all_day",
    "due_at",
    "at",
    "owner_id",
    "people",
    "is_private",
    "party_id",
    "version",
)
_TIMES = ("starts_at", "ends_at", "due_at", "all_day")


@dataclass(frozen=True)
class Appointment:
    """One activity as a calendar shows it; of a veiled one only its time is told."""

    id: int
    kind: ActivityKind
    subject: str
    place: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    is_all_day: bool
    due_at: dt.datetime | None
    owner_id: int | None
    people: frozenset[int]
    is_done: bool
    is_veiled: bool
    may_change: bool
    version: int
    party_id: int | None = None

    @property
    def takes_time(self) -> bool:
        return self.starts_at is not None and not self.is_all_day

    def is_of(self, user_id: int) -> bool:
        return user_id == self.owner_id or user_id in self.people


@dataclass(frozen=True)
class Agenda:
    """What stands in some days; `is_cut` where there is more than a page holds."""

    appointments: Sequence[Appointment]
    is_cut: bool = False


@dataclass(frozen=True)
class Colleague:
    """Somebody whose calendar the reader may see, with the unit by whose hours she works."""

    id: int
    name: str
    job_title: str
    unit_id: int | None


def between(actor: Actor, first: dt.date, last: dt.date, *, people: Collection[int]) -> Agenda:
    """Give what some people do from `first` to `last`, both included, as far as the actor may read it."""
    entity = entity_named("activities")
    if hides_times(entity, actor):
        return Agenda(())
    start, end = midnight(first), midnight(last + dt.timedelta(days=1))
    rows: dict[int, Mapping[str, Any]] = {}
    is_cut = False
    for own in whose(people):
        for when in (begins(start, end), is_due(start, end)):
            found = read(entity, actor).filter(own, when).order_by("at", "pk")[: MOST + 1]
            is_cut = is_cut or len(found) > MOST
            rows |= {row["id"]: row for row in found[:MOST]}
    return Agenda(shown(entity, actor, list(rows.values())), is_cut)


def one(actor: Actor, activity_id: int) -> Appointment | None:
    """Give one activity as a calendar shows it; none where the actor may not read it."""
    entity = entity_named("activities")
    row = read(entity, actor).filter(pk=activity_id).order_by("pk").first()
    return shown(entity, actor, [row])[0] if row is not None else None


def at_the_same_time(actor: Actor, appointment: Appointment) -> list[Appointment]:
    """Give what the one who holds an appointment does at the same time, as far as the actor may read it."""
    start, end = appointment.starts_at, appointment.ends_at
    if not appointment.takes_time or not start or not end or appointment.owner_id is None:
        return []
    entity = entity_named("activities")
    found: dict[int, Mapping[str, Any]] = {}
    for own in whose([appointment.owner_id]):
        rows = read(entity, actor).filter(own, begins(start, end), all_day=False)
        taken = rows.exclude(pk=appointment.id).exclude(state=ActivityState.DONE.value).order_by("at", "pk")
        found |= {row["id"]: row for row in taken[:20]}
    others = shown(entity, actor, list(found.values()))
    return [
        each
        for each in others
        if each.starts_at and each.ends_at and each.ends_at > start and each.starts_at < end
    ]


def hides_times(entity: Entity, actor: Actor) -> bool:
    """Tell whether the actor may see no times, and so no calendar."""
    return any(entity.level(actor, name) is FieldLevel.HIDDEN for name in _TIMES)


def read(entity: Entity, actor: Actor) -> QuerySet[Any, dict[str, Any]]:
    """Give what the actor may read, without what was cancelled, by the columns that a calendar needs.

    A private appointment of somebody else is among it: it is told as busy, and no more.
    """
    rows: QuerySet[Any] = entity.rows(actor, with_closed=True).exclude(state=ActivityState.CANCELLED.value)
    return rows.values(*_COLUMNS)


def whose(people: Collection[int]) -> list[Q]:
    """Say what belongs to people: what they do, and what they take part in. One condition for each index."""
    ids = sorted(people)
    return [Q(owner_id__in=ids), Q(people__overlap=ids) & ~Q(people=[])]


def begins(start: dt.datetime, end: dt.datetime) -> Q:
    """Say what fills a part of the time; nothing lasts longer than LONGEST: so an index has two bounds."""
    return Q(starts_at__lt=end, starts_at__gt=start - LONGEST) & (
        Q(ends_at__gt=start) | Q(starts_at__gte=start)
    )


def is_due(start: dt.datetime, end: dt.datetime) -> Q:
    """Say what is due in the time and takes none of it. Once done, it stands where it was done.

    Both are its moment (`at`), to which an index leads.
    """
    return Q(starts_at=None, due_at__isnull=False, at__gte=start, at__lt=end)


def shown(entity: Entity, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[Appointment]:
    """Show rows as far as the actor may see each of them, in the order of their times."""
    open_to = set(
        entity.rows(actor, CHANGE)
        .filter(pk__in=[0, *(row["id"] for row in rows)])
        .values_list("pk", flat=True)
    )
    hidden = {
        name
        for name in ("subject", "place", "kind", "party")
        if entity.level(actor, name) is FieldLevel.HIDDEN
    }
    return sorted(
        (_appointment(actor, row, hidden, may_change=row["id"] in open_to) for row in rows),
        key=lambda each: (each.starts_at or each.due_at or dt.datetime.max.replace(tzinfo=dt.UTC), each.id),
    )


def _appointment(actor: Actor, row: Mapping[str, Any], hidden: set[str], *, may_change: bool) -> Appointment:
    is_hers = actor.user_id is not None and (
        row["owner_id"] == actor.user_id or actor.user_id in row["people"]
    )
    is_veiled = row["is_private"] and not is_hers
    closed = is_veiled or "subject" in hidden
    return Appointment(
        id=row["id"],
        kind=ActivityKind(row["kind"]) if not is_veiled and "kind" not in hidden else ActivityKind.MEETING,
        subject="" if closed else row["subject"],
        place="" if is_veiled or "place" in hidden else row["place"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"] or row["starts_at"],
        is_all_day=row["all_day"],
        due_at=row["at"] if row["starts_at"] is None else row["due_at"],
        owner_id=row["owner_id"],
        people=frozenset(row["people"]),
        is_done=row["state"] == ActivityState.DONE,
        is_veiled=is_veiled,
        may_change=may_change and not is_veiled,
        version=row["version"],
        party_id=None if is_veiled or "party" in hidden else row["party_id"],
    )


def colleagues(
    actor: Actor,
    *,
    after: tuple[str, int] | None = None,
    only: int | None = None,
    most: int = MOST_PEOPLE,
) -> list[tuple[Colleague, tuple[str, int]]]:
    """List those whose activities the actor may read, by name, each with the key of its place.

    One more than `most` tells that there are others. `only` asks for one of them.
    """
    facts = actor.scope("activities", READ)
    places = Position.objects.filter(Q(until=None) | Q(until__gte=today()), since__lte=today())
    found = User.objects.filter(is_active=True)
    if not facts.everything:
        near = places.filter(unit_id__in=sorted(facts.units)).values("user_id")
        found = found.filter(Q(pk__in=sorted(facts.owners)) | Q(pk__in=near))
    else:
        found = found.filter(pk__in=places.values("user_id"))
    if only is not None:
        found = found.filter(pk=only)
    if after is not None:
        found = found.filter(Q(name_key__gt=after[0]) | Q(name_key=after[0], pk__gt=after[1]))
    people = list(
        found.order_by("name_key", "pk").values_list("pk", "full_name", "job_title", "name_key")[: most + 1]
    )
    homes = _homes([pk for pk, *_rest in people])
    return [(Colleague(pk, name, title, homes.get(pk)), (key, pk)) for pk, name, title, key in people]


def _homes(people: Collection[int]) -> dict[int, int]:
    """Give the unit in which each of some people works today, by the main position."""
    held = Position.objects.filter(
        Q(until=None) | Q(until__gte=today()), user_id__in=list(people), since__lte=today()
    ).order_by("is_main", "-pk")
    return dict(held.values_list("user_id", "unit_id"))
