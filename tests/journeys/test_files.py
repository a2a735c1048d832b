"""Files in a real browser: dropped on a record, looked through by keys, thrown away, also without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from duyen.foundation.files.models import File
from tests.journeys.conftest import PHONE, OpenWindow, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PDF = b"%PDF-1.7\n" + b"bao gia " * 100
#: Lets the page believe that files were dragged onto it from outside.
DROP = """([names, text]) => {
  const carried = new DataTransfer();
  for (const name of names) carried.items.add(new File([text], name));
  const place = document.querySelector('[data-drop]');
  for (const type of ['dragover', 'drop']) {
    place.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }));
  }
}"""


def drop(page: Page, *names: str) -> None:
    page.evaluate(DROP, [list(names), PDF.decode()])


def test_takes_files_that_are_dropped_anywhere_on_the_record(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}")

    drop(page, "Báo giá.pdf", "ảnh.png", "Hợp đồng.pdf")

    expect(page.locator("#file-rows li")).to_have_count(2)
    expect(page.locator(".tabs a", has_text="Tệp").locator(".n")).to_have_text("2")
    expect(page.locator(".tabs a", has_text="Tệp")).to_have_attribute("aria-current", "page")
    refused = page.locator(".upload-list li")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("ảnh.png không đúng như đuôi của nó.")
    assert faults(page) == []


def test_looks_through_files_by_keys_and_undoes_a_deletion(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}?tab=files")
    sent: list[FilePayload] = [
        {"name": f"Báo giá {number}.pdf", "mimeType": "application/pdf", "buffer": PDF} for number in (1, 2)
    ]
    page.locator("#upload-file").set_input_files(sent)
    expect(page.locator("#file-rows li")).to_have_count(2)

    page.locator("#file-rows a.link").first.click()
    expect(page.locator("#dlg-title")).to_have_text("Báo giá 2.pdf")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#dlg-title")).to_have_text("Báo giá 1.pdf")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#dlg-title")).to_have_text("Báo giá 2.pdf")
    assert faults(page) == []

    page.locator("#dlg button", has_text="Xóa").click()
    expect(page.locator("#file-rows li")).to_have_count(1)
    expect(page.locator("#dlg")).not_to_be_visible()
    page.locator(".toast button", has_text="Hoàn tác").last.click()
    expect(page.locator("#file-rows li")).to_have_count(2)


def test_sends_a_new_version_from_the_dialog(
    open_window: OpenWindow, make_customer: Callable[..., Any]
) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}")
    drop(page, "Báo giá.pdf")
    page.locator("#file-rows a.link").click()

    page.locator("#dlg summary").click()
    page.locator("#file-version").set_input_files(
        {"name": "Báo giá sửa.pdf", "mimeType": "application/pdf", "buffer": PDF + b"2"}
    )
    page.locator("#dlg form button", has_text="Gửi").click()

    expect(page.locator("#file-rows")).to_contain_text("Báo giá sửa.pdf")
    expect(page.locator("#file-rows")).to_contain_text("phiên bản 2")


def test_offers_the_camera_on_a_phone(open_window: OpenWindow, make_customer: Callable[..., Any]) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}?tab=files", size=PHONE)

    camera = page.locator(".upload-photo")
    expect(camera).to_be_visible()
    expect(camera.locator("input")).to_have_attribute("capture", "environment")
    assert faults(page) == []


def test_works_without_a_script(open_window: OpenWindow, make_customer: Callable[..., Any]) -> None:
    page = open_window("seller", f"/customers/{make_customer().id}?tab=files", has_script=False)
    page.locator("#upload-file").set_input_files(
        {"name": "Báo giá.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )

    page.locator("[data-upload-send]").click()
    expect(page.locator("#file-rows li")).to_have_count(1)
    page.locator("#file-rows form button").click()

    expect(page.locator(".toast")).to_contain_text("Đã chuyển vào thùng rác")
    assert File.objects.get().deleted_at is not None
