"""POST /{entities}/duplicates and GET /{entities}/{id}/duplicates; POST /{entities} stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast

Calls = Callable[[str], Caller]
TRA = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL", "phones": ["0912345678"]}


def test_tells_before_a_record_is_made(calls: Calls, cast: Cast) -> None:
    seller = calls("seller")
    made = seller.post("/customers", TRA).json()

    answer = seller.post("/customers/duplicates", {"name": "PHAN THU TRA", "phones": ["+84 912 345 678"]})

    assert answer.status_code == 200
    assert answer.json()["items"] == [
        {
            "id": made["id"],
            "entity": "customers",
            "code": made["code"],
            "label": "Phan Thu Trà",
            "reasons": ["phone", "name"],
            "likely": True,
            "unit": "",
            "ask": "",
        }
    ]


def test_creates_a_likely_duplicate_all_the_same(calls: Calls, cast: Cast) -> None:
    seller = calls("seller")
    first, second = seller.post("/customers", TRA), seller.post("/customers", TRA)

    assert (first.status_code, second.status_code) == (201, 201)
    found = seller.get(f"/customers/{second.json()['id']}/duplicates").json()["items"]
    assert [each["id"] for each in found] == [first.json()["id"]]


def test_tells_of_a_closed_record_its_unit_and_whom_to_ask_alone(calls: Calls, cast: Cast) -> None:
    calls("seller").post("/customers", TRA)

    (found,) = calls("outsider").post("/customers/duplicates", TRA).json()["items"]

    assert found == {
        "id": None,
        "entity": None,
        "code": "",
        "label": "",
        "reasons": [],
        "likely": None,
        "unit": "Cửa hàng Hồng Bàng",
        "ask": "Nguyễn Hồng Hạnh",
    }


def test_refuses_what_cannot_be_read_and_who_may_not_create(calls: Calls, cast: Cast) -> None:
    assert calls("seller").post("/customers/duplicates", {"phones": ["12"]}).status_code == 422
    assert calls("seller").post("/customers/duplicates", {"colour": "red"}).status_code == 422
    assert calls("care_agent").post("/customers/duplicates", TRA).status_code == 403
    assert calls("seller").get("/customers/999999/duplicates").status_code == 404
