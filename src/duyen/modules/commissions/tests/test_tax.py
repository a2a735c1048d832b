"""The rules of tax on commissions: what the law gives, what the company adds, and for whom."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.foundation.audit.models import History
from duyen.kernel.clock import today
from duyen.kernel.dates import show_date
from duyen.modules.commissions.models import WithholdingRule
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

_ASKED = {"since": show_date(today()), "percent": "5", "least": "5.000.000", "basis": "Luật mới, điều 9"}


def _as(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def test_the_law_stands_there_and_the_company_adds_to_it(cast: Cast, accountant: str) -> None:
    client = _as(cast, accountant)
    assert "Thông tư 111/2013" in client.get("/commission-tax").content.decode()

    answer = client.post("/withholding_rules/new", _ASKED)

    assert answer.status_code == 302
    page = client.get("/commission-tax").content.decode()
    own = page.partition("Luật mới, điều 9")[0].rpartition("<tr>")[2]
    assert "5%" in own
    assert "5.000.000" in own
    assert "hôm nay" in own
    assert page.count("hôm nay</span>") == 1
    assert f"/withholding_rules/{WithholdingRule.objects.get().pk}" in page


def test_a_second_rule_of_one_day_is_refused(cast: Cast, accountant: str) -> None:
    client = _as(cast, accountant)
    client.post("/withholding_rules/new", _ASKED)
    before = list(WithholdingRule.objects.values()), History.objects.count()

    again = client.post("/withholding_rules/new", {**_ASKED, "percent": "7"})

    assert again.status_code == 422
    assert "Đã có quy định từ ngày này" in again.content.decode()
    assert (list(WithholdingRule.objects.values()), History.objects.count()) == before


def test_whoever_sees_no_commissions_does_not_see_how_they_are_taxed(cast: Cast) -> None:
    assert _as(cast, "care_agent").get("/commission-tax").status_code == 403
    seller = _as(cast, "seller").get("/commission-tax").content.decode()
    assert "Thông tư 111/2013" in seller
    assert "/withholding_rules/new" not in seller
    assert _as(cast, "seller").post("/withholding_rules/new", _ASKED).status_code == 403
    assert not WithholdingRule.objects.exists()
