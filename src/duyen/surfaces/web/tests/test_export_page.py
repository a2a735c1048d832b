"""The dialog that exports a list: offered with the right alone, asks what for, and gives the file."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.exporting import running
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dlg"}


@pytest.fixture
def three(cast: Cast) -> list[int]:
    """Three customers of the seller."""
    customers = entity_named("customers")
    return [
        standard.create(customers, actor=cast.actor("seller"), values={"name": name, "kind": "INDIVIDUAL"}).id
        for name in ("An", "Bình", "Chi")
    ]


@pytest.fixture
def director(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("director"))
    return client


def _body(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


def _file(answer: object) -> list[str]:
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return content.decode("utf-8-sig").splitlines()


def test_is_offered_and_open_with_the_right_alone(client: Client, cast: Cast, three: list[int]) -> None:
    client.force_login(cast.user("seller"))

    assert "Xuất…" not in _body(client.get("/customers"))
    assert client.get("/customers/export").status_code == 403
    assert client.post("/customers/export", {"format": "csv", "purpose": "x"}).status_code == 403
    assert client.post("/customers/bulk", {"verb": "export", "ids": str(three[0])}).status_code == 403
    client.force_login(cast.user("director"))
    assert "Xuất…" in _body(client.get("/customers"))
    assert not History.objects.filter(kind=OPENED).exists()


def test_asks_for_what_the_list_shows_and_gives_it(director: Client, three: list[int]) -> None:
    dialog = _body(director.get("/customers/export?q=an&cols=name,kind", headers=HTMX))

    assert "1 dòng trong danh sách này" in dialog
    assert "Cột: Tên, Loại" in dialog
    answer = director.post(
        "/customers/export?q=an&cols=name,kind", {"all": "1", "format": "csv", "purpose": "Gửi thiệp"}
    )
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="khach-hang-')
    assert _file(answer) == ["Tên,Loại", "An,Cá nhân"]
    noted = History.objects.get(root_entity="exports")
    assert (noted.verb, noted.note) == ("exports.take", "Gửi thiệp")
    page = _body(director.get("/trail?tab=opened"))
    for words in ("Đã xuất", "Gửi thiệp", "Loại bản ghi: Khách hàng"):
        assert words in page


def test_tells_in_the_trail_what_was_taken_in_words_of_the_page(director: Client, three: list[int]) -> None:
    asked = {"all": "1", "format": "csv", "purpose": "Gửi thiệp"}
    b"".join(director.post("/customers/export?cols=name,kind", asked))

    page = director.get("/trail").content.decode()

    assert "Gửi thiệp" in page
    assert "Cột: Tên, Loại" in page


def test_exports_the_ticked_rows_from_the_bar(director: Client, three: list[int]) -> None:
    ticked = f"{three[0]}.1,{three[2]}.1"

    dialog = _body(director.post("/customers/bulk", {"verb": "export", "ids": ticked}, headers=HTMX))

    assert "2 dòng đã chọn" in dialog
    assert f'name="ids" value="{three[0]},{three[2]}"' in dialog
    answer = director.post(
        "/customers/export?cols=name", {"ids": f"{three[0]},{three[2]}", "format": "csv", "purpose": "x"}
    )
    assert _file(answer) == ["Tên", "An", "Chi"]


@pytest.mark.parametrize("purpose", ["", "  "])
def test_asks_again_without_a_purpose(director: Client, three: list[int], purpose: str) -> None:
    answer = director.post("/customers/export?q=an", {"all": "1", "format": "csv", "purpose": purpose})

    assert answer.status_code == 422
    assert "Ghi rõ tệp dùng để làm gì" in _body(answer)
    assert not History.objects.filter(kind=OPENED).exists()


def test_leads_to_the_job_that_writes_a_long_list(
    director: Client, cast: Cast, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 2)

    answer = director.post("/customers/export", {"all": "1", "format": "xlsx", "purpose": "Kiểm kê"})

    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}"
    assert director.get(f"/jobs/{job.pk}/file").status_code == 404
    work(job.pk)
    assert f"/jobs/{job.pk}/file" in _body(director.get(f"/jobs/{job.pk}"))
    fetched = director.get(f"/jobs/{job.pk}/file")
    assert b"".join(fetched.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    other = Client()
    other.force_login(cast.user("manager"))
    assert other.get(f"/jobs/{job.pk}/file").status_code == 404


@pytest.mark.parametrize("given", [{"ids": "x"}, {"ids": "1.2.3,'"}])
def test_refuses_a_broken_selection(director: Client, three: list[int], given: dict[str, str]) -> None:
    answer = director.post("/customers/export", {**given, "format": "csv", "purpose": "x"})

    assert answer.status_code == 400
    assert not History.objects.filter(kind=OPENED).exists()
