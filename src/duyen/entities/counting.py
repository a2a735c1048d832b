"""Count the rows of a list in a request of its own: exact while that is cheap, “so many and more” above."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from duyen.entities.candidates import count_fitting
from duyen.entities.entity import Entity
from duyen.entities.filters import Compiled
from duyen.entities.paging import View, conditions
from duyen.entities.patience import patience
from duyen.entities.sql import TRUE, Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ

#: Counting stops here.
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Count:
    """How many rows there are; `is_more` says that counting stopped and there are `number` at least."""

    number: int
    is_more: bool = False


def count(entity: Entity, *, actor: Actor, view: View) -> Count:
    """Count what `view` shows to `actor`, up to MOST_COUNTED. Raises BadRequest, TooSlow.

    Where a condition has no index, counting also stops when enough rows were looked through.
    """
    fits = conditions(entity, actor, view)
    with patience(entity, actor, is_needed=bool(view.filter)):
        if fits.rest == TRUE:
            return _count(entity, actor, fits, MOST_COUNTED)
        scope = entity.scope.as_sql(actor.scope(entity.name, READ), "t")
        number, is_more = count_fitting(entity, scope, fits)
        return Count(min(number, MOST_COUNTED), is_more or number >= MOST_COUNTED)


def count_all(entity: Entity, *, actor: Actor, view: View) -> int:
    """Count what `view` shows to `actor` to the last row. Raises BadRequest."""
    return _count(entity, actor, conditions(entity, actor, view), None).number


def _count(entity: Entity, actor: Actor, fits: Compiled, most: int | None) -> Count:
    common = fits.whole
    branches = entity.scope.branches(actor.scope(entity.name, READ), "t")
    if not branches:
        return Count(0)
    limit = "" if most is None else f" LIMIT {most}"
    parts = [_branch(entity, all_of([branch, common]), limit) for branch in branches]
    inner = " UNION ".join(part.text for part in parts)
    params = [value for part in parts for value in part.params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT id FROM ({inner}) k{limit}) k", params)
        number = int(cursor.fetchone()[0])
    return Count(number, is_more=most is not None and number >= most)


def _branch(entity: Entity, where: Sql, limit: str) -> Sql:
    text = f"(SELECT t.id FROM {name(entity.table)} t WHERE {where.text}{limit})"
    return Sql(text, where.params)
