"""POST /{entities}/{id}/{action}: commands of a life cycle, and handing over."""

from __future__ import annotations

from collections.abc import Callable

from duyen.entities.registry import entity_named
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast


def test_takes_a_step_of_the_life_cycle(seller: Caller) -> None:
    made = seller.new_customer()

    answer = seller.post(f"/customers/{made['id']}/start", {"note": "Ký hợp đồng", "version": 1})

    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["relationship_state"] == "ONBOARDING"
    assert answer.json()["version"] == 2


def test_refuses_a_step_from_another_state(seller: Caller, trail_length: Callable[[], int]) -> None:
    made = seller.new_customer()
    before = trail_length()

    answer = seller.post(f"/customers/{made['id']}/win_back", {"note": "Gọi lại"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "not_now"
    assert seller.get(f"/customers/{made['id']}").json() == made
    assert trail_length() == before


def test_asks_for_what_a_step_needs(seller: Caller) -> None:
    made = seller.new_customer()

    for body in ({}, {"note": ""}, {"note": None}):
        answer = seller.post(f"/customers/{made['id']}/start", body)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "note"
        assert answer.json()["errors"][0]["code"] == "required"
    unknown = seller.post(f"/customers/{made['id']}/start", {"note": "Ký", "colour": "red"})
    assert unknown.json()["errors"][0] == unknown.json()["errors"][0] | {
        "field": "colour",
        "code": "unknown_field",
    }


def test_refuses_a_stale_step(seller: Caller, manager: Caller) -> None:
    made = seller.new_customer()
    manager.patch(f"/customers/{made['id']}", {"note": "Mới", "version": 1})

    answer = seller.post(f"/customers/{made['id']}/start", {"note": "Ký", "version": 1})

    assert answer.status_code == 409
    assert answer.json()["code"] == "stale"
    assert seller.get(f"/customers/{made['id']}").json()["relationship_state"] == "ATTRACTING"


def test_keeps_a_step_to_those_who_have_its_right(seller: Caller, director: Caller) -> None:
    made = seller.new_customer()
    path = f"/customers/{made['id']}/terminate"

    assert seller.post(path, {"note": "Gian lận"}).status_code == 403
    assert director.post(path, {"note": "Gian lận"}).json()["relationship_state"] == "TERMINATED"


def test_knows_no_other_steps(seller: Caller) -> None:
    made = seller.new_customer()

    assert seller.post(f"/customers/{made['id']}/dance").status_code == 404


def test_hands_a_record_over(seller: Caller, manager: Caller, cast: Cast) -> None:
    made = seller.new_customer()

    answer = manager.post(
        f"/customers/{made['id']}/hand_over",
        {"owner": cast.users["colleague"].pk, "unit": cast.units["HP2"].pk, "version": 1},
    )

    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["owner"]["label"] == "Vũ Hoàng Yến"
    assert answer.json()["unit"]["code"] == "HP2"
    assert seller.get(f"/customers/{made['id']}").status_code == 404


def test_refuses_to_hand_over_without_the_right(seller: Caller, cast: Cast) -> None:
    made = seller.new_customer()

    answer = seller.post(f"/customers/{made['id']}/hand_over", {"owner": cast.users["teller"].pk})

    assert answer.status_code == 403
    assert seller.get(f"/customers/{made['id']}").json() == made


def test_refuses_to_hand_over_to_nobody(seller: Caller, manager: Caller) -> None:
    made = seller.new_customer()

    for owner in (999999, 0, 2**63, 2**70, "1", None):
        answer = manager.post(f"/customers/{made['id']}/hand_over", {"owner": owner})

        assert answer.status_code == 422, owner
        assert answer.json()["errors"][0]["field"] == "owner"
    assert seller.get(f"/customers/{made['id']}").json() == made


def test_tells_every_reason_against_a_step(seller: Caller, trail_length: Callable[[], int]) -> None:
    made, customers = seller.new_customer(), entity_named("customers")
    reasons = [FieldProblem("industry", "no_industry", "say the industry first."), "a paper is missing."]
    before = trail_length()
    customers.guards["start"] = [lambda _row: reasons]

    try:
        answer = seller.post(f"/customers/{made['id']}/start", {"note": "Ký", "version": 1})
    finally:
        customers.guards.clear()

    assert (answer.status_code, answer.json()["code"]) == (409, "not_now")
    assert answer.json()["errors"] == [
        {"field": "industry", "code": "no_industry", "message": "say the industry first."},
        {"field": "", "code": "not_now", "message": "a paper is missing."},
    ]
    assert seller.get(f"/customers/{made['id']}").json() == made
    assert trail_length() == before
