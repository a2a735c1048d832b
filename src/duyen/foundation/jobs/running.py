"""Carry out background work in chunks that survive a kill: a chunk and how far it got commit together.

A kind of work is a function declared by `job_kind`. Whoever asks for a job may leave it to the
worker or carry it out in its own process; an advisory lock sees to it that one process has it at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.rules import Cut
from duyen.foundation.access.words import Door
from duyen.foundation.fields.versions import kept, pin
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.models import User
from duyen.foundation.troubles.keeping import Where, keep_trouble
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

#: The class of the advisory locks that keep a job with one process.
LOCKS = 0x6A6F62
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
RESUMABLE = (*UNFINISHED, JobState.FAILED)
#: What whoever asked is told of an end.
_TOLD = {JobState.DONE: "job_done", JobState.FAILED: "job_failed"}


class JobCancelled(DomainError):
    """Whoever asked for the work stopped it; what its finished chunks wrote stays."""

    code = "job_cancelled"
    sentence = _("This work was stopped. What it had done until then stays.")


class BrokenOff(DomainError):
    """Something that nobody foresaw, or Ctrl+C, ended the process."""

    code = "broken_off"
    sentence = _("This work broke off. Ask for it again, and it goes on where it stopped.")


class BrokenAndKept(BrokenOff):
    """Something that nobody foresaw broke it off, and a report of it was kept under a number."""

    sentence = _(
        "This work broke off. Let it go on; when it breaks off again, give your administrator the number "
        "%(report)s."
    )


class AskerIsGone(DomainError):
    """The person for whom the work is done may no longer sign in."""

    code = "asker_is_gone"
    sentence = _(
        "The person who asked for this work may no longer sign in. Ask for it again under another name."
    )


class NotYet(DomainError):
    """Something that the work needs for itself is taken; it stays in the queue and is taken up again."""

    code = "not_yet"

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


@dataclass
class Run:
    """One process at work on one job; the body asks it for the actor and tells it how far it is."""

    job: Job

    def actor(self) -> Actor:
        """Give whoever asked, with the rights of this moment and of her token. Raises AskerIsGone.

        Asked again for each chunk, which works with the definitions of this moment too.
        """
        pin()
        door = Door(self.job.arguments.get("door", Door.JOB.value))
        if self.job.asked_by_id is None:
            return system_actor(str(self.job.arguments.get("part", self.job.kind)), door=door)
        user = User.objects.filter(pk=self.job.asked_by_id, is_active=True).order_by("pk").first()
        if user is None:
            raise AskerIsGone
        cut = self.job.arguments.get("cut")
        return actor_for(user, door, cut=None if cut is None else Cut(frozenset(map(tuple, cut))))

    def language(self) -> str:
        """Give the language in which the job speaks: that of whoever asked for it."""
        asker = self.job.asked_by
        return asker.language if asker else settings.LANGUAGE_CODE

    def save(self, **columns: Any) -> None:
        """Keep how far the work is: in the transaction of the chunk, or by itself. Raises JobCancelled."""
        for name, value in columns.items():
            setattr(self.job, name, value)
        if Job.objects.filter(pk=self.job.pk, wants_cancel=True).exists():
            raise JobCancelled
        Job.objects.filter(pk=self.job.pk).update(**columns)


Body = Callable[[Run], None]
_kinds: dict[str, Body] = {}


def job_kind(name: str) -> Callable[[Body], Body]:
    """Declare a function as the body of one kind of job. It must be safe to start again where it stopped."""

    def declare(body: Body) -> Body:
        _kinds[name] = body
        return body

    return declare


def ask(kind: str, *, actor: Actor, label: str, arguments: Mapping[str, Any], **columns: Any) -> Job:
    """Write down a job for `actor`; `tasks.leave_to_worker` or `work` carries it out."""
    kept = {**arguments, "door": actor.door.value}
    if actor.cut is not None:
        kept["cut"] = sorted(actor.cut.pairs)
    if actor.is_system:
        kept["part"] = actor.name
    return Job.objects.create(
        kind=kind, label=label[:200], asked_by_id=actor.user_id, arguments=kept, created_at=now(), **columns
    )


def work(job_id: int) -> bool:
    """Carry out a job from where it stands to its end; false when another process has it.

    The job's row tells how it ended. An error that nobody foresaw is raised on, after the row says so.
    """
    with _held(job_id) as is_ours:
        if not is_ours:
            return False
        job = Job.objects.get(pk=job_id)
        if job.state in RESUMABLE:
            _carry_out(Run(job))
    return True


def stop(job: Job) -> None:
    """Ask a job to stop: it does so before its next chunk, and what it has done stays."""
    Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(wants_cancel=True)


def is_being_worked_on(job_id: int) -> bool:
    """Tell whether some process has the job in its hands now."""
    with _held(job_id) as is_free:
        return not is_free


def _carry_out(run: Run) -> None:
    Job.objects.filter(pk=run.job.pk).update(
        state=JobState.RUNNING, started_at=run.job.started_at or now(), problem="", finished_at=None
    )
    try:
        with translation.override(run.language()), kept():
            pin()
            _kinds[run.job.kind](run)
    except JobCancelled:
        _end(run.job, JobState.CANCELLED)
    except NotYet as waiting:
        Job.objects.filter(pk=run.job.pk).update(state=JobState.QUEUED, problem=str(waiting))
    except DomainError as refusal:
        with translation.override(run.language()):
            _end(run.job, JobState.FAILED, problem=str(refusal))
    except BaseException as error:
        # Also a Ctrl+C: the person wants it to stop, so the worker must not take it up again by itself.
        report = _kept(run.job, error)
        with translation.override(run.language()):
            _end(
                run.job, JobState.FAILED, problem=str(BrokenAndKept(report=report) if report else BrokenOff())
            )
        raise
    else:
        _end(run.job, JobState.DONE)


def _kept(job: Job, error: BaseException) -> str:
    """Keep a fault under a number; a Ctrl+C is none."""
    if not isinstance(error, Exception):
        return ""
    return keep_trouble(error, Where(Door.JOB, job.kind, job.asked_by_id))


def _end(job: Job, state: JobState, *, problem: str = "") -> None:
    """Say how a job ended, in its row and to whoever asked for it and did not stop it herself."""
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=state, problem=problem, finished_at=now())
        kind = _TOLD.get(state)
        if kind and job.asked_by_id is not None:
            fold = f"job:{job.pk}"
            notify([job.asked_by_id], kind, entity="jobs", record_id=job.pk, fold=fold, label=job.label)


@contextmanager
def _held(job_id: int) -> Iterator[bool]:
    """Hold the job for this process; the database lets go of it when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, job_id % 2**31])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, job_id % 2**31])
