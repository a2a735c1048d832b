"""A seller asks, the head of her area grants: the same few clicks in a wide window and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from duyen.entities.approvals.keeping import keep, limit_named
from duyen.entities.approvals.rules import Deciding
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults, settled

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [None, PHONE], ids=["wide", "phone"])
def test_asks_and_grants(
    open_window: OpenWindow, make_customer: Callable[..., Any], cast: Cast, size: tuple[int, int] | None
) -> None:
    limit = limit_named("customers.delete")
    assert limit is not None
    keep(limit, Deciding(True, 8, {"AREA_HEAD": None}), actor=cast.actor("admin"), version=0)
    record = make_customer().id
    words = {"size": size} if size else {}

    page = open_window("seller", f"/customers/{record}", **words)
    settled(page)
    page.locator("[popovertarget=ways-menu]").click()
    page.get_by_role("link", name="Xóa: gửi đề nghị phê duyệt").click()
    dialog = page.locator("#dlg")
    expect(dialog).to_contain_text("Trưởng khu vực")
    assert faults(page) == []
    dialog.locator("textarea").fill("Khách đã giải thể")
    dialog.get_by_role("button", name="Gửi đề nghị phê duyệt").click()
    expect(page.locator("main")).to_contain_text("phê duyệt, do Nguyễn Hồng Hạnh đề nghị")
    assert faults(page) == []
    assert Party.objects.filter(pk=record, deleted_at=None).exists()

    head = open_window("manager", "/approvals", **words)
    settled(head)
    assert faults(head) == []
    head.get_by_role("link", name="Xóa", exact=True).click()
    expect(head.locator("main")).to_contain_text("Khách đã giải thể")
    assert faults(head) == []
    head.get_by_role("button", name="Duyệt và thực hiện").click()

    expect(head.locator("main")).to_contain_text("Không có gì chờ bạn")
    assert not Party.objects.filter(pk=record, deleted_at=None).exists()
