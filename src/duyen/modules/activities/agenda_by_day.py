"""What stands in calendars day by day: of each day no more is read than is drawn, the others are counted.

One statement, whatever the days hold: for each person and day it walks down an index of her moments, reads
a few rows and counts up to COUNTED.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql
from duyen.foundation.access.actor import Actor
from duyen.kernel.day_grid import midnight
from duyen.modules.activities import agenda
from duyen.modules.activities.agenda import MOST, Appointment
from duyen.modules.activities.rules import LONGEST

#: So many of a day are counted; more than that is said to be more.
COUNTED = 100
_TABLE = '"activities_activity"'
_PLACES = """
WITH places AS (
  SELECT person, d.day, d.begins, d.ends
    FROM unnest(%s::bigint[]) AS person
   CROSS JOIN unnest(%s::date[], %s::timestamptz[], %s::timestamptz[]) AS d(day, begins, ends)
)
"""
#: What begins in a day, and what is due in it and takes no time of it; each by an index of its own.
_OF_A_DAY = {
    "starts_at": ("starts_at >= p.begins", "starts_at < p.ends"),
    "at": ("starts_at IS NULL", "due_at IS NOT NULL", "at >= p.begins", "at < p.ends"),
}


@dataclass(frozen=True)
class Days:
    """What stands in some days. `left` is, by person and day, how many more there are, COUNTED for more.

    `is_cut` where there is more that somebody takes part in than a page holds.
    """

    appointments: Sequence[Appointment]
    left: Mapping[tuple[int, dt.date], int]
    is_cut: bool = False


def by_day(actor: Actor, days: Sequence[dt.date], *, people: Collection[int], most: int) -> Days:
    """Give what some people do on `days`, which follow each other, as far as the actor may read it.

    Of what begins or is due on a day the first `most` of each person; what began before and goes on, and what
    others asked her to, besides.
    """
    entity = entity_named("activities")
    if agenda.hides_times(entity, actor):
        return Days((), {})
    start, end = midnight(days[0]), midnight(days[-1] + dt.timedelta(days=1))
    rows, ids = agenda.read(entity, actor), sorted(people)
    own, named = agenda.whose(ids)
    goes_on = rows.filter(own, starts_at__lt=start, starts_at__gt=start - LONGEST, ends_at__gt=start)
    taking_part = rows.filter(named, agenda.begins(start, end) | agenda.is_due(start, end))
    parts = [
        *(_of_each_day(rows, column, most) for column in _OF_A_DAY),
        _others(goes_on),
        _others(taking_part),
    ]
    found = _run(parts, ids, days)
    return _told(
        agenda.shown(entity, actor, list({row["id"]: row for row in found}.values())),
        [row for row in found if row["person"] is not None],
        is_cut=sum(row["person"] is None for row in found) >= MOST,
    )


def _of_each_day(rows: QuerySet[Any, dict[str, Any]], column: str, most: int) -> Sql:
    own = [f"{_TABLE}.owner_id = p.person", *(f"{_TABLE}.{each}" for each in _OF_A_DAY[column])]
    # Our own words alone: what an outer row gives has no way into a queryset but as text.
    held = rows.extra(where=own)  # noqa: S610
    text, params = held.order_by(column, "pk")[:COUNTED].query.sql_with_params()
    counted = f"SELECT i.*, count(*) OVER () AS of_day FROM ({text}) i ORDER BY {column}, id LIMIT {most}"
    return Sql(f"SELECT f.*, p.person, p.day FROM places p CROSS JOIN LATERAL ({counted}) f", params)


def _others(rows: QuerySet[Any, dict[str, Any]]) -> Sql:
    # Without an order: one by the moment would lead the planner down the index of all moments.
    text, params = rows[:MOST].query.sql_with_params()
    return Sql(f"SELECT o.*, NULL::bigint, NULL::bigint, NULL::date FROM ({text}) o", params)


def _run(parts: Sequence[Sql], people: Sequence[int], days: Sequence[dt.date]) -> list[dict[str, Any]]:
    ends = [midnight(day + dt.timedelta(days=1)) for day in days]
    given: list[Any] = [list(people), list(days), [midnight(day) for day in days], ends]
    text = _PLACES + " UNION ALL ".join(f"({each.text})" for each in parts)
    with connection.cursor() as cursor:
        cursor.execute(text, [*given, *(value for each in parts for value in each.params)])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _told(appointments: Sequence[Appointment], of_days: Sequence[Mapping[str, Any]], *, is_cut: bool) -> Days:
    """Say how many of each day were counted and not read: what begins and what is due stand apart."""
    held: dict[tuple[int, dt.date, bool], list[int]] = {}
    for row in of_days:
        held.setdefault((row["person"], row["day"], row["starts_at"] is None), []).append(row["of_day"])
    left: dict[tuple[int, dt.date], int] = {}
    for (person, day, _is_due), counts in held.items():
        more = COUNTED if counts[0] >= COUNTED else counts[0] - len(counts)
        left[person, day] = min(COUNTED, left.get((person, day), 0) + more)
    return Days(appointments, {place: count for place, count in left.items() if count}, is_cut)
