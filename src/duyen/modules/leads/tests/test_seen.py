"""What people see of leads elsewhere: the start page, a customer's timeline, and what warns in lists."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from duyen.entities.paging import View, page
from duyen.entities.registry import entity_named
from duyen.kernel import clock
from duyen.kernel.clock import now
from duyen.modules.leads.marks import marks
from duyen.modules.leads.queries import to_speak_to
from duyen.modules.leads.tests.conftest import WORTH, Make, Take, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_LONG_AGO = dt.timedelta(days=20)


@pytest.fixture
def late(lead: Make, take: Take) -> int:
    """A lead that nobody spoke to for weeks."""
    with clock.stopped(now() - _LONG_AGO):
        made = lead(name="Đào Thị Muộn")
        take("take", made)
    return made


def test_warns_of_a_first_contact_that_is_overdue_and_finds_it(
    late: int, lead: Make, take: Take, cast: Cast
) -> None:
    fresh, waiting = lead(), lead()
    take("take", fresh)
    leads, actor = entity_named("leads"), cast.actor("seller")
    rows = [
        {"id": each, **leads.rows(actor).values(*leads.columns).get(pk=each)}
        for each in (late, fresh, waiting)
    ]
    assert set(marks(actor, rows)) == {late}
    for filtered in (View(filter=["marks", "in", ["LATE"]]), View(filter=["marks", "eq", "LATE"])):
        found = page(leads, leads.listing("all"), actor=actor, view=filtered).rows
        assert [each["id"] for each in found] == [late]


def test_lists_what_is_late_and_what_waits_to_be_assigned(
    late: int, lead: Make, client: Client, cast: Cast
) -> None:
    lead(name="Phan Văn Mới")
    client.force_login(cast.user("manager"))
    for listing, there, elsewhere in (
        ("late&state.eq=ASSIGNED&first_due_at.lt=@now", "Đào Thị Muộn", "Phan Văn Mới"),
        ("queue&state.eq=NEW", "Phan Văn Mới", "Đào Thị Muộn"),
        ("late", "Đào Thị Muộn", "Phan Văn Mới"),
        ("queue", "Phan Văn Mới", "Đào Thị Muộn"),
        ("late&sort=-name", "Đào Thị Muộn", "Phan Văn Mới"),
    ):
        told = client.get(f"/leads?list={listing}").content.decode()
        assert there in told
        assert elsewhere not in told


def test_a_list_that_is_named_shows_all_its_leads_where_its_conditions_were_taken_away(
    late: int, lead: Make, cast: Cast, client: Client
) -> None:
    lead(name="Phan Văn Mới")
    client.force_login(cast.user("manager"))

    opened = client.get("/leads?list=late").content.decode()
    (cleared,) = set(re.findall(r'href="(/leads\?list=late&amp;own=1)"', opened))
    told = client.get(cleared.replace("&amp;", "&")).content.decode()

    assert "Đào Thị Muộn" in told
    assert "Phan Văn Mới" in told


def test_tells_on_the_start_page_whom_to_speak_to_first(
    late: int, lead: Make, take: Take, cast: Cast
) -> None:
    fresh = lead()
    take("take", fresh)
    lead(by="outsider")
    mine = to_speak_to(cast.actor("seller"), is_wide=False, most=5)
    assert [each["id"] for each in mine] == [late, fresh]
    assert to_speak_to(cast.actor("manager"), is_wide=False, most=5) == []
    assert len(to_speak_to(cast.actor("manager"), is_wide=True, most=5)) == 2


def test_tells_on_the_timeline_of_a_customer_how_its_lead_went(
    lead: Make, take: Take, call: Callable[..., None], client: Client, cast: Cast
) -> None:
    made = lead(**WORTH)
    call(made)
    for verb in ("take", "contact", "qualify", "convert"):
        take(verb, made)
    client.force_login(cast.user("seller"))
    customer = stand(made).customer_id
    told = client.get(f"/customers/{customer}?tab=timeline").content.decode()
    assert "Đánh dấu đủ điều kiện" in told
    assert "Khách muốn xem báo giá" in told
    assert f"/leads/{made}" in told


def test_shows_what_was_given_in_words_and_whom_it_may_be(lead: Make, client: Client, cast: Cast) -> None:
    first = lead(name="Phạm Mai")
    made = lead(temperature="HOT")
    client.force_login(cast.user("seller"))
    told = client.get(f"/leads/{made}").content.decode()
    assert "Nguyên văn khi nhận" in told
    assert "0359 000 111" in told
    assert f'href="/leads/{first}"' in told
