"""A company's own fields through the API: in and out by their keys, in filters and orders, hidden by role."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.modules.parties.models import Party
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
OPTIONS = [{"code": "silk", "label": "Lụa"}, {"code": "linen", "label": "Lanh"}]


def test_values_come_and_go_by_their_keys(seller: Caller, make_field: MakeField) -> None:
    make_field("size")
    make_field("budget", "amount")
    make_field("fabrics", "choices", options=OPTIONS)
    make_field("since", "day")
    given = {"size": "XL", "budget": {"amount": 5_000_000, "currency": "VND"}}

    made = seller.new_customer(custom={**given, "fabrics": ["linen", "silk"], "since": "2024-02-29"})

    expected = {**given, "fabrics": ["silk", "linen"], "since": "2024-02-29"}
    assert made["custom"] == expected
    changed = seller.patch(
        f"/customers/{made['id']}", {"custom": {"size": None, "budget": 7}, "version": made["version"]}
    )
    assert changed.status_code == 200, changed.content
    assert changed.json()["custom"] == expected | {"size": None, "budget": {"amount": 7, "currency": "VND"}}


def test_refuses_what_is_no_field_and_what_does_not_fit(seller: Caller, make_field: MakeField) -> None:
    make_field("seats", "whole")

    answer = seller.post(
        "/customers",
        {"name": "An", "kind": "INDIVIDUAL", "custom": {"seats": "nhiều", "colour": "red"}},
    )

    assert answer.status_code == 422
    found = {(each["field"], each["code"]) for each in answer.json()["errors"]}
    assert found == {("custom.seats", "whole_number"), ("custom.colour", "unknown_field")}
    assert not Party.objects.exists()


def test_filters_and_orders_by_their_paths(seller: Caller, make_field: MakeField) -> None:
    make_field("seats", "whole")
    for seats in (3, 1, 2):
        seller.new_customer(f"Khách {seats}", custom={"seats": seats})

    found = seller.get(
        "/customers", sort="-custom.seats", filter=json.dumps(["custom.seats", "gte", 2])
    ).json()["items"]

    assert [each["custom"]["seats"] for each in found] == [3, 2]


def test_tells_both_values_of_a_clash(seller: Caller, manager: Caller, make_field: MakeField) -> None:
    make_field("size")
    made = seller.new_customer(custom={"size": "S"})
    address = f"/customers/{made['id']}"
    assert manager.patch(address, {"custom": {"size": "M"}, "version": 1}).status_code == 200

    answer = seller.patch(address, {"custom": {"size": "L"}, "version": 1})

    assert answer.status_code == 409
    (error,) = answer.json()["errors"]
    assert (error["field"], error["yours"], error["theirs"]) == ("custom.size", "L", "M")


def test_a_hidden_field_is_nowhere(calls: Callable[[str], Caller], make_field: MakeField) -> None:
    make_field("size")
    seller = calls("seller")
    made = seller.new_customer(custom={"size": "XXL bí mật"})
    address = f"/customers/{made['id']}"
    assert seller.patch(address, {"custom": {"size": "S bí mật"}, "version": 1}).status_code == 200
    _hide("custom_size")

    assert "size" not in seller.get(address).json()["custom"]
    for asked in ({"filter": json.dumps(["custom.size", "eq", "S"])}, {"sort": "custom.size"}):
        assert seller.get("/customers", **asked).status_code == 422
    assert "bí mật" not in seller.get(f"{address}/history").content.decode()
    answer = seller.patch(address, {"custom": {"size": "M"}, "version": 2})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_field"
    assert Party.objects.get().custom != {}


def _hide(field: str) -> None:
    from django.db import transaction

    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.hide")
        FieldRight.objects.create(
            role=Role.objects.get(code="SALES_REP"), entity="customers", field=field, level="hidden"
        )


def test_a_required_field_binds_new_records_and_no_other_change(
    seller: Caller, make_field: MakeField
) -> None:
    old = seller.new_customer()
    make_field("size", required="always")

    answer = seller.post("/customers", {"name": "Bình", "kind": "INDIVIDUAL"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "custom.size"

    assert seller.patch(f"/customers/{old['id']}", {"note": "gọi lại", "version": 1}).status_code == 200
    filled = seller.patch(f"/customers/{old['id']}", {"custom": {"size": "S"}, "version": 2})
    assert filled.status_code == 200
    cleared = seller.patch(f"/customers/{old['id']}", {"custom": {"size": None}, "version": 3})
    assert cleared.status_code == 422


def test_gives_a_default_where_nothing_is_said(seller: Caller, make_field: MakeField) -> None:
    make_field("size", default="M")

    assert seller.new_customer()["custom"]["size"] == "M"
    assert seller.new_customer(custom={"size": None})["custom"]["size"] is None


def test_an_administrator_defines_fields_by_program(calls: Callable[[str], Caller]) -> None:
    admin, seller = calls("admin"), calls("seller")
    refused = seller.post("/custom_fields", {"entity": "customers", "kind": "text", "label": "Cỡ áo"})
    assert refused.status_code == 403

    made = admin.post("/custom_fields", {"entity": "customers", "kind": "text", "label": "Cỡ áo"}).json()

    assert (made["key"], made["state"], made["version"]) == ("co_ao", "active", 1)
    assert seller.new_customer(custom={"co_ao": "XL"})["custom"] == {"co_ao": "XL"}
    address = f"/custom_fields/{made['id']}"
    assert admin.patch(address, {"label": "Cỡ"}).status_code == 428
    changed = admin.patch(address, {"label": "Cỡ", "version": 1}).json()
    assert (changed["label"], changed["key"], changed["version"]) == ("Cỡ", "co_ao", 2)
    assert admin.patch(address, {"label": "Kích cỡ", "version": 1}).status_code == 409
    assert admin.patch(address, {"kind": "whole", "version": 2}).status_code == 422
    assert [each["key"] for each in seller.get("/custom_fields").json()["items"]] == ["co_ao"]
    assert admin.get(f"{address}/uses").json()["records"] == 1
    assert admin.post(f"{address}/retire", {"version": 2}).json()["state"] == "retired"
    assert seller.get("/custom_fields").json()["items"] == []
    gone = admin.delete(address, If_Match="3")
    assert gone.status_code == 202
    assert admin.get(f"{address}/uses").status_code == 409


def test_search_looks_into_a_field_once_its_index_stands(
    seller: Caller, calls: Callable[[str], Caller]
) -> None:
    from duyen.entities.models import CompanyIndex
    from duyen.foundation.fields import versions

    admin = calls("admin")
    made = admin.post(
        "/custom_fields",
        {"entity": "customers", "kind": "text", "label": "Số hợp đồng", "searched": True},
    ).json()
    assert made["searched"] is True
    record = seller.new_customer(custom={"so_hop_dong": "HĐ-Lạch Tray 77"})
    assert seller.get("/search", q="lach tray").json()["items"] == []

    CompanyIndex._default_manager.update(state="ready")
    versions.bump_version()

    (hit,) = seller.get("/search", q="lach tray").json()["items"]
    assert hit["id"] == record["id"]
    assert [each["id"] for each in seller.get("/customers", q="lach tray").json()["items"]] == [record["id"]]
    _hide("custom_so_hop_dong")
    assert seller.get("/search", q="lach tray").json()["items"] == []
    assert seller.get("/customers", q="lach tray").json()["items"] == []


@pytest.mark.parametrize("words", ["hôm qua", "29/02/2024", "+7", "2024-2-29"])
def test_a_program_writes_days_in_one_way(seller: Caller, make_field: MakeField, words: str) -> None:
    make_field("since", "day")
    made = seller.new_customer(custom={"since": "2024-02-29"})

    new = seller.post("/customers", {"name": "An", "kind": "INDIVIDUAL", "custom": {"since": words}})
    change = seller.patch(f"/customers/{made['id']}", {"custom": {"since": words}, "version": 1})

    for answer in (new, change):
        assert answer.status_code == 422
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("custom.since", "date")]
    assert Party.objects.count() == 1
