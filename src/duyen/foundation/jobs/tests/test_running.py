"""Background work: one process at a time, taken up again where it stopped, told how it ended."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from duyen.foundation.access.actor import system_actor
from duyen.foundation.jobs import running
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import JobCancelled, Run, ask, is_being_worked_on, work
from duyen.foundation.jobs.tasks import LEFT_AFTER, leave_to_worker, take_up_left_ones
from duyen.kernel.clock import now
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> dict[str, running.Body]:
    """The kinds of work of one test."""
    kinds: dict[str, running.Body] = {}
    monkeypatch.setattr(running, "_kinds", kinds)
    return kinds


def _asked(cast: Cast, who: str = "seller") -> Job:
    return ask("test", actor=cast.actor(who), label="Thử", arguments={"n": 3})


def test_tells_what_was_done(cast: Cast, bodies: dict[str, running.Body]) -> None:
    def count(run: Run) -> None:
        assert run.actor().user_id == cast.users["seller"].pk
        run.save(done=run.job.arguments["n"])

    bodies["test"] = count
    job = _asked(cast)

    assert work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.problem) == (JobState.DONE, 3, "")
    assert None not in (job.started_at, job.finished_at)


def test_does_a_finished_job_once(cast: Cast, bodies: dict[str, running.Body]) -> None:
    times: list[int] = []
    bodies["test"] = lambda run: times.append(run.job.pk)
    job = _asked(cast)

    work(job.pk)
    work(job.pk)

    assert times == [job.pk]


def test_acts_as_the_named_part_of_the_system(bodies: dict[str, running.Body], cast: Cast) -> None:
    seen: list[tuple[str, bool]] = []

    def look(run: Run) -> None:
        seen.append((run.actor().name, run.actor().is_system))

    bodies["test"] = look
    job = ask("test", actor=system_actor("nightly"), label="", arguments={})

    work(job.pk)

    assert seen == [("nightly", True)]


def test_keeps_how_far_it_was_when_it_breaks_off(cast: Cast, bodies: dict[str, running.Body]) -> None:
    def stumble(run: Run) -> None:
        if not run.job.done:
            run.save(done=1)
            raise ZeroDivisionError
        run.save(done=2)

    bodies["test"] = stumble
    job = _asked(cast)
    with pytest.raises(ZeroDivisionError):
        work(job.pk)
    job.refresh_from_db()
    broken_off = (job.state, job.done, job.problem)

    work(job.pk)

    job.refresh_from_db()
    assert broken_off[:2] == (JobState.FAILED, 1)
    assert re.search(r"L-[2-9A-Z]{5}", broken_off[2])
    assert (job.state, job.done, job.problem) == (JobState.DONE, 2, "")


def test_stops_when_it_is_told_to(cast: Cast, bodies: dict[str, running.Body]) -> None:
    def told(run: Run) -> None:
        Job.objects.update(wants_cancel=True)
        run.save(done=1)

    bodies["test"] = told
    job = _asked(cast)

    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.CANCELLED, 0)
    assert str(JobCancelled())


@pytest.mark.django_db(transaction=True)
def test_leaves_a_job_to_the_process_that_has_it(cast: Cast, bodies: dict[str, running.Body]) -> None:
    begun, may_end, results = threading.Event(), threading.Event(), []

    def wait(_run: Run) -> None:
        begun.set()
        may_end.wait(10)

    bodies["test"] = wait
    job = _asked(cast)

    def elsewhere() -> None:
        results.append(work(job.pk))
        connection.close()

    other = threading.Thread(target=elsewhere)
    other.start()
    begun.wait(10)
    held, ours = is_being_worked_on(job.pk), work(job.pk)
    may_end.set()
    other.join()

    assert (held, ours, results) == (True, False, [True])
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_takes_up_what_a_dead_process_left_behind_once(cast: Cast) -> None:
    left, fresh, done = (_asked(cast) for _number in range(3))
    Job.objects.filter(pk__in=[left.pk, done.pk]).update(
        state=JobState.RUNNING, created_at=now() - LEFT_AFTER - dt.timedelta(seconds=1)
    )
    Job.objects.filter(pk=done.pk).update(state=JobState.DONE)

    take_up_left_ones(timestamp=0)
    take_up_left_ones(timestamp=60)
    leave_to_worker(left)

    queued = ProcrastinateJob.objects.filter(task_name="jobs.work_on").values_list("args", flat=True)
    assert list(queued) == [{"job_id": left.pk}]
    assert fresh.state == JobState.QUEUED
