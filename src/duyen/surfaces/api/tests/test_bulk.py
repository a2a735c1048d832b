"""POST /{entities}/bulk: one step for many records, by id or by filter, now or as a job."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duyen.entities.bulk import running
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast


def _ids(caller: Caller, count: int) -> list[int]:
    return [caller.new_customer()["id"] for _ in range(count)]


def test_sets_fields_of_chosen_records_and_names_those_it_refused(seller: Caller, manager: Caller) -> None:
    first, second = _ids(seller, 2)
    manager.patch(f"/customers/{second}", {"industry": "EDUCATION", "version": 1})

    body = {
        "verb": "change",
        "ids": [first, second, 9_999_999],
        "versions": {str(first): 1, str(second): 1},
        "values": {"industry": "CONSTRUCTION"},
    }
    answer = seller.post("/customers/bulk", body)

    assert answer.status_code == 200, answer.content.decode()
    told = answer.json()
    assert (told["changed"], told["unchanged"]) == (1, 0)
    assert [(each["id"], each["code"]) for each in told["refused"]] == [
        (second, "stale"),
        (9_999_999, "not_found"),
    ]
    clash = told["refused"][0]["errors"][0]
    assert (clash["field"], clash["yours"], clash["theirs"]) == ("industry", "CONSTRUCTION", "EDUCATION")
    assert answer["Operation-Id"] == told["operation"]


def test_undoes_a_set_by_its_operation(seller: Caller) -> None:
    ids = _ids(seller, 3)
    body = {"verb": "change", "ids": ids, "values": {"tags": ["vip"]}, "modes": {"tags": "add"}}
    operation = seller.post("/customers/bulk", body).json()["operation"]
    assert Party.objects.filter(tags=["vip"]).count() == 3

    answer = seller.post(f"/operations/{operation}/undo")

    assert answer.status_code == 200
    assert [each["id"] for each in answer.json()["done"]] == ids
    assert "refused" not in answer.json()
    assert not Party.objects.filter(tags=["vip"]).exists()


def test_leaves_many_records_to_a_job(seller: Caller, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 2)
    _ids(seller, 3)
    body = {"verb": "change", "filter": {}, "values": {"industry": "CONSTRUCTION"}}

    answer = seller.post("/customers/bulk", body, Idempotency_Key="once")
    again = seller.post("/customers/bulk", body, Idempotency_Key="once")

    assert (answer.status_code, answer.json()["state"], answer.json()["total"]) == (202, "queued", 3)
    assert again.json() == answer.json()
    job = Job.objects.get()
    assert job.label == "Khách hàng: Sửa ngành"
    assert answer["Operation-Id"] == str(job.arguments["operation"])
    work(job.pk)
    assert Party.objects.filter(industry="CONSTRUCTION").count() == 3
    undone = seller.post(f"/operations/{answer['Operation-Id']}/undo")
    assert (undone.status_code, undone.json()["total"]) == (202, 3)


def test_stops_a_job_for_whoever_asked_for_it(
    seller: Caller, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 2)
    _ids(seller, 3)
    job = seller.post("/customers/bulk", {"verb": "delete", "filter": {}}).json()["id"]

    assert manager.post(f"/jobs/{job}/cancel").status_code == 404
    assert seller.post(f"/jobs/{job}/cancel").status_code == 202
    work(job)

    assert Job.objects.get(pk=job).state == JobState.CANCELLED
    assert Party.objects.filter(deleted_at=None).count() == 3


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"verb": "change", "values": {"note": "x"}}, 422, "ids"),
        ({"verb": "change", "ids": [1], "filter": {}, "values": {"note": "x"}}, 422, "ids"),
        ({"verb": "change", "filter": {"and": [["moon", "eq", 1]]}, "values": {"note": "x"}}, 422, "filter"),
        ({"verb": "change", "ids": [1], "versions": {"a": 1}, "values": {"note": "x"}}, 422, "versions"),
        ({"verb": "change", "ids": [1], "values": {"moon": "x"}}, 422, "moon"),
        ({"verb": "change", "ids": [1], "colour": "red"}, 422, "colour"),
        ({"verb": "fly", "ids": [1]}, 404, ""),
        ({"verb": "hand_over", "ids": [1], "values": {"owner": 1}}, 403, ""),
    ],
)
def test_refuses_what_is_not_understood_and_changes_nothing(
    seller: Caller, trail_length: Callable[[], int], body: dict[str, object], status: int, field: str
) -> None:
    seller.new_customer()
    before = trail_length()

    answer = seller.post("/customers/bulk", body)

    assert answer.status_code == status, answer.content.decode()
    assert [each["field"] for each in answer.json()["errors"]] == ([field] if field else [])
    assert (trail_length(), Job.objects.count()) == (before, 0)
