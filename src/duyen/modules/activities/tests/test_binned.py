"""What was planned and noted with a customer outlives the customer's stay in the bin."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.registry import entity_named
from duyen.modules.activities.models import Activity
from duyen.modules.activities.tests.conftest import Make
from duyen.testing.cast import Cast

FIRM = "Công ty TNHH Hải Long"
WORK = "Gọi lại báo giá"


@pytest.fixture
def seller(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("seller"))
    return client


def _shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_keeps_open_work_on_every_list_and_brings_it_back_with_the_customer(
    seller: Client, cast: Cast, customer: Make, make: Make
) -> None:
    firm = customer(FIRM)
    task = make(WORK, about=[("customers", firm)], due_at="2026-01-05T02:00Z")
    customers, actor = entity_named("customers"), cast.actor("seller")
    was = Activity.objects.filter(pk=task).values().get()

    done = standard.delete(customers, firm, actor=actor)

    for address in ("/tasks", "/tasks/days", f"/tasks/{task}"):
        page = _shown(seller, address)
        assert WORK in page
        assert FIRM in page
    assert "thùng rác" in _shown(seller, f"/customers/{firm}")
    assert Activity.objects.filter(pk=task).values().get() == was

    standard.restore(customers, firm, actor=actor, version=done.version)

    assert WORK in _shown(seller, f"/customers/{firm}?tab=timeline")
    assert Activity.objects.filter(pk=task).values().get() == was


def test_plans_nothing_new_with_a_customer_in_the_bin(cast: Cast, customer: Make, make: Make) -> None:
    firm = customer(FIRM)
    standard.delete(entity_named("customers"), firm, actor=cast.actor("seller"))

    with pytest.raises(InvalidValues):
        make(WORK, about=[("customers", firm)])

    assert not Activity.objects.exists()
