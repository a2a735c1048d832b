"""A file comes in, in a real browser: looked at, its columns led, tried out, brought in, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ROWS = "Họ và tên,SĐT,Màu xe\nTrần Thị Trà,0912345678,đỏ\nLê Văn Sai,123,xanh\nPhạm Mơ,0987654321,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of three rows, one of which is wrong."""
    path = tmp_path / "khách.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def _work() -> None:
    """Do what the worker would do."""
    for job in Job.objects.filter(state="queued").order_by("pk"):
        assert work(job.pk)


def test_looks_tries_imports_and_takes_back(open_window: OpenWindow, file: Path) -> None:
    page = open_window("seller", "/customers/import")
    assert faults(page) == []
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main button.primary").click()

    expect(page.locator("h1")).to_contain_text("khách.csv")
    expect(page.locator("#look, main").first).to_contain_text("0912345678")
    page.locator("select[name=c2]").select_option("note")
    settled(page)
    assert faults(page) == []
    page.locator("button[value=try]").click()
    page.wait_for_url("**/jobs/*")
    _work()
    expect(page.locator("#job-card")).to_contain_text("Chưa ghi gì")
    expect(page.locator("#job-card")).to_contain_text("Lê Văn Sai")
    assert Party.objects.count() == 0

    page.locator("#job-card button", has_text="Nhập thật").click()
    page.wait_for_url("**/jobs/*")
    _work()
    undo = page.locator("#job-card button", has_text="Hoàn tác cả lần nhập")
    expect(undo).to_be_visible()
    assert faults(page) == []
    assert sorted(Party.objects.values_list("name", "note")) == [("Phạm Mơ", ""), ("Trần Thị Trà", "đỏ")]
    undo.click()
    page.wait_for_url("**/jobs/*")
    _work()

    expect(page.locator("#job-card")).to_contain_text("Xong")
    assert not Party.objects.filter(deleted_at=None).exists()


def test_works_on_a_phone_and_without_a_script(open_window: OpenWindow, file: Path) -> None:
    page = open_window("seller", "/customers/import", size=PHONE, has_script=False)
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main button.primary").click()

    expect(page.locator("select[name=c1]")).to_have_value("phones")
    page.locator("button[value=begin]").click()
    page.wait_for_url("**/jobs/*")
    _work()
    page.reload()

    assert Party.objects.count() == 2
    expect(page.locator("main")).to_contain_text("Lê Văn Sai")
