"""Which jobs a person may look at: her own; an administrator sees how far everybody's are."""

from __future__ import annotations

from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job
from duyen.foundation.org.words import RoleCode


def job_in_sight(job_id: int, actor: Actor) -> Job | None:
    """Find a job that the actor may look at."""
    job = Job.objects.filter(pk=job_id).select_related("asked_by").order_by("pk").first()
    is_administrator = (
        actor.facts is not None and actor.cut is None and RoleCode.ADMIN in actor.facts.role_codes
    )
    return job if job is not None and (is_administrator or is_askers(job, actor)) else None


def is_askers(job: Job, actor: Actor) -> bool:
    """Tell whether the actor asked for the job; what it refused is told to her alone."""
    return job.asked_by_id is not None and job.asked_by_id == actor.user_id


def jobs_of(actor: Actor, *, limit: int = 50) -> list[Job]:
    """List the jobs that the actor asked for, the newest first."""
    return list(Job.objects.filter(asked_by_id=actor.user_id).order_by("-created_at", "-id")[:limit])
