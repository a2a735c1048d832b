"""Import from a page: hand in, look, choose, try out, begin, see what came of it, take it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duyen.entities.importing import uploads
from duyen.entities.importing.drafts import KEPT_FOR, forget_old_files
from duyen.entities.models import ImportDraft
from duyen.foundation.audit.models import History
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job
from duyen.kernel.clock import now
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.imports import form_of, job_of

FILE = "Họ và tên,SĐT,Màu xe\nTrà,0912345678,đỏ\nSai,123,xanh\nTrà,0912 345 678,\n"


@pytest.fixture(autouse=True)
def _empty_folder() -> None:
    """Remove what other tests handed in: the folder outlives a test, unlike the database."""
    for path in DataFolder.locate().imports.glob("draft-*"):
        path.unlink()


def _hand_in(client: Client, content: bytes = FILE.encode(), name: str = "khách.csv") -> str:
    """Hand a file in and give the address on which it is looked at."""
    answer = client.post("/customers/import", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_offers_import_to_whoever_may_create(browser_of: Callable[[str], Client]) -> None:
    assert "/customers/import" in browser_of("seller").get("/customers").content.decode()
    assert "/customers/import" not in browser_of("care_agent").get("/customers").content.decode()
    assert browser_of("care_agent").get("/customers/import").status_code == 403


def test_shows_what_was_recognised(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")

    page = client.get(_hand_in(client)).content.decode()

    form = form_of(page)
    assert (form["c0"], form["c1"], form["c2"], form["rule"]) == ("name", "phones", "", "skip")
    assert (form["encoding"], form["delimiter"], form["head_row"]) == ("utf-8", ",", "1")
    assert "0912345678" in page
    (kept,) = DataFolder.locate().imports.glob("draft-*")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_tries_out_then_imports_then_takes_back(browser_of: Callable[[str], Client], cast: Cast) -> None:
    client = browser_of("seller")
    address = _hand_in(client)
    form = form_of(client.get(address).content.decode())
    before = History.objects.exclude(entity="import_mappings").count()

    tried = job_of(client.post(address, {**form, "c2": "note", "step": "try"}))
    page = client.get(f"/jobs/{tried.pk}").content.decode()

    assert (Party.objects.count(), tried.result["imported"], tried.result["rejected"]) == (0, 1, 1)
    assert History.objects.exclude(entity="import_mappings").count() == before
    assert "Chưa ghi gì" in page
    begin = re.search(r'action="(/customers/import/[^"]+/begin)"', page)
    assert begin is not None
    done = job_of(client.post(begin[1]))
    page = client.get(f"/jobs/{done.pk}").content.decode()
    made = Party.objects.get()
    assert (made.name, made.note, made.owner_id) == ("Trà", "đỏ", cast.users["seller"].pk)
    assert ImportDraft.objects.count() == 0
    assert list(DataFolder.locate().imports.glob("draft-*")) == []
    assert "Hoàn tác cả lần nhập" in page
    undone = job_of(client.post(f"/jobs/{done.pk}/undo"))
    made.refresh_from_db()
    assert undone.result["changed"] == 1
    assert made.deleted_at is not None
    assert "Hoàn tác cả lần nhập" not in client.get(f"/jobs/{done.pk}").content.decode()


def test_begins_once_however_often_it_is_asked_to(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")
    address = _hand_in(client)
    form = form_of(client.get(address).content.decode())

    first = client.post(address, {**form, "step": "begin"})
    again = client.post(address, {**form, "step": "begin"})

    assert (first.status_code, again.status_code) == (302, 404)
    assert Job.objects.count() == 1


def test_remembers_where_columns_led(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")
    address = _hand_in(client)
    form = form_of(client.get(address).content.decode())
    client.post(address, {**form, "c2": "note", "step": "try"})

    page = client.get(_hand_in(client)).content.decode()

    assert form_of(page)["c2"] == "note"
    assert "lần trước" in page


def test_reads_the_file_in_another_way_at_once(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")
    address = _hand_in(client, b"Ten;SDT\nTra;0912345678\n")
    form = form_of(client.get(address).content.decode())

    shown = client.post(address, {**form, "delimiter": ","}, headers={"HX-Request": "true"})

    page = shown.content.decode()
    assert page.lstrip().startswith("<form")
    assert "<td>Tra;0912345678</td>" in page
    assert Job.objects.count() == 0


def test_lets_the_letters_be_chosen_where_they_cannot_be_told(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")
    address = _hand_in(client, "Họ và tên,SĐT\nTrần Thị Đào,0912345678\n".encode())

    wrong = client.post(
        address, {**form_of(client.get(address).content.decode()), "encoding": "windows-1252"}
    )
    right = client.post(address, {"encoding": "utf-8", "step": "show"})

    assert wrong.status_code == 422
    assert right.status_code == 200
    assert form_of(right.content.decode())["c0"] == "name"


def test_asks_for_what_no_column_holds(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")
    address = _hand_in(client, b"SDT\n0912345678\n")
    form = form_of(client.get(address).content.decode())

    refused = client.post(address, {**form, "step": "begin"})

    assert refused.status_code == 422
    assert "Tên" in refused.content.decode()
    assert Job.objects.count() == 0


def test_asks_for_less_where_rows_change_records_that_they_name(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("director")
    sent = {"file": SimpleUploadedFile("sp.csv", "Mã,Mô tả\nHOME,mới\n".encode())}
    address = str(client.post("/products/import", sent).headers["Location"])
    form = form_of(client.get(address).content.decode())

    asked = {
        rule: "Chưa có cột nào cho" in client.post(address, form | {"rule": rule}).content.decode()
        for rule in ("skip", "fill", "update", "create")
    }

    assert asked == {"skip": True, "fill": False, "update": False, "create": True}


@pytest.mark.parametrize(
    ("name", "content"),
    [("ảnh.png", b"\x89PNG"), ("trang.xlsx", b"PK\x03\x04 khong phai"), ("to.csv", b"x" * 50)],
)
def test_refuses_what_is_no_table_and_keeps_nothing(
    browser_of: Callable[[str], Client], name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FILE", 40)

    answer = browser_of("seller").post("/customers/import", {"file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 422
    assert ImportDraft.objects.count() == 0
    assert list(DataFolder.locate().imports.glob("draft-*")) == []


def test_says_that_no_file_was_chosen(browser_of: Callable[[str], Client]) -> None:
    answer = browser_of("seller").post("/customers/import", {})

    assert answer.status_code == 422
    assert "Hãy chọn một tệp" in answer.content.decode()


def test_keeps_a_file_to_the_person_who_handed_it_in(browser_of: Callable[[str], Client]) -> None:
    address = _hand_in(browser_of("seller"))

    for who in ("manager", "director"):
        assert browser_of(who).get(address).status_code == 404
        assert browser_of(who).post(f"{address}/begin").status_code == 404
    assert browser_of("seller").get(address.replace("customers", "contacts")).status_code == 404
    assert Job.objects.count() == 0


def test_gives_the_records_to_whom_was_named(browser_of: Callable[[str], Client], cast: Cast) -> None:
    client = browser_of("manager")
    address = _hand_in(client)
    form = form_of(client.get(address).content.decode())
    keepers = {"owner": str(cast.users["seller"].pk), "unit": str(cast.unit("HP1").pk), "source": "ZALO"}

    job_of(client.post(address, {**form, **keepers, "step": "begin"}))

    made = Party.objects.get()
    assert (made.owner_id, made.unit_id, made.source) == (
        cast.users["seller"].pk, cast.unit("HP1").pk, "ZALO",
    )  # fmt: skip


def test_discards_a_file_and_forgets_old_ones(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")
    forget_old_files()  # what others left is not counted here
    first, second = _hand_in(client), _hand_in(client)

    client.post(first, {"step": "drop"})
    assert ImportDraft.objects.count() == 1
    ImportDraft.objects.update(updated_at=now() - KEPT_FOR - KEPT_FOR)

    assert forget_old_files() == 1
    assert client.get(second).status_code == 404
    assert list(DataFolder.locate().imports.glob("draft-*")) == []


def test_gives_refused_rows_of_a_workbook_as_one(browser_of: Callable[[str], Client]) -> None:
    import io

    from python_calamine import CalamineWorkbook
    from rustpy_xlsxwriter import write_worksheet

    file = io.BytesIO()
    write_worksheet([{"Họ và tên": "=1+1", "SĐT": "0123"}], file)
    client = browser_of("seller")
    address = _hand_in(client, file.getvalue(), name="khách.xlsx")
    form = form_of(client.get(address).content.decode())
    job = job_of(client.post(address, {**form, "step": "begin"}))

    given = client.get(f"/jobs/{job.pk}/rejected?as=xlsx")

    rows = CalamineWorkbook.from_filelike(io.BytesIO(given.getvalue())).get_sheet_by_index(0).to_python()
    assert rows[0] == ["Họ và tên", "SĐT", "Lý do bị từ chối"]
    assert rows[1][:2] == ["=1+1", "0123"]
    assert "?as=xlsx" in client.get(f"/jobs/{job.pk}").content.decode()
    assert "'=1+1" in client.get(f"/jobs/{job.pk}/rejected").getvalue().decode()


def test_says_that_a_file_has_heads_alone(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")
    address = _hand_in(client, "Họ và tên,SĐT\n".encode())

    page = client.get(address).content.decode()
    answer = client.post(address, {**form_of(page), "step": "begin"})

    assert "chỉ có tên cột" in page
    assert answer.status_code == 422
    assert "chỉ có tên cột" in answer.content.decode()
    assert (Job.objects.count(), ImportDraft.objects.count()) == (0, 1)


def test_names_a_row_without_a_name_by_its_number_alone(browser_of: Callable[[str], Client]) -> None:
    client = browser_of("seller")
    address = _hand_in(client, "Họ và tên,SĐT\n,0912345678\nTrà,0912345679\n".encode())
    form = form_of(client.get(address).content.decode())

    job = job_of(client.post(address, {**form, "step": "begin"}))

    page = client.get(f"/jobs/{job.pk}").content.decode()
    assert "<b>Dòng 2</b>" in page
    assert job.result["imported"] == 1
