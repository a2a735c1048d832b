"""Tokens and sessions: who may call at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from duyen.entities.errors import NotAllowed
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import User
from duyen.kernel.clock import now
from duyen.surfaces.api.models import ApiToken
from duyen.surfaces.api.tests.conftest import Caller, count_customers
from duyen.surfaces.api.tokens import BadTerm, NoSuchUser, create_token, revoke_token
from duyen.testing.cast import Cast

SYSTEM = system_actor("tests", door=Door.CLI)


def test_keeps_no_token_that_could_be_read(cast: Cast) -> None:
    made = create_token(actor=SYSTEM, email="Seller@Example.com", name="Kho dữ liệu", days=30)

    kept = ApiToken.objects.values().get()
    assert re.fullmatch(r"duyen_[\w-]{43}", made.secret)
    assert kept["prefix"] == made.secret[:10]
    assert made.secret.encode() not in bytes(kept["digest"])
    assert made.secret[10:] not in str(kept)
    entry = History.objects.get(entity="tokens")
    assert (entry.verb, entry.root_entity, entry.root_id) == (
        "tokens.create",
        "users",
        cast.users["seller"].pk,
    )
    assert entry.changes is not None
    assert entry.changes["digest"] == [None, "•"]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Bearer duyen_" + "A" * 43, "Basic c2VsbGVyOng=", "Bearer duyen_đ"],
)
def test_refuses_calls_without_a_good_token(cast: Cast, header: str) -> None:
    answer = Client().get("/api/v1/customers", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_signed_in"


def test_ends_with_its_term(cast: Cast) -> None:
    caller = Caller(create_token(actor=SYSTEM, email="seller@example.com", days=1).secret)

    assert caller.get("/customers").status_code == 200
    with time_machine.travel(now() + dt.timedelta(days=1, seconds=1)):
        assert caller.get("/customers").status_code == 401


def test_ends_when_it_is_revoked(cast: Cast) -> None:
    made = create_token(actor=SYSTEM, email="seller@example.com")
    caller = Caller(made.secret)

    assert caller.get("/customers").status_code == 200
    revoke_token(made.token.pk, actor=SYSTEM)
    assert caller.get("/customers").status_code == 401
    assert History.objects.filter(verb="tokens.revoke").count() == 1


def test_ends_at_once_when_its_user_is_locked(seller: Caller, cast: Cast) -> None:
    assert seller.get("/customers").status_code == 200
    trail.begin(SYSTEM, "tests.lock")
    User.objects.filter(pk=cast.users["seller"].pk).update(is_active=False)

    assert seller.get("/customers").status_code == 401


def test_notes_its_use_at_most_once_a_minute(cast: Cast) -> None:
    made = create_token(actor=SYSTEM, email="seller@example.com")
    caller = Caller(made.secret)

    def last_used() -> dt.datetime | None:
        return ApiToken.objects.get(pk=made.token.pk).last_used_at

    start = now()
    with time_machine.travel(start, tick=False):
        caller.get("/customers")
        assert last_used() == start
    with time_machine.travel(start + dt.timedelta(seconds=59), tick=False):
        caller.get("/customers")
        assert last_used() == start
    with time_machine.travel(start + dt.timedelta(seconds=60), tick=False):
        caller.get("/customers")
        assert last_used() == start + dt.timedelta(seconds=60)
    assert History.objects.filter(verb="tokens.use").count() == 0


def test_is_made_for_people_who_can_sign_in_alone(cast: Cast) -> None:
    with pytest.raises(NoSuchUser):
        create_token(actor=SYSTEM, email="nobody@example.com")
    with pytest.raises(BadTerm):
        create_token(actor=SYSTEM, email="seller@example.com", days=0)
    assert ApiToken.objects.count() == 0


def test_is_made_and_revoked_by_its_user_or_an_administrator(cast: Cast) -> None:
    own = create_token(actor=cast.actor("seller"), email="seller@example.com")
    by_admin = create_token(actor=cast.actor("admin"), email="seller@example.com")

    with pytest.raises(NotAllowed):
        create_token(actor=cast.actor("outsider"), email="seller@example.com")
    with pytest.raises(NotAllowed):
        revoke_token(own.token.pk, actor=cast.actor("outsider"))
    assert ApiToken.objects.filter(revoked_at=None).count() == 2
    revoke_token(by_admin.token.pk, actor=cast.actor("seller"))
    assert ApiToken.objects.filter(revoked_at=None).count() == 1


@pytest.fixture
def browser(cast: Cast) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.users["seller"], backend="duyen.foundation.org.backend.EmailBackend")
    return client


def test_takes_the_browsers_session_for_reading(browser: Client) -> None:
    assert browser.get("/api/v1/customers").status_code == 200


def test_takes_a_session_for_writing_only_with_its_csrf_token(browser: Client) -> None:
    body = {"name": "An", "kind": "INDIVIDUAL"}

    refused = browser.post("/api/v1/customers", body, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json()["code"] == "csrf"
    assert count_customers() == 0

    secret = "a" * 32
    browser.cookies["csrftoken"] = secret
    taken = browser.post(
        "/api/v1/customers", body, content_type="application/json", headers={"X-CSRFToken": secret}
    )
    assert taken.status_code == 201


def test_prefers_the_token_to_the_session(browser: Client) -> None:
    answer = browser.get("/api/v1/customers", headers={"Authorization": "Bearer duyen_wrong"})

    assert answer.status_code == 401


def test_comes_through_the_door_of_the_api(
    seller: Caller, browser: Client, calls: Callable[[str], Caller]
) -> None:
    made = seller.new_customer()

    entry = History.objects.get(root_id=made["id"], entity="parties")
    assert (entry.door, entry.actor_name) == ("api", "Nguyễn Hồng Hạnh")
