"""How many rows a list would have to look through one by one, and the refusal where they are too many.

Candidates are what the reader's rights and the conditions with an index leave over. Up to 20,000 of them
are looked through while somebody waits.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.filters import Compiled
from duyen.entities.indexes.plans import Plan, Purpose, plan_for
from duyen.entities.quickness import Slow, quick_fields
from duyen.entities.sql import TRUE, Sql, name
from duyen.foundation.access.actor import Actor

#: So many candidates are looked through for one page, count or total.
MOST_LOOKED_AT = 20_000
#: In the list's order so many come first, and all that may be only where those did not fill a page.
FIRST_LOOK = 1_000


class TooManyToLookThrough(BadRequest):
    """No index leads to what fulfils some of the conditions, and too few of the first candidates do.

    `remedies` are the indexes that would lead there.
    """

    remedies: tuple[Plan, ...]

    code = "too_many_to_look_through"
    sentence = _(
        "More than %(most)s rows would have to be looked through for “%(fields)s”. "
        "Add a condition that is found quickly: %(quick)s."
    )

    def __init__(self, entity: Entity, actor: Actor, slow: Sequence[Slow]) -> None:
        plans = [plan_for(each.entity, each.field, Purpose.FILTER) for each in slow]
        self.remedies = tuple(
            plan for plan, each in zip(plans, slow, strict=True) if plan and each.operator in plan.operators
        )
        fields = {each.field.name: str(each.field.label) for each in slow}
        super().__init__(
            fields=", ".join(dict.fromkeys(fields.values())),
            most=thousands(MOST_LOOKED_AT),
            quick=", ".join(quick_fields(entity, actor, but=frozenset(fields))),
        )


def thousands(number: int) -> str:
    """Write a number as sentences of this product do."""
    return f"{number:,}".replace(",", ".")


def windows() -> tuple[int, int]:
    """Give how many candidates are looked through in order at first, and at most."""
    return FIRST_LOOK, MOST_LOOKED_AT


def are_many(entity: Entity, where: Sql) -> bool:
    """Tell whether more rows fulfil a condition on `t` than are looked through."""
    text = f"SELECT 1 FROM {name(entity.table)} t WHERE {where.text} LIMIT {MOST_LOOKED_AT + 1}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({text}) k", where.params)
        return int(cursor.fetchone()[0]) > MOST_LOOKED_AT


def looked_at(entity: Entity, where: Sql, filtered: Compiled) -> Sql:
    """Give the FROM of the rows of `t` that fulfil `where` and a filter, among the candidates looked at.

    Without a condition that no index serves, there is nothing to look through.
    """
    table, found = name(entity.table), where & filtered.found
    if filtered.rest == TRUE:
        return Sql(f"{table} t WHERE {found.text}", found.params)
    text = f"(SELECT * FROM {table} t WHERE {found.text} LIMIT {MOST_LOOKED_AT}) t WHERE {filtered.rest.text}"
    return Sql(text, (*found.params, *filtered.rest.params))


def count_fitting(entity: Entity, where: Sql, filtered: Compiled) -> tuple[int, bool]:
    """Count the rows of `t` that fulfil `where` and a filter among the candidates that are looked at.

    The second value tells whether there are more candidates than those.
    """
    found, rest = where & filtered.found, filtered.rest
    text = f"SELECT * FROM {name(entity.table)} t WHERE {found.text} LIMIT {MOST_LOOKED_AT + 1}"
    counted = f"SELECT count(*) FILTER (WHERE {rest.text}), count(*) FROM ({text}) t"
    with connection.cursor() as cursor:
        cursor.execute(counted, (*rest.params, *found.params))
        fitting, seen = cursor.fetchone()
    return int(fitting), int(seen) > MOST_LOOKED_AT
