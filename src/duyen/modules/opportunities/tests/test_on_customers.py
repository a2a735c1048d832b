"""Deals on the page of their customer: what happened with them, and what is under way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.entities.timelines import reading
from duyen.entities.timelines.declared import Asked, Entry
from duyen.foundation.access.models import AccessEpoch, FieldRight
from duyen.foundation.org.models import Role
from duyen.kernel.clock import today
from duyen.kernel.dates import show_date
from duyen.modules.opportunities.tests.conftest import Make, Take, stage_at, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _entries(
    cast: Cast,
    record_id: int,
    who: str = "seller",
    *,
    entity: str = "customers",
    source: str = "deals",
    limit: int = 50,
) -> list[Entry]:
    """Read a whole timeline page by page, and give what one source tells."""
    kind, actor = entity_named(entity), cast.actor(who)
    row = kind.rows(actor).filter(pk=record_id).values(*kind.held_columns).get()
    subject = reading.subject_of(kind, row, actor=actor)
    found: list[Entry] = []
    after = ""
    while True:
        page = reading.timeline(subject, actor=actor, asked=Asked(), after=after, limit=limit)
        found += [each for each in page.entries if each.source.name == source]
        if not page.next:
            return found
        after = page.next


def _verbs(entries: list[Entry]) -> list[str]:
    return [str(each.told.facts["verb"]) for each in entries]


def _hide(field: str) -> None:
    """Hide a field of deals from sellers."""
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="opportunities", field=field, level="hidden")
    AccessEpoch.objects.filter(pk=1).update(value=10**6)


@pytest.fixture
def moved(deal: Make, take: Take, cast: Cast) -> int:
    """A deal that moved on, rested, was lost and taken up again."""
    made = deal()
    take("settle_item", made, item="Đã liên lạc được với khách hàng")
    take("advance", made, stage=stage_at(3).pk, note="Khách cần gấp")
    take("hold", made, resume_on=today() + dt.timedelta(days=9))
    take("resume", made)
    take("lose", made, loss_reason="PRICE")
    take("reopen", made, by="manager", close_note="Đối thủ rút")
    values = {"next_step": "Gọi lại"}
    version = stand(made).version
    standard.change(
        entity_named("opportunities"), made, actor=cast.actor("seller"), values=values, version=version
    )
    return made


def test_the_timeline_of_a_customer_tells_what_its_deals_came_to(
    cast: Cast, customer: int, moved: int
) -> None:
    entries = _entries(cast, customer)

    assert _verbs(entries) == ["reopen", "lose", "resume", "hold", "advance", "create"]
    assert {(each.told.of, each.told.url) for each in entries} == {
        ("Mạng cho kho lạnh", f"/opportunities/{moved}")
    }
    assert [each.told.text for each in entries if each.told.facts["verb"] == "advance"] == ["Khách cần gấp"]
    assert [each.id for each in _entries(cast, customer, limit=2)] == [each.id for each in entries]


def test_its_page_says_from_which_stage_to_which(cast: Cast, customer: int, moved: int) -> None:
    client = Client()
    client.force_login(cast.user("seller"))

    page = client.get(f"/customers/{customer}?tab=timeline&kind=deals").content.decode()

    assert f'<a class="link" href="/opportunities/{moved}">Mạng cho kho lạnh</a>' in page
    assert '<span class="said">Thăm dò</span>' in page
    assert '<span class="said">Khảo sát hạ tầng</span>' in page
    assert "Gọi lại" not in page


def test_a_timeline_tells_of_no_deal_that_its_reader_may_not_see(
    cast: Cast, customer: int, deal: Make, moved: int
) -> None:
    deal(by="manager", name="Của trưởng phòng")
    binned = deal(name="Nhầm")
    standard.delete(entity_named("opportunities"), binned, actor=cast.actor("manager"))

    assert {each.told.of for each in _entries(cast, customer)} == {"Mạng cho kho lạnh"}
    assert {each.told.of for each in _entries(cast, customer, "manager")} == {
        "Mạng cho kho lạnh",
        "Của trưởng phòng",
    }
    # The care agent reads the customer and no deal.
    assert _entries(cast, customer, "care_agent") == []


@pytest.mark.parametrize(
    ("field", "verbs"),
    [
        ("stage", ["reopen", "lose", "resume", "hold", "create"]),
        ("state", ["reopen", "advance", "create"]),
        ("customer", []),
    ],
)
def test_a_timeline_tells_nothing_of_a_hidden_field(
    cast: Cast, customer: int, moved: int, field: str, verbs: list[str]
) -> None:
    _hide(field)

    assert _verbs(_entries(cast, customer)) == verbs


def test_a_deal_tells_of_its_own_moves_too(cast: Cast, moved: int) -> None:
    told = _verbs(_entries(cast, moved, entity="opportunities", source="steps"))

    assert told == ["reopen", "lose", "resume", "hold", "advance", "create"]


def test_a_customer_with_many_deals_costs_as_many_queries_as_one_with_few(
    cast: Cast, customer: int, deal: Make
) -> None:
    client = Client()
    client.force_login(cast.user("seller"))

    def cost() -> int:
        with CaptureQueriesContext(connection) as held:
            assert client.get(f"/customers/{customer}?tab=timeline").status_code == 200
        return len(held)

    for place in range(reading.PAGE):
        deal(name=f"Trước {place}")
    cost()
    few = cost()
    for place in range(20):
        deal(name=f"Sau {place}")

    assert cost() == few


def test_a_panel_sums_up_what_is_under_way(cast: Cast, customer: int, deal: Make, take: Take) -> None:
    client = Client()
    client.force_login(cast.user("seller"))
    empty = client.get(f"/customers/{customer}").content.decode()
    first = today() + dt.timedelta(days=3)
    deal(name="Kho lạnh", amount=40_000_000, expected_close=first)
    deal(name="Văn phòng", amount=2_500_000)
    take("lose", deal(name="Đã thua", amount=7_000_000), loss_reason="PRICE")
    deal(by="manager", name="Của trưởng phòng", amount=900_000_000)

    page = client.get(f"/customers/{customer}").content.decode()
    panel = page[page.index("Cơ hội đang theo") :]

    assert "Chưa có cơ hội nào đang theo." in empty
    assert "42.500.000" in panel
    assert show_date(first) in panel
    assert "Của trưởng phòng" not in page
    assert "Đã thua" not in panel
    agent = Client()
    agent.force_login(cast.user("care_agent"))
    assert "Cơ hội đang theo" not in agent.get(f"/customers/{customer}").content.decode()
