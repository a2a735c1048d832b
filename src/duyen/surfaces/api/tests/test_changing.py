"""PATCH /{entities}/{id}."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast


def test_changes_only_what_is_given(seller: Caller) -> None:
    made = seller.new_customer("Nguyễn Văn An", note="Gọi buổi sáng")

    answer = seller.patch(f"/customers/{made['id']}", {"name": "Nguyễn Văn Ân", "version": 1})

    assert answer.status_code == 200, answer.content.decode()
    changed = answer.json()
    assert changed == made | {"name": "Nguyễn Văn Ân", "version": 2, "updated_at": changed["updated_at"]}
    assert answer.headers["ETag"] == '"2"'
    assert answer.headers["Operation-Id"].isdigit()


@pytest.mark.parametrize("etag", ["1", '"1"', 'W/"1"'])
def test_takes_the_version_from_if_match(seller: Caller, etag: str) -> None:
    made = seller.new_customer()

    answer = seller.patch(f"/customers/{made['id']}", {"note": "Mới"}, If_Match=etag)

    assert answer.status_code == 200
    assert answer.json()["version"] == 2


def test_asks_for_a_version(seller: Caller) -> None:
    made = seller.new_customer()

    answer = seller.patch(f"/customers/{made['id']}", {"note": "Mới"})

    assert answer.status_code == 428
    assert answer.json()["code"] == "version_required"
    assert seller.get(f"/customers/{made['id']}").json() == made


def test_refuses_an_if_match_that_is_no_version(seller: Caller) -> None:
    made = seller.new_customer()

    answer = seller.patch(f"/customers/{made['id']}", {"note": "Mới"}, If_Match="*")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "If-Match"


def test_shows_both_values_when_somebody_was_faster(
    seller: Caller, manager: Caller, cast: Cast, trail_length: Callable[[], int]
) -> None:
    made = seller.new_customer("Nguyễn Văn An")
    path = f"/customers/{made['id']}"
    manager.patch(path, {"name": "Nguyễn Văn Ân", "known_since": "2024-01-02", "version": 1})
    before = trail_length()

    answer = seller.patch(
        path, {"name": "Nguyễn Văn Anh", "known_since": "2024-01-03", "note": "Mới", "version": 1}
    )

    assert answer.status_code == 409
    told = answer.json()
    assert told["code"] == "stale"
    assert told["current_version"] == 2
    assert {(each["field"], each["code"], each["yours"], each["theirs"]) for each in told["errors"]} == {
        ("name", "stale", "Nguyễn Văn Anh", "Nguyễn Văn Ân"),
        ("known_since", "stale", "2024-01-03", "2024-01-02"),
    }
    assert seller.get(path).json()["note"] == ""
    assert seller.get(path).json()["version"] == 2
    assert trail_length() == before


def test_refuses_a_version_that_never_was(seller: Caller) -> None:
    made = seller.new_customer()

    for version in (7, 2**40, 2**70, 0, -1):
        answer = seller.patch(f"/customers/{made['id']}", {"note": "Mới", "version": version})

        assert answer.status_code == 409, version
        assert answer.json()["current_version"] == 1


def test_leaves_states_to_their_steps(seller: Caller) -> None:
    made = seller.new_customer()

    answer = seller.patch(f"/customers/{made['id']}", {"relationship_state": "LOST", "version": 1})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "relationship_state"
    assert seller.get(f"/customers/{made['id']}").json() == made


def test_clears_a_field_by_null(seller: Caller) -> None:
    made = seller.new_customer(industry="TRADE", known_since="2024-01-02", phones=["0912345678"])

    answer = seller.patch(
        f"/customers/{made['id']}", {"industry": None, "known_since": None, "phones": [], "version": 1}
    )

    changed = answer.json()
    assert (changed["industry"], changed["known_since"], changed["phones"]) == (None, None, [])


def test_tells_why_a_seen_record_cannot_be_changed(
    seller: Caller, care_agent: Caller, cast: Cast, trail_length: Callable[[], int]
) -> None:
    made = seller.new_customer()
    before = trail_length()

    answer = care_agent.delete(f"/customers/{made['id']}", {"version": 1})

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"
    assert "quyền" in answer.json()["detail"] or "right" in answer.json()["detail"]
    assert seller.get(f"/customers/{made['id']}").json() == made
    assert trail_length() == before


def test_leaves_owner_and_unit_to_those_who_may_hand_over(seller: Caller, cast: Cast) -> None:
    made = seller.new_customer()

    answer = seller.patch(f"/customers/{made['id']}", {"owner": cast.users["teller"].pk, "version": 1})

    assert answer.status_code == 403
    assert seller.get(f"/customers/{made['id']}").json() == made


def test_keeps_hidden_fields_hidden(seller: Caller, cast: Cast) -> None:
    made = seller.new_customer(note="Bí mật")
    trail.begin(system_actor("tests"), "tests.limit")
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="note", level="hidden")

    seen = seller.get(f"/customers/{made['id']}").json()
    changed = seller.patch(f"/customers/{made['id']}", {"note": "", "version": 1})
    filtered = seller.get("/customers", filter='{"and": [["note", "contains", "mat"]]}')

    assert "note" not in seen
    assert changed.status_code == 422
    assert filtered.status_code == 422


def test_leaves_no_record_without_a_unit(manager: Caller, seller: Caller) -> None:
    made = seller.new_customer()
    path = f"/customers/{made['id']}"

    refused = manager.patch(path, {"unit": None, "version": 1})

    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["unit"]
    assert seller.get(path).json() == made
