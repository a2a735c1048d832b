"""What another model would make of the leads of today, told before it is put in force. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from duyen.entities.registry import entity_named
from duyen.entities.sql import name
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.leads.words import Temperature
from duyen.modules.scoring import queries
from duyen.modules.scoring.models import ScoreModel
from duyen.modules.scoring.reckoning import at_moment, parts_sql, score_sql
from duyen.modules.scoring.rules import LIVE, temperature_of
from duyen.modules.scoring.ties import LEADS

#: So many leads are looked at, the newest first; the page says so where there are more.
MOST = 20_000
#: So many examples are shown of each kind.
FEW = 5


@dataclass(frozen=True)
class Moved:
    """One lead with its score of today and the one that it would have, and what both propose."""

    id: int
    before: int
    after: int
    was: Temperature
    will: Temperature


@dataclass(frozen=True)
class Effect:
    """How many leads were looked at, how many go up, down, or stay; who crosses a threshold; and examples."""

    count: int
    is_cut: bool
    up: int
    down: int
    same: int
    crossings: Mapping[tuple[Temperature, Temperature], int]
    bands: Mapping[Temperature, tuple[int, int]]
    risers: Sequence[Moved]
    fallers: Sequence[Moved]
    crossers: Sequence[Moved]


def effect_of(model_id: int, *, actor: Actor) -> Effect:
    """Work out what a model would do to the leads whose score moves and that the actor may see."""
    found = list(_moved(model_id, actor))
    is_cut, found = len(found) > MOST, found[:MOST]
    by_change = sorted(found, key=lambda each: (each.before - each.after, each.id))
    crossing = [each for each in by_change if each.was is not each.will]
    return Effect(
        count=len(found),
        is_cut=is_cut,
        up=sum(each.after > each.before for each in found),
        down=sum(each.after < each.before for each in found),
        same=sum(each.after == each.before for each in found),
        crossings=Counter((each.was, each.will) for each in crossing),
        bands={
            band: (sum(each.was is band for each in found), sum(each.will is band for each in found))
            for band in Temperature
        },
        risers=[each for each in by_change[:FEW] if each.after > each.before],
        fallers=[each for each in reversed(by_change[-FEW:]) if each.after < each.before],
        crossers=crossing[:FEW],
    )


def _moved(model_id: int, actor: Actor) -> Sequence[Moved]:
    new, old = queries.model(model_id), queries.model_in_force()
    value = score_sql(parts_sql(queries.criteria_of(model_id), at_moment(now())))
    rows = entity_named(LEADS).rows(actor).filter(state__in=[each.value for each in LIVE])
    inside, params = rows.order_by("-created_at", "-pk").values("pk")[: MOST + 1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.id, coalesce(l.score, 0), {value.text} FROM {name(entity_named(LEADS).table)} l"
            f" WHERE l.id IN ({inside}) ORDER BY l.created_at DESC, l.id DESC",
            [*value.params, *params],
        )
        return [
            Moved(pk, before, after, _band(before, old or new), _band(after, new))
            for pk, before, after in cursor.fetchall()
        ]


def _band(score: int, model: ScoreModel) -> Temperature:
    return temperature_of(score, hot_from=model.hot_from, warm_from=model.warm_from)
