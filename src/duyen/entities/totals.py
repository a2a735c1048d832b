"""Add up the columns of a list in a request of its own: exact while that is cheap, nothing above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from duyen.entities.candidates import are_many, looked_at
from duyen.entities.counting import MOST_COUNTED
from duyen.entities.entity import Entity
from duyen.entities.fields import Field
from duyen.entities.paging import View, conditions
from duyen.entities.patience import patience
from duyen.entities.sql import TRUE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ


@dataclass(frozen=True)
class Totals:
    """How many rows fit, and the sum or average of each column that has one; none where rows are too many."""

    number: int
    is_more: bool
    by_field: Mapping[str, int | Decimal | None]


def totals(entity: Entity, *, actor: Actor, view: View, fields: Sequence[Field]) -> Totals:
    """Add up `fields` over what `view` shows to `actor`, up to MOST_COUNTED rows. Raises BadRequest, TooSlow.

    Nothing is added up where counting stopped, for it would be the sum of some of the rows.
    """
    added = [each for each in fields if each.total]
    scope = entity.scope.as_sql(actor.scope(entity.name, READ), "t")
    fits = conditions(entity, actor, view)
    columns = "".join(f", {each.place('t')} AS v{place}" for place, each in enumerate(added))
    sums = "".join(f", {_FUNCTIONS[each.total]}(v{place})" for place, each in enumerate(added))
    rows = looked_at(entity, scope, fits)
    inner = f"SELECT t.id{columns} FROM {rows.text} LIMIT {MOST_COUNTED}"
    with patience(entity, actor, is_needed=bool(view.filter)), connection.cursor() as cursor:
        is_cut = fits.rest != TRUE and are_many(entity, scope & fits.found)
        cursor.execute(f"SELECT count(*){sums} FROM ({inner}) k", rows.params)
        number, *values = cursor.fetchone()
    if is_cut or number >= MOST_COUNTED:
        return Totals(number, is_more=True, by_field={})
    return Totals(
        number, is_more=False, by_field={each.name: value for each, value in zip(added, values, strict=True)}
    )


_FUNCTIONS = {"sum": "sum", "average": "avg"}
