"""What a call costs does not depend on how many records there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.surfaces.api.tests.conftest import Caller

MOST_QUERIES = 12


def _queries(caller: Caller, path: str, **query: str | int) -> int:
    caller.get(path, **query)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = caller.get(path, **query)
    assert answer.status_code == 200
    return len(captured)


@pytest.mark.parametrize("query", [{}, {"q": "khach"}, {"sort": "-created_at"}])
def test_lists_3_and_50_records_at_the_same_cost(seller: Caller, query: dict[str, str]) -> None:
    for number in range(3):
        seller.new_customer(f"Khách hàng {number}")
    few = _queries(seller, "/customers", **query)
    for number in range(47):
        seller.new_customer(f"Khách hàng mới {number}")
    many = _queries(seller, "/customers", **query)

    assert few == many
    assert many <= MOST_QUERIES
    assert len(seller.get("/customers", **query).json()["items"]) == 50


def test_tells_a_long_history_at_the_cost_of_a_short_one(seller: Caller) -> None:
    made = seller.new_customer()
    path = f"/customers/{made['id']}"
    for version in range(1, 4):
        seller.patch(path, {"note": f"Lần {version}", "version": version})
    few = _queries(seller, f"{path}/history")
    for version in range(4, 30):
        seller.patch(path, {"note": f"Lần {version}", "version": version})

    assert _queries(seller, f"{path}/history") == few <= MOST_QUERIES
