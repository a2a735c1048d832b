"""Read what stands in days and months: the first records of each day, and sums, each by one statement.

Both read a bounded stretch of days, by the list's conditions and rights, so that the index of the day leads.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from duyen.entities.candidates import TooManyToLookThrough, are_many
from duyen.entities.dated.declared import Calendar, Months
from duyen.entities.entity import Entity
from duyen.entities.fields import Field
from duyen.entities.filters import compile_filter
from duyen.entities.paging import View, conditions
from duyen.entities.patience import patience
from duyen.entities.sql import TRUE, Sql, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel

Key = int | str | None


@dataclass(frozen=True)
class Sum:
    """How many records, and what their fields add up to in minor units; nothing where one has no such sum."""

    number: int = 0
    total: int | None = None
    weighed: int | None = None

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.number + other.number, _plus(self.total, other.total), _plus(self.weighed, other.weighed)
        )


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


# --- a calendar -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayHeld:
    """The first records of one day as plain columns, and what all of its records come to."""

    held: Sum = Sum()
    rows: Sequence[dict[str, Any]] = ()


def days_held(
    entity: Entity,
    calendar: Calendar,
    *,
    actor: Actor,
    view: View,
    first: dt.date,
    last: dt.date,
    most: int,
) -> dict[dt.date, DayHeld]:
    """Give the days from `first` to `last` that hold anything, each with up to `most` records.

    Raises BadRequest for conditions that are not understood or lead nowhere quickly.
    """
    where = _inside(entity, actor, view, calendar.by, first, last)
    day, total = entity.field(calendar.by).place("t"), _added(entity, actor, calendar.total)
    amount = total.place("t") if total else "NULL::bigint"
    columns = ", ".join(f"r.{name(each)}" for each in entity.columns)
    text = (
        f'SELECT {columns}, k.day AS "~day", k.number AS "~number", k.total AS "~total" FROM ('
        f"SELECT t.id, {day} AS day, count(*) OVER d AS number, sum({amount}) OVER d AS total, "
        f"row_number() OVER (PARTITION BY {day} ORDER BY {amount} DESC NULLS LAST, t.id) AS place "
        f"FROM {name(entity.table)} t WHERE {where.text} WINDOW d AS (PARTITION BY {day})) k "
        f"JOIN {name(entity.table)} r ON r.id = k.id WHERE k.place <= %s ORDER BY k.day, k.place"
    )
    found: dict[dt.date, DayHeld] = {}
    with patience(entity, actor, is_needed=True):
        rows = _rows(Sql(text, (*where.params, most)))
    for row in rows:
        on, number, added = (row.pop(f"~{each}") for each in ("day", "number", "total"))
        held = Sum(number, int(added or 0) if total else None)
        for column in entity.json_columns:
            row[column] = json.loads(row[column])  # Django leaves jsonb as text
        entity.unfold(row)
        found[on] = DayHeld(held, [*found.get(on, DayHeld()).rows, row])
    return found


# --- months -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthHeld:
    """What one month holds: in all, of each declared outcome that the reader may see, by each split value."""

    first: dt.date
    held: Sum = Sum()
    outcomes: Mapping[int, Sum] = field(default_factory=dict)
    parts: Mapping[Key, Sum] = field(default_factory=dict)

    def __add__(self, other: MonthHeld) -> MonthHeld:
        return MonthHeld(
            self.first,
            self.held + other.held,
            _joined(self.outcomes, other.outcomes),
            _joined(self.parts, other.parts),
        )


def _joined(one: Mapping[Any, Sum], other: Mapping[Any, Sum]) -> dict[Any, Sum]:
    return {key: one.get(key, Sum()) + other.get(key, Sum()) for key in (*one, *other)}


def months_held(
    entity: Entity, months: Months, *, actor: Actor, view: View, year: int, split: str = ""
) -> list[MonthHeld]:
    """Add up the twelve months of a year; `split` names the field by whose values each is split as well.

    Raises BadRequest for conditions that are not understood or lead nowhere quickly.
    """
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    where = _inside(entity, actor, view, months.by, first, last)
    sums = [_added(entity, actor, each) for each in (months.total, months.weighed)]
    told = outcomes_for(entity, months, actor)
    filters = [
        compile_filter(entity, actor, list(months.outcomes[place].condition), alias="t").whole
        for place in told
    ]
    day = entity.field(months.by).place("t")
    part = entity.field(split).place("t") if split else "NULL"
    figures = [Sql("count(*)"), *(_summed(each) for each in sums)]
    columns = [*figures, *(_only(figure, fits) for fits in filters for figure in figures)]
    text = (
        f"SELECT date_trunc('month', {day})::date, {part}, {', '.join(each.text for each in columns)} "
        f"FROM {name(entity.table)} t WHERE {where.text} GROUP BY 1, 2"
    )
    params = (*(value for each in columns for value in each.params), *where.params)
    found = {month: MonthHeld(month) for month in (dt.date(year, number, 1) for number in range(1, 13))}
    with patience(entity, actor, is_needed=True), connection.cursor() as cursor:
        cursor.execute(text, params)
        for month, key, *values in cursor.fetchall():
            in_all, *others = [_sum(values[place : place + 3], sums) for place in range(0, len(values), 3)]
            parts = {key: in_all} if split else {}
            found[month] += MonthHeld(month, in_all, dict(zip(told, others, strict=True)), parts)
    return list(found.values())


def outcomes_for(entity: Entity, months: Months, actor: Actor) -> list[int]:
    """Give the places of those outcomes whose field the actor may see."""
    return [place for place, each in enumerate(months.outcomes) if _is_seen(entity, actor, each.condition[0])]


def splits_for(entity: Entity, months: Months, actor: Actor) -> list[str]:
    """Name the fields by which the actor may split months."""
    return [each.field for each in months.splits if _is_seen(entity, actor, each.field)]


def _summed(added: Field | None) -> Sql:
    return Sql(f"sum({added.place('t')})" if added else "NULL::bigint")


def _only(figure: Sql, fits: Sql) -> Sql:
    if figure.text.startswith("NULL"):
        return figure
    return Sql(f"{figure.text} FILTER (WHERE {fits.text})", fits.params)


def _sum(values: Sequence[Any], added: Sequence[Field | None]) -> Sum:
    number, *figures = values
    return Sum(
        number, *(int(value or 0) if each else None for value, each in zip(figures, added, strict=True))
    )


# --- what both ask ----------------------------------------------------------------------------------------


def within_days(view: View, by: str, first: dt.date, last: dt.date) -> View:
    """Give what a list would be asked for to show what lies between two days, both included."""
    parts = [part for part in (view.filter, [by, "between", [first, last]]) if part]
    return replace(view, filter={"and": parts})


def _inside(entity: Entity, actor: Actor, view: View, by: str, first: dt.date, last: dt.date) -> Sql:
    """Give the condition on `t`. Raises TooManyToLookThrough where no index leads to what is left."""
    fits = conditions(entity, actor, within_days(view, by, first, last))
    scope = entity.scope.as_sql(actor.scope(entity.name, READ), "t")
    if fits.rest != TRUE and are_many(entity, scope & fits.found):
        raise TooManyToLookThrough(entity, actor, fits.slow)
    return scope & fits.whole


def _rows(statement: Sql) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _added(entity: Entity, actor: Actor, held: str) -> Field | None:
    return entity.field(held) if held and _is_seen(entity, actor, held) else None


def _is_seen(entity: Entity, actor: Actor, held: str) -> bool:
    return held in entity.by_name and entity.level(actor, held) is not FieldLevel.HIDDEN
