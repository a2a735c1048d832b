"""Leads handed over by programs: listed, handed over, accepted, returned, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit.models import History
from duyen.modules.handovers.models import Handover
from duyen.modules.handovers.tests.conftest import Make, lead_of, stand
from duyen.surfaces.api.examples import examples_of
from duyen.surfaces.api.tokens import create_token
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]


@pytest.fixture
def ask(cast: Cast) -> Ask:
    """Call the API with the token of one of the cast."""
    tokens: dict[tuple[str, ...], str] = {}

    def call(who: str, method: str, path: str, body: object = None, *, key: str = "", scope: str = "") -> Any:
        if (who, scope) not in tokens:
            scopes = [scope] if scope else []
            actor = system_actor("tests", door=Door.CLI)
            made = create_token(actor=actor, email=cast.users[who].email, name="t", scopes=scopes)
            tokens[who, scope] = made.secret
        headers = {"Authorization": f"Bearer {tokens[who, scope]}"} | (
            {"Idempotency-Key": key} if key else {}
        )
        sent = {} if method == "GET" else {"data": body or {}, "content_type": "application/json"}
        return getattr(Client(), method.lower())(f"/api/v1{path}", headers=headers, **sent)

    return call


def _items(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content.decode()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def _written() -> int:
    """Count what the trail tells of leads; making a token stands in it too."""
    return History.objects.filter(verb__startswith="leads.").count()


def test_hands_over_a_queue_and_the_others_accept_and_return_it(ask: Ask, lead: Make, cast: Cast) -> None:
    queue = [lead(name=f"Khách {number}", phones=[f"0912 345 67{number}"]) for number in range(3)]
    sent = {"leads": queue, "unit": cast.unit("HP1").pk, "note": "Hội thảo tháng 3"}

    made = ask("care_agent", "POST", "/handovers", sent)

    assert made.status_code == 201, made.content.decode()
    assert [each["lead"]["id"] for each in made.json()["items"]] == queue
    waiting = _items(ask("seller", "GET", "/handovers"))
    assert [each["name"] for each in waiting] == ["Khách 0", "Khách 1", "Khách 2"]
    assert "345" not in str(waiting)
    first, second, third = (each["id"] for each in waiting)

    accepted = ask("seller", "POST", f"/handovers/{first}/accept")
    returned = ask("seller", "POST", f"/handovers/{second}/return", {"note": "Ngoài vùng phủ"})
    withdrawn = ask("care_agent", "POST", f"/handovers/{third}/withdraw")

    assert [each.json()["state"] for each in (accepted, returned, withdrawn)] == [
        "ACCEPTED", "RETURNED", "WITHDRAWN",
    ]  # fmt: skip
    assert accepted.json()["answered_by"]["id"] == cast.user("seller").pk
    assert returned.json()["answer"] == "Ngoài vùng phủ"
    assert (lead_of(first).owner_id, lead_of(first).state) == (cast.user("seller").pk, "ASSIGNED")
    assert lead_of(second).owner_id == cast.user("care_agent").pk
    told = _items(ask("care_agent", "GET", "/handovers?which=handed"))
    assert {each["id"]: each["state"] for each in told} == {
        first: "ACCEPTED", second: "RETURNED", third: "WITHDRAWN",
    }  # fmt: skip
    assert _items(ask("seller", "GET", "/handovers")) == []


def test_hands_over_all_or_none_and_says_which_stand_against_it(ask: Ask, lead: Make, cast: Cast) -> None:
    queue = [lead(name=f"Khách {number}", phones=[f"0912 345 67{number}"]) for number in range(2)]
    note = {"owner": cast.user("seller").pk, "note": "Khách hỏi"}
    ask("care_agent", "POST", f"/leads/{queue[0]}/take")
    told = History.objects.count()

    refused = ask("care_agent", "POST", "/handovers", {"leads": queue, **note})
    alone = ask("care_agent", "POST", "/handovers", {"leads": queue[:1], **note})
    gone = ask("care_agent", "POST", "/handovers", {"leads": [987654321], **note})
    nobody = ask("care_agent", "POST", "/handovers", {"leads": queue[1:], "note": "Khách hỏi"})
    wordless = ask("care_agent", "POST", "/handovers", {"leads": queue[1:], "owner": note["owner"]})

    assert (refused.status_code, refused.json()["code"]) == (409, "not_handed_over")
    assert [each["field"] for each in refused.json()["errors"]] == [f"leads.{queue[0]}"]
    assert alone.status_code == 409
    assert gone.status_code == 404
    assert [each["field"] for each in nobody.json()["errors"]] == ["owner"]
    assert [each["field"] for each in wordless.json()["errors"]] == ["note"]
    assert (Handover.objects.count(), History.objects.count()) == (0, told)


def test_a_repeated_call_hands_over_once(ask: Ask, lead: Make, cast: Cast) -> None:
    sent = {"leads": [lead()], "owner": cast.user("seller").pk, "note": "Khách hỏi"}

    first = ask("care_agent", "POST", "/handovers", sent, key="mot-lan")
    again = ask("care_agent", "POST", "/handovers", sent, key="mot-lan")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Handover.objects.count() == 1


def test_refuses_what_was_answered_and_what_lacks_its_reason(ask: Ask, handed: Make) -> None:
    made = handed()
    wordless = ask("seller", "POST", f"/handovers/{made}/return")
    assert (wordless.status_code, wordless.json()["errors"][0]["field"]) == (422, "note")
    ask("seller", "POST", f"/handovers/{made}/accept")
    told = History.objects.count()

    again = ask("seller", "POST", f"/handovers/{made}/accept")
    unknown = ask("seller", "GET", "/handovers?which=all")
    misspelt = ask("seller", "GET", "/handovers?whch=handed")

    assert (again.status_code, again.json()["code"]) == (409, "answered_already")
    assert (unknown.status_code, misspelt.status_code) == (422, 422)
    assert (stand(made).state, History.objects.count()) == ("ACCEPTED", told)


def test_others_find_nothing_and_change_nothing(ask: Ask, handed: Make) -> None:
    made = handed()
    told = _written()

    for who in ("teller", "colleague", "outsider"):
        assert _items(ask(who, "GET", "/handovers")) == []
        assert ask(who, "GET", f"/handovers/{made}").status_code == 404
        for verb in ("accept", "return", "withdraw"):
            answer = ask(who, "POST", f"/handovers/{made}/{verb}", {"note": "x"} if verb == "return" else {})
            assert answer.status_code == 404
    assert ask("admin", "GET", "/handovers").status_code == 403
    assert ask("care_agent", "POST", f"/handovers/{made}/accept").status_code == 404
    assert ask("seller", "POST", f"/handovers/{made}/withdraw").status_code == 404
    narrow = ask("seller", "POST", f"/handovers/{made}/accept", scope="read")
    assert narrow.status_code == 403
    assert "token" in narrow.json()["detail"].lower()
    assert (stand(made).state, _written()) == ("WAITING", told)


def test_gives_page_after_page_at_the_same_cost(ask: Ask, lead: Make, handed: Make) -> None:
    made = [
        handed(lead_id=lead(name=f"Khách {number}", phones=[f"0912 345 6{number:02}"]))
        for number in range(12)
    ]

    def pages(which: str) -> list[int]:
        found: list[int] = []
        after = ""
        while True:
            who = "seller" if which == "to_answer" else "care_agent"
            answer = ask(who, "GET", f"/handovers?which={which}&limit=5{after}").json()
            found += [each["id"] for each in answer["items"]]
            if answer["next"] is None:
                return found
            after = f"&after={answer['next']}"

    def count(limit: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            ask("seller", "GET", f"/handovers?limit={limit}")
        return len(captured)

    assert pages("to_answer") == made
    assert pages("handed") == made[::-1]
    count(3)
    assert count(3) == count(12)


def test_each_of_its_examples_can_be_called(ask: Ask, handed: Make, lead: Make, cast: Cast) -> None:
    handed()
    lead(name="Khách khác", phones=["0912 345 678"])
    found = []
    for who in ("seller", "care_agent"):
        for each in examples_of(entity_named("leads"), cast.actor(who)):
            if each.path.startswith("/handovers"):
                answer = ask(who, each.method, each.path, each.body)
                assert answer.status_code in each.statuses, f"{each.path}: {answer.content.decode()}"
                found.append((each.method, each.path.rpartition("/")[2]))

    assert {verb for method, verb in found if method == "POST"} >= {"handovers", "accept", "return"}
