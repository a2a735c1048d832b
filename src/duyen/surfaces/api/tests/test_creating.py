"""POST /{entities}."""

from __future__ import annotations

from collections.abc import Callable

from duyen.surfaces.api.tests.conftest import Caller, count_customers
from duyen.testing.cast import Cast


def test_creates_a_record_and_says_where_it_is(seller: Caller, cast: Cast) -> None:
    answer = seller.post(
        "/customers",
        {
            "name": "  công ty   TNHH Bình Minh ",
            "kind": "ORGANISATION",
            "phones": ["0225 3 123 456", {"value": "0912345678", "label": "Kế toán"}],
            "emails": ["Info@Example.COM"],
            "addresses": [{"line": "12 Lạch Tray", "province": "Hải Phòng"}],
            "known_since": "2024-05-06",
            "tags": ["VIP"],
        },
    )

    assert answer.status_code == 201, answer.content.decode()
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/customers/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert made["name"] == "công ty TNHH Bình Minh"
    assert made["phones"] == ["+842253123456", "+84912345678"]
    assert made["emails"] == ["Info@example.com"]
    place = {"province": "Thành phố Hải Phòng", "province_code": "31", "status": "as_given"}
    assert made["addresses"] == [{"line": "12 Lạch Tray", **place}]
    assert made["known_since"] == "2024-05-06"
    assert made["relationship_state"] == "ATTRACTING"
    assert made["code"].startswith("KH-HP-")
    assert seller.get(f"/customers/{made['id']}").json() == made


def test_names_every_field_that_is_wrong(seller: Caller, trail_length: Callable[[], int]) -> None:
    before = trail_length()

    answer = seller.post(
        "/customers",
        {"name": "", "kind": "CLUB", "phones": ["12"], "tax_code": "123", "born_on": "2026-02-30"},
    )

    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {"born_on"}
    answer = seller.post("/customers", {"name": "", "kind": "CLUB", "phones": ["12"], "tax_code": "123"})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid"
    assert {each["field"] for each in answer.json()["errors"]} == {"name", "kind", "phones", "tax_code"}
    assert count_customers() == 0
    assert trail_length() == before


def test_refuses_unknown_fields_and_wrong_types(seller: Caller) -> None:
    answer = seller.post(
        "/customers",
        {"name": 5, "kind": "INDIVIDUAL", "shoe_size": 41, "custom": "red", "owner": "5"},
    )

    assert answer.status_code == 422
    assert {(each["field"], each["code"]) for each in answer.json()["errors"]} == {
        ("name", "text"),
        ("shoe_size", "unknown_field"),
        ("custom", "an_object"),
        ("owner", "whole_number"),
    }
    assert count_customers() == 0


def test_refuses_fields_that_only_steps_set(seller: Caller) -> None:
    answer = seller.post("/customers", {"name": "An", "kind": "INDIVIDUAL", "relationship_state": "LOST"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "relationship_state"


def test_takes_an_empty_custom_object(seller: Caller) -> None:
    assert seller.new_customer(custom={})["custom"] == {}


def test_refuses_a_unit_outside_the_callers_reach(seller: Caller, cast: Cast) -> None:
    answer = seller.post(
        "/customers",
        {
            "name": "An",
            "kind": "INDIVIDUAL",
            "unit": cast.units["HD1"].pk,
            "owner": cast.users["outsider"].pk,
        },
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "not_allowed"
    assert count_customers() == 0


def test_refuses_a_link_that_leads_nowhere(seller: Caller) -> None:
    answer = seller.post("/customers", {"name": "An", "kind": "INDIVIDUAL", "owner": 999999})

    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} >= {"owner"}
    assert count_customers() == 0


def test_refuses_whoever_may_create_none(cast: Cast, care_agent: Caller) -> None:
    answer = care_agent.post("/customers", {"name": "An", "kind": "INDIVIDUAL"})

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"
    assert count_customers() == 0


def test_refuses_letters_that_no_database_keeps(seller: Caller) -> None:
    for name in ("An\x00", "An\ud800"):
        answer = seller.post("/customers", {"name": name, "kind": "INDIVIDUAL"})

        assert answer.status_code == 400
        assert answer.json()["code"] == "malformed"


def test_hides_a_personal_number_behind_a_mask(seller: Caller) -> None:
    made = seller.new_customer(tax_code="001199012345")

    assert made["tax_code"] == "••••••••••••"
    kept = seller.patch(f"/customers/{made['id']}", {"tax_code": made["tax_code"], "version": 1})
    assert kept.status_code == 200
    assert kept.json()["version"] == 1
