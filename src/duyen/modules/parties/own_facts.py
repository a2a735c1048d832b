"""What is true of the customers that one person keeps: a statement for each question, pressing ones first.

Whoever makes customers keeps her own. Whoever makes none herself and changes those of units (records office,
care) keeps all that her right to change reaches.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from duyen.entities.completeness.declaring import COLUMN
from duyen.entities.entity import Entity
from duyen.entities.scope import standing
from duyen.entities.sql import Sql, all_of, any_of, name
from duyen.entities.twins.declared import plain_marks
from duyen.entities.twins.finding import find_likely
from duyen.entities.twins.likeness import Likeness
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, READ, FieldLevel

Row = dict[str, Any]
#: Addresses that somebody has to look at.
TO_CHECK = ("needs_review", "unknown")
#: Of the newest records so many are held against the base for duplicates, over so many days.
NEWEST, NEWEST_DAYS = 200, 30


def kept_by(entity: Entity, actor: Actor) -> Sql:
    """Give the condition of the records that somebody keeps."""
    reads = entity.scope.as_sql(actor.scope(entity.name, READ), "t")
    changes = actor.scope(entity.name, CHANGE)
    if actor.may(entity.name, CREATE) or not (changes.units or changes.everything):
        mine = Sql("t.owner_id = %s", (actor.user_id or 0,))
    else:
        mine = entity.scope.as_sql(changes, "t")
    return all_of([standing(entity.kind, "t", deleted=False), reads, mine])


def led_by(entity: Entity, actor: Actor) -> Sql:
    """Give the condition of all records that somebody may read."""
    reads = entity.scope.as_sql(actor.scope(entity.name, READ), "t")
    return all_of([standing(entity.kind, "t", deleted=False), reads])


def sees(entity: Entity, actor: Actor, *fields: str) -> bool:
    """Tell whether somebody may see each of these fields, the name among them."""
    return all(entity.level(actor, each) is not FieldLevel.HIDDEN for each in ("name", *fields))


def incomplete(entity: Entity, actor: Actor, *, below: int, limit: int, only: int | None = None) -> list[Row]:
    """Find records whose completeness lies below a share, key accounts and the emptiest first."""
    if not sees(entity, actor, COLUMN):
        return []
    where = all_of([kept_by(entity, actor), Sql("t.completeness < %s", (below,)), _only(only)])
    return _rows(entity, where, "t.is_key_account DESC, t.completeness, t.id", limit)


def addresses_to_check(entity: Entity, actor: Actor, *, limit: int, only: int | None = None) -> list[Row]:
    """Find records with an address that no ward of today fits for certain, those changed last first."""
    if not sees(entity, actor, "addresses", "address_status"):
        return []
    # As the index over classes holds them: one value each.
    states = any_of([Sql("t.address_status = %s", (each,)) for each in TO_CHECK])
    where = all_of([kept_by(entity, actor), states, _only(only)])
    return _rows(entity, where, "t.updated_at DESC, t.id", limit)


def birthdays(
    entity: Entity, actor: Actor, days: Sequence[dt.date], *, limit: int, only: int | None = None
) -> list[Row]:
    """Find people whose birthday falls on one of these days, the nearest first.

    Who was born on 29 February has it on the 28th in a year without one.
    """
    if not sees(entity, actor, "born_on") or not days:
        return []
    named = [f"{day:%m%d}" for day in days]
    for day in days:
        if (day.month, day.day) == (2, 28) and (day + dt.timedelta(days=1)).day == 1:
            named.insert(named.index("0228") + 1, "0229")
    mark = "to_char(t.born_on, 'MMDD')"
    persons = Sql("t.kind IN ('INDIVIDUAL', 'HOUSEHOLD')")
    where = all_of([kept_by(entity, actor), persons, Sql(f"{mark} = ANY(%s)", (named,)), _only(only)])
    order = f"array_position(%s::text[], {mark}), t.is_key_account DESC, t.id"
    return _rows(entity, where, order, limit, order_params=(named,))


def newest(entity: Entity, actor: Actor, *, team: bool, limit: int) -> list[Row]:
    """List the customers that came last: one's own, or of all that one may read."""
    own = Sql("TRUE") if team else Sql("t.owner_id = %s", (actor.user_id or 0,))
    return _rows(entity, all_of([led_by(entity, actor), own]), "t.created_at DESC, t.id DESC", limit)


def likely_twins(
    entity: Entity, actor: Actor, *, since: dt.datetime, only: int | None = None
) -> list[tuple[Row, Likeness]]:
    """Find, among the newest records that somebody keeps, those that are likely there already.

    Four statements at most, whatever the number of records. Of each the likeliest one is given.
    """
    if entity.duplicates is None:
        return []
    new = Sql("t.created_at >= %s", (since,)) if only is None else Sql("TRUE")
    where = all_of([kept_by(entity, actor), new, _only(only)])
    rows = _rows(entity, where, "t.created_at DESC, t.id DESC", NEWEST, columns=entity.duplicates.columns)
    marks = [plain_marks(entity.family, entity.duplicates, row) for row in rows]
    found = find_likely(entity, actor=actor, given=rows, known_marks=marks)
    told: list[tuple[Row, Likeness]] = []
    seen: set[frozenset[int]] = set()
    for row, likenesses in zip(rows, found, strict=True):
        others = [
            each for each in likenesses if each.id is not None and each.id != row["id"] and each.is_open
        ]
        pair = frozenset({int(row["id"]), others[0].id or 0}) if others else frozenset()
        if others and pair not in seen:
            seen.add(pair)
            told.append((row, others[0]))
    return told


def by_person(entity: Entity, actor: Actor, *, limit: int) -> list[tuple[int | None, str, int, int]]:
    """Count the readable customers by owner: (user, name, customers, those below half complete)."""
    where = led_by(entity, actor)
    low = "count(*) FILTER (WHERE t.completeness < 50)" if sees(entity, actor, COLUMN) else "0"
    text = (
        f"SELECT k.owner_id, coalesce(u.full_name, ''), k.n, k.low FROM"
        f" (SELECT t.owner_id, count(*) AS n, {low} AS low FROM parties_party t WHERE {where.text}"
        f" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {limit}) k LEFT JOIN org_user u ON u.id = k.owner_id"
        " ORDER BY k.n DESC, k.owner_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, where.params)
        return [(user, name_, n, low_) for user, name_, n, low_ in cursor.fetchall()]


def without_owner(entity: Entity, actor: Actor, *, most: int) -> tuple[int, dt.datetime | None]:
    """Count the readable customers without owner, up to one more than `most`, and since when the oldest."""
    where = all_of([led_by(entity, actor), Sql("t.owner_id IS NULL")])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(updated_at) FROM"
            f" (SELECT t.updated_at FROM parties_party t WHERE {where.text} LIMIT {most + 1}) k",
            where.params,
        )
        count, since = cursor.fetchone()
        return int(count), since


def of_locked_people(
    entity: Entity, actor: Actor, *, most: int, limit: int, only: int | None = None
) -> list[tuple[int, str, int, dt.datetime]]:
    """Find locked people who still own customers: (user, name, how many, since when)."""
    where = all_of([led_by(entity, actor), Sql("t.owner_id = u.id")])
    one = "" if only is None else " AND u.id = %s"
    text = (
        "SELECT * FROM (SELECT u.id, u.full_name, (SELECT count(*) FROM"
        f" (SELECT 1 FROM parties_party t WHERE {where.text} LIMIT {most + 1}) k) AS n, u.updated_at"
        f" FROM org_user u WHERE NOT u.is_active{one}) l WHERE n > 0 ORDER BY n DESC, id LIMIT {limit}"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [*where.params, *([] if only is None else [only])])
        return [(pk, full_name, n, at) for pk, full_name, n, at in cursor.fetchall()]


def count_kept(entity: Entity, actor: Actor, condition: Sql, *, most: int) -> int:
    """Count the records that somebody keeps and that fulfil a condition, up to one more than `most`."""
    where = all_of([kept_by(entity, actor), condition])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM parties_party t WHERE {where.text} LIMIT {most + 1}) k",
            where.params,
        )
        return int(cursor.fetchone()[0])


def _only(record_id: int | None) -> Sql:
    return Sql("TRUE") if record_id is None else Sql("t.id = %s", (record_id,))


def _rows(
    entity: Entity,
    where: Sql,
    order: str,
    limit: int,
    *,
    columns: Sequence[str] = (),
    order_params: Sequence[Any] = (),
) -> list[Row]:
    """Read the first rows with the columns of the entity, or those named; the id is always among them."""
    wanted = tuple(dict.fromkeys(("id", *(columns or (*entity.columns, *entity.held_columns)))))
    told = ", ".join(f"t.{name(each)}" for each in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {told} FROM parties_party t WHERE {where.text} ORDER BY {order} LIMIT {int(limit)}",
            [*where.params, *order_params],
        )
        rows = [dict(zip(wanted, row, strict=True)) for row in cursor.fetchall()]
    held = {
        each.name for each in entity.model._meta.concrete_fields if each.get_internal_type() == "JSONField"
    }
    for row in rows:
        for column in held & row.keys():
            if isinstance(row[column], str):
                row[column] = json.loads(row[column])  # Django leaves jsonb as text
    return rows
