"""What a token may be used for: cut down for its actor, so that every door obeys."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities.errors import NotAllowed
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.rules import Cut, read_scope
from duyen.foundation.access.words import READ, STANDARD_VERBS, Door
from duyen.foundation.audit.models import History
from duyen.surfaces.api.models import ApiToken
from duyen.surfaces.api.tests.conftest import Caller, count_customers
from duyen.surfaces.api.tokens import UnknownScope, create_token
from duyen.testing.cast import Cast

SYSTEM = system_actor("tests")
_WORDS = ("read", "customers", "contacts:read", "customers:change", "users", "roles:read")


def _caller(cast: Cast, *scopes: str, who: str = "seller") -> Caller:
    caller = Caller(create_token(actor=SYSTEM, email=cast.users[who].email, scopes=scopes).secret)
    caller.get("/search", q="zzz")
    return caller


@given(
    words=st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3),
    entity=st.sampled_from(["customers", "contacts", "users", "roles"]),
    verb=st.sampled_from(STANDARD_VERBS),
)
def test_allows_what_one_of_its_words_names(words: list[str], entity: str, verb: str) -> None:
    cut = Cut(frozenset(map(read_scope, words)))

    named = {entity, f"{entity}:{verb}", *(["read"] if verb == READ else [])}
    assert cut.allows(entity, verb) == bool(named & set(words))


@pytest.mark.parametrize("who", ["seller", "manager", "director", "admin"])
def test_never_opens_what_the_person_may_not(cast: Cast, who: str) -> None:
    user, whole = cast.user(who), cast.actor(who)
    cut = actor_for(user, Door.API, cut=Cut(frozenset({("customers", "*"), ("*", READ)})))

    for entity in all_entities():
        for verb in STANDARD_VERBS:
            assert not cut.may(entity.name, verb) or whole.may(entity.name, verb)
    assert not cut.may("contacts", "change")


def test_says_whether_the_token_or_the_role_stands_against_a_step(cast: Cast, seller: Caller) -> None:
    made = seller.new_customer()
    path = f"/customers/{made['id']}"

    by_token = _caller(cast, "read").patch(path, {"note": "Mới", "version": 1}).json()
    by_role = _caller(cast, "customers", who="care_agent").delete(path, {"version": 1}).json()

    assert (by_token["code"], by_role["code"]) == ("not_allowed", "not_allowed")
    assert "Token này" in by_token["detail"]
    assert "quản trị" not in by_token["detail"]
    assert "Token này" not in by_role["detail"]


def test_a_reading_token_reads_and_writes_nothing(cast: Cast, seller: Caller) -> None:
    made = seller.new_customer()
    caller = _caller(cast, "read")
    before = History.objects.count()

    assert caller.get("/customers").json()["items"][0]["id"] == made["id"]
    assert caller.get("/search", q="Nguyễn").json()["items"]
    refused = [
        caller.post("/customers", {"name": "An", "kind": "INDIVIDUAL"}),
        caller.patch(f"/customers/{made['id']}", {"note": "x", "version": 1}),
        caller.delete(f"/customers/{made['id']}", {"version": 1}),
    ]
    assert [each.status_code for each in refused] == [403] * 3
    assert (count_customers(), History.objects.count()) == (1, before)


def test_a_token_for_contacts_finds_no_customers(cast: Cast, seller: Caller) -> None:
    made = seller.new_customer()
    caller = _caller(cast, "contacts")

    assert caller.get("/customers").status_code == 403
    assert caller.get(f"/customers/{made['id']}").status_code == 404
    assert caller.get("/search", q="Nguyễn").json()["items"] == []
    assert caller.post("/contacts", {"name": "Lan"}).status_code == 201


@pytest.mark.parametrize("word", ["write", "customers:fly", "nothing", "customers:", ":read", "*", "*:read"])
def test_refuses_words_that_it_does_not_know(cast: Cast, word: str) -> None:
    with pytest.raises(UnknownScope):
        create_token(actor=SYSTEM, email="seller@example.com", scopes=["read", word])

    assert not ApiToken.objects.exists()


def test_is_made_listed_and_revoked_by_rest(seller: Caller) -> None:
    answer = seller.post("/tokens", {"name": "Kho", "scopes": ["customers:read"], "days": 30})

    assert answer.status_code == 201
    made = answer.json()
    assert made["scopes"] == ["customers:read"]
    assert Caller(made["secret"]).get("/customers").status_code == 200
    listed = seller.get("/tokens").json()["items"]
    assert [each["name"] for each in listed] == ["Kho", "tests"]
    assert "secret" not in listed[0]
    assert seller.post("/tokens", {"scopes": ["fly"]}).json()["code"] == "unknown_scope"
    assert seller.post("/tokens", {"days": 0}).status_code == 422
    assert seller.delete(f"/tokens/{made['id']}").status_code == 204
    assert Caller(made["secret"]).get("/customers").status_code == 401


def test_nobody_revokes_that_of_somebody_else_by_rest(seller: Caller, teller: Caller) -> None:
    theirs = teller.get("/tokens").json()["items"][0]["id"]

    assert seller.delete(f"/tokens/{theirs}").status_code == 404
    assert teller.get("/tokens").status_code == 200


def test_a_limited_token_makes_none_without_limits(cast: Cast) -> None:
    caller = _caller(cast, "read", "customers")

    assert caller.post("/tokens", {"name": "mehr"}).status_code == 403
    assert caller.get("/tokens").status_code == 403
    assert caller.post("/absences", {}).status_code in (403, 422)
    limited = actor_for(cast.user("seller"), Door.API, cut=Cut(frozenset({("*", READ)})))
    with pytest.raises(NotAllowed):
        create_token(actor=limited, email="seller@example.com")
    assert ApiToken.objects.count() == 1


def test_is_made_and_revoked_on_ones_own_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    given_ = {
        "name": "Kho",
        "how": "chosen",
        "scope:customers": "write",
        "scope:contacts": "all",
        "days": "90",
    }
    page = client.post("/profile/tokens", given_)

    secret = page.content.decode().partition('value="duyen_')[2].partition('"')[0]
    assert "no-store" in page.headers["Cache-Control"]
    caller = Caller(f"duyen_{secret}")
    made = caller.new_customer()
    assert caller.delete(f"/customers/{made['id']}", {"version": 1}).status_code == 403
    kept = ApiToken.objects.get()
    assert kept.scopes == ["customers:read", "customers:create", "customers:change", "contacts"]
    listed = client.get("/profile/tokens").content.decode()
    assert "Khách hàng: Xem, Tạo, Sửa" in listed
    assert secret not in listed
    assert client.post("/profile/tokens", {"how": "chosen"}).status_code == 422
    client.post("/profile/tokens/revoke", {"token": kept.pk})
    assert caller.get("/customers").status_code == 401
    assert client.post("/profile/tokens/revoke", {"token": kept.pk}).status_code == 404


def test_records_and_ends_ones_own_absence_by_rest(seller: Caller, cast: Cast) -> None:
    body = {"since": "2099-01-01", "until": "2099-01-10", "deputy": cast.users["teller"].pk, "note": "Nghỉ"}

    made = seller.post("/absences", body)

    assert made.status_code == 201, made.content
    assert made.json()["deputy"]["label"] == "Trần Quốc Bảo"
    assert [each["id"] for each in seller.get("/absences").json()["items"]] == [made.json()["id"]]
    again = seller.post("/absences", body)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "overlaps")
    assert seller.post("/absences", body | {"until": "mai"}).status_code == 422
    assert seller.delete(f"/absences/{made.json()['id']}").status_code == 204
    assert seller.delete(f"/absences/{made.json()['id']}").status_code == 404
