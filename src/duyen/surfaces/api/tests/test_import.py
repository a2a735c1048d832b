"""POST /{entities}/import: a file comes in as a job, by a mapping or a guess, or is only tried out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duyen.entities.importing import uploads
from duyen.foundation.audit.models import History
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

FILE = "Họ và tên,SĐT,Màu xe\nTrà,0912345678,đỏ\nSai,123,xanh\n"


def _send(
    caller: Caller, text: str = FILE, *, name: str = "khách.csv", key: str = "", **parts: Any
) -> Answer:
    headers = {"Authorization": f"Bearer {caller.token}"} | ({"Idempotency-Key": key} if key else {})
    sent = {"file": SimpleUploadedFile(name, text.encode()), **parts}
    answer: Answer = caller.client.post("/api/v1/customers/import", sent, headers=headers)
    return answer


def test_brings_a_file_in_as_a_job(calls: Callable[[str], Caller], cast: Cast) -> None:
    given = _send(calls("seller"))

    assert given.status_code == 202
    told = given.json()
    assert set(told) == {"id", "state", "done", "total", "rejected", "rejected_url"}
    assert (told["state"], told["done"], told["total"]) == ("queued", 0, 2)
    work(told["id"])
    ended = calls("seller").get(f"/jobs/{told['id']}").json()
    assert (ended["state"], ended["done"], ended["rejected"]) == ("done", 2, 1)
    made = Party.objects.get()
    assert (made.name, made.phones, made.source_channel) == ("Trà", ["+84912345678"], "api")
    refused = calls("seller").get(ended["rejected_url"].removeprefix("/api/v1"))
    assert refused.getvalue().decode("utf-8-sig").splitlines()[0] == "Họ và tên,SĐT,Màu xe,Lý do bị từ chối"


def test_follows_the_mapping_that_is_sent(calls: Callable[[str], Caller], cast: Cast) -> None:
    mapping = json.dumps({"Màu xe": "note", "SĐT": None})

    work(_send(calls("seller"), mapping=mapping, values=json.dumps({"kind": "Tổ chức"})).json()["id"])

    found = {each.name: (each.note, each.phones, each.kind) for each in Party.objects.all()}
    assert found == {"Trà": ("đỏ", [], "ORGANISATION"), "Sai": ("xanh", [], "ORGANISATION")}


def test_tries_out_without_changing_anything(calls: Callable[[str], Caller], cast: Cast) -> None:
    work(_send(calls("seller")).json()["id"])
    numbers = list(Party.objects.values_list("code", flat=True))
    before = Party.objects.count(), History.objects.count()

    told = _send(calls("seller"), dry_run="true").json()
    work(told["id"])

    job = Job.objects.get(pk=told["id"])
    assert (job.state, job.done, job.rejected, job.result["imported"]) == ("done", 2, 1, 1)
    assert (Party.objects.count(), History.objects.count()) == before
    work(_send(calls("seller"), "Họ và tên\nHai\n").json()["id"])
    first, second = (int(code.split("-")[-1]) for code in (*numbers, Party.objects.get(name="Hai").code))
    assert second == first + 1


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"mapping": "{"}, 422),
        ({"mapping": "[1]"}, 422),
        ({"mapping": json.dumps({"Họ và tên": "shoe_size"})}, 422),
        ({"mapping": json.dumps({"Không có": "name"})}, 422),
        ({"mapping": json.dumps({"Họ và tên": None})}, 422),
        ({"values": json.dumps({"kind": "robot"})}, 422),
        ({"values": json.dumps({"shoe_size": "38"})}, 422),
        ({"shoe_size": "38"}, 422),
        ({"owner": "0"}, 422),
        ({"owner": "999999999"}, 422),
    ],
)
def test_refuses_what_it_cannot_follow(
    calls: Callable[[str], Caller], cast: Cast, parts: dict[str, str], status: int
) -> None:
    given = _send(calls("seller"), **parts)

    assert given.status_code == status
    assert given.headers["Content-Type"] == "application/problem+json"
    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


def test_refuses_files_that_are_no_tables(
    calls: Callable[[str], Caller], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _send(calls("seller"), name="ảnh.png").status_code == 422
    assert _send(calls("seller"), "").status_code == 422
    assert _send(calls("seller"), "Màu\nđỏ\n").status_code == 422
    monkeypatch.setattr(uploads, "LARGEST_FILE", 10)
    assert _send(calls("seller")).status_code == 422

    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


def test_needs_the_right_to_create(calls: Callable[[str], Caller], cast: Cast) -> None:
    assert _send(calls("care_agent")).status_code == 403
    assert _send(Caller("nonsense")).status_code == 401
    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


def test_asks_once_for_a_key(calls: Callable[[str], Caller], cast: Cast) -> None:
    first, again = (_send(calls("seller"), key="k-1").json() for _time in range(2))

    assert first == again
    assert Job.objects.count() == 1
    assert _send(calls("seller"), "Họ và tên\nKhác\n", key="k-1").status_code == 422


def test_keeps_the_file_to_this_installation(calls: Callable[[str], Caller], cast: Cast) -> None:
    told = _send(calls("seller")).json()

    (kept,) = DataFolder.locate().imports.glob(f"{told['id']}.*")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_takes_a_whole_import_back(calls: Callable[[str], Caller], cast: Cast) -> None:
    told = _send(calls("seller")).json()
    assert calls("seller").post(f"/jobs/{told['id']}/undo").status_code == 409
    work(told["id"])

    assert calls("admin").post(f"/jobs/{told['id']}/undo").status_code == 404
    undone = calls("seller").post(f"/jobs/{told['id']}/undo")
    assert undone.status_code == 202
    work(undone.json()["id"])

    assert Party.objects.get().deleted_at is not None
    assert calls("seller").post(f"/jobs/{told['id']}/undo").json()["id"] == undone.json()["id"]


def test_leaves_out_what_is_there_already(calls: Callable[[str], Caller], cast: Cast) -> None:
    for _time in range(2):
        work(_send(calls("seller"), on_duplicate="skip").json()["id"])

    assert Party.objects.count() == 1
    assert _send(calls("seller"), on_duplicate="perhaps").status_code == 422
