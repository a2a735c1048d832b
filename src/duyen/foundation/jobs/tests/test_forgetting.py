"""Finished work goes after the time that the company set; what still waits, and the trail, stay."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.jobs import forgetting
from duyen.foundation.jobs.forgetting import KEEP_DAYS, KEEP_QUEUE_DAYS
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import ask
from duyen.foundation.jobs.tasks import forget_what_is_old, leave_to_worker
from duyen.foundation.settings.company import keep_setting
from duyen.kernel.clock import now
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _ended(cast: Cast, days: int, state: JobState = JobState.DONE) -> Job:
    job = ask("test", actor=cast.actor("seller"), label=f"Thử {days}", arguments={})
    Job.objects.filter(pk=job.pk).update(state=state, finished_at=now() - dt.timedelta(days=days))
    return job


def _noted(cast: Cast, days: int, status: str) -> int:
    """Queue a job, and write the notes of the queue as they were so long ago."""
    leave_to_worker(ask("test", actor=cast.actor("seller"), label="Thử", arguments={}))
    made = int(ProcrastinateJob.objects.latest("pk").pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", (status, made))
        moment = now() - dt.timedelta(days=days)
        cursor.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", (moment, made))
    return made


def _set(key: str, days: int) -> None:
    with transaction.atomic():
        keep_setting(key, days, actor=system_actor("tests"))


def test_keeps_work_for_as_long_as_the_company_says(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "CHUNK", 2)
    _set(KEEP_DAYS, 60)
    states = [JobState.DONE, JobState.FAILED, JobState.CANCELLED]
    for state in states:
        _ended(cast, 61, state)
    young = _ended(cast, 59)
    waiting = ask("test", actor=cast.actor("seller"), label="Chờ", arguments={})
    Job.objects.filter(pk=waiting.pk).update(created_at=now() - dt.timedelta(days=900))

    forget_what_is_old(0)

    assert set(Job.objects.values_list("pk", flat=True)) == {young.pk, waiting.pk}


def test_keeps_a_year_where_nobody_said_otherwise(cast: Cast) -> None:
    old, young = _ended(cast, 366), _ended(cast, 364)

    forget_what_is_old(0)

    assert list(Job.objects.values_list("pk", flat=True)) == [young.pk]
    assert not Job.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("days", [0, 29])
def test_is_never_shorter_than_an_import_can_be_taken_back(days: int) -> None:
    from duyen.foundation.settings.declaring import BadSetting, declared
    from duyen.foundation.settings.reading import read_value

    with pytest.raises(BadSetting):
        read_value(declared(KEEP_DAYS), str(days))


def test_deletes_notes_of_the_queue_on_what_ended_long_ago(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "CHUNK", 2)
    _set(KEEP_QUEUE_DAYS, 3)
    gone = [
        _noted(cast, 4, status) for status in ("succeeded", "failed", "cancelled", "aborted", "succeeded")
    ]
    kept = [_noted(cast, 4, "todo"), _noted(cast, 4, "doing"), _noted(cast, 2, "succeeded")]

    forget_what_is_old(0)

    left = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    assert left.isdisjoint(gone)
    assert left == set(kept)


def test_leaves_the_trail_as_it_is(cast: Cast) -> None:
    _ended(cast, 400)
    before = History.objects.count()

    forget_what_is_old(0)

    assert History.objects.count() == before
