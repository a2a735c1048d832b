"""DELETE, restore, undo."""

from __future__ import annotations

from collections.abc import Callable

from duyen.surfaces.api.tests.conftest import Caller


def test_moves_a_record_to_the_bin_and_takes_it_out_again(seller: Caller) -> None:
    made = seller.new_customer("Nguyễn Văn An")
    path = f"/customers/{made['id']}"

    gone = seller.delete(path, {"reason": "Trùng"}, If_Match="1")

    assert gone.status_code == 204
    assert gone.content == b""
    assert seller.get(path).status_code == 404
    assert seller.get("/customers").json()["items"] == []
    assert seller.get("/search", q="nguyen van an").json()["items"] == []
    assert seller.patch(path, {"note": "Mới", "version": 2}).status_code == 404

    back = seller.post(f"{path}/restore")

    assert back.status_code == 200
    assert back.json()["version"] == 3
    assert seller.get("/customers").json()["items"] == [back.json()]


def test_asks_for_a_version_before_deleting(seller: Caller) -> None:
    made = seller.new_customer()

    answer = seller.delete(f"/customers/{made['id']}")

    assert answer.status_code == 428
    assert seller.get(f"/customers/{made['id']}").json() == made


def test_refuses_to_delete_what_was_changed_meanwhile(seller: Caller, manager: Caller) -> None:
    made = seller.new_customer()
    manager.patch(f"/customers/{made['id']}", {"note": "Khách quen", "version": 1})

    answer = seller.delete(f"/customers/{made['id']}", {"version": 1})

    assert answer.status_code == 409
    assert answer.json()["current_version"] == 2
    assert seller.get(f"/customers/{made['id']}").status_code == 200


def test_refuses_to_restore_what_is_not_in_the_bin(seller: Caller, trail_length: Callable[[], int]) -> None:
    made = seller.new_customer()
    before = trail_length()

    answer = seller.post(f"/customers/{made['id']}/restore")

    assert answer.status_code == 404
    assert trail_length() == before


def test_undoes_a_change(seller: Caller) -> None:
    made = seller.new_customer("Nguyễn Văn An", known_since="2024-01-02", phones=["0912345678"], tags=["VIP"])
    path = f"/customers/{made['id']}"
    changed = seller.patch(
        path, {"name": "Khác", "known_since": None, "phones": [], "tags": [], "version": 1}
    )

    undone = seller.post(f"/operations/{changed.headers['Operation-Id']}/undo")

    assert undone.status_code == 200, undone.content.decode()
    assert undone.json() == {"done": [{"id": made["id"], "version": 3}], "left": [], "left_fields": []}
    now = seller.get(path).json()
    assert now == made | {"version": 3, "updated_at": now["updated_at"]}


def test_undoes_once_under_one_key(seller: Caller) -> None:
    made = seller.new_customer()
    changed = seller.patch(f"/customers/{made['id']}", {"note": "Mới", "version": 1})
    path = f"/operations/{changed.headers['Operation-Id']}/undo"

    first = seller.post(path, Idempotency_Key="k-1")
    second = seller.post(path, Idempotency_Key="k-1")

    assert (
        first.json()
        == second.json()
        == {"done": [{"id": made["id"], "version": 3}], "left": [], "left_fields": []}
    )
    assert seller.get(f"/customers/{made['id']}").json()["version"] == 3


def test_takes_a_birth_date_back(seller: Caller) -> None:
    made = seller.new_customer("Nguyễn Văn An", born_on="1990-02-03")
    path = f"/customers/{made['id']}"
    changed = seller.patch(path, {"born_on": "1990-03-02", "version": 1})

    undone = seller.post(f"/operations/{changed.headers['Operation-Id']}/undo")

    assert undone.status_code == 200
    assert seller.get(path).json()["born_on"] == "1990-02-03"


def test_leaves_what_somebody_changed_since(seller: Caller, manager: Caller) -> None:
    made = seller.new_customer("Nguyễn Văn An", note="Một")
    path = f"/customers/{made['id']}"
    changed = seller.patch(path, {"name": "Khác", "note": "Hai", "version": 1})
    manager.patch(path, {"note": "Ba", "version": 2})

    undone = seller.post(f"/operations/{changed.headers['Operation-Id']}/undo")

    told = undone.json()
    assert (told["done"], told["left"]) == ([{"id": made["id"], "version": 4}], ["note"])
    assert [each["field"] for each in told["left_fields"]] == ["note"]
    assert seller.get(path).json()["name"] == "Nguyễn Văn An"
    assert seller.get(path).json()["note"] == "Ba"


def test_undoes_a_deletion(seller: Caller) -> None:
    made = seller.new_customer()
    gone = seller.delete(f"/customers/{made['id']}", {"version": 1})

    undone = seller.post(f"/operations/{gone.headers['Operation-Id']}/undo")

    assert undone.status_code == 200
    assert seller.get(f"/customers/{made['id']}").status_code == 200


def test_leaves_a_state_to_its_own_step(seller: Caller) -> None:
    made = seller.new_customer()
    moved = seller.post(f"/customers/{made['id']}/start", {"note": "Ký hợp đồng"})

    undone = seller.post(f"/operations/{moved.headers['Operation-Id']}/undo")

    assert undone.status_code == 409
    assert undone.json()["code"] == "cannot_undo"
    assert seller.get(f"/customers/{made['id']}").json()["relationship_state"] == "ONBOARDING"


def test_undoes_nothing_on_records_that_the_caller_may_not_see(seller: Caller, outsider: Caller) -> None:
    made = seller.new_customer()
    changed = seller.patch(f"/customers/{made['id']}", {"note": "Mới", "version": 1})

    for operation in (changed.headers["Operation-Id"], "1"):
        assert outsider.post(f"/operations/{operation}/undo").status_code == 404
    assert seller.get(f"/customers/{made['id']}").json()["note"] == "Mới"
