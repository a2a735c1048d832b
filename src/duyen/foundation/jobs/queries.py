"""Which jobs a person may look at: her own; an administrator sees how far everybody's are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import LOCKS
from duyen.foundation.org.words import RoleCode
from duyen.kernel.clock import now

#: A job that runs and that no process holds for so long was left behind; the worker takes it up again.
LEFT_AFTER = dt.timedelta(minutes=1)
#: A job that waits for so long means that no worker comes.
LONG_WAIT = dt.timedelta(minutes=5)
MOST_LISTED = 50
_HELD = "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"


@dataclass(frozen=True)
class Asked:
    """Which jobs a list shows: everybody's or one's own, of one state, of one kind, older than `before`."""

    everybody: bool = False
    state: str = ""
    kind: str = ""
    before: int | None = None
    limit: int = MOST_LISTED


def sees_all_jobs(actor: Actor) -> bool:
    """Tell whether the actor sees how far everybody's work is; no token does."""
    return actor.facts is not None and actor.cut is None and RoleCode.ADMIN in actor.facts.role_codes


def job_in_sight(job_id: int, actor: Actor) -> Job | None:
    """Find a job that the actor may look at."""
    job = Job.objects.filter(pk=job_id).select_related("asked_by").order_by("pk").first()
    return job if job is not None and (sees_all_jobs(actor) or is_askers(job, actor)) else None


def is_askers(job: Job, actor: Actor) -> bool:
    """Tell whether the actor asked for the job; what it refused is told to her alone."""
    return job.asked_by_id is not None and job.asked_by_id == actor.user_id


def jobs_asked(actor: Actor, asked: Asked) -> list[Job]:
    """List jobs, the newest first, one more than `limit` where there are more; by two statements at most."""
    rows: QuerySet[Job] = Job.objects.select_related("asked_by")
    if not (asked.everybody and sees_all_jobs(actor)):
        rows = rows.filter(asked_by_id=actor.user_id)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    return list(rows.order_by("-id")[: asked.limit + 1])


def kinds_asked(actor: Actor, *, everybody: bool) -> list[str]:
    """Name the kinds of work that the actor's list holds."""
    rows = (
        Job.objects.all()
        if everybody and sees_all_jobs(actor)
        else Job.objects.filter(asked_by=actor.user_id)
    )
    return sorted(set(rows.order_by().values_list("kind", flat=True).distinct()))


def left_behind(jobs: Iterable[Job]) -> set[int]:
    """Give those that say that they run while no process holds them, and those that wait for no worker."""
    moment, found = now(), list(jobs)
    running = [each for each in found if each.state == JobState.RUNNING]
    held = _held() if running else frozenset()
    left = {
        each.pk
        for each in running
        if each.pk % 2**31 not in held and (each.started_at or each.created_at) < moment - LEFT_AFTER
    }
    waiting = {
        each.pk for each in found if each.state == JobState.QUEUED and each.created_at < moment - LONG_WAIT
    }
    return left | waiting


def _held() -> frozenset[int]:
    """Give the numbers under which processes hold jobs now: a process that dies lets go of its own."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [LOCKS])
        return frozenset(int(row[0]) for row in cursor.fetchall())


def jobs_of(actor: Actor, *, limit: int = MOST_LISTED) -> Sequence[Job]:
    """List the jobs that the actor asked for, the newest first."""
    return jobs_asked(actor, Asked(limit=limit))[:limit]
