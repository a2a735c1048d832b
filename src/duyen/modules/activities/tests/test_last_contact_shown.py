"""Lists, files and programs show when somebody was last in touch with a customer; nobody sets it by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from duyen.kernel.clock import ZONE
from duyen.modules.activities import actions
from duyen.modules.activities.tests.conftest import Make
from duyen.modules.activities.words import ActivityKind
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
CALLED = dt.datetime(2026, 3, 2, 10, 30, tzinfo=ZONE)
COLUMN = "/customers?cols=name,last_contact"


@pytest.fixture
def called(cast: Cast, customer: Make) -> int:
    """Make a customer whom the seller called."""
    made = customer()
    about = [("customers", made)]
    actions.log(ActivityKind.CALL, "Gọi hỏi thăm", actor=cast.actor("seller"), about=about, done_at=CALLED)
    return made


def _client(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def test_a_list_shows_it_as_a_column(cast: Cast, called: int) -> None:
    page = _client(cast, "seller").get(COLUMN).content.decode()

    assert "Liên hệ gần nhất" in page
    assert "02/03/2026" in page


def test_programs_read_it(cast: Cast, called: int) -> None:
    told = _client(cast, "seller").get(f"/api/v1/customers/{called}").json()

    assert dt.datetime.fromisoformat(told["last_contact"]) == CALLED


def test_programs_cannot_set_it(cast: Cast, called: int) -> None:
    client = _client(cast, "seller")
    told = client.get(f"/api/v1/customers/{called}").json()
    sent = {"version": told["version"], "last_contact": "2026-10-10T08:00:00+07:00"}

    answer = client.patch(f"/api/v1/customers/{called}", sent, content_type="application/json")

    assert answer.status_code == 422
    assert client.get(f"/api/v1/customers/{called}").json() == told


def test_customers_whom_nobody_spoke_to_have_none(cast: Cast, customer: Make) -> None:
    assert _client(cast, "seller").get(f"/api/v1/customers/{customer()}").json()["last_contact"] is None
