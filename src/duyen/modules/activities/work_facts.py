"""What is true of people's work now: due, overdue, appointments, how much each has and did. Reads only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel.clock import ZONE
from duyen.modules.activities.words import APPOINTMENTS, OPEN, ActivityKind, ActivityState
from duyen.modules.parties.queries import kept_by, sees

Row = dict[str, Any]
_COLUMNS = (
    "pk",
    "kind",
    "subject",
    "place",
    "priority",
    "state",
    "starts_at",
    "ends_at",
    "due_at",
    "done_at",
    "party_id",
    "due",
)
_NOT_NOTES = ~Q(kind=ActivityKind.NOTE.value)
_TASKS = Q(kind=ActivityKind.TASK.value)
_OPEN_STATES = ", ".join(f"'{each.value}'" for each in OPEN)
#: Counting stops here.
MOST = 999
#: The list that holds what `count_overdue` counts.
OVERDUE_TASKS = "/tasks?list=overdue&due_at.lt=%40now&open_at.empty=0"


def activities() -> Entity:
    return entity_named("activities")


def midnight(day: dt.date) -> dt.datetime:
    """Give the moment at which a day begins in Vietnam."""
    return dt.datetime.combine(day, dt.time.min, ZONE)


def sees_work(actor: Actor) -> bool:
    """Tell whether somebody may see what her work is called."""
    return activities().level(actor, "subject") is not FieldLevel.HIDDEN


def due_today(actor: Actor, day: dt.date, *, limit: int) -> list[Row]:
    """List what somebody has to do until the end of a day, overdue first: her own, and where she helps."""
    found = _due_by(_mine(actor), day).order_by("due", "pk").values(*_COLUMNS)
    return [{**row} for row in found[:limit]]


def count_due(actor: Actor, day: dt.date, now: dt.datetime) -> tuple[int, int]:
    """Count what somebody has to do until the end of a day, and what of it is overdue."""
    told = _due_by(_mine(actor), day).aggregate(all=Count("pk"), late=Count("pk", filter=is_late(now)))
    return told["all"], told["late"]


def done_today(actor: Actor, day: dt.date, *, limit: int) -> list[Row]:
    """List what somebody finished on a day, the last first."""
    begins, ends = midnight(day), midnight(day + dt.timedelta(days=1))
    rows = activities().rows(actor).filter(_NOT_NOTES, owner_id=actor.user_id, at__gte=begins, at__lt=ends)
    rows = _with_due(rows.filter(state=ActivityState.DONE.value))
    return [{**row} for row in rows.order_by("-at", "-pk").values(*_COLUMNS)[:limit]]


def appointments(actor: Actor, now: dt.datetime, *, limit: int) -> list[Row]:
    """List the next appointments of somebody, those that last now among them."""
    kinds = [kind.value for kind in APPOINTMENTS]
    rows = _mine(actor).filter(kind__in=kinds, starts_at__gte=now - dt.timedelta(days=1))
    rows = _with_due(rows.filter(open_at__isnull=False)).filter(Q(ends_at__gt=now) | Q(starts_at__gte=now))
    return [{**row} for row in rows.order_by("starts_at", "pk").values(*_COLUMNS)[:limit]]


def overdue(actor: Actor, now: dt.datetime, *, days: int, limit: int, only: int | None = None) -> list[Row]:
    """List what somebody owns that is overdue by so many days, the oldest first."""
    rows = activities().rows(actor).filter(_NOT_NOTES, owner_id=actor.user_id, open_at__lt=now)
    rows = _with_due(rows).filter(is_late(now - dt.timedelta(days=days)))
    if only is not None:
        rows = rows.filter(pk=only)
    return [{**row} for row in rows.order_by("due", "pk").values(*_COLUMNS)[:limit]]


def load_by_person(
    actor: Actor, now: dt.datetime, *, limit: int, least_overdue: int = 0, only: int | None = None
) -> list[tuple[int, str, int, int]]:
    """Count open and overdue tasks by assignee, as far as the actor reads them: user, name, open, overdue."""
    rows = activities().rows(actor).filter(_TASKS, open_at__isnull=False, owner_id__isnull=False)
    if only is not None:
        rows = rows.filter(owner_id=only)
    counted = (
        _with_due(rows)
        .order_by()
        .values("owner_id", "owner__full_name")
        .annotate(open=Count("pk"), late=Count("pk", filter=is_late(now)))
    )
    if least_overdue:
        counted = counted.filter(late__gte=least_overdue)
    found = counted.order_by("-late", "-open", "owner_id")[:limit]
    return [(row["owner_id"], row["owner__full_name"], row["open"], row["late"]) for row in found]


def count_overdue(actor: Actor, now: dt.datetime, *, owner: int | None = None) -> int:
    """Count the overdue tasks that the actor reads, of one owner or of all, up to one more than `MOST`.

    They are those of the list «Overdue» of tasks.
    """
    rows = activities().rows(actor).filter(_TASKS, open_at__isnull=False)
    rows = rows if owner is None else rows.filter(owner_id=owner)
    return _with_due(rows).filter(is_late(now)).order_by()[: MOST + 1].count()


def count_done(actor: Actor, since: dt.datetime, until: dt.datetime, *, team: bool) -> int:
    """Count what was done between two moments, by the actor or by all whose work she reads."""
    rows = (
        activities()
        .rows(actor)
        .filter(_NOT_NOTES, state=ActivityState.DONE.value, at__gte=since, at__lt=until)
    )
    rows = rows if team else rows.filter(owner_id=actor.user_id)
    return rows.order_by()[: 9_999 + 1].count()


def done_by_unit(actor: Actor, since: dt.datetime, until: dt.datetime) -> dict[int, int]:
    """Count what was done between two moments by unit, as far as the actor reads it."""
    rows = (
        activities()
        .rows(actor)
        .filter(_NOT_NOTES, state=ActivityState.DONE.value, at__gte=since, at__lt=until)
    )
    return dict(rows.order_by().values("unit_id").annotate(n=Count("pk")).values_list("unit_id", "n"))


def quiet_customers(
    actor: Actor, before: dt.datetime, key_before: dt.datetime, *, limit: int, only: int | None = None
) -> list[Row]:
    """Find kept customers whose last contact lies before a moment and about whom nothing is planned.

    One without any contact counts from when it was made. Key accounts come first and by their own
    moment, then the longest. Lost and ended ones are left alone.
    """
    customers = entity_named("customers")
    if not sees(customers, actor):
        return []
    since = "coalesce(l.at, t.created_at)"
    quiet = Sql(f"{since} < CASE WHEN t.is_key_account THEN %s ELSE %s END", (key_before, before))
    living = Sql("t.relationship_state NOT IN ('LOST', 'TERMINATED')")
    free = Sql(f"NOT EXISTS ({_planned('t.id')})")
    one = Sql("TRUE") if only is None else Sql("t.id = %s", (only,))
    where = all_of([kept_by(customers, actor), living, quiet, one, free])
    phones = "t.phones" if sees(customers, actor, "phones") else "'{}'::text[]"
    text = (
        f"SELECT t.id, t.name, t.code, {phones} AS phones, t.is_key_account, t.created_at, l.at"
        f" FROM {name(customers.table)} t LEFT JOIN activities_lastcontact l ON l.party_id = t.id"
        f" WHERE {where.text} ORDER BY t.is_key_account DESC, {since}, t.id LIMIT {int(limit)}"
    )
    return _read(Sql(text, where.params))


def met_and_left(
    actor: Actor, before: dt.datetime, since: dt.datetime, *, limit: int, only: int | None = None
) -> list[Row]:
    """Find customers with whom the actor met between two moments, and with whom nothing followed.

    One row for each customer: the last meeting or visit, where no contact came later and nothing is planned.
    """
    customers = entity_named("customers")
    if not (sees(customers, actor) and sees_work(actor)):
        return []
    kinds = [kind.value for kind in APPOINTMENTS]
    one = Sql("TRUE") if only is None else Sql("t.id = %s", (only,))
    kept = all_of([kept_by(customers, actor), one])
    text = (
        "SELECT * FROM (SELECT DISTINCT ON (t.id) t.id, t.name, v.id AS activity_id, v.subject, v.at"
        f" FROM activities_activity v JOIN {name(customers.table)} t ON t.id = v.party_id"
        " JOIN activities_lastcontact l ON l.party_id = t.id AND l.at <= v.at"
        " WHERE v.owner_id = %s AND v.at >= %s AND v.at < %s AND v.state = 'DONE' AND v.kind = ANY(%s)"
        f" AND v.deleted_at IS NULL AND {kept.text} AND NOT EXISTS ({_planned('t.id')})"
        f" ORDER BY t.id, v.at DESC) k ORDER BY at, id LIMIT {int(limit)}"
    )
    return _read(Sql(text, (actor.user_id, since, before, kinds, *kept.params)))


def count_quiet(actor: Actor, before: dt.datetime, key_before: dt.datetime, *, most: int) -> int:
    """Count kept customers that are quiet for long, up to one more than `most`."""
    return len(quiet_customers(actor, before, key_before, limit=most + 1))


def _planned(party: str) -> str:
    """Say in SQL that something about a party is still to be done."""
    return (
        "SELECT 1 FROM activities_about a JOIN activities_activity o ON o.id = a.activity_id"
        f" WHERE a.party_id = {party} AND o.state IN ({_OPEN_STATES}) AND o.deleted_at IS NULL"
    )


def _mine(actor: Actor) -> QuerySet[Any]:
    me = actor.user_id or 0
    helps = Q(people__overlap=[me]) & ~Q(people=[])
    return activities().rows(actor).filter(_NOT_NOTES, Q(owner_id=me) | helps)


def is_late(now: dt.datetime) -> Q:
    """Say of rows with their `due` that they are overdue, if they are open (rules.overdue_from)."""
    return Q(_TASKS, due_at__lt=now) | Q(~_TASKS, due__lt=now)


def _with_due(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Tell of each row by when it is to be done: its due date, else its end or beginning."""
    found: QuerySet[Any] = rows.annotate(due=Coalesce(F("due_at"), F("ends_at"), F("starts_at")))
    return found


def _due_by(rows: QuerySet[Any], day: dt.date) -> QuerySet[Any]:
    ends = midnight(day + dt.timedelta(days=1))
    # What is open stands by its beginning in the index; no due date lies before that of what it belongs to.
    return _with_due(rows.filter(open_at__lt=ends)).filter(
        Q(due__lt=ends) | Q(starts_at__lt=ends), due__isnull=False
    )


def _read(statement: Sql) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
