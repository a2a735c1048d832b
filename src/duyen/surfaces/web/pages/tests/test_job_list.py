"""Background work in a list: one's own for everybody, everybody's for administrators, stuck ones marked."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.foundation.jobs import running
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.queries import left_behind
from duyen.foundation.jobs.scheduled import scheduled_work
from duyen.kernel.clock import now
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _job(cast: Cast, who: str, **columns: Any) -> Job:
    given = {"kind": "import", "label": f"Việc của {who}", "created_at": now(), **columns}
    return Job.objects.create(asked_by=cast.users[who], **given)


def _seen(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


def test_everybody_sees_her_own_and_an_administrator_all(client: Client, cast: Cast) -> None:
    _job(cast, "seller")
    _job(cast, "teller")

    client.force_login(cast.user("seller"))
    for address in ("/jobs", "/jobs?who=all"):
        seen = _seen(client, address)
        assert "Việc của seller" in seen
        assert "Việc của teller" not in seen

    client.force_login(cast.user("admin"))
    assert "Việc của seller" not in _seen(client, "/jobs")
    seen = _seen(client, "/jobs?who=all")
    assert "Việc của seller" in seen
    assert "Trần Quốc Bảo" in seen


def test_is_narrowed_by_state_and_kind(admin: Client, cast: Cast) -> None:
    _job(cast, "admin", label="Nhập xong", state=JobState.DONE)
    _job(cast, "admin", label="Xuất hỏng", state=JobState.FAILED, kind="export")

    assert "Nhập xong" not in _seen(admin, "/jobs?state=failed")
    assert "Xuất hỏng" in _seen(admin, "/jobs?state=failed&kind=export")
    assert "Xuất hỏng" not in _seen(admin, "/jobs?kind=import")
    assert "Không có việc" in _seen(admin, "/jobs?state=cancelled")
    assert "Nhập xong" in _seen(admin, "/jobs?state=khong-co")


def test_every_kind_is_told_in_words(admin: Client, cast: Cast) -> None:
    for kind in running._kinds:
        _job(cast, "admin", kind=kind)

    seen = _seen(admin, "/jobs")

    assert not [kind for kind in running._kinds if f">{kind}<" in seen]


def test_older_ones_follow_behind_the_first_page(admin: Client, cast: Cast) -> None:
    for number in range(52):
        _job(cast, "admin", label=f"Việc số {number:02}.")

    first = _seen(admin, "/jobs")
    assert "Việc số 51." in first
    assert "Việc số 01." not in first
    oldest = Job.objects.order_by("-pk")[49]
    assert "Việc số 01." in _seen(admin, f"/jobs?before={oldest.pk}")


def test_costs_the_same_for_three_and_for_fifty(admin: Client, cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            admin.get("/jobs?who=all")
        return len(caught)

    for _number in range(3):
        _job(cast, "seller", state=JobState.RUNNING)
    cost()  # the first request warms what is kept for all
    few = cost()
    for _number in range(47):
        _job(cast, "teller", state=JobState.RUNNING)
    assert cost() == few


def test_marks_what_no_process_has(admin: Client, cast: Cast) -> None:
    long_ago = now() - dt.timedelta(minutes=10)
    left = _job(cast, "seller", state=JobState.RUNNING, started_at=long_ago)
    held = _job(cast, "seller", state=JobState.RUNNING, started_at=long_ago)
    fresh = _job(cast, "seller", state=JobState.RUNNING, started_at=now())
    waiting = _job(cast, "seller", created_at=long_ago)

    with running._held(held.pk):
        found = left_behind([left, held, fresh, waiting])

    assert found == {left.pk, waiting.pk}
    assert "Kẹt" in _seen(admin, "/jobs?who=all")


def test_an_administrator_lets_others_work_go_on_and_stops_it(admin: Client, cast: Cast) -> None:
    broken = _job(cast, "seller", state=JobState.FAILED, kind="bulk")
    runs = _job(cast, "seller", state=JobState.RUNNING, kind="bulk")

    assert "Cho chạy tiếp" in _seen(admin, f"/jobs/{broken.pk}") or "resume" in _seen(
        admin, f"/jobs/{broken.pk}"
    )
    admin.post(f"/jobs/{broken.pk}/resume")
    admin.post(f"/jobs/{runs.pk}/cancel")

    assert Job.objects.get(pk=broken.pk).state == JobState.QUEUED
    assert Job.objects.get(pk=runs.pk).wants_cancel


def test_nobody_else_touches_it(client: Client, cast: Cast) -> None:
    broken = _job(cast, "seller", state=JobState.FAILED, kind="bulk")
    for who in ("teller", "manager", "director"):
        client.force_login(cast.user(who))
        assert client.post(f"/jobs/{broken.pk}/resume").status_code == 404
    assert Job.objects.get(pk=broken.pk).state == JobState.FAILED


def test_what_comes_by_the_clock_tells_when_it_comes_again(admin: Client, cast: Cast) -> None:
    found = scheduled_work()
    names = {each.name for each in found}
    assert {"database.nightly_backup", "audit.seal", "troubles.forget_what_is_old"} <= names
    assert all(each.next_at > now() for each in found)
    assert not [each.name for each in found if str(each.label) == each.name]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args) "
            "VALUES ('default', 'audit.seal', 'succeeded', '{}') RETURNING id"
        )
        (job,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, job_id, periodic_id) "
            "VALUES ('audit.seal', %s, %s, '')",
            [int(now().timestamp()), job],
        )

    (seal,) = (each for each in scheduled_work() if each.name == "audit.seal")
    assert seal.status == "succeeded"
    seen = _seen(admin, "/jobs/scheduled")
    assert "Niêm phong nhật ký" in seen
    assert "hằng ngày lúc" in seen


@pytest.mark.parametrize("who", ["seller", "director"])
def test_the_clock_is_for_administrators(client: Client, cast: Cast, who: str) -> None:
    client.force_login(cast.user(who))
    assert client.get("/jobs/scheduled").status_code == 403
