"""The page of a lead says whether advertising may reach them."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.modules.leads.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _page(cast: Cast, who: str, path: str) -> str:
    client = Client()
    client.force_login(cast.user(who))
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_lead_who_agreed_to_nothing_gets_no_advertising(lead: Make, cast: Cast) -> None:
    made = lead(emails=["mai@example.com"])

    assert "không gửi quảng cáo" in _page(cast, "seller", f"/leads/{made}")
    tab = _page(cast, "seller", f"/leads/{made}?tab=consents")

    told = tab[tab.index("Quảng cáo") :]
    assert "Không được" in told
    assert "chưa đồng ý" in told


def test_offers_no_step_that_a_lead_does_not_have(lead: Make, cast: Cast) -> None:
    tab = _page(cast, "seller", f"/leads/{lead()}?tab=consents")
    assert "refuse_contact" not in tab
    assert "/consents/new?party" not in tab
