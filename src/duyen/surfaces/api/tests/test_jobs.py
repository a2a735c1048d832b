"""GET /jobs/{id}."""

from __future__ import annotations

from collections.abc import Callable

from duyen.entities.importing import rejected_path
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


def test_gives_the_refused_rows_to_the_asker_alone(calls: Callable[[str], Caller], cast: Cast) -> None:
    job = Job.objects.create(
        kind="import", state=JobState.DONE, asked_by=cast.users["seller"], rejected=1, created_at=now()
    )
    path = rejected_path(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("name,reason\nAn,thiếu số\n", encoding="utf-8")

    address = calls("seller").get(f"/jobs/{job.pk}").json()["rejected_url"]
    given = calls("seller").get(address.removeprefix("/api/v1"))

    assert given.status_code == 200
    assert given.getvalue().decode() == "name,reason\nAn,thiếu số\n"
    assert calls("admin").get(f"/jobs/{job.pk}").json()["rejected_url"] is None
    assert calls("admin").get(f"/jobs/{job.pk}/rejected").status_code == 404
    assert calls("manager").get(f"/jobs/{job.pk}/rejected").status_code == 404


def test_lists_ones_own_jobs_and_everybodys_to_administrators(
    calls: Callable[[str], Caller], cast: Cast
) -> None:
    mine = Job.objects.create(
        kind="export", label="Xuất", asked_by=cast.users["seller"], state=JobState.DONE, created_at=now()
    )
    others = Job.objects.create(kind="import", asked_by=cast.users["teller"], created_at=now())

    told = calls("seller").get("/jobs").json()
    assert [each["id"] for each in told["items"]] == [mine.pk]
    assert told["items"][0]["kind"] == "export"
    assert told["next"] is None
    assert calls("seller").get("/jobs?everybody=true").status_code == 403
    assert calls("seller").get("/jobs?state=failed").json()["items"] == []
    assert calls("seller").get("/jobs?state=nothing").status_code == 422

    first = calls("admin").get("/jobs?everybody=true&limit=1").json()
    assert [each["id"] for each in first["items"]] == [others.pk]
    second = calls("admin").get(f"/jobs?everybody=true&limit=1&after={first['next']}").json()
    assert [each["id"] for each in second["items"]] == [mine.pk]
