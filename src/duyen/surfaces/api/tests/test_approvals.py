"""A step that needs a second person answers 202 with a request; /approvals decides about it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from duyen.entities.approvals.keeping import keep, limit_named
from duyen.entities.approvals.rules import Deciding
from duyen.entities.models import ApprovalRequest
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.modules.parties.models import Party
from duyen.surfaces.api.tests.conftest import Caller
from duyen.surfaces.api.tokens import create_token
from duyen.testing.cast import Cast


@pytest.fixture
def turned_on(cast: Cast) -> None:
    """Let deleting and merging customers need somebody else."""
    roles: dict[str, Decimal | None] = {"AREA_HEAD": None, "DIRECTOR": None}
    for name in ("customers.delete", "customers.merge"):
        limit = limit_named(name)
        assert limit is not None
        keep(limit, Deciding(True, 8, roles), actor=cast.actor("admin"), version=0)


def test_asks_instead_of_deleting(seller: Caller, manager: Caller, turned_on: None) -> None:
    made = seller.new_customer()

    answer = seller.delete(f"/customers/{made['id']}", {"version": 1, "reason": "Đã giải thể"})

    assert answer.status_code == 202, answer.content.decode()
    told = answer.json()
    assert (told["state"], told["step"], told["words"]) == ("WAITING", "delete", "Đã giải thể")
    assert (told["record"]["id"], told["record_version"], told["may_decide"]) == (made["id"], 1, False)
    assert seller.get(f"/customers/{made['id']}").status_code == 200
    waiting = manager.get("/approvals").json()
    assert [(each["id"], each["may_decide"]) for each in waiting["items"]] == [(told["id"], True)]
    assert waiting["next"] is None
    assert seller.get("/approvals").json()["items"] == []
    assert len(seller.get("/approvals", which="mine").json()["items"]) == 1


def test_carries_out_what_is_granted(seller: Caller, manager: Caller, turned_on: None) -> None:
    made = seller.new_customer()
    asked = seller.delete(f"/customers/{made['id']}", {"version": 1}).json()

    stale = manager.post(f"/approvals/{asked['id']}/grant", {"version": 7})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    answer = manager.post(f"/approvals/{asked['id']}/grant", {"version": 1, "answer": "Đồng ý"})

    assert answer.status_code == 200, answer.content.decode()
    assert (answer.json()["state"], answer.json()["answer"]) == ("GRANTED", "Đồng ý")
    assert seller.get(f"/customers/{made['id']}").status_code == 404
    again = manager.post(f"/approvals/{asked['id']}/grant", {"version": 1})
    assert (again.status_code, again.json()["code"]) == (409, "not_waiting")


def test_answers_a_repeated_grant_once(seller: Caller, manager: Caller, turned_on: None) -> None:
    made = seller.new_customer()
    asked = seller.delete(f"/customers/{made['id']}", {"version": 1}).json()
    body = {"version": 1}

    first = manager.post(f"/approvals/{asked['id']}/grant", body, Idempotency_Key="mot-lan")
    second = manager.post(f"/approvals/{asked['id']}/grant", body, Idempotency_Key="mot-lan")

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


def test_lets_nobody_decide_about_her_own(
    seller: Caller, turned_on: None, trail_length: Callable[[], int]
) -> None:
    made = seller.new_customer()
    asked = seller.delete(f"/customers/{made['id']}", {"version": 1}).json()
    before = trail_length()

    for verb, body in (("grant", {"version": 1}), ("refuse", {"answer": "không"})):
        answer = seller.post(f"/approvals/{asked['id']}/{verb}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_yours_to_decide")

    assert trail_length() == before
    assert ApprovalRequest.objects.get().state == "WAITING"


def test_hides_requests_about_closed_records(seller: Caller, outsider: Caller, turned_on: None) -> None:
    made = seller.new_customer()
    asked = seller.delete(f"/customers/{made['id']}", {"version": 1}).json()

    assert outsider.get("/approvals", which="all").json()["items"] == []
    for answer in (
        outsider.get(f"/approvals/{asked['id']}"),
        outsider.post(f"/approvals/{asked['id']}/grant", {"version": 1}),
        outsider.post(f"/approvals/{asked['id']}/refuse", {"answer": "x"}),
        outsider.post(f"/approvals/{asked['id']}/withdraw"),
    ):
        assert answer.status_code == 404
    assert ApprovalRequest.objects.get().state == "WAITING"


def test_takes_back_and_refuses(seller: Caller, manager: Caller, turned_on: None) -> None:
    one, other = seller.new_customer(), seller.new_customer()
    first = seller.delete(f"/customers/{one['id']}", {"version": 1}).json()
    second = seller.delete(f"/customers/{other['id']}", {"version": 1}).json()

    assert seller.post(f"/approvals/{first['id']}/withdraw").json()["state"] == "WITHDRAWN"
    assert manager.post(f"/approvals/{second['id']}/refuse", {"answer": " "}).status_code == 409
    assert (
        manager.post(f"/approvals/{second['id']}/refuse", {"answer": "Còn nợ"}).json()["state"] == "REFUSED"
    )

    assert Party.objects.filter(deleted_at=None).count() == 2


def test_merges_when_granted(seller: Caller, manager: Caller, turned_on: None) -> None:
    one, other = seller.new_customer(), seller.new_customer()
    body = {"version": 1, "others": [{"id": other["id"], "version": 1}]}
    asked = seller.post(f"/customers/{one['id']}/merge", body)
    if asked.json().get("code") == "merge_doubtful":
        codes = [each["code"] for each in asked.json()["errors"]]
        asked = seller.post(f"/customers/{one['id']}/merge", {**body, "confirm": codes})
    assert asked.status_code == 202, asked.content.decode()
    assert asked.json()["amount"] == 2
    assert Party.objects.filter(deleted_at=None).count() == 2

    granted = manager.post(f"/approvals/{asked.json()['id']}/grant", {"version": 1})

    assert granted.status_code == 200, granted.content.decode()
    assert list(Party.objects.filter(deleted_at=None).values_list("pk", flat=True)) == [one["id"]]


def test_names_each_record_of_a_set_that_waits(seller: Caller, turned_on: None) -> None:
    ids = [seller.new_customer()["id"], seller.new_customer()["id"]]

    answer = seller.post("/customers/bulk", {"verb": "delete", "ids": ids})

    assert answer.status_code == 200
    assert [each["code"] for each in answer.json()["refused"]] == ["waits_for_approval"] * 2
    assert sorted(ApprovalRequest.objects.values_list("record_id", flat=True)) == sorted(ids)


def test_does_not_let_a_limited_token_decide(
    seller: Caller, cast: Cast, turned_on: None, trail_length: Callable[[], int]
) -> None:
    made = seller.new_customer()
    asked = seller.delete(f"/customers/{made['id']}", {"version": 1}).json()
    email, system = cast.users["manager"].email, system_actor("tests", door=Door.CLI)
    reader, other = (
        Caller(create_token(actor=system, email=email, scopes=[scope]).secret) for scope in ("read", "tasks")
    )
    for each in (reader, other):
        each.get("/search", q="zzz")  # the first use of a token is noted
    before = trail_length()

    granted = reader.post(f"/approvals/{asked['id']}/grant", {"version": 1})

    assert (granted.status_code, granted.json()["code"]) == (403, "not_allowed")
    assert reader.get(f"/approvals/{asked['id']}").status_code == 200
    assert other.get(f"/approvals/{asked['id']}").status_code == 404
    assert trail_length() == before
    assert Party.objects.filter(pk=made["id"], deleted_at=None).exists()
