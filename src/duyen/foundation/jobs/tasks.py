"""Jobs in the worker; it finds them by this module's name."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from duyen.foundation.jobs.forgetting import forget_old_notes, forget_old_work
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED, is_being_worked_on, work
from duyen.kernel.clock import now

#: A job that nobody has held for so long was left behind by a process that died.
LEFT_AFTER = dt.timedelta(minutes=1)


@app.task(name="jobs.work_on")
def work_on(*, job_id: int) -> None:
    """Carry out one job, unless another process has it."""
    work(job_id)


def leave_to_worker(job: Job) -> None:
    """Queue a job for the worker; call it in the transaction that wrote the job."""
    try:
        with transaction.atomic():  # a refusal must not spoil the caller's transaction
            work_on.configure(queueing_lock=f"jobs.work_on:{job.pk}").defer(job_id=job.pk)
    except AlreadyEnqueued:
        return  # it waits there already


@app.periodic(cron="* * * * *")
@app.task(name="jobs.take_up_left_ones", queueing_lock="jobs.take_up_left_ones", pass_context=False)
def take_up_left_ones(timestamp: int) -> None:
    """Queue again the jobs whose process died, so that a kill delays them and loses nothing."""
    for job in Job.objects.filter(state__in=UNFINISHED, created_at__lt=now() - LEFT_AFTER).order_by("pk"):
        if not is_being_worked_on(job.pk):
            leave_to_worker(job)


@app.periodic(cron="30 18 * * *")  # 01:30 in Vietnam
@app.task(name="jobs.forget_what_is_old", queueing_lock="jobs.forget_what_is_old", pass_context=False)
def forget_what_is_old(timestamp: int) -> None:
    """Delete finished work, and the queue's notes on it, that are older than the company keeps them."""
    forget_old_work()
    forget_old_notes()
