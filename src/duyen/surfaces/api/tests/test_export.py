"""POST /{entities}/export gives records out: CSV streams at any length, a long sheet becomes a job."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from duyen.entities.exporting import running
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.jobs.running import work
from duyen.surfaces.api.tests.conftest import Caller

pytestmark = pytest.mark.django_db
WHY = {"purpose": "Đối chiếu"}


@pytest.fixture
def director(calls: Callable[[str], Caller], seller: Caller) -> Caller:
    """Somebody who may export, where two customers are."""
    seller.new_customer("An", phones=["0912345678"])
    seller.new_customer("Bình")
    return calls("director")


def _content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def _rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(_content(answer).decode("utf-8-sig"), newline="")))


def test_streams_the_list_as_csv_in_the_columns_and_order_asked_for(director: Caller) -> None:
    answer = director.post("/customers/export", {**WHY, "columns": ["name", "phones"], "sort": "-name"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert _rows(answer)[1:] == [["Bình", ""], ["An", "0912 345 678"]]
    begun, taken = History.objects.filter(kind=OPENED).order_by("id")
    assert (begun.verb, taken.verb, taken.door) == ("exports.begin", "exports.take", "api")
    assert taken.changes is not None
    assert (taken.note, taken.changes["entries"]) == ("Đối chiếu", 2)


def test_narrows_by_filter_words_and_ids(director: Caller) -> None:
    filtered = {**WHY, "columns": ["name"], "filter": {"and": [["name", "contains", "bin"]]}}

    assert _rows(director.post("/customers/export", filtered))[1:] == [["Bình"]]
    assert _rows(director.post("/customers/export", {**WHY, "columns": ["name"], "q": "an"}))[1:] == [["An"]]


def test_gives_a_short_sheet_at_once_and_leaves_a_long_one_to_a_job(
    director: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {**WHY, "format": "xlsx", "columns": ["name"]}
    at_once = director.post("/customers/export", asked)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(_content(at_once))).get_sheet_by_index(0)
    assert sheet.to_python()[1:] == [["An"], ["Bình"]]
    monkeypatch.setattr(running, "AT_ONCE", 1)

    answer = director.post("/customers/export", asked)

    assert answer.status_code == 202
    job = answer.json()
    assert director.get(f"/jobs/{job['id']}/file").status_code == 404
    work(job["id"])
    assert director.get(f"/jobs/{job['id']}").json()["state"] == "done"
    assert _content(director.get(f"/jobs/{job['id']}/file")).startswith(b"PK")


def test_a_file_belongs_to_whoever_asked(
    director: Caller, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 0)
    job = director.post("/customers/export", {**WHY, "format": "xlsx"}).json()["id"]
    work(job)

    assert manager.get(f"/jobs/{job}/file").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid"),
        ({"purpose": " "}, 422, "invalid"),
        ({**WHY, "format": "pdf"}, 422, "bad_request"),
        ({**WHY, "columns": ["shoe_size"]}, 422, "bad_request"),
        ({**WHY, "sort": "shoe_size"}, 422, "bad_request"),
        ({**WHY, "filter": {"and": [["shoe_size", "eq", 1]]}}, 422, "bad_request"),
        ({**WHY, "ids": []}, 422, "bad_request"),
        ({**WHY, "limit": 5}, 422, "invalid"),
    ],
)
def test_refuses_what_makes_no_sense(director: Caller, body: object, status: int, code: str) -> None:
    answer = director.post("/customers/export", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content.decode()
    assert not History.objects.filter(kind=OPENED).exists()


def test_needs_the_right_to_export(director: Caller, seller: Caller) -> None:
    answer = seller.post("/customers/export", WHY)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert not History.objects.filter(kind=OPENED).exists()
