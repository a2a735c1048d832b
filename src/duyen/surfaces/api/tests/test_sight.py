"""Each of the cast sees her own part of the house, by list, by id, by search, and through links."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duyen.foundation.shares.models import Share
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast

#: Who made which customer, each in her own unit.
MAKERS = {"seller": "Khách của Hạnh", "colleague": "Khách của Yến", "outsider": "Khách của Ấn"}
SEEN = {
    "seller": {"seller"},
    "teller": {"seller"},
    "manager": {"seller", "colleague"},
    "colleague": {"colleague"},
    "care_agent": {"seller", "colleague"},
    "outsider": {"outsider"},
    "director": {"seller", "colleague", "outsider"},
    "admin": set(),
}


@pytest.fixture
def made(calls: Callable[[str], Caller]) -> dict[str, int]:
    return {who: calls(who).new_customer(name)["id"] for who, name in MAKERS.items()}


@pytest.mark.parametrize("who", SEEN)
def test_sees_her_own_part_of_the_house(
    who: str, calls: Callable[[str], Caller], made: dict[str, int]
) -> None:
    caller = calls(who)
    expected = {made[maker] for maker in SEEN[who]}

    listed = caller.get("/customers")
    by_id = {
        customer for customer in made.values() if caller.get(f"/customers/{customer}").status_code == 200
    }
    found = caller.get("/search", q="khach cua").json()["items"]

    if expected:
        assert {row["id"] for row in listed.json()["items"]} == expected
    else:
        assert listed.status_code == 403
    assert by_id == expected
    assert {hit["id"] for hit in found} == expected
    for customer in set(made.values()) - expected:
        path = f"/customers/{customer}"
        answers = (
            caller.get(f"{path}/history"),
            caller.patch(path, {"note": "Của tôi", "version": 1}),
            caller.delete(path, {"version": 1}),
            caller.post(f"{path}/start", {"note": "Của tôi"}),
            caller.post(f"{path}/hand_over", {"owner": 1}),
        )
        assert {answer.status_code for answer in answers} == {404}


def test_filters_through_links_only_by_records_in_sight(calls: Callable[[str], Caller]) -> None:
    customer = calls("seller").new_customer()["id"]
    asked = '{"and": [["unit.name", "contains", "hong bang"]]}'

    by_manager = calls("manager").get("/customers", filter=asked).json()["items"]
    by_teller = calls("teller").get("/customers", filter=asked).json()["items"]

    assert [row["id"] for row in by_manager] == [customer]
    assert by_teller == []


def test_sees_a_record_shared_by_name_until_it_is_closed_again(
    calls: Callable[[str], Caller], made: dict[str, int], cast: Cast
) -> None:
    path, outsider = f"/customers/{made['seller']}", calls("outsider")
    shared = calls("manager").post(f"{path}/share", {"user": cast.users["outsider"].pk})

    listed = {row["id"] for row in outsider.get("/customers").json()["items"]}
    changed = outsider.patch(path, {"note": "Mới", "version": 1})
    calls("manager").post(f"{path}/unshare", {"user": cast.users["outsider"].pk})

    assert shared.status_code == 200
    assert listed == {made["outsider"], made["seller"]}
    assert changed.status_code == 403
    assert outsider.get(path).status_code == 404


def test_lets_a_person_change_what_was_shared_for_that(
    calls: Callable[[str], Caller], made: dict[str, int], cast: Cast
) -> None:
    path = f"/customers/{made['seller']}"
    body = {"user": cast.users["outsider"].pk, "may_change": True, "until": "2999-12-31"}
    calls("manager").post(f"{path}/share", body)

    changed = calls("outsider").patch(path, {"note": "Mới", "version": 1})

    assert changed.status_code == 200


def test_keeps_sharing_to_those_who_have_its_right(
    calls: Callable[[str], Caller], made: dict[str, int], cast: Cast
) -> None:
    body = {"user": cast.users["outsider"].pk}

    refused = calls("teller").post(f"/customers/{made['seller']}/share", body)

    assert refused.status_code == 403
    assert Share.objects.count() == 0
