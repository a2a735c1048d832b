"""The points of leads as SQL: one statement for a lead or for all. A test holds it and the rules together."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from django.db import connection

from duyen.entities.filters import compile_filter
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql, name
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import ZONE, now
from duyen.modules.activities.queries import ties_of_done
from duyen.modules.activities.words import CONTACTS
from duyen.modules.consents.queries import ties_of_standing
from duyen.modules.scoring import queries
from duyen.modules.scoring.facts import chance_sql
from duyen.modules.scoring.models import ScoreCriterion
from duyen.modules.scoring.rules import LEAST, LIVE, MOST
from duyen.modules.scoring.ties import LEADS, plain
from duyen.modules.scoring.words import Basis
from duyen.modules.web_forms.queries import ties_of_entries

#: The lock between those who write scores and the one who puts another model in force.
TURN = 0x73636F72
_ZONE = f"'{ZONE.key}'"


def at_moment(moment: dt.datetime) -> Sql:
    """Give a moment as SQL: by it ages are counted, and what comes later is not known yet."""
    return Sql("%s::timestamptz", (moment,))


def parts_sql(criteria: Iterable[ScoreCriterion], at: Sql) -> list[Sql]:
    """Give the points of each criterion for a row `l` of leads, as known at a moment."""
    actor = queries.scorer()
    return [_part(each, at, actor) for each in criteria]


def score_sql(parts: Sequence[Sql]) -> Sql:
    """Give the score of a row: the sum of all parts, at least 0 and at most 100."""
    summed = " + ".join(f"({each.text})" for each in parts) or "0"
    params = tuple(value for each in parts for value in each.params)
    return Sql(f"greatest({LEAST}, least({MOST}, {summed}))::smallint", params)


def rescore(where: Sql, *, at: dt.datetime | None = None) -> int:
    """Work out both scores of the leads `l` that fit and whose score moves; gives how many have another one.

    The caller has opened the trail. Writes the columns alone, where they differ: no version, no time of
    change, nothing in the history. Without a model in force, or a learned one that is offered, there is none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [TURN])
        points, chance = _points(at or now()), _chance()
        table = name(entity_named(LEADS).table)
        cursor.execute(
            f"UPDATE {table} t SET score = v.score, likelihood = v.likelihood"
            f" FROM (SELECT l.id, {points.text} AS score, {chance.text} AS likelihood FROM {table} l"
            # A barrier: without it both scores are planned and worked out twice, to compare and to write.
            f" WHERE l.state = ANY(%s) AND {where.text} OFFSET 0) v"
            " WHERE t.id = v.id AND (t.score, t.likelihood) IS DISTINCT FROM (v.score, v.likelihood)",
            [*points.params, *chance.params, _live(), *where.params],
        )
        return int(cursor.rowcount)


def _points(at: dt.datetime) -> Sql:
    criteria = queries.criteria_in_force()
    return Sql("NULL::smallint") if criteria is None else score_sql(parts_sql(criteria, at_moment(at)))


def _chance() -> Sql:
    learned = queries.offered()
    return Sql("NULL::smallint") if learned is None else chance_sql(learned.base, learned.weights)


def rescore_these(lead_ids: Collection[int]) -> int:
    """Work out the score of some leads again, as far as it moves."""
    return rescore(Sql("l.id = ANY(%s)", (sorted(lead_ids),))) if lead_ids else 0


def parts_of(
    lead_ids: Collection[int], criteria: Sequence[ScoreCriterion], *, at: dt.datetime | None = None
) -> Mapping[int, Sequence[int]]:
    """Give the points of some leads by criterion, in their order. Writes nothing."""
    parts = parts_sql(criteria, at_moment(at or now()))
    told = ", ".join(f"({each.text})::int" for each in parts) or "0"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.id, {told} FROM {name(entity_named(LEADS).table)} l WHERE l.id = ANY(%s)",
            [*(value for each in parts for value in each.params), sorted(lead_ids)],
        )
        return {int(row[0]): [int(each) for each in row[1 : 1 + len(parts)]] for row in cursor.fetchall()}


def live_sql() -> Sql:
    """Give the condition that the score of a row `l` moves."""
    return Sql("l.state = ANY(%s)", (_live(),))


def _live() -> list[str]:
    return [each.value for each in LIVE]


def _part(criterion: ScoreCriterion, at: Sql, actor: Actor) -> Sql:
    if criterion.basis == Basis.FIELD:
        fits = compile_filter(entity_named(LEADS), actor, json.loads(criterion.condition), alias="l").whole
        return Sql(f"CASE WHEN {fits.text} THEN %s ELSE 0 END", (*fits.params, criterion.points))
    if criterion.absent:
        return _part_of_absence(criterion, _times(criterion, at), at)
    return _part_of_behaviour(criterion, _times(criterion, at), at)


def _part_of_absence(criterion: ScoreCriterion, times: Sql, at: Sql) -> Sql:
    """Give the points for what did not happen: `rules.part_of_absence` in SQL."""
    within, day = criterion.within_days or 1, f"({at.text} AT TIME ZONE {_ZONE})::date"
    here = f"{day} - (l.created_at AT TIME ZONE {_ZONE})::date >= %s"
    lately = (
        f"SELECT 1 FROM ({times.text}) e WHERE e.at <= {at.text} AND e.at > {at.text} - %s * interval '1 day'"
        f" AND {day} - (e.at AT TIME ZONE {_ZONE})::date < %s"
    )
    params = (*at.params, within, *times.params, *at.params, *at.params, within + 1, *at.params, within)
    text = f"CASE WHEN {here} AND NOT EXISTS ({lately}) THEN %s ELSE 0 END"
    return Sql(text, (*params, criterion.points))


def _part_of_behaviour(criterion: ScoreCriterion, times: Sql, at: Sql) -> Sql:
    """Give the points of what happened: `rules.part_of_behaviour` in SQL."""
    within, day = criterion.within_days or 1, f"({at.text} AT TIME ZONE {_ZONE})::date"
    newest = (
        f"SELECT {day} - (e.at AT TIME ZONE {_ZONE})::date AS age FROM ({times.text}) e"
        f" WHERE e.at <= {at.text} AND e.at > {at.text} - %s * interval '1 day'"
        " ORDER BY e.at DESC LIMIT %s"
    )
    params = (*at.params, *times.params, *at.params, *at.params, within + 1, criterion.most)
    counted = f"SELECT c.age FROM ({newest}) c WHERE c.age < %s"
    worth = "round(coalesce(sum(%s - g.age), 0) * %s / %s::numeric)" if criterion.fades else "count(*) * %s"
    weight = (within, criterion.points, within) if criterion.fades else (criterion.points,)
    return Sql(f"(SELECT ({worth})::int FROM ({counted}) g)", (*weight, *params, within))


def _times(criterion: ScoreCriterion, at: Sql) -> Sql:
    """Give when what a criterion looks at happened to a lead, or to the party who speaks."""
    if criterion.basis in (Basis.ACTIVITY, Basis.CONTACT):
        kinds = [criterion.activity_kind] if criterion.basis == Basis.ACTIVITY else sorted(CONTACTS)
        ties = _done(tuple(kinds), criterion.direction, tuple(criterion.outcomes))
        text = (
            f"SELECT x.activity_id, x.at FROM ({ties.text}) x"
            f" WHERE x.entity = '{LEADS}' AND x.record_id = l.id"
            f" UNION SELECT y.activity_id, y.at FROM ({ties.text}) y WHERE y.party_id = l.party_id"
        )
        return Sql(text, (*ties.params, *ties.params))
    if criterion.basis == Basis.WEB_FORM:
        ties, table = _sent(), name(entity_named(LEADS).table)
        return Sql(
            f"SELECT x.at FROM ({ties.text}) x WHERE x.lead_id IN"
            f" (SELECT s.id FROM {table} s WHERE s.party_id = l.party_id)",
            ties.params,
        )
    ties = _agreed()
    holds = f"x.expires_on >= ({at.text} AT TIME ZONE {_ZONE})::date"
    return Sql(
        f"SELECT x.given_at AS at FROM ({ties.text}) x WHERE x.party_id = l.party_id AND {holds}",
        (*ties.params, *at.params),
    )


# What is the same for every lead and at any time is built once: that took a third of what Python has to do
# for a lead that comes in.


@lru_cache
def _done(kinds: tuple[str, ...], direction: str, outcomes: tuple[str, ...]) -> Sql:
    return plain(ties_of_done(direction=direction, outcomes=outcomes).filter(kind__in=kinds))


@lru_cache
def _sent() -> Sql:
    return plain(ties_of_entries())


@lru_cache
def _agreed() -> Sql:
    return plain(ties_of_standing())
