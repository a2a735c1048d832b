"""GET: lists, single records, and what does not exist for the caller."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast


def test_lists_records_with_named_links(seller: Caller, cast: Cast) -> None:
    made = seller.new_customer("Nguyễn Văn An", phones=["0912 345 678"])

    answer = seller.get("/customers")

    assert answer.status_code == 200
    assert answer.json() == {"items": [made], "next": None}
    assert made["phones"] == ["+84912345678"]
    assert made["owner"] == {"id": cast.users["seller"].pk, "code": "", "label": "Nguyễn Hồng Hạnh"}
    assert made["unit"] == {"id": cast.units["HP1"].pk, "code": "HP1", "label": "Cửa hàng Hồng Bàng"}
    assert made["version"] == 1
    assert made["custom"] == {}


def test_pages_through_all_records_by_cursor(seller: Caller) -> None:
    names = [f"Khách hàng {letter}" for letter in "ABCDE"]
    for name in names:
        seller.new_customer(name)

    first = seller.get("/customers", limit=2, sort="name").json()
    second = seller.get("/customers", limit=2, sort="name", after=first["next"]).json()
    third = seller.get("/customers", limit=2, sort="name", after=second["next"]).json()

    assert [row["name"] for page in (first, second, third) for row in page["items"]] == names
    assert third["next"] is None


def test_refuses_limits_outside_1_to_200(seller: Caller) -> None:
    for limit in (0, 201, -1):
        answer = seller.get("/customers", limit=limit)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "limit"
    assert seller.get("/customers", limit=200).status_code == 200


def test_refuses_unknown_arguments(seller: Caller) -> None:
    answer = seller.get("/customers", page=2)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "page"
    assert answer.json()["errors"][0]["code"] == "unknown_argument"


def test_refuses_unknown_orders_filters_and_cursors(seller: Caller) -> None:
    for argument, value in (
        ("sort", "shoe_size"),
        ("filter", json.dumps({"and": [["shoe_size", "eq", 41]]})),
        ("filter", json.dumps({"and": [["name", "sounds_like", "an"]]})),
        ("filter", json.dumps({"nor": []})),
        ("after", "eyJ"),
    ):
        answer = seller.get("/customers", **{argument: value})

        assert answer.status_code == 422, value
        assert answer.json()["errors"][0]["field"] == argument


def test_takes_a_filter_that_is_no_json_for_malformed(seller: Caller) -> None:
    answer = seller.get("/customers", filter="{and")

    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"


def test_filters_by_conditions(seller: Caller) -> None:
    seller.new_customer("Công ty TNHH Bình Minh", kind="ORGANISATION")
    seller.new_customer("Trần Thị Hoa")

    found = seller.get(
        "/customers",
        filter=json.dumps({"and": [["kind", "eq", "ORGANISATION"], ["name", "contains", "binh minh"]]}),
    ).json()

    assert [row["name"] for row in found["items"]] == ["Công ty TNHH Bình Minh"]


def test_searches_without_tone_marks(seller: Caller) -> None:
    made = seller.new_customer("Đặng Thị Ấn")

    listed = seller.get("/customers", q="dang an").json()
    found = seller.get("/search", q="an dang").json()

    assert [row["id"] for row in listed["items"]] == [made["id"]]
    assert found["items"] == [
        {"entity": "customers", "id": made["id"], "code": made["code"], "label": "Đặng Thị Ấn"}
    ]


def test_gives_one_record_with_its_version_as_etag(seller: Caller) -> None:
    made = seller.new_customer()

    answer = seller.get(f"/customers/{made['id']}")

    assert answer.json() == made
    assert answer.headers["ETag"] == '"1"'


def test_hides_what_does_not_exist(seller: Caller) -> None:
    for path in ("/customers/999999", "/customers/0", f"/customers/{2**70}", "/customers/abc", "/shoes"):
        answer = seller.get(path)

        assert answer.status_code == 404, path
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "not_found"


def test_keeps_entities_closed_to_those_without_any_right(seller: Caller) -> None:
    answer = seller.get("/users")

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"


def test_describes_itself_to_everybody() -> None:
    answer = Client().get("/api/v1/openapi.json")

    assert answer.status_code == 200
    assert "/api/v1/customers" in answer.json()["paths"]


def test_says_that_too_many_rows_would_be_looked_through_and_what_is_quick(
    seller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duyen.entities.candidates.MOST_LOOKED_AT", 3)
    for number in range(5):
        seller.new_customer(f"Khách hàng {number}")

    answer = seller.get("/customers", filter=json.dumps(["note", "contains", "vàng"]))
    filled = seller.get("/customers", filter=json.dumps(["kind", "ne", "PUBLIC_BODY"]), limit=1)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "too_many_to_look_through"
    assert "Ghi chú" in problem["detail"]
    assert "ngành" in problem["detail"]
    assert problem["errors"][0]["field"] == "filter"
    assert len(filled.json()["items"]) == 1
