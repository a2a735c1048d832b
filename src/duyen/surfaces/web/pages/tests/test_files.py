"""Files on the page of a record: added by a form, shown, thrown away and restored, refused in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.merging.merging import merge
from duyen.entities.registry import entity_named
from duyen.entities.sharing import share
from duyen.entities.standard import Done
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.store.disk import DiskStore
from duyen.foundation.settings.company import keep_setting
from duyen.surfaces.web.pages.tests.conftest import HTMX
from duyen.testing.cast import Cast

PDF = b"%PDF-1.7\n" + b"bao gia " * 100
BrowserOf = Callable[[str], Client]
MakeCustomer = Callable[..., Done]


@pytest.fixture
def one_megabyte(cast: Cast) -> None:
    """Let the company take no file larger than that."""
    with transaction.atomic():
        keep_setting("files.most_mb", 1, actor=system_actor("tests"))


def pdf(name: str = "Báo giá.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept() -> tuple[int, int, int]:
    return File.objects.count(), History.objects.count(), sum(1 for _each in DiskStore().held())


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_adds_files_by_a_plain_form_and_shows_them(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    seller, record = browser_of("seller"), make_customer().id
    form = text_of(seller.get(f"/customers/{record}?tab=files"))
    assert "Chưa có tệp nào" in form
    key = re.search(r'name="key" value="([0-9a-f-]+)"', form)
    assert key is not None

    sent = {"key": key[1], "file": [pdf(), pdf("Hợp đồng.pdf")]}
    answer = seller.post(f"/customers/{record}/files", sent)

    assert answer.headers["Location"] == f"/customers/{record}?tab=files"
    shown = text_of(seller.get(answer.headers["Location"]))
    assert "Đã thêm 2 tệp." in shown
    assert "Báo giá.pdf" in shown
    assert "Hợp đồng.pdf" in shown
    assert 'Tệp<span class="n">2</span>' in shown
    assert shown.count('<li id="file-') == 2


def test_adds_them_once_when_the_form_is_sent_twice(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    seller, record = browser_of("seller"), make_customer().id

    for _time in range(2):
        answer = seller.post(f"/customers/{record}/files", {"key": "k1", "file": pdf()})
        assert answer.status_code == 302

    assert File.objects.count() == 1
    assert FileVersion.objects.count() == 1


def test_tells_a_script_what_was_done_and_how_to_undo_it(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    seller, record = browser_of("seller"), make_customer().id

    answer = seller.post(f"/customers/{record}/files", {"file": pdf()}, headers=HTMX)

    assert answer.status_code == 201
    file = File.objects.get().pk
    assert f"/customers/{record}/files/{file}/delete" in answer.headers["HX-Trigger"]
    assert '"count": 1' in answer.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("trống.pdf", b"", "trống.pdf không có gì bên trong."),
        ("chạy.exe", b"MZ", "chạy.exe thuộc loại không được nhận ở đây."),
        ("ảnh.png", PDF, "ảnh.png không đúng như đuôi của nó."),
        ("a" * 296 + ".pdf", PDF, "Tên tệp dài hơn 200 ký tự."),
    ],
)
def test_says_why_a_file_is_refused(
    browser_of: BrowserOf, make_customer: MakeCustomer, name: str, content: bytes, sentence: str
) -> None:
    seller, record = browser_of("seller"), make_customer().id
    before = kept()

    answer = seller.post(f"/customers/{record}/files", {"file": pdf(name, content)})
    by_script = seller.post(f"/customers/{record}/files", {"file": pdf(name, content)}, headers=HTMX)

    assert answer.status_code == by_script.status_code == 422
    assert sentence in text_of(answer)
    assert kept() == before


def test_keeps_the_good_ones_of_several(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    seller, record = browser_of("seller"), make_customer().id

    answer = seller.post(f"/customers/{record}/files", {"file": [pdf("ảnh.png"), pdf()]}, follow=True)

    assert [each.name for each in File.objects.all()] == ["Báo giá.pdf"]
    assert "Đã thêm 1 tệp." in text_of(answer)
    assert "ảnh.png không đúng như đuôi của nó." in text_of(answer)


def test_stops_reading_what_is_too_large(
    browser_of: BrowserOf, make_customer: MakeCustomer, one_megabyte: None
) -> None:
    seller, record = browser_of("seller"), make_customer().id
    before = kept()
    large = pdf("lớn.txt", b"x" * (1024 * 1024 + 1))

    answer = seller.post(f"/customers/{record}/files", {"file": [large, pdf()]}, headers=HTMX)
    alone = seller.post(f"/customers/{record}/files", {"file": pdf("lớn.txt", b"x" * (1024 * 1024 + 1))})

    assert answer.status_code == 201
    assert alone.status_code == 422
    assert "lớn.txt lớn hơn 1 MB." in text_of(alone)
    assert (kept()[0], kept()[2]) == (before[0] + 1, before[2] + 1)


def test_throws_a_file_away_and_brings_it_back(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    seller, record = browser_of("seller"), make_customer().id
    seller.post(f"/customers/{record}/files", {"file": pdf()})
    at = f"/customers/{record}/files/{File.objects.get().pk}"

    gone = text_of(seller.post(f"{at}/delete", follow=True))
    assert "Báo giá.pdf" not in gone
    assert f'action="{at}/restore"' in gone  # the toast's way back
    assert "1 tệp trong thùng rác" in gone
    assert "Báo giá.pdf" in text_of(seller.get(f"/customers/{record}/files?bin=1"))

    back = text_of(seller.post(f"{at}/restore", follow=True))
    assert "Báo giá.pdf" in back


def test_shows_versions_and_restores_one(browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    seller, record = browser_of("seller"), make_customer().id
    seller.post(f"/customers/{record}/files", {"file": pdf()})
    at = f"/customers/{record}/files/{File.objects.get().pk}"
    seller.post(f"{at}/version", {"file": pdf("Báo giá sửa.pdf", PDF + b"2")})

    shown = text_of(seller.get(at, headers=HTMX))
    assert "Phiên bản 2" in shown
    assert "Nguyễn Hồng Hạnh" in shown

    seller.post(f"{at}/restore-version", {"number": "1"})
    assert b"".join(seller.get(f"{at}/content").streaming_content) == PDF  # type: ignore[attr-defined]
    assert FileVersion.objects.count() == 3


def test_shows_a_reader_no_way_to_change_anything(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    seller, record = browser_of("seller"), make_customer().id
    seller.post(f"/customers/{record}/files", {"file": pdf()})
    share(entity_named("customers"), record, actor=cast.actor("manager"), user=cast.users["outsider"].pk)
    outsider = browser_of("outsider")
    at = f"/customers/{record}/files/{File.objects.get().pk}"
    before = kept()

    shown = text_of(outsider.get(f"/customers/{record}?tab=files"))

    assert "Báo giá.pdf" in shown
    assert "data-upload" not in shown
    assert "/delete" not in shown
    for path in (f"/customers/{record}/files", f"{at}/delete", f"{at}/version", f"{at}/rename"):
        assert outsider.post(path, {"file": pdf(), "name": "x"}).status_code == 403
    assert kept() == before


def test_never_shows_a_page_of_somebody_elses_making(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    seller, record = browser_of("seller"), make_customer().id
    for name in ("trang.html", "hình.svg"):
        seller.post(
            f"/customers/{record}/files", {"file": pdf(name, b"<svg><script>alert(1)</script></svg>")}
        )

    for file in File.objects.all():
        answer = seller.get(f"/customers/{record}/files/{file.pk}/content")

        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_costs_the_same_for_three_files_and_for_twenty(
    browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    seller = browser_of("seller")
    counted = []
    for count in (3, 20):
        record = make_customer().id
        files = [pdf(f"Báo giá {number}.pdf") for number in range(count)]
        seller.post(f"/customers/{record}/files", {"file": files})
        with CaptureQueriesContext(connection) as asked:
            seller.get(f"/customers/{record}/files", headers=HTMX)
        counted.append(len(asked))

    assert counted[0] == counted[1]


def test_brings_the_files_of_merged_customers_together_and_apart_again(
    browser_of: BrowserOf, make_customer: MakeCustomer, cast: Cast
) -> None:
    manager = browser_of("manager")
    stays, goes = make_customer("manager").id, make_customer("manager").id
    manager.post(f"/customers/{goes}/files", {"file": pdf()})
    merged = merge_customers(cast, stays, goes)

    file = File.objects.get()
    assert (file.record_id, file.party_id) == (stays, stays)
    assert FileVersion.objects.get().record_id == stays
    assert "Báo giá.pdf" in text_of(manager.get(f"/customers/{stays}?tab=files"))

    manager.post(f"/_undo/{merged}")
    file.refresh_from_db()
    assert (file.record_id, file.party_id) == (goes, goes)


def merge_customers(cast: Cast, stays: int, goes: int) -> int:
    customers, actor = entity_named("customers"), cast.actor("manager")
    rows = customers.rows(actor).filter(pk__in=[stays, goes])
    versions = dict(rows.values_list("pk", "version"))
    return merge(customers, stays, [goes], actor=actor, versions=versions).operation.id
