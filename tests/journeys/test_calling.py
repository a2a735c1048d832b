"""A seller calls her leads one after the other, by keys at a desk and by thumb on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.modules.activities.models import Activity
from duyen.modules.leads.actions import capture
from duyen.modules.leads.models import Lead
from duyen.testing.cast import Cast
from tests.journeys.conftest import PHONE, OpenWindow, faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three_leads(cast: Cast, transactional_db: None) -> list[int]:
    """Let the seller have three leads, the first one hot."""
    made = []
    for number, warmth in enumerate(("HOT", "WARM", "COLD")):
        given = {
            "name": f"Khách thứ {number + 1}",
            "phones": [f"0912 345 67{number}"],
            "source": "REFERRAL",
            "temperature": warmth,
        }
        lead_id = capture(actor=cast.actor("seller"), values=given).id
        perform(entity_named("leads"), "take", lead_id, actor=cast.actor("seller"), arguments={})
        made.append(lead_id)
    return made


def _settled(page: Page) -> None:
    """Wait until keys count: right after a page came they are taken for a second press."""
    while page.evaluate("performance.now()") < 600:
        page.wait_for_load_state("networkidle")


def _outcomes(lead_id: int) -> list[str]:
    rows = Activity.objects.filter(
        kind="CALL", state="DONE", about__contains=[{"entity": "leads", "id": lead_id}]
    )
    return list(rows.order_by("pk").values_list("outcome", flat=True))


def test_one_key_notes_a_call_and_opens_the_next_lead(
    open_window: OpenWindow, three_leads: list[int]
) -> None:
    page = open_window("seller", "/leads/calling")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Khách thứ 1")).to_be_visible()
    _settled(page)
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="Khách thứ 2")).to_be_visible()
    assert _outcomes(three_leads[0]) == ["NO_ANSWER"]

    page.get_by_label("Gọi lại lúc").fill("mai 9:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Khách thứ 3")).to_be_visible()
    assert _outcomes(three_leads[1]) == ["POSTPONED"]

    _settled(page)
    page.get_by_label("Nội dung trao đổi").fill("Số 2")
    page.keyboard.press("0")  # a digit in a field is text, and a key again once Esc left it
    expect(page.get_by_label("Nội dung trao đổi")).to_have_value("Số 20")
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    expect(page.get_by_role("heading", name="Gọi khách")).to_be_visible()
    assert _outcomes(three_leads[2]) == []


def test_a_thumb_does_the_same_and_everybody_can_read_it(
    open_window: OpenWindow, three_leads: list[int]
) -> None:
    page = open_window("seller", f"/leads/calling/{three_leads[0]}", size=PHONE)
    assert faults(page) == []

    page.get_by_role("button", name="Không quan tâm").click()
    expect(page.get_by_role("heading", name="Khách thứ 2")).to_be_visible()
    assert Lead.objects.get(pk=three_leads[0]).state == "DISQUALIFIED"
