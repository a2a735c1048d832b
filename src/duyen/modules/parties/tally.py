"""Count the customer base by unit: kinds and states, new and lost ones, how complete, how well kept.

A base of up to `MOST_AT_ONCE` rows is counted while somebody waits. A larger one was counted by night, in one
pass over the table, and the page says when (docs/decisions/large-bases-are-counted-by-night.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction

from duyen.entities.entity import Entity
from duyen.entities.planner import expected_rows
from duyen.entities.scope import standing
from duyen.entities.sql import Sql, all_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.clock import ZONE, now, today

#: So many rows are counted while somebody waits; the planner says beforehand how many there are.
MOST_AT_ONCE = 50_000
WEEKS, MONTHS = 12, 12
#: What is counted, by topic: the two things that tell rows apart, as SQL over a party `t`. Months and weeks
#: are those of Vietnam; a row in whose place stands null is not counted.
_LOCAL = "AT TIME ZONE 'Asia/Ho_Chi_Minh'"
_GONE = "t.relationship_state IN ('LOST', 'TERMINATED')"
TOPICS: Mapping[str, tuple[str, str]] = {
    "standing": ("t.kind", "t.relationship_state"),
    "new_month": (f"to_char(t.created_at {_LOCAL}, 'YYYY-MM')", "''"),
    "new_week": (f"to_char(t.created_at {_LOCAL}, 'IYYY-IW')", "''"),
    "lost_month": (f"CASE WHEN {_GONE} THEN to_char(t.relationship_since {_LOCAL}, 'YYYY-MM') END", "''"),
    "band": (
        "CASE WHEN t.completeness IS NULL THEN NULL WHEN t.completeness >= 80 THEN '2'"
        " WHEN t.completeness >= 50 THEN '1' ELSE '0' END",
        "''",
    ),
    "addresses": ("nullif(t.address_status, '')", "''"),
}


@dataclass(frozen=True)
class Counted:
    """Counts by (unit, key, other) of one topic."""

    rows: Mapping[tuple[int, str, str], int]

    def by_key(self) -> dict[str, int]:
        """Add up by the first thing."""
        return self._by(1)

    def by_other(self) -> dict[str, int]:
        """Add up by the second thing."""
        return self._by(2)

    def by_unit(self) -> dict[int, int]:
        """Add up by unit."""
        found: dict[int, int] = {}
        for (unit, _key, _other), count in self.rows.items():
            found[unit] = found.get(unit, 0) + count
        return found

    def _by(self, place: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for told, count in self.rows.items():
            key = str(told[place])
            found[key] = found.get(key, 0) + count
        return found


@dataclass(frozen=True)
class Tally:
    """What was counted, by topic; `at` is when, none where it was just now."""

    topics: Mapping[str, Counted] = field(default_factory=dict)
    at: dt.datetime | None = None


def tally(entity: Entity, actor: Actor, *topics: str) -> Tally:
    """Count the records that the actor may read, by topic: at once, or as it was counted by night.

    What was counted by night leaves out single records that others opened for the actor.
    """
    facts = actor.scope(entity.name, READ)
    if facts.is_empty:
        return Tally({each: Counted({}) for each in topics})
    inside = all_of([standing(entity.kind, "t", deleted=False), entity.scope.as_sql(facts, "t")])
    if expected_rows(entity.table, [inside])[0] > MOST_AT_ONCE:
        kept = _kept(topics, None if facts.everything else facts.units)
        if kept is not None:
            return kept
    return Tally(_count(topics, inside))


def _count(topics: Collection[str], inside: Sql) -> dict[str, Counted]:
    parts = [_statement(each, inside) for each in topics]
    text = " UNION ALL ".join(f"({each.text})" for each in parts)
    found: dict[str, dict[tuple[int, str, str], int]] = {each: {} for each in topics}
    with connection.cursor() as cursor:
        cursor.execute(text, [value for each in parts for value in each.params])
        for topic, unit, key, other, count in cursor.fetchall():
            found[topic][unit, key, other] = count
    return {topic: Counted(rows) for topic, rows in found.items()}


def _statement(topic: str, inside: Sql) -> Sql:
    """Count one topic: of months and weeks only the last ones."""
    key, other = TOPICS[topic]
    since = _SINCE[topic]() if topic in _SINCE else None
    column = "t.relationship_since" if topic == "lost_month" else "t.created_at"
    when = Sql(f"{column} >= %s", (since,)) if since else Sql("TRUE")
    where = all_of([inside, when])
    text = (
        f"SELECT '{topic}' AS topic, unit_id, key, other, count(*) FROM"
        f" (SELECT t.unit_id, {key} AS key, {other} AS other FROM parties_party t WHERE {where.text}) k"
        " WHERE key IS NOT NULL GROUP BY 2, 3, 4"
    )
    return Sql(text, where.params)


def _kept(topics: Collection[str], units: Collection[int] | None) -> Tally | None:
    """Read what was counted by night; none where nothing was counted yet."""
    where = "" if units is None else " AND unit_id = ANY(%s)"
    found: dict[str, dict[tuple[int, str, str], int]] = {each: {} for each in topics}
    at = None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT topic, unit_id, key, other, count, at FROM parties_partytally"
            f" WHERE topic = ANY(%s){where}",
            [list(topics), *([] if units is None else [sorted(units)])],
        )
        for topic, unit, key, other, count, moment in cursor.fetchall():
            found[topic][unit, key, other] = count
            at = moment
    return Tally({topic: Counted(rows) for topic, rows in found.items()}, at) if at else None


def count_by_night(entity: Entity) -> int:
    """Count the whole base anew, by unit; returns how many rows the account has."""
    inside = standing(entity.kind, "t", deleted=False)
    moment = now()
    parts = [_statement(each, inside) for each in TOPICS]
    text = " UNION ALL ".join(f"({each.text})" for each in parts)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM parties_partytally")
        cursor.execute(
            "INSERT INTO parties_partytally (topic, unit_id, key, other, count, at)"
            " SELECT topic, unit_id, key, other, count, %s"
            f" FROM ({text}) c(topic, unit_id, key, other, count)",
            [moment, *(value for each in parts for value in each.params)],
        )
        return int(cursor.rowcount)


def last_months() -> list[str]:
    """Name the months of the account, the oldest first, as YYYY-MM."""
    day, found = today().replace(day=1), []
    for _place in range(MONTHS):
        found.append(f"{day:%Y-%m}")
        day = (day - dt.timedelta(days=1)).replace(day=1)
    return found[::-1]


def last_weeks() -> list[tuple[str, dt.date]]:
    """Name the weeks of the account, the oldest first, as IYYY-IW with the Monday of each."""
    monday = today() - dt.timedelta(days=today().weekday())
    days = [monday - dt.timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    return [(f"{day:%G-%V}", day) for day in days]


def _week_since() -> dt.datetime:
    return _midnight(last_weeks()[0][1])


def _month_since() -> dt.datetime:
    year, month = last_months()[0].split("-")
    return _midnight(dt.date(int(year), int(month), 1))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, ZONE)


#: From when on a topic counts, where it does not count everything.
_SINCE: Mapping[str, Callable[[], dt.datetime]] = {
    "new_week": _week_since,
    "new_month": _month_since,
    "lost_month": _month_since,
}
