"""The browsers in which somebody is signed in, and how they are signed out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.foundation.org.browsers import browser_of
from duyen.foundation.org.models import DoorstepEvent, UserSession
from duyen.foundation.org.sessions import sessions_of
from duyen.foundation.org.words import Doorstep
from duyen.kernel import clock
from duyen.kernel.clock import now
from duyen.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
DESK = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
)


def _signed_in(who: str = "seller", *, browser: str = DESK, address: str = "192.0.2.7") -> Client:
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": browser})
    client.post("/login", {"email": f"{who}@example.com", "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("words", "browser", "system"),
    [
        (PHONE, "Safari", "iPhone"),
        (DESK, "Edge", "Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome",
         "Android"),
        ("curl/8.9", "", ""),
    ],
)  # fmt: skip
def test_tells_browser_and_system_in_plain_words(words: str, browser: str, system: str) -> None:
    found = browser_of(words)

    assert (found.name, found.system) == (browser, system)


def test_lists_where_one_is_signed_in_this_browser_first(cast: Cast) -> None:
    _signed_in(browser=PHONE, address="2001:db8:1:2:3::4")
    here = _signed_in()

    page = here.get("/profile/security").content.decode()
    listed = sessions_of(cast.users["seller"].pk)

    assert "Edge trên Windows" in page
    assert "Safari trên iPhone" in page
    assert {each.address for each in listed} == {"192.0.2.7", "2001:db8:1:2::"}
    assert page.count("Trình duyệt này") == 1
    for key in UserSession.objects.values_list("session_key", flat=True):
        assert key not in page


def test_signs_out_one_other_browser_or_all_of_them(cast: Cast) -> None:
    first, second, here, stranger = (
        _signed_in(),
        _signed_in(browser=PHONE),
        _signed_in(),
        _signed_in("teller"),
    )
    user_id = cast.users["seller"].pk
    phone = next(each.handle for each in sessions_of(user_id) if each.browser.name == "Safari")

    here.post("/profile/sessions", {"session": phone})
    assert (first.get("/profile").status_code, second.get("/profile").status_code) == (200, 302)

    here.post("/profile/sessions")
    assert (first.get("/profile").status_code, here.get("/profile").status_code) == (302, 200)
    assert stranger.get("/profile").status_code == 200
    ended = DoorstepEvent.objects.filter(what=Doorstep.ENDED).values_list("user_id", "by_id")
    assert list(ended) == [(user_id, user_id)] * 2


def test_cannot_sign_somebody_else_out(cast: Cast) -> None:
    victim, other = _signed_in("teller"), _signed_in()
    handle = sessions_of(cast.users["teller"].pk)[0].handle

    other.post("/profile/sessions", {"session": handle})
    by_step = other.post(f"/users/{cast.users['teller'].pk}/end_sessions", {"session": handle})

    assert by_step.status_code in (403, 404)
    assert victim.get("/profile").status_code == 200
    assert not DoorstepEvent.objects.filter(what=Doorstep.ENDED).exists()


def test_an_administrator_sees_and_ends_the_sessions_of_others(cast: Cast) -> None:
    seller, admin = _signed_in(browser=PHONE), _signed_in("admin")
    address = f"/users/{cast.users['seller'].pk}"
    assert "Safari trên iPhone" in admin.get(f"{address}?tab=access").content.decode()

    admin.post(f"{address}/end_sessions")

    assert seller.get("/profile").status_code == 302
    page = admin.get(f"{address}?tab=access").content.decode()
    assert "Bị Bùi Anh Tú đăng xuất" in page
    assert admin.post(f"{address}/end_sessions").status_code == 409


def test_notes_that_a_session_is_in_use_at_most_every_ten_minutes(cast: Cast) -> None:
    client = _signed_in()
    start = now()

    def seen() -> dt.datetime | None:
        return UserSession.objects.get(user_id=cast.users["seller"].pk).seen_at

    with clock.stopped(start + dt.timedelta(minutes=9)):
        client.get("/profile")
        with CaptureQueriesContext(connection) as captured:
            client.get("/profile")
        assert not any(query["sql"].startswith("UPDATE") for query in captured)
    later = start + dt.timedelta(minutes=11)
    with clock.stopped(later):
        client.get("/profile")

    assert seen() == later
