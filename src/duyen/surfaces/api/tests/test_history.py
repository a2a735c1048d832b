"""GET /{entities}/{id}/history."""

from __future__ import annotations

from collections.abc import Callable

from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.surfaces.api.tests.conftest import Caller
from duyen.surfaces.api.tokens import create_token, revoke_token
from duyen.testing.cast import Cast


def test_tells_who_changed_what_from_which_value_to_which(
    seller: Caller, manager: Caller, cast: Cast
) -> None:
    made = seller.new_customer("Nguyễn Văn An", known_since="2024-01-02")
    path = f"/customers/{made['id']}"
    manager.patch(
        path, {"name": "Nguyễn Văn Ân", "known_since": None, "phones": ["0912345678"], "version": 1}
    )

    answer = manager.get(f"{path}/history")

    assert answer.status_code == 200
    changed, created = answer.json()["items"]
    assert answer.json()["next"] is None
    assert changed["who"] == {"id": cast.users["manager"].pk, "label": "Phạm Đức Thắng"}
    assert (changed["verb"], changed["door"], changed["version"]) == ("change", "api", 2)
    assert {(each["field"], str(each["from"]), str(each["to"])) for each in changed["changes"]} == {
        ("name", "Nguyễn Văn An", "Nguyễn Văn Ân"),
        ("known_since", "2024-01-02", "None"),
        ("phones", "[]", "['+84912345678']"),
    }
    assert (created["verb"], created["who"]["label"], created["version"]) == ("create", "Nguyễn Hồng Hạnh", 1)


def test_names_the_people_and_units_between_which_a_record_moved(
    seller: Caller, manager: Caller, cast: Cast
) -> None:
    made = seller.new_customer()
    manager.post(
        f"/customers/{made['id']}/hand_over",
        {"owner": cast.users["colleague"].pk, "unit": cast.units["HP2"].pk},
    )

    step = manager.get(f"/customers/{made['id']}/history").json()["items"][0]

    assert step["verb"] == "hand_over"
    assert {(each["field"], each["from"]["label"], each["to"]["label"]) for each in step["changes"]} == {
        ("owner", "Nguyễn Hồng Hạnh", "Vũ Hoàng Yến"),
        ("unit", "Cửa hàng Hồng Bàng", "Cửa hàng An Dương"),
    }


def test_tells_of_a_personal_number_only_that_it_changed(seller: Caller) -> None:
    made = seller.new_customer()
    seller.patch(f"/customers/{made['id']}", {"tax_code": "001199012345", "version": 1})

    answer = seller.get(f"/customers/{made['id']}/history")

    (change,) = answer.json()["items"][0]["changes"]
    assert change | {"label": ""} == {
        "entity": "customers",
        "field": "tax_code",
        "label": "",
        "from": None,
        "to": None,
        "is_secret": True,
    }
    assert "001199012345" not in answer.content.decode()


def test_leaves_out_what_the_reader_may_not_see(seller: Caller, manager: Caller) -> None:
    made = seller.new_customer(note="Một")
    path = f"/customers/{made['id']}"
    seller.patch(path, {"note": "Hai", "version": 1})
    seller.patch(path, {"note": "Ba", "name": "Khác", "version": 2})
    trail.begin(system_actor("tests"), "tests.limit")
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="note", level="hidden")

    by_seller = seller.get(f"{path}/history").json()["items"]
    by_manager = manager.get(f"{path}/history").json()["items"]

    assert [[each["field"] for each in step["changes"]] for step in by_seller] == [["name"], []]
    assert [{each["field"] for each in step["changes"]} for step in by_manager] == [
        {"name", "note"},
        {"note"},
        set(),
    ]


def test_comes_in_pages(seller: Caller) -> None:
    made = seller.new_customer()
    path = f"/customers/{made['id']}"
    for version in range(1, 5):
        seller.patch(path, {"note": f"Lần {version}", "version": version})

    first = seller.get(f"{path}/history", limit=2).json()
    second = seller.get(f"{path}/history", limit=2, after=first["next"]).json()
    third = seller.get(f"{path}/history", limit=2, after=second["next"]).json()

    versions = [step["version"] for page in (first, second, third) for step in page["items"]]
    assert versions == [5, 4, 3, 2, 1]
    assert third["next"] is None


def test_calls_steps_without_a_declaration_by_their_own_words(
    calls: Callable[[str], Caller], cast: Cast
) -> None:
    made = create_token(actor=cast.actor("admin"), email="seller@example.com")
    revoke_token(made.token.pk, actor=cast.actor("admin"))

    items = calls("admin").get(f"/users/{cast.users['seller'].pk}/history").json()["items"]

    assert [step["label"] for step in items[:2]] == ["Đã thu hồi token API", "Đã tạo token API"]
