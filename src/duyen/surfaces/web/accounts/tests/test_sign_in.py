"""Signing in, and what stands against guessing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import DoorstepEvent, User, UserSession
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.kernel import clock
from duyen.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hash_fast(settings: Settings) -> None:
    """Many tries in one test: the slow hasher first in line would only cost time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def _sign_in(client: Client, email: str, password: str, **more: str) -> int:
    return client.post("/login", {"email": email, "password": password, **more}).status_code


def test_sends_strangers_to_the_sign_in_and_back(client: Client, cast: Cast) -> None:
    sent = client.get("/profile?tab=1")

    assert sent.headers["Location"] == "/login?next=%2Fprofile%3Ftab%3D1"
    back = client.post(
        "/login", {"email": "Seller@Example.com ", "password": PASSWORD, "next": "/profile?tab=1"}
    )
    assert back.headers["Location"] == "/profile?tab=1"
    assert UserSession.objects.get().user_id == cast.users["seller"].pk
    event = DoorstepEvent.objects.get()
    assert (event.what, event.outcome, event.user_id) == (
        Doorstep.SIGN_IN,
        Outcome.GOOD,
        cast.users["seller"].pk,
    )


@pytest.mark.parametrize(
    "wanted", ["https://example.com/", "//example.com", "javascript:alert(1)", "profile"]
)
def test_never_leads_out_of_the_house(client: Client, cast: Cast, wanted: str) -> None:
    answer = client.post("/login", {"email": "seller@example.com", "password": PASSWORD, "next": wanted})

    assert answer.headers["Location"] == "/"


def test_sends_a_fragment_as_a_whole_page(client: Client, cast: Cast) -> None:
    answer = client.get(
        "/profile", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/a?b=1"}
    )

    assert answer.headers["HX-Redirect"] == "/login?next=%2Fa%3Fb%3D1"


def test_leads_back_to_the_form_that_was_sent_too_late_and_says_that_nothing_was_saved(
    client: Client, cast: Cast
) -> None:
    answer = client.post("/customers/new", {}, headers={"Referer": "http://testserver/customers/new"})

    assert answer.headers["Location"] == "/login?next=%2Fcustomers%2Fnew&unsaved=1"
    assert "chưa được lưu" in client.get(answer.headers["Location"]).content.decode()


def test_leads_to_the_set_up_where_nobody_exists(client: Client) -> None:
    assert client.get("/profile").headers["Location"] == "/setup"
    assert client.get("/login").headers["Location"] == "/setup"


def test_tells_a_wrong_password_and_an_unknown_person_alike(client: Client, cast: Cast) -> None:
    wrong = client.post("/login", {"email": "seller@example.com", "password": "wrong password"})
    unknown = client.post("/login", {"email": "nobody@example.com", "password": "wrong password"})

    said = "Email hoặc mật khẩu chưa đúng. Còn 4 lần thử, sau đó phải chờ 15 phút."
    assert said in wrong.content.decode()
    assert said in unknown.content.decode()
    assert UserSession.objects.count() == 0


def test_shuts_after_five_wrong_tries_for_fifteen_minutes(client: Client, cast: Cast) -> None:
    start = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
    with clock.stopped(start):
        wrong = [_sign_in(client, "seller@example.com", "wrong password") for _ in range(5)]
    with clock.stopped(start + dt.timedelta(minutes=14)):
        shut = client.post("/login", {"email": "seller@example.com", "password": PASSWORD})
        colleague = _sign_in(Client(), "colleague@example.com", PASSWORD)
    with clock.stopped(start + dt.timedelta(minutes=15)):
        open_again = _sign_in(client, "seller@example.com", PASSWORD)

    assert wrong == [422] * 5
    assert shut.status_code == 429
    assert "Hãy chờ 1 phút" in shut.content.decode()
    assert colleague == 302
    assert open_again == 302


def test_counts_one_person_over_all_addresses(client: Client, cast: Cast) -> None:
    for last in range(20):
        Client(REMOTE_ADDR=f"192.0.2.{last}").post(
            "/login", {"email": "seller@example.com", "password": "wrong password"}
        )

    answer = client.post("/login", {"email": "seller@example.com", "password": PASSWORD})

    assert answer.status_code == 429


def test_counts_one_address_over_all_people_even_after_a_good_one(client: Client, cast: Cast) -> None:
    for number in range(50):
        _sign_in(client, f"guess{number}@example.com", "wrong password")
        if number == 30:
            assert _sign_in(Client(), "outsider@example.com", PASSWORD) == 302

    assert _sign_in(client, "seller@example.com", PASSWORD) == 429
    assert _sign_in(Client(REMOTE_ADDR="192.0.2.7"), "seller@example.com", PASSWORD) == 302


def test_lets_nobody_in_who_is_locked(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))
    assert client.get("/profile").status_code == 200

    _lock(cast)

    assert client.get("/profile").headers["Location"].startswith("/login")
    assert _sign_in(client, "seller@example.com", PASSWORD) == 422


def _lock(cast: Cast) -> None:
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.lock")
        User.objects.filter(pk=cast.users["seller"].pk).update(is_active=False)


def test_signs_out_only_by_a_form(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    assert client.get("/logout").status_code == 405
    assert UserSession.objects.count() == 1
    left = client.post("/logout").headers
    assert (left["Location"], left["Clear-Site-Data"]) == ("/login", '"cache", "storage"')
    assert UserSession.objects.count() == 0
    assert DoorstepEvent.objects.get().what == Doorstep.SIGN_OUT


@pytest.mark.parametrize("address", ["/logout", "/profile/password", "/profile/second-factor/codes"])
def test_says_that_an_address_of_a_form_is_no_page(client: Client, cast: Cast, address: str) -> None:
    client.force_login(cast.user("seller"))

    answer = client.get(address)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Địa chỉ này chỉ nhận biểu mẫu gửi đi. Chưa có gì thay đổi." in answer.content.decode()


def test_stays_for_thirty_days_or_until_the_browser_closes(client: Client, cast: Cast) -> None:
    _sign_in(client, "seller@example.com", PASSWORD, keep="1")
    kept = client.cookies["duyen_session"]["max-age"]
    other = Client()
    _sign_in(other, "seller@example.com", PASSWORD)

    assert kept == 30 * 24 * 3600
    assert other.cookies["duyen_session"]["max-age"] == ""


def test_speaks_the_language_chosen_in_the_browser(client: Client, cast: Cast) -> None:
    assert "Đăng nhập" in client.get("/login").content.decode()

    answer = client.get("/language/en?next=/login")

    assert answer.headers["Location"] == "/login"
    assert "Sign in" in client.get("/login").content.decode()
    assert client.get("/language/fr").status_code == 404
