"""Learn from the company's own leads that ended how likely others become customers: one job."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.actions import action
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql, name
from duyen.entities.states import InStates
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED, Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.clock import now
from duyen.modules.leads.words import LeadState, Reason
from duyen.modules.scoring import learning, queries, rules
from duyen.modules.scoring.actions.models import PUBLISH
from duyen.modules.scoring.actions.rescoring import ask_again
from duyen.modules.scoring.facts import facts_sql
from duyen.modules.scoring.learning import Group, Scored
from duyen.modules.scoring.models import LearnedScore, ScoreCriterion
from duyen.modules.scoring.reckoning import parts_sql, score_sql
from duyen.modules.scoring.ties import LEADS
from duyen.modules.scoring.words import Basis, ModelState, Verdict

KIND = "scoring.learn"
#: The newest leads, from this share of all on, are held apart: what is foretold lies ahead of what is known.
HELD_FROM = 0.7
#: What is true of fewer leads is no fact to learn from.
RARE = 30
_WON = f"l.state = '{LeadState.CONVERTED.value}'"
#: Leads that ended, as far as it is known what was said when they came; one that repeats another is none.
_ENDED = (
    f"l.deleted_at IS NULL AND l.raw <> '{{}}'::jsonb AND ({_WON} OR l.state ="
    f" '{LeadState.DISQUALIFIED.value}' AND l.disqualify_reason <> '{Reason.DUPLICATE.value}')"
)
#: Points are compared as they stood a day after a lead had come.
_A_DAY_LATER = Sql("(l.created_at + interval '1 day')")


def ask_to_learn(*, actor: Actor) -> Job:
    """Leave it to the worker to learn anew."""
    with transaction.atomic():
        job = ask(KIND, actor=actor, label=_("Learn from leads that ended"), arguments={})
        leave_to_worker(job)
    return job


def ask_by_week() -> Job | None:
    """Have it learned anew, unless that is under way."""
    if Job.objects.filter(kind=KIND, state__in=UNFINISHED).exists():
        return None
    return ask_to_learn(actor=queries.scorer())


@action(
    "score_models.learn",
    label=gettext_lazy("Learn from our own leads"),
    needs=PUBLISH,
    icon="graduation-cap",
    fits=InStates((ModelState.PUBLISHED,)),
    text=gettext_lazy(
        "In the background, from leads that became customers or were given up. What comes of it stands on"
        " this page."
    ),
)
def learn_anew(*, actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Have the learned score worked out anew."""
    ask_to_learn(actor=actor)
    return row


@job_kind(KIND)
def learn(run: Run) -> None:
    """Learn, measure on leads held apart, keep what came of it, and have all leads scored by it."""
    with transaction.atomic():
        made = LearnedScore.objects.create(at=now(), **learned())
        trail.begin(queries.scorer(), KIND)
        ask_again(actor=queries.scorer())
        run.save(done=made.trained + made.held)


def learned() -> dict[str, Any]:
    """Learn and measure; gives the columns of what came of it. Writes nothing."""
    border = _border()
    model = queries.model_in_force()
    told: dict[str, Any] = {"score_model": model, "held_from": border, "trained": 0, "trained_won": 0}
    if border is None:
        return {**told, "held": 0, "held_won": 0, "verdict": Verdict.TOO_FEW}
    known, apart = _groups("<=", border), _groups(">", border)
    trained, held = _ends(known), _ends(apart)
    told |= {"trained": sum(trained), "trained_won": trained[0], "held": sum(held), "held_won": held[0]}
    if not all(trained):
        return {**told, "verdict": Verdict.TOO_FEW}
    found = learning.learn(_pruned(known))
    scored = [Scored(found.chance(each.facts), each.won, each.lost) for each in apart]
    compared, left_out = _compared(queries.criteria_of(model.pk) if model else [])
    points = _by_points(compared, border) if model else []
    auc, auc_points = learning.auc(scored), learning.auc(points)
    return {
        **told,
        "verdict": rules.verdict(trained=trained, held=held, auc=auc, auc_points=auc_points),
        "auc": auc,
        "auc_points": auc_points,
        "lift": learning.lift(scored),
        "lift_points": learning.lift(points),
        "tenths": [[each.count, each.foretold, each.came] for each in learning.tenths(scored)],
        "base": found.base,
        "weights": dict(found.weights),
        "shares": dict(found.shares),
        "left_out": left_out,
    }


@contextmanager
def try_in_force(told: Mapping[str, Any]) -> Iterator[None]:
    """Offer what was learned for a while, whatever its worth, to measure what it costs; then it is gone."""
    made = LearnedScore.objects.create(at=now(), **{**told, "verdict": Verdict.OFFERED})
    try:
        yield
    finally:
        made.delete()


def _table() -> str:
    return name(entity_named(LEADS).table)


def _border() -> dt.datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(%s) WITHIN GROUP (ORDER BY l.created_at)"
            f" FROM {_table()} l WHERE {_ENDED}",
            [HELD_FROM],
        )
        found: dt.datetime | None = cursor.fetchone()[0]
        return found


def _groups(side: str, border: dt.datetime) -> list[Group]:
    """Count leads that ended by their facts, on one side of the border."""
    facts = facts_sql()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.facts, count(*) FILTER (WHERE f.won), count(*) FILTER (WHERE NOT f.won) FROM"
            f" (SELECT {facts.text} AS facts, {_WON} AS won FROM {_table()} l"
            f" WHERE {_ENDED} AND l.created_at {side} %s) f GROUP BY 1 ORDER BY 1",
            [*facts.params, border],
        )
        return [Group(frozenset(told), won, lost) for told, won, lost in cursor.fetchall()]


def _ends(groups: Sequence[Group]) -> tuple[int, int]:
    return sum(each.won for each in groups), sum(each.lost for each in groups)


def _pruned(groups: Sequence[Group]) -> list[Group]:
    """Leave out facts that are rare, or true of nearly all."""
    total = sum(each.count for each in groups)
    often: Counter[str] = Counter()
    for each in groups:
        for fact in each.facts:
            often[fact] += each.count
    kept = {fact for fact, count in often.items() if RARE <= count <= total - RARE}
    return [Group(each.facts & kept, each.won, each.lost) for each in groups]


def _compared(criteria: Sequence[ScoreCriterion]) -> tuple[list[ScoreCriterion], list[str]]:
    """Give the criteria by which points are compared, and the names of those that tell of the end."""
    late = [each for each in criteria if _is_late(each)]
    return [each for each in criteria if each not in late], [each.name for each in late]


def _is_late(criterion: ScoreCriterion) -> bool:
    if criterion.basis != Basis.FIELD:
        return False
    return bool(rules.LATE & set(rules.names_in(json.loads(criterion.condition))))


def _by_points(criteria: Sequence[ScoreCriterion], border: dt.datetime) -> list[Scored]:
    """Score the leads held apart by points, as they stood a day after each had come."""
    value = score_sql(parts_sql(criteria, _A_DAY_LATER))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.score, count(*) FILTER (WHERE p.won), count(*) FILTER (WHERE NOT p.won) FROM"
            f" (SELECT {value.text} AS score, {_WON} AS won FROM {_table()} l"
            f" WHERE {_ENDED} AND l.created_at > %s) p GROUP BY 1 ORDER BY 1",
            [*value.params, border],
        )
        return [Scored(float(score), won, lost) for score, won, lost in cursor.fetchall()]
