"""Formulas and roll-ups through the API: defined by keys, read like other own fields, set by nobody."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from duyen.modules.parties.models import Party
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(calls: Callable[[str], Caller]) -> Caller:
    return calls("admin")


def define(admin: Caller, **given: object) -> dict[str, object]:
    answer = admin.post("/custom_fields", {"entity": "customers", **given})
    assert answer.status_code == 201, answer.content
    found: dict[str, object] = answer.json()
    return found


def test_is_defined_read_filtered_and_ordered(seller: Caller, admin: Caller, make_field: MakeField) -> None:
    make_field("seats", "whole")
    made = define(
        admin, kind="formula", label="Gấp đôi", key="double", formula="[custom_seats] * 2", result="whole"
    )
    for seats in (3, 1, 2):
        seller.new_customer(f"Khách {seats}", custom={"seats": seats})

    found = seller.get(
        "/customers", sort="-custom.double", filter=json.dumps(["custom.double", "gte", 4])
    ).json()["items"]

    assert made["limits"] == {
        "formula": "[custom_seats] * 2",
        "result": "whole",
        "reads": [["customers", "custom_seats"]],
    }
    assert [each["custom"]["double"] for each in found] == [6, 4]


def test_the_answer_to_a_write_holds_what_follows(
    seller: Caller, admin: Caller, make_field: MakeField
) -> None:
    make_field("seats", "whole")
    define(admin, kind="formula", label="Gấp đôi", key="double", formula="[custom_seats] * 2", result="whole")

    made = seller.new_customer(custom={"seats": 4})
    changed = seller.patch(f"/customers/{made['id']}", {"custom": {"seats": 5}, "version": 1})

    assert made["custom"]["double"] == 8
    assert changed.json()["custom"]["double"] == 10
    assert changed.json()["version"] == 2


def test_nobody_sets_it(seller: Caller, admin: Caller, make_field: MakeField) -> None:
    make_field("seats", "whole")
    define(admin, kind="formula", label="Gấp đôi", key="double", formula="[custom_seats] * 2", result="whole")

    answer = seller.post("/customers", {"name": "An", "kind": "INDIVIDUAL", "custom": {"double": 8}})

    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("custom.double", "unknown_field")]
    assert not Party.objects.exists()


def test_says_what_is_wrong_and_where(admin: Caller, make_field: MakeField) -> None:
    make_field("seats", "whole")

    answer = admin.post(
        "/custom_fields",
        {"entity": "customers", "kind": "formula", "label": "Sai", "formula": "[custom_seats] + [chỗ]"},
    )

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("formula", "unknown_field")
    assert "[chỗ]" in error["message"]


def test_other_kinds_know_no_formula(admin: Caller) -> None:
    answer = admin.post(
        "/custom_fields", {"entity": "customers", "kind": "text", "label": "Cỡ", "formula": "1 + 1"}
    )

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["formula"]
