"""Who answers data requests sees whom the next night erases, and decides; nobody else does."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.foundation.org.models import User
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import now, stopped
from duyen.modules.retention.tests.conftest import LATER, Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
AREA = "/settings/area/unused_leads"


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_shows_whom_the_next_night_erases(came: Make, officer: User) -> None:
    lead = came()
    with stopped(now() + LATER):
        page = _client(officer).get("/retention").content.decode()
    assert f'href="/leads/{lead}"' in page
    assert "Sẽ xoá đêm tới" in page
    assert AREA in page
    assert f'href="/leads/{lead}"' not in _client(officer).get("/retention").content.decode()


def test_only_who_answers_requests_decides(cast: Cast, officer: User) -> None:
    given = {"retention.leads_months": "3", "retention.leads_a_night": "500", "retention.leads_on": "1"}
    for who in ("seller", "manager", "director"):
        client = _client(cast.user(who))
        assert client.get("/retention").status_code == 403
        answer = client.post(AREA, given)
        assert answer.status_code == 403
    assert setting("retention.leads_months") == 6

    shown = _client(officer).get(AREA).content.decode()
    assert "Số tháng không ai liên hệ hay cập nhật" in shown
    answer = _client(officer).post(AREA, {**given, "retention.leads_months": "0"})
    assert answer.status_code == 422
    assert setting("retention.leads_months") == 6
