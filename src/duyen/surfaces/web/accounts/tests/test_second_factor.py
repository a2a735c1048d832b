"""The code after the password: set up, asked for, renewed, turned off, demanded by a role."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import DoorstepEvent, RecoveryCode, Role, SecondFactor, UserSession
from duyen.foundation.org.passwords import make_link
from duyen.foundation.org.second_factor import taken_step
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.kernel import clock
from duyen.surfaces.api.tokens import create_token
from duyen.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
PAGE = "/profile/second-factor"
EMAIL = "seller@example.com"


@pytest.fixture(autouse=True)
def _hash_fast(settings: Settings) -> None:
    """Many passwords in one test: the slow hasher would only cost time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.stopped(START):
        yield


def _key(page: str) -> str:
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
    assert found is not None
    return found[1].replace(" ", "")


def _code(secret: str, *, seconds: int = 0) -> str:
    return pyotp.TOTP(secret).at(START + dt.timedelta(seconds=seconds))


def _set_up(client: Client) -> tuple[str, list[str]]:
    """Set a factor up with the code of the step before, so that the present one is still good."""
    secret = _key(client.get(PAGE).content.decode())
    answer = client.post(PAGE, {"code": _code(secret, seconds=-30), "password": PASSWORD})
    assert answer.status_code == 200, answer.content.decode()
    return secret, re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", answer.content.decode())


@pytest.fixture
def seller(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("seller"))
    return client


def _give_password() -> Client:
    client = Client()
    answer = client.post("/login", {"email": EMAIL, "password": PASSWORD, "next": "/profile?x=1"})
    assert answer.headers["Location"] == "/login/code"
    return client


def _demand(code: str = "SALES_REP") -> None:
    role = Role.objects.get(code=code)
    standard.change(
        entity_named("roles"),
        role.pk,
        actor=system_actor("tests"),
        values={"needs_second_factor": True},
        version=role.version,
    )


def test_takes_the_codes_of_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = dt.datetime.fromtimestamp(1111111109, dt.UTC)

    assert taken_step(secret, "081804", at=at, after=0) == 37037036
    assert taken_step(secret, "081804", at=at, after=37037036) is None


def test_is_set_up_by_one_right_code_and_gives_ten_recovery_codes_once(seller: Client, cast: Cast) -> None:
    other = Client()
    other.force_login(cast.user("seller"))

    secret, codes = _set_up(seller)

    assert len(set(codes)) == 10
    kept = SecondFactor.objects.get()
    assert secret.encode() not in bytes(kept.sealed)
    assert other.get("/profile").status_code == 302
    page = seller.get(PAGE).content.decode()
    assert not any(code in page for code in codes)
    told = History.objects.filter(verb="users.set_up_factor", root_id=cast.users["seller"].pk)
    assert told.count() == 11
    assert not any(secret in str(entry.changes) for entry in told)
    assert not any(code.replace("-", "") in str(entry.changes) for code in codes for entry in told)


@pytest.mark.parametrize(("code", "password"), [("000000", PASSWORD), ("", PASSWORD), (None, "wrong")])
def test_is_not_set_up_by_a_wrong_code_or_password(seller: Client, code: str | None, password: str) -> None:
    secret = _key(seller.get(PAGE).content.decode())

    answer = seller.post(PAGE, {"code": _code(secret) if code is None else code, "password": password})

    assert answer.status_code == 422
    assert _key(answer.content.decode()) == secret
    assert not SecondFactor.objects.exists()
    assert not History.objects.filter(verb="users.set_up_factor").exists()


def test_asks_for_the_code_before_anything_opens(seller: Client, cast: Cast) -> None:
    secret, _codes = _set_up(seller)
    client = _give_password()

    assert client.get("/profile").headers["Location"].startswith("/login")
    assert client.get("/api/v1/customers").status_code == 401
    assert "Mã" in client.get("/login/code").content.decode()
    entered = client.post("/login/code", {"code": _code(secret)})

    assert entered.headers["Location"] == "/profile?x=1"
    assert client.get("/profile").status_code == 200
    events = (
        DoorstepEvent.objects.filter(user=cast.users["seller"]).order_by("pk").values_list("what", "outcome")
    )
    assert list(events)[-2:] == [(Doorstep.SIGN_IN, Outcome.HALF), (Doorstep.CODE, Outcome.GOOD)]


def test_takes_a_code_once_and_one_step_of_drift(seller: Client) -> None:
    secret, _codes = _set_up(seller)
    codes = {seconds: _code(secret, seconds=seconds) for seconds in (-30, 0, 30, 60)}

    answers = {
        seconds: _give_password().post("/login/code", {"code": codes[seconds]}).status_code
        for seconds in (60, -30, 0, 30)
    }
    again = _give_password().post("/login/code", {"code": codes[30]}).status_code

    # That of the step before was used up by the set-up; the one after the next is too far ahead.
    assert answers == {60: 422, -30: 422, 0: 302, 30: 302}
    assert again == 422


def test_takes_a_recovery_code_once_however_it_is_typed(seller: Client, cast: Cast) -> None:
    _secret, codes = _set_up(seller)

    first = _give_password()
    assert first.post("/login/code", {"code": f" {codes[0].upper()} "}).status_code == 302
    assert _give_password().post("/login/code", {"code": codes[0]}).status_code == 422

    assert RecoveryCode.objects.filter(used_at=None).count() == 9
    assert "còn 9 mã" in first.get("/profile").content.decode()
    entry = History.objects.get(verb="users.use_recovery_code")
    assert (entry.actor_id, entry.root_id) == (cast.users["seller"].pk, cast.users["seller"].pk)


def test_shuts_after_five_wrong_codes_also_for_the_right_one(seller: Client) -> None:
    secret, _codes = _set_up(seller)
    client = _give_password()

    wrong = [client.post("/login/code", {"code": "000000"}).status_code for _number in range(5)]
    shut = client.post("/login/code", {"code": _code(secret)})
    anew = Client().post("/login", {"email": EMAIL, "password": PASSWORD})

    assert wrong == [422] * 5
    assert (shut.status_code, anew.status_code) == (429, 429)
    assert UserSession.objects.filter(user_id__isnull=False).count() == 1
    with clock.stopped(START + dt.timedelta(minutes=15)):
        late = _give_password()
        later = _code(secret, seconds=900)
        assert late.post("/login/code", {"code": later}).status_code == 302


def test_forgets_a_half_sign_in_after_ten_minutes_and_with_a_new_password(seller: Client, cast: Cast) -> None:
    secret, _codes = _set_up(seller)
    late, robbed = _give_password(), _give_password()

    with clock.stopped(START + dt.timedelta(minutes=11)):
        assert late.get("/login/code").headers["Location"] == "/login?over=1"
    new = "bon muoi ba con vit bau"
    seller.force_login(cast.user("seller"))
    seller.post("/profile/password", {"old": PASSWORD, "password": new, "again": new})

    assert robbed.post("/login/code", {"code": _code(secret)}).headers["Location"] == "/login?over=1"
    assert robbed.get("/profile").status_code == 302


def test_a_password_link_does_not_go_round_the_code(seller: Client, cast: Cast) -> None:
    _set_up(seller)
    link = make_link(cast.users["seller"], actor=system_actor("tests"))
    client = Client()

    new = "bon muoi ba con vit bau"
    answer = client.post(f"/login/link/{link}", {"password": new, "again": new})

    assert answer.headers["Location"] == "/login/code"
    assert client.get("/profile").status_code == 302


def test_renews_recovery_codes_after_the_password(seller: Client) -> None:
    _secret, codes = _set_up(seller)

    refused = seller.post(f"{PAGE}/codes", {"password": "wrong"})
    assert refused.status_code == 422
    assert RecoveryCode.objects.count() == 10
    seller.post(f"{PAGE}/codes", {"password": PASSWORD})

    assert RecoveryCode.objects.count() == 10
    assert _give_password().post("/login/code", {"code": codes[0]}).status_code == 422


def test_is_turned_off_by_password_and_code_together(seller: Client) -> None:
    secret, codes = _set_up(seller)

    by_password = seller.post(f"{PAGE}/off", {"password": PASSWORD, "code": "000000"})
    by_code = seller.post(f"{PAGE}/off", {"password": "wrong", "code": _code(secret)})
    assert (by_password.status_code, by_code.status_code) == (422, 422)
    assert SecondFactor.objects.count() == 1
    both = seller.post(f"{PAGE}/off", {"password": PASSWORD, "code": codes[3]})

    assert both.status_code == 302
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    assert Client().post("/login", {"email": EMAIL, "password": PASSWORD}).headers["Location"] == "/"


def test_a_role_that_demands_it_leads_to_the_set_up_and_opens_nothing_else(
    seller: Client, cast: Cast
) -> None:
    token = create_token(actor=system_actor("tests"), email=EMAIL).secret
    bearer = {"Authorization": f"Bearer {token}"}
    assert seller.get("/customers").status_code == 200

    _demand()

    for address in ("/", "/customers", "/profile", "/customers/new", "/search?q=an"):
        assert seller.get(address).headers.get("Location") == PAGE, address
    fragment = seller.get("/customers", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == PAGE
    refused = Client().get("/api/v1/customers", headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    assert seller.get("/api/v1/customers").status_code == 403
    _set_up(seller)
    assert seller.get("/customers").status_code == 200
    assert Client().get("/api/v1/customers", headers=bearer).status_code == 200
    assert History.objects.get(entity="roles", verb="roles.change").changes == {
        "needs_second_factor": [False, True]
    }


def test_a_demand_costs_no_query_per_request(seller: Client, cast: Cast) -> None:
    seller.get("/customers")
    with CaptureQueriesContext(connection) as before:
        seller.get("/customers")
    _set_up(seller)
    _demand()
    seller.get("/customers")
    with CaptureQueriesContext(connection) as after:
        seller.get("/customers")

    assert len(after) == len(before)


def test_an_administrator_resets_it_for_a_lost_phone_but_not_her_own(seller: Client, cast: Cast) -> None:
    _set_up(seller)
    admin, colleague = Client(), Client()
    admin.force_login(cast.user("admin"))
    colleague.force_login(cast.user("manager"))
    address = f"/users/{cast.users['seller'].pk}/reset_second_factor"
    assert colleague.post(address).status_code in (403, 404)
    page = admin.get(f"/users/{cast.users['seller'].pk}?tab=access").content.decode()
    question = admin.get(address).content.decode()
    assert f'hx-get="{address}"' in page  # a button that asks first, no form that acts at once
    assert f'<form class="row wrap mt-2" method="post" action="{address}"' not in page
    assert "Mọi phiên" in question
    assert SecondFactor.objects.count() == 1

    assert admin.post(address).status_code == 302

    assert SecondFactor.objects.count() == 0
    assert seller.get("/profile").status_code == 302
    entry = History.objects.filter(verb="users.reset_second_factor", entity="second_factors").get()
    assert (entry.actor_id, entry.root_id) == (cast.users["admin"].pk, cast.users["seller"].pk)
    _set_up(admin)
    assert admin.post(f"/users/{cast.users['admin'].pk}/reset_second_factor").status_code == 409
    assert SecondFactor.objects.count() == 1
