"""The work of people day by day: what is open, by when it is due, and how much each has. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Extract, Greatest, Least

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, HAND_OVER, FieldLevel
from duyen.kernel.clock import ZONE
from duyen.kernel.day_grid import midnight, monday_of
from duyen.modules.activities.words import ActivityKind, Priority

#: A page of work stays below 60 kB with the team beside it.
PAGE = 36
#: Kinds that are work to be done; a note is none.
WORK = tuple(kind for kind in ActivityKind if kind is not ActivityKind.NOTE)
_COLUMNS = (
    "id",
    "kind",
    "subject",
    "place",
    "state",
    "starts_at",
    "ends_at",
    "due_at",
    "due",
    "priority",
    "progress",
    "owner_id",
    "people",
    "party_id",
    "about",
    "version",
    "created_at",
)
#: What stands behind all that is due: what is due on no day.
_NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


class Group(StrEnum):
    """When work is due, seen from now."""

    OVERDUE = "OVERDUE"
    TODAY = "TODAY"
    TOMORROW = "TOMORROW"
    THIS_WEEK = "THIS_WEEK"
    LATER = "LATER"
    NONE = "NONE"


@dataclass(frozen=True)
class Work:
    """One thing to do, as the reader may see it; `due` is when it is due or begins."""

    id: int
    kind: ActivityKind
    subject: str
    place: str
    due: dt.datetime | None
    begins: bool
    group: Group
    priority: Priority
    progress: int
    owner_id: int | None
    version: int
    may_change: bool
    may_hand_over: bool
    party_id: int | None = None
    about: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Asked:
    """Which work is asked for: of whom, of which kinds and priorities, about which record."""

    people: Collection[int]
    kinds: Collection[str] = ()
    priority: str = ""
    about: tuple[str, int] | None = None
    group: Group | None = None


@dataclass(frozen=True)
class Page:
    """A page of work and the key from which the next one goes on."""

    work: Sequence[Work]
    after: str = ""


@dataclass(frozen=True)
class Load:
    """How much somebody has: open, overdue, and hours planned in this week."""

    open: int = 0
    overdue: int = 0
    planned: dt.timedelta = field(default_factory=dt.timedelta)


def group_of(due: dt.datetime | None, *, now: dt.datetime) -> Group:
    """Tell when something is due, seen from `now`; the week ends on Sunday."""
    if due is None:
        return Group.NONE
    if due < now:
        return Group.OVERDUE
    today, day = now.astimezone(ZONE).date(), due.astimezone(ZONE).date()
    if day == today:
        return Group.TODAY
    if day == today + dt.timedelta(days=1):
        return Group.TOMORROW
    return Group.THIS_WEEK if monday_of(day) == monday_of(today) else Group.LATER


def page_of(actor: Actor, asked: Asked, *, now: dt.datetime, after: str = "") -> Page:
    """Give the next work by when it is due, overdue first, what is due on no day last."""
    entity = entity_named("activities")
    rows = _open_rows(entity, actor, asked, now=now)
    if key := read_key(after):
        rows = rows.filter(Q(due__gt=key[0]) | Q(due=key[0], pk__gt=key[1]))
    found = list(rows.order_by("due", "pk").values(*_COLUMNS)[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(
        _shown(entity, actor, found[:PAGE], now), f"{last['due'].timestamp()}-{last['id']}" if last else ""
    )


def one(actor: Actor, activity_id: int, *, now: dt.datetime) -> Work | None:
    """Give one open thing to do; none where the actor may not read it or it is not open."""
    entity = entity_named("activities")
    rows = _due(entity.rows(actor).filter(pk=activity_id, open_at__isnull=False))
    found = list(rows.order_by("pk").values(*_COLUMNS))
    return _shown(entity, actor, found, now)[0] if found else None


def count_of(actor: Actor, asked: Asked, *, now: dt.datetime) -> dict[Group, int]:
    """Count the work by when it is due."""
    rows = _open_rows(entity_named("activities"), actor, asked, now=now)
    today = now.astimezone(ZONE).date()
    ends = {
        Group.TODAY: midnight(today + dt.timedelta(days=1)),
        Group.TOMORROW: midnight(today + dt.timedelta(days=2)),
        Group.THIS_WEEK: midnight(monday_of(today) + dt.timedelta(days=7)),
    }
    late = Q(due__lt=now)
    in_day = Q(due__gte=now, due__lt=ends[Group.TODAY])
    next_day = Q(due__gte=ends[Group.TODAY], due__lt=ends[Group.TOMORROW])
    week_end = max(ends[Group.TOMORROW], ends[Group.THIS_WEEK])
    in_week = Q(due__gte=ends[Group.TOMORROW], due__lt=week_end)
    counted = rows.aggregate(
        **{
            Group.OVERDUE: Count("pk", filter=late),
            Group.TODAY: Count("pk", filter=in_day),
            Group.TOMORROW: Count("pk", filter=next_day),
            Group.THIS_WEEK: Count("pk", filter=in_week),
            Group.LATER: Count("pk", filter=Q(due__gte=week_end, due__lt=_NEVER)),
            Group.NONE: Count("pk", filter=Q(due=_NEVER)),
        }
    )
    return {group: counted[group] for group in Group}


def load_of(actor: Actor, people: Collection[int], *, now: dt.datetime) -> dict[int, Load]:
    """Give how much each of some people has, as far as the actor may read it: one query for all of them.

    Planned are the hours of appointments that lie in this week, whole days apart, and the minutes that tasks
    due in it are thought to take.
    """
    monday = monday_of(now.astimezone(ZONE).date())
    start, end = midnight(monday), midnight(monday + dt.timedelta(days=7))
    rows = _due(entity_named("activities").rows(actor)).filter(
        open_at__isnull=False, kind__in=WORK, owner_id__in=sorted(people)
    )
    in_week = Q(starts_at__lt=end, ends_at__gt=start, all_day=False)
    seconds = Extract(Least(F("ends_at"), Value(end)) - Greatest(F("starts_at"), Value(start)), "epoch")
    counted = (
        rows.order_by("owner_id")
        .values("owner_id")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(due__lt=now)),
            met=Sum(seconds, filter=in_week, output_field=FloatField()),
            thought=Coalesce(
                Sum("duration_minutes", filter=Q(starts_at=None, due_at__gte=start, due_at__lt=end)), Value(0)
            ),
        )
    )
    return {
        row["owner_id"]: Load(
            row["open"],
            row["overdue"],
            dt.timedelta(seconds=round(row["met"] or 0), minutes=row["thought"]),
        )
        for row in counted
    }


def _due(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Tell of each row when it is due: by its due date, else by its beginning, else never."""
    found: QuerySet[Any] = rows.annotate(due=Coalesce("due_at", "starts_at", Value(_NEVER)))
    return found


def _open_rows(entity: Entity, actor: Actor, asked: Asked, *, now: dt.datetime) -> QuerySet[Any]:
    ids = sorted(asked.people)
    whose = Q(owner_id__in=ids) | (Q(people__overlap=ids) & ~Q(people=[]))
    rows = _due(entity.rows(actor).filter(whose, open_at__isnull=False, kind__in=asked.kinds or WORK))
    if asked.priority:
        rows = rows.filter(priority=asked.priority)
    if asked.about:
        rows = rows.filter(about__contains=[{"entity": asked.about[0], "id": asked.about[1]}])
    if asked.group is Group.OVERDUE:
        rows = rows.filter(due__lt=now)
    return rows


def _shown(entity: Entity, actor: Actor, rows: Sequence[Mapping[str, Any]], now: dt.datetime) -> list[Work]:
    # Never an empty list: an empty page asks as often as a full one.
    ids = [0, *(row["id"] for row in rows)]
    open_to = set(entity.rows(actor, CHANGE).filter(pk__in=ids).values_list("pk", flat=True))
    given = set(entity.rows(actor, HAND_OVER).filter(pk__in=ids).values_list("pk", flat=True))
    hidden = {
        name
        for name in ("subject", "place", "party", "about", "priority", "progress")
        if entity.level(actor, name) is FieldLevel.HIDDEN
    }
    return [_work(actor, row, hidden, now, row["id"] in open_to, row["id"] in given) for row in rows]


def _work(
    actor: Actor, row: Mapping[str, Any], hidden: set[str], now: dt.datetime, may_change: bool, may_give: bool
) -> Work:
    due = None if row["due"] == _NEVER else row["due"]
    return Work(
        id=row["id"],
        kind=ActivityKind(row["kind"]),
        subject="" if "subject" in hidden else row["subject"],
        place="" if "place" in hidden else row["place"],
        due=due,
        begins=row["due_at"] is None and row["starts_at"] is not None,
        group=group_of(due, now=now),
        priority=Priority.NORMAL if "priority" in hidden else Priority(row["priority"]),
        progress=0 if "progress" in hidden else row["progress"],
        owner_id=row["owner_id"],
        version=row["version"],
        may_change=may_change,
        may_hand_over=may_give,
        party_id=None if "party" in hidden else row["party_id"],
        about=() if "about" in hidden else tuple(row["about"] or ()),
    )


def read_key(text: str) -> tuple[dt.datetime, int] | None:
    """Read the key of a place in the list; nothing for what is none."""
    moment, _dash, number = text.rpartition("-")
    try:
        return dt.datetime.fromtimestamp(float(moment), dt.UTC), int(number)
    except (ValueError, OverflowError, OSError):
        return None
