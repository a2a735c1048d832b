"""An address that came to several wards: who sees it, and how one click settles it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

SPLIT = {"line": "12 Lạch Tray", "ward": "P. Lạch Tray", "district": "Q. Ngô Quyền", "province": "Hải Phòng"}
BrowserOf = Callable[[str], Client]


@pytest.fixture
def browser_of(cast: Cast) -> BrowserOf:
    def browse(who: str) -> Client:
        client = Client()
        client.force_login(cast.users[who])
        return client

    return browse


@pytest.fixture
def record(cast: Cast) -> int:
    values: dict[str, Any] = {
        "name": "Phan Thu Trà",
        "kind": "INDIVIDUAL",
        "addresses": [{"line": "1"}, SPLIT],
    }
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


def test_offers_the_candidates_and_takes_one_by_one_click(browser_of: BrowserOf, record: int) -> None:
    client = browser_of("seller")
    page = client.get(f"/customers/{record}").content.decode()
    assert "Phường, xã cũ đã được chia" in page
    assert page.index("Phường Gia Viên</button>") < page.index("Phường Lê Chân</button>")

    answer = client.post(f"/customers/{record}/choose_ward", {"address": "1", "ward": "11383"})

    assert answer.status_code == 302
    row = Party.objects.get(pk=record)
    assert row.addresses[1]["ward_code"] == "11383"
    assert row.addresses[1]["legacy"] == {part: SPLIT[part] for part in ("ward", "district", "province")}
    assert (row.address_status, row.version, row.ward_code) == ("converted", 2, "")
    assert "Phường Gia Viên</button>" not in client.get(f"/customers/{record}").content.decode()


@pytest.mark.parametrize(
    ("address", "ward"),
    [("1", "00070"), ("1", "99999"), ("0", "11383"), ("5", "11383"), ("", "11383"), ("-1", "x")],
)
def test_takes_no_ward_that_does_not_come_into_question(
    browser_of: BrowserOf, record: int, address: str, ward: str
) -> None:
    before = Party.objects.filter(pk=record).values().get()
    answer = browser_of("seller").post(f"/customers/{record}/choose_ward", {"address": address, "ward": ward})
    assert answer.status_code == 422
    assert Party.objects.filter(pk=record).values().get() == before


def test_is_closed_to_whom_the_record_is_closed(browser_of: BrowserOf, record: int) -> None:
    client = browser_of("outsider")
    assert client.get(f"/customers/{record}").status_code in (403, 404)
    assert client.post(f"/customers/{record}/choose_ward", {"address": "1", "ward": "11383"}).status_code in (
        403,
        404,
    )


def test_a_role_without_the_addresses_sees_and_settles_nothing(browser_of: BrowserOf, record: int) -> None:
    trail.begin(system_actor("tests"), "tests.limit")
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="addresses", level=FieldLevel.HIDDEN.value)
    client = browser_of("seller")

    page = client.get(f"/customers/{record}").content.decode()
    answer = client.post(f"/customers/{record}/choose_ward", {"address": "1", "ward": "11383"})

    assert "Lạch Tray" not in page
    assert "Địa chỉ cần xem lại" not in client.get("/customers").content.decode()
    assert answer.status_code in (403, 404)
    assert Party.objects.get(pk=record).version == 1


def test_a_tab_lists_what_waits(browser_of: BrowserOf, cast: Cast, record: int) -> None:
    values = {"name": "Công ty Rõ Ràng", "kind": "ORGANISATION", "addresses": ["1, Lê Chân, Hải Phòng"]}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    client = browser_of("seller")
    page = client.get("/customers").content.decode()
    assert "Địa chỉ cần xem lại" in page

    listed = client.get("/customers?list=addresses&address_status.in=needs_review&address_status.in=unknown")

    shown = listed.content.decode()
    assert "Phan Thu Trà" in shown
    assert "Công ty Rõ Ràng" not in shown


def test_an_address_without_wards_to_choose_from_leads_to_its_field(
    browser_of: BrowserOf, cast: Cast
) -> None:
    address = {"line": "12 ngõ 3", "ward": "Xã Không Có Thật", "province": "Hải Phòng"}
    values = {"name": "Nhà Xa", "kind": "INDIVIDUAL", "addresses": [address]}
    done = standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    assert Party.objects.get(pk=done.id).address_status == "unknown"

    client = browser_of("seller")
    page = client.get(f"/customers/{done.id}").content.decode()

    assert f'href="/customers/{done.id}/edit#f-addresses"' in page
    assert 'id="f-addresses"' in client.get(f"/customers/{done.id}/edit").content.decode()
