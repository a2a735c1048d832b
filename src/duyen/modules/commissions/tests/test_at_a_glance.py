"""The commission among the tabs of a deal at a glance, and partners of the deal who can get a share."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.org.models import Role
from duyen.modules.commissions.models import Commission
from duyen.modules.commissions.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _card(client: Client, deal_id: int) -> str:
    """Give the words of the card of the commission on the page of a deal; empty where there is none."""
    page = client.get(f"/opportunities/{deal_id}?tab=overview").content.decode()
    found = re.search(
        rf'<section class="card[^"]*">(?:(?!<section).)*{deal_id}\?tab=commissions.*?</section>', page, re.S
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[0])) if found else ""


def test_says_how_the_commission_stands(
    deal: Make, take: Take, share: Make, client: Client, cast: Cast
) -> None:
    made = deal()
    client.force_login(cast.user("seller"))
    assert "Chưa lập hoa hồng" in _card(client, made)

    take("plan_commission", made, basis="NET", rate="3")
    share(made, "60")
    part = _card(client, made)
    assert "Đại lý Hoa Phượng" in part
    assert "1.800.000 ₫" in part
    assert "Chia 3.000.000 ₫, đã phân 60 %" in part
    assert "Chưa đúng 100 %" in part

    share(made, "40", beneficiary="Điểm bán Cầu Đất", kind="POINT_OF_SALE")
    assert "Đủ 100 %" in _card(client, made)


def test_says_that_none_is_due_and_why(deal: Make, take: Take, client: Client, cast: Cast) -> None:
    made = deal()
    take("waive_commission", made, none_due="Bán qua gian hàng")
    client.force_login(cast.user("seller"))

    assert "Không có hoa hồng" in _card(client, made)
    assert "Bán qua gian hàng" in _card(client, made)


def test_says_nothing_to_who_may_not_see_all_of_it(
    deal: Make, take: Take, share: Make, client: Client, cast: Cast
) -> None:
    made = deal()
    take("plan_commission", made, rate="3")
    share(made)
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="commissions", field="amount", level=FieldLevel.HIDDEN.value)
    client.force_login(cast.user("seller"))

    page = client.get(f"/opportunities/{made}?tab=overview").content.decode()
    assert _card(client, made) == ""
    assert "Đại lý Hoa Phượng" not in page


def test_a_partner_of_the_deal_becomes_a_beneficiary(
    deal: Make, take: Take, client: Client, cast: Cast
) -> None:
    made = deal()
    customers = entity_named("customers")
    names = {"RESELLER": "Đại lý Thái Bình", "INTEGRATOR": "Công ty Tích hợp Đông Á"}
    for role, name in names.items():
        partner = standard.create(
            customers, actor=cast.actor("seller"), values={"name": name, "kind": "ORGANISATION"}
        ).id
        take("add_partner", made, customer=partner, role=role)
    client.force_login(cast.user("seller"))
    address = f"/opportunities/{made}?tab=commissions"
    assert "Thêm Đại lý Thái Bình" not in client.get(address).content.decode()

    take("plan_commission", made, rate="3")
    page = client.get(address).content.decode()
    links = re.findall(r'href="(/commissions/new\?[^"]*beneficiary=[^"]*)"', page)
    ways = {parse_qs(urlsplit(unescape(each)).query)["beneficiary"][0]: unescape(each) for each in links}
    assert set(ways) == set(names.values())
    form = client.get(ways["Đại lý Thái Bình"]).content.decode()
    assert 'value="Đại lý Thái Bình"' in form

    sent = {"opportunity": made, "kind": "AGENT", "beneficiary": "Đại lý Thái Bình", "split": "100"}
    client.post("/commissions/new", sent)
    assert Commission.objects.get().amount == 3_000_000
    after = client.get(address).content.decode()
    assert "Thêm Đại lý Thái Bình" not in after
    assert "Thêm Công ty Tích hợp Đông Á" in after
