"""Files of a record through the API: sent, listed, fetched, replaced, thrown away and brought back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.files import scanning
from duyen.foundation.files.limits import HOLD, SCANNER
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.store.disk import DiskStore
from duyen.foundation.notices.models import Notice
from duyen.foundation.settings.company import keep_setting
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast

PDF = b"%PDF-1.7\n" + b"hop dong " * 200
Calls = Callable[[str], Caller]


def send(
    caller: Caller, path: str, name: str = "Hợp đồng số 5.pdf", content: bytes = PDF, **headers: str
) -> Any:
    """Send one file as a program does."""
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return caller.client.post(
        f"/api/v1{path}",
        {"file": SimpleUploadedFile(name, content)},
        headers={"Authorization": f"Bearer {caller.token}"} | sent,
    )


def content_of(answer: Any) -> bytes:
    """Read an answer that streams."""
    return b"".join(answer.streaming_content)


def kept() -> tuple[int, int, int, int]:
    """Count what a refusal must leave as it is: files, versions, entries of the trail, contents."""
    return (
        File.objects.count(),
        FileVersion.objects.count(),
        History.objects.count(),
        sum(1 for _each in DiskStore().held()),
    )


def test_keeps_what_was_sent_and_gives_it_back_to_the_byte(calls: Calls) -> None:
    seller = calls("seller")
    record = seller.new_customer()
    path = f"/customers/{record['id']}/files"

    made = send(seller, path)

    assert made.status_code == 201, made.content.decode()
    told = made.json()
    assert (told["name"], told["size"], told["type"]) == ("Hợp đồng số 5.pdf", len(PDF), "application/pdf")
    assert told["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (told["number"], told["is_open"], told["in_bin"]) == (1, True, False)
    assert made.headers["Location"] == f"/api/v1{path}/{told['id']}"
    listed = seller.get(path).json()
    assert [each["id"] for each in listed["items"]] == [told["id"]]
    assert listed["next"] is None

    answer = seller.get(f"{path}/{told['id']}/content")

    assert content_of(answer) == PDF
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''H%E1%BB%A3p%20%C4%91%E1%BB%93ng%20s%E1%BB%91%205.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-4", 206, b"%PDF-"),
        ("bytes=-5", 206, b"dong "),
        (f"bytes={len(PDF) - 3}-", 206, b"ng "),
        ("bytes=0-999999", 200, PDF),
        ("bytes=0-1,4-5", 200, PDF),
        (f"bytes={len(PDF)}-", 416, b""),
    ],
)
def test_gives_the_range_that_is_asked_for(calls: Calls, asked: str, status: int, part: bytes) -> None:
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"
    made = send(seller, path).json()

    answer = seller.client.get(
        f"/api/v1{path}/{made['id']}/content",
        headers={"Authorization": f"Bearer {seller.token}", "Range": asked},
    )

    assert answer.status_code == status
    assert (content_of(answer) if answer.streaming else answer.content) == part


def test_writes_once_for_one_key(calls: Calls) -> None:
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"

    first = send(seller, path, Idempotency_Key="k1")
    before = kept()
    second = send(seller, path, Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert kept() == before
    other = send(seller, path, content=PDF + b"x", Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert kept() == before


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("rỗng.pdf", b"", "file_empty"),
        ("chạy.exe", b"MZ", "file_kind"),
        ("ảnh.png", PDF, "file_disguised"),
        ("a" * 296 + ".pdf", PDF, "file_name_too_long"),
        ("lớn.txt", b"x" * (1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_refuses_a_bad_file_with_its_sentence(
    calls: Calls, name: str, content: bytes, code: str, one_megabyte: None
) -> None:
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"
    before = kept()

    answer = send(seller, path, name, content)

    assert answer.status_code == 422, answer.content.decode()
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["field"] == "file"
    assert kept() == before


def test_refuses_a_file_for_a_record_that_was_just_deleted(calls: Calls) -> None:
    seller = calls("manager")
    record = seller.new_customer()
    assert seller.delete(f"/customers/{record['id']}", {"version": record["version"]}).status_code == 204
    before = kept()

    answer = send(seller, f"/customers/{record['id']}/files")

    assert answer.status_code == 404
    assert kept() == before


def test_keeps_every_version_and_brings_an_old_one_back(calls: Calls) -> None:
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"
    file = f"{path}/{send(seller, path).json()['id']}"

    second = send(seller, f"{file}/versions", "Hợp đồng sửa.pdf", PDF + b"2")
    assert (second.status_code, second.json()["number"]) == (201, 2)
    third = seller.post(f"{file}/restore_version", {"number": 1})

    assert third.status_code == 200, third.content.decode()
    told = seller.get(file).json()
    assert (told["number"], told["name"]) == (3, "Hợp đồng số 5.pdf")
    assert [each["number"] for each in told["versions"]] == [3, 2, 1]
    assert content_of(seller.get(f"{file}/content")) == PDF
    assert content_of(seller.get(f"{file}/content", number=2)) == PDF + b"2"
    assert seller.get(f"{file}/content", number=9).status_code == 404


def test_throws_a_file_away_and_brings_it_back(calls: Calls) -> None:
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"
    file = f"{path}/{send(seller, path).json()['id']}"

    assert seller.delete(file).status_code == 204
    assert seller.get(path).json()["items"] == []
    assert len(seller.get(path, bin=True).json()["items"]) == 1
    assert seller.delete(file).status_code == 404

    restored = seller.post(f"{file}/restore")
    assert (restored.status_code, restored.json()["in_bin"]) == (200, False)
    assert len(seller.get(path).json()["items"]) == 1


def test_keeps_the_ending_when_a_file_is_renamed(calls: Calls) -> None:
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"
    file = f"{path}/{send(seller, path).json()['id']}"

    assert seller.patch(file, {"name": "Phụ lục"}).json()["name"] == "Phụ lục.pdf"
    assert seller.patch(file, {"name": "chạy.exe"}).json()["name"] == "chạy.exe.pdf"
    assert seller.patch(file, {"name": " .. "}).json()["code"] == "file_nameless"


def test_goes_through_a_thousand_files_page_by_page(
    calls: Calls, many_files: Callable[[int, int], None]
) -> None:
    seller = calls("seller")
    record = seller.new_customer()["id"]
    many_files(record, 1000)
    seen: list[int] = []
    after: dict[str, int] = {}

    while True:
        page = seller.get(f"/customers/{record}/files", limit=200, **after).json()
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert len(seen) == len(set(seen)) == 1000
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("who", ["outsider", "colleague"])
def test_shows_nothing_to_whoever_does_not_see_the_record(calls: Calls, who: str) -> None:
    seller, stranger = calls("seller"), calls(who)
    path = f"/customers/{seller.new_customer()['id']}/files"
    made = send(seller, path).json()
    before = kept()

    answers = [
        stranger.get(path),
        stranger.get(f"{path}/{made['id']}"),
        stranger.get(f"{path}/{made['id']}/content"),
        send(stranger, path),
        send(stranger, f"{path}/{made['id']}/versions"),
        stranger.patch(f"{path}/{made['id']}", {"name": "x"}),
        stranger.delete(f"{path}/{made['id']}"),
        stranger.post(f"{path}/{made['id']}/restore"),
        stranger.post(f"{path}/{made['id']}/restore_version", {"number": 1}),
    ]

    assert {each.status_code for each in answers} == {404}
    assert kept() == before


def test_gives_no_file_under_another_record(calls: Calls) -> None:
    seller = calls("seller")
    one, other = (seller.new_customer(f"Nguyễn Văn {name}")["id"] for name in ("An", "Bình"))
    made = send(seller, f"/customers/{one}/files").json()

    assert seller.get(f"/customers/{other}/files/{made['id']}").status_code == 404
    assert seller.get(f"/customers/{other}/files/{made['id']}/content").status_code == 404
    assert seller.delete(f"/customers/{other}/files/{made['id']}").status_code == 404


def test_tells_in_the_trail_who_did_what_and_who_opened_it(calls: Calls) -> None:
    seller = calls("seller")
    record = seller.new_customer()["id"]
    path = f"/customers/{record}/files"
    file = f"{path}/{send(seller, path).json()['id']}"
    content_of(seller.get(f"{file}/content"))
    seller.patch(file, {"name": "Phụ lục.pdf"})
    seller.delete(file)

    steps = seller.get(f"/customers/{record}/history").json()["items"]

    assert [each["verb"] for each in steps][:4] == ["delete_file", "rename_file", "open_file", "add_file"]
    renamed = steps[1]["changes"][0]
    assert (renamed["from"], renamed["to"]) == ("Hợp đồng số 5.pdf", "Phụ lục.pdf")
    assert steps[0]["note"] == "Phụ lục.pdf"
    assert {each["who"]["label"] for each in steps} == {"Nguyễn Hồng Hạnh"}


def test_says_that_a_content_is_gone(calls: Calls) -> None:
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"
    file = f"{path}/{send(seller, path).json()['id']}"
    DiskStore().forget(FileVersion.objects.get().key)

    answer = seller.get(f"{file}/content")

    assert (answer.status_code, answer.json()["code"]) == (409, "file_gone")


def test_gives_out_nothing_before_the_scanner_has_seen_it(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SCANNER, "127.0.0.1:3310")
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"

    made = send(seller, path).json()
    answer = seller.get(f"{path}/{made['id']}/content")

    assert (made["scan"], made["is_open"]) == ("pending", False)
    assert (answer.status_code, answer.json()["code"]) == (409, "file_not_scanned")


@pytest.mark.parametrize("is_held", [True, False])
def test_holds_what_could_not_be_scanned_as_the_company_decides(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, is_held: bool
) -> None:
    monkeypatch.setenv(SCANNER, "/no/such/socket")
    with transaction.atomic():
        keep_setting(HOLD, is_held, actor=system_actor("tests"))
    seller = calls("seller")
    path = f"/customers/{seller.new_customer()['id']}/files"
    file = f"{path}/{send(seller, path).json()['id']}"

    scanning.scan_version(FileVersion.objects.get().pk)

    assert seller.get(file).json()["scan"] == "unscanned"
    assert seller.get(f"{file}/content").status_code == (409 if is_held else 200)


def test_closes_an_infected_file_to_everybody_and_tells_who_must_know(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    monkeypatch.setenv(SCANNER, "127.0.0.1:3310")
    monkeypatch.setattr(scanning, "scan", lambda _parts, _address: "Eicar-Test-Signature")
    seller, manager = calls("seller"), calls("manager")
    path = f"/customers/{seller.new_customer()['id']}/files"
    file = f"{path}/{send(seller, path).json()['id']}"

    scanning.scan_version(FileVersion.objects.get().pk)

    for caller in (seller, manager):
        answer = caller.get(f"{file}/content")
        assert (answer.status_code, answer.json()["code"]) == (409, "file_infected")
        assert "Eicar-Test-Signature" in answer.json()["detail"]
    told = Notice.objects.filter(kind=scanning.INFECTED).values_list("user_id", flat=True)
    assert {cast.users["seller"].pk, cast.users["admin"].pk} <= set(told)
    assert seller.delete(file).status_code == 204
