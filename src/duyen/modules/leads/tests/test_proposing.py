"""While a lead is typed the form shows whom it may be; one that was not shown yet comes back once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.modules.leads.models import Lead
from duyen.modules.leads.tests.conftest import Make
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
TYPED: dict[str, Any] = {
    "name": "Phạm Thị Mai",
    "phones": "0359000111",
    "source": "REFERRAL",
    "purpose": "ADVICE",
    "temperature": "WARM",
}


def _client(cast: Cast, who: str = "seller") -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


@pytest.fixture
def customer(cast: Cast) -> int:
    """A customer of the seller with the same phone."""
    values = {"name": "Phạm Thị Mai", "kind": "INDIVIDUAL", "phones": ["0359000111"]}
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


def test_shows_customers_and_open_leads_with_the_reason(cast: Cast, customer: int, lead: Make) -> None:
    known = lead(phones=["0359000222"])

    client = _client(cast)
    by_phone = client.post("/leads/duplicates", TYPED).content.decode()
    of_lead = client.post("/leads/duplicates", {**TYPED, "phones": "0359000222"}).content.decode()
    nothing = client.post("/leads/duplicates", {"name": "Ngô Văn Sáu", "phones": "0359000333"})

    assert f'href="/customers/{customer}"' in by_phone
    assert f'href="/leads/{known}"' in of_lead
    assert "href=" not in nothing.content.decode()
    assert Lead.objects.count() == 1


def test_finds_the_right_person_and_an_open_lead_behind_the_number_of_a_switchboard(
    cast: Cast, lead: Make
) -> None:
    customers, seller = entity_named("customers"), cast.actor("seller")
    rows = [
        {"name": f"Ngô Văn {number}", "kind": "INDIVIDUAL", "phones": ["0359000111"]} for number in range(25)
    ]
    standard.create_many(customers, actor=seller, rows=rows)
    values = {"name": "Phạm Thị Mai", "kind": "INDIVIDUAL", "phones": ["0359000111"]}
    right = standard.create(customers, actor=seller, values=values).id
    still_open = lead(name="Đỗ Văn Bảy", phones=["0359000111"])
    new = lead(name="Phạm Thị Mai", phones=["0359000111"])

    typed = _client(cast).post("/leads/duplicates", TYPED).content.decode()
    page = _client(cast).get(f"/leads/{new}").content.decode()

    assert f'href="/customers/{right}"' in typed
    assert f'href="/customers/{right}"' in page
    assert f'href="/leads/{still_open}"' in page


def test_comes_back_once_with_what_it_had_not_shown(cast: Cast, customer: int) -> None:
    client = _client(cast)
    before = (Lead.objects.count(), Party.objects.count())

    answer = client.post("/leads/new", TYPED)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'href="/customers/{customer}"' in page
    assert (Lead.objects.count(), Party.objects.count()) == before

    again = client.post("/leads/new", {**TYPED, "twin": str(customer)})

    assert again.status_code == 302
    made = Lead.objects.get()
    assert (made.customer_id, made.party_id) == (None, made.own_party_id)


def test_tells_of_nobody_whom_the_reader_may_not_open(cast: Cast) -> None:
    values = {"name": "Phạm Thị Mai", "kind": "INDIVIDUAL", "phones": ["0359000111"]}
    theirs = standard.create(entity_named("customers"), actor=cast.actor("outsider"), values=values).id

    told = _client(cast).post("/leads/duplicates", TYPED).content.decode()

    assert f"/customers/{theirs}" not in told
    assert "Phạm Thị Mai" not in told


def test_the_form_asks_while_it_is_filled(cast: Cast) -> None:
    assert 'hx-post="/leads/duplicates"' in _client(cast).get("/leads/new").content.decode()
