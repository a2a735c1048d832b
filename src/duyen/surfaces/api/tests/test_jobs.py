"""GET /jobs/{id}."""

from __future__ import annotations

from collections.abc import Callable

from duyen.foundation.jobs.models import Job, JobState
from duyen.kernel.clock import now
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast


def test_shows_a_job_to_its_asker_and_to_administrators_alone(
    calls: Callable[[str], Caller], cast: Cast
) -> None:
    job = Job.objects.create(
        kind="import",
        state=JobState.RUNNING,
        asked_by=cast.users["seller"],
        done=120,
        total=500,
        rejected=3,
        created_at=now(),
    )
    path = f"/jobs/{job.pk}"

    assert calls("seller").get(path).json() == {
        "id": job.pk,
        "state": "running",
        "done": 120,
        "total": 500,
        "rejected": 3,
        "rejected_url": None,
    }
    assert calls("admin").get(path).status_code == 200
    assert calls("manager").get(path).status_code == 404
    assert calls("director").get(path).status_code == 404


def test_keeps_the_systems_own_jobs_to_administrators(calls: Callable[[str], Caller]) -> None:
    job = Job.objects.create(kind="backup", created_at=now())

    assert calls("seller").get(f"/jobs/{job.pk}").status_code == 404
    assert calls("admin").get(f"/jobs/{job.pk}").status_code == 200
