"""Merging by REST: what is asked for, what old addresses answer, and the way back."""

from __future__ import annotations

from typing import Any

import pytest

from duyen.entities.models import Merge
from duyen.foundation.audit.models import History
from duyen.modules.parties.models import Party
from duyen.surfaces.api.tests.conftest import Caller

pytestmark = pytest.mark.django_db


def _body(*others: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 1, "others": [{"id": each["id"], "version": 1} for each in others], **more}


def test_merges_and_leads_old_addresses_on(seller: Caller, outsider: Caller) -> None:
    first = seller.new_customer("Trần Ánh", phones=["0912345678"])
    second = seller.new_customer("Trần Thị Ánh", phones=["0987654321"])

    answer = seller.post(f"/customers/{first['id']}/merge", _body(second, take={"name": second["id"]}))

    assert answer.status_code == 200
    assert answer.json()["name"] == "Trần Thị Ánh"
    assert answer.json()["phones"] == ["+84912345678", "+84987654321"]
    assert answer.headers["ETag"] == '"2"'
    old = seller.get(f"/customers/{second['id']}")
    assert (old.status_code, old.headers["Location"]) == (307, f"/api/v1/customers/{first['id']}")
    assert old.json() == {"id": first["id"], "entity": "customers"}
    assert outsider.get(f"/customers/{second['id']}").status_code == 404


def test_finds_the_survivor_by_a_former_code(seller: Caller, outsider: Caller) -> None:
    first, second = seller.new_customer("Trần Ánh"), seller.new_customer("Lê Bình")
    seller.post(f"/customers/{first['id']}/merge", _body(second))

    found = seller.get("/search", q=second["code"].lower()).json()["items"]

    assert [(each["id"], each["code"]) for each in found] == [(first["id"], first["code"])]
    assert outsider.get("/search", q=second["code"]).json()["items"] == []


def test_finds_the_survivor_by_a_former_code_in_the_list_as_well(seller: Caller, outsider: Caller) -> None:
    first, second = seller.new_customer("Trần Ánh"), seller.new_customer("Lê Bình")
    seller.post(f"/customers/{first['id']}/merge", _body(second))

    found = seller.get("/customers", q=second["code"].lower()).json()["items"]

    assert [each["id"] for each in found] == [first["id"]]
    assert outsider.get("/customers", q=second["code"]).json()["items"] == []


def test_tells_of_a_merge_and_undoes_it(seller: Caller, manager: Caller) -> None:
    first = seller.new_customer("Trần Ánh", note="một")
    second = seller.new_customer("Trần Thị Ánh", note="hai", tags=["vip"])
    merge = seller.post(f"/customers/{first['id']}/merge", _body(second)).headers["Operation-Id"]
    seller.patch(f"/customers/{first['id']}", {"note": "ba", "version": 2})

    before = manager.get(f"/merges/{merge}").json()
    undone = seller.post(f"/operations/{merge}/undo")
    after = manager.get(f"/merges/{merge}").json()

    assert undone.status_code == 200
    assert undone.json()["left"] == ["note"]
    assert [each["id"] for each in undone.json()["done"]] == [first["id"]]
    for told in (before, after):
        assert told["fields_back"] == ["tags"]
        assert told["fields_left"] == ["note"]
        assert told["others"] == [{"id": second["id"], "code": second["code"]}]
        assert told["is_whole"] is False
    assert (before["undone_at"] is None, after["undone_at"] is None) == (True, False)
    assert seller.get(f"/customers/{second['id']}").json()["note"] == "hai"
    assert seller.get(f"/customers/{first['id']}").json()["note"] == "ba"
    assert seller.post(f"/operations/{merge}/undo").status_code == 409


def test_answers_a_repeated_key_as_the_first_time(seller: Caller) -> None:
    first, second = seller.new_customer("A"), seller.new_customer("B")
    path, body = f"/customers/{first['id']}/merge", _body(second)

    once, again = (seller.post(path, body, **{"Idempotency-Key": "gop-1"}) for _time in range(2))

    assert (once.status_code, once.json()) == (again.status_code, again.json())
    assert Merge.objects.count() == 1


def test_refuses_with_a_reason_and_changes_nothing(seller: Caller, teller: Caller, outsider: Caller) -> None:
    first = seller.new_customer("A", kind="ORGANISATION", tax_code="0100233488")
    second = seller.new_customer("B", kind="ORGANISATION", tax_code="0100109106")
    person = seller.new_customer("C")
    path = f"/customers/{first['id']}/merge"
    before = list(Party.objects.order_by("pk").values()), History.objects.count(), Merge.objects.count()

    for caller, body, status, code in (
        (seller, _body(second), 409, "merge_doubtful"),
        (seller, _body(person), 409, "merge_refused"),
        (seller, _body(), 422, "bad_request"),
        (seller, _body(first), 422, "bad_request"),
        (seller, _body(second) | {"version": 7}, 409, "stale"),
        (seller, {"others": [{"id": second["id"], "version": 1}]}, 428, "version_required"),
        (seller, _body(second, colour="red"), 422, "invalid"),
        (seller, _body(second, take={"colour": 1}, confirm=["tax_codes"]), 422, "invalid"),
        (teller, _body(second, confirm=["tax_codes"]), 403, "not_allowed"),
        (outsider, _body(second), 404, "not_found"),
    ):
        answer = caller.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    doubts = seller.post(path, _body(second)).json()["errors"]

    assert [(each["field"], each["code"]) for each in doubts] == [("tax_code", "tax_codes")]
    after = list(Party.objects.order_by("pk").values()), History.objects.count(), Merge.objects.count()
    assert after == before
    assert seller.post(path, _body(second, confirm=["tax_codes"])).status_code == 200


def test_refuses_to_restore_a_merged_record_alone(seller: Caller) -> None:
    first, second = seller.new_customer("A"), seller.new_customer("B")
    seller.post(f"/customers/{first['id']}/merge", _body(second))

    alone = seller.post(f"/customers/{second['id']}/restore")
    in_a_set = seller.post("/customers/bulk", {"verb": "restore", "ids": [second["id"]]})

    assert (alone.status_code, alone.json()["code"]) == (409, "merged")
    assert [each["code"] for each in in_a_set.json()["refused"]] == ["merged"]
