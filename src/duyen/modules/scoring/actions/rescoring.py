"""Work the scores of all leads out again: a job in parts that goes on after a kill."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql
from duyen.entities.striding import about
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
#: So many leads are locked and written together. They are walked once, in the order of their ids: a score
#: is in an index, so that to write it in stripes (`entities.striding`) would spare none of the others.
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


def rescore_chunk(last: int) -> tuple[int | None, int]:
    """Score the next leads by id; gives the last id of them, none behind the end, and how many they are."""
    rows = entity_named(LEADS).model._default_manager.filter(pk__gt=last).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:CHUNK])
    upto = ids[-1] if ids else None
    if upto is not None:
        trail.begin(queries.scorer(), VERB)
        rescore(Sql("l.id > %s AND l.id <= %s", (last, upto)))
    return upto, len(ids)


@job_kind(KIND)
def rescore_all(run: Run) -> None:
    """Score all leads; another model put in force meanwhile begins the walk anew."""
    kept = dict(run.job.progress)
    last, seen, by = kept.get("last", 0), kept.get("seen", 0), kept.get("model", 0)
    while last is not None:
        with transaction.atomic():
            model = queries.model_in_force()
            number = model.pk if model else 0
            if number != by:
                last, seen, by = 0, 0, number
            last, count = rescore_chunk(last)
            seen += count
            run.save(progress={"last": last, "seen": seen, "model": by}, done=seen)


def _table() -> str:
    return entity_named(LEADS).table
