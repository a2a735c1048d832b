"""Work the scores of all leads out again: a job in parts that goes on after a kill."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql
from duyen.entities.striding import STRIPES, Place, about, stride
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED, Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.modules.scoring import queries
from duyen.modules.scoring.reckoning import rescore
from duyen.modules.scoring.ties import LEADS

KIND = "scoring"
VERB = "scoring.rescore"
#: So many leads are locked and written together.
CHUNK = 2_000


def ask_again(*, actor: Actor) -> Job:
    """Leave it to the worker to score all leads; call it in the transaction that makes it needed."""
    with transaction.atomic():
        job = ask(KIND, actor=actor, label=_("Scores of leads"), arguments={}, total=about(_table()))
        leave_to_worker(job)
    return job


def ask_by_day() -> Job | None:
    """Have what fades worked out for a new day, unless that is under way."""
    if queries.model_in_force() is None or Job.objects.filter(kind=KIND, state__in=UNFINISHED).exists():
        return None
    return ask_again(actor=queries.scorer())


def rescore_chunk(place: Place, *, size: int = CHUNK) -> tuple[Place, int]:
    """Score the next leads behind a place; gives the place behind them and how many they are."""
    behind, count = stride(_table(), place, size)
    if behind.stripe == place.stripe:
        trail.begin(queries.scorer(), VERB)
        part = "l.id > %s AND l.id <= %s AND l.id %% %s = %s"
        rescore(Sql(part, (place.last, behind.last, STRIPES, place.stripe)))
    return behind, count


@job_kind(KIND)
def rescore_all(run: Run) -> None:
    """Score all leads; another model put in force meanwhile begins the walk anew."""
    kept = dict(run.job.progress)
    place, seen = Place(kept.get("stripe", 0), kept.get("last", 0)), kept.get("seen", 0)
    by = kept.get("model", 0)
    while not place.is_end:
        with transaction.atomic():
            model = queries.model_in_force()
            number = model.pk if model else 0
            if number != by:
                place, seen, by = Place(), 0, number
            place, count = rescore_chunk(place)
            seen += count
            run.save(progress={**asdict(place), "seen": seen, "model": by}, done=seen)


def _table() -> str:
    return entity_named(LEADS).table
