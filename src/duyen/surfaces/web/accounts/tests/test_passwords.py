"""Setting a password: by a link, by mail, and on one's own page."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector
from pytest_django.fixtures import Settings

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import DoorstepEvent, PasswordLink, UserSession
from duyen.foundation.org.passwords import make_link
from duyen.foundation.org.tasks import send_password_link
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.foundation.settings.company import keep_setting
from duyen.kernel import clock
from duyen.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db

NEW = "bon muoi ba con vit bau"


def _link(cast: Cast) -> str:
    return f"/login/link/{make_link(cast.users['seller'], actor=system_actor('tests'))}"


def _can_sign_in(password: str) -> bool:
    answer = Client().post("/login", {"email": "seller@example.com", "password": password})
    return answer.status_code == 302


def test_sets_a_password_once_and_comes_in(client: Client, cast: Cast) -> None:
    elsewhere = Client()
    elsewhere.force_login(cast.user("seller"))
    link = _link(cast)
    assert "Nguyễn Hồng Hạnh" in client.get(link).content.decode()

    answer = client.post(link, {"password": NEW, "again": NEW})

    assert answer.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(cast.users["seller"].pk)
    assert elsewhere.get("/profile").status_code == 302
    assert _can_sign_in(NEW)
    assert not _can_sign_in(PASSWORD)
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 410
    entry = History.objects.filter(entity="users", verb="users.set_password").get()
    assert entry.actor_id == cast.users["seller"].pk
    assert "argon2" not in str(entry.changes)


def test_a_link_lasts_for_a_day(client: Client, cast: Cast) -> None:
    start = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
    with clock.stopped(start):
        link = _link(cast)
    with clock.stopped(start + dt.timedelta(hours=24)):
        answer = client.get(link)

    assert answer.status_code == 410
    assert "không còn dùng được" in answer.content.decode()


@pytest.mark.parametrize(
    ("password", "again"),
    [
        ("short", "short"),
        (NEW, "another"),
        ("seller@example", "seller@example"),
        ("1234567890", "1234567890"),
    ],
)
def test_refuses_a_weak_or_mistyped_password_and_keeps_the_link(
    client: Client, cast: Cast, password: str, again: str
) -> None:
    link = _link(cast)

    answer = client.post(link, {"password": password, "again": again})

    assert answer.status_code == 422
    assert PasswordLink.objects.get().used_at is None
    assert _can_sign_in(PASSWORD)


def test_opens_the_door_that_wrong_tries_had_shut(client: Client, cast: Cast) -> None:
    for _number in range(5):
        client.post("/login", {"email": "seller@example.com", "password": "wrong password"})
    assert not _can_sign_in(PASSWORD)

    client.post(_link(cast), {"password": NEW, "again": NEW})

    assert _can_sign_in(NEW)


def test_counts_guessed_links(client: Client, cast: Cast) -> None:
    answers = [client.get(f"/login/link/guess{number}").status_code for number in range(21)]

    assert set(answers) == {410}
    assert client.get(_link(cast)).status_code == 410
    assert DoorstepEvent.objects.filter(what=Doorstep.USE_LINK, outcome=Outcome.REFUSED).count() == 2


def test_says_whom_to_ask_where_no_mail_can_be_sent(client: Client, cast: Cast) -> None:
    page = client.get("/login/forgot").content.decode()

    assert "Hãy nhờ quản trị viên" in page
    assert 'name="email"' not in page


@pytest.fixture
def _with_mail(settings: Settings) -> None:
    settings.EMAIL_HOST = "smtp.example.com"


@pytest.mark.usefixtures("_with_mail")
def test_mails_a_link_to_those_who_exist_and_tells_strangers_nothing(client: Client, cast: Cast) -> None:
    keep_setting("company.public_url", "https://crm.example.com", actor=system_actor("tests"))
    with app.replace_connector(InMemoryConnector()) as held:
        known = client.post("/login/forgot", {"email": "Seller@example.com"})
        unknown = client.post("/login/forgot", {"email": "nobody@example.com"})
        jobs = list(held.connector.jobs.values())  # type: ignore[attr-defined] # the in-memory one keeps them

    assert len(known.content) == len(unknown.content)  # both e-mails have the same length
    assert [job["args"] for job in jobs] == [
        {"user_id": cast.users["seller"].pk, "address": "https://crm.example.com"}
    ]


@pytest.mark.usefixtures("_with_mail")
def test_the_mail_carries_a_link_that_works(client: Client, cast: Cast) -> None:
    send_password_link(user_id=cast.users["seller"].pk, address="https://crm.example.com")

    (sent,) = mail.outbox
    found = re.search(r"https://crm\.example\.com(/login/link/\S+)", str(sent.body))
    assert found is not None
    assert sent.to == ["seller@example.com"]
    assert client.get(found[1]).status_code == 200


@pytest.mark.usefixtures("_with_mail")
def test_trusts_the_host_of_this_machine_alone(client: Client, cast: Cast) -> None:
    assert 'name="email"' in client.get("/login/forgot", HTTP_HOST="127.0.0.1:8000").content.decode()
    assert 'name="email"' not in client.get("/login/forgot", HTTP_HOST="evil.example.com").content.decode()


def test_changes_the_password_and_ends_other_sessions(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))
    other = Client()
    other.force_login(cast.user("seller"))

    answer = client.post("/profile/password", {"old": PASSWORD, "password": NEW, "again": NEW})

    assert answer.status_code == 302
    assert client.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302
    assert _can_sign_in(NEW)


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong password", NEW, NEW, "old"),
        (PASSWORD, "short", "short", "password"),
        (PASSWORD, NEW, "another", "again"),
    ],
)
def test_keeps_the_password_when_something_is_wrong(
    client: Client, cast: Cast, old: str, new: str, again: str, field: str
) -> None:
    client.force_login(cast.user("seller"))

    answer = client.post("/profile/password", {"old": old, "password": new, "again": again})

    assert answer.status_code == 422
    assert f'id="f-{field}-err"' in answer.content.decode()
    assert _can_sign_in(PASSWORD)
    assert UserSession.objects.filter(user_id=cast.users["seller"].pk).count() == 2


def test_keeps_the_profile(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))
    given = {"full_name": "  Nguyễn  Hồng Hạnh ", "language": "en", "theme": "dark", "density": "compact"}

    answer = client.post("/profile", given | {"phone": " 0912 345 678"})

    user = cast.user("seller")
    assert (user.full_name, user.phone, user.language, user.theme, user.density) == (
        "Nguyễn Hồng Hạnh",
        "0912 345 678",
        "en",
        "dark",
        "compact",
    )
    assert answer.cookies["duyen_theme"].value == "dark"
    page = client.get("/profile").content.decode()
    assert "Your profile" in page
    assert 'data-theme="dark"' in page


@pytest.mark.parametrize(
    "wrong",
    [{"full_name": " "}, {"language": "fr"}, {"theme": "pink"}, {"phone": "máy lẻ 12"}, {"phone": "0" * 21}],
)
def test_refuses_a_profile_that_makes_no_sense(client: Client, cast: Cast, wrong: dict[str, str]) -> None:
    client.force_login(cast.user("seller"))
    given = {"full_name": "Hạnh", "language": "en", "theme": "dark", "density": "compact"}

    answer = client.post("/profile", given | wrong)

    assert answer.status_code == 422
    assert cast.user("seller").full_name == "Nguyễn Hồng Hạnh"


def test_counts_wrong_guesses_of_the_old_password_like_those_at_the_door(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))
    given = {"password": NEW, "again": NEW}

    wrong = [client.post("/profile/password", given | {"old": "guess"}).status_code for _number in range(5)]
    shut = client.post("/profile/password", given | {"old": PASSWORD})

    assert wrong == [422] * 5
    assert shut.status_code == 429
    assert "Hãy chờ 15 phút" in shut.content.decode()
    assert list(DoorstepEvent.objects.values_list("what", flat=True).distinct()) == [Doorstep.CONFIRM]
    assert _can_sign_in(PASSWORD)


def test_speaks_another_language_from_the_next_page_on(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("seller"))

    answer = client.post("/profile/language", {"language": "en", "back": "/customers?sort=name"})

    assert answer.headers["Location"] == "/customers?sort=name"
    assert "Your profile" in client.get("/profile").content.decode()
    assert "There is no such page" in client.get("/nowhere/at/all").content.decode()
    assert client.post("/profile/language", {"language": "fr"}).status_code == 409
    assert cast.user("seller").language == "en"


@pytest.mark.django_db(transaction=True)
def test_hashes_a_password_anew_when_the_way_of_hashing_changed(
    client: Client, cast: Cast, settings: Settings
) -> None:
    before = cast.user("seller").password
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]

    assert _can_sign_in(PASSWORD)

    after = cast.user("seller").password
    assert (before.partition("$")[0], after.partition("$")[0]) == ("argon2", "md5")
    entry = History.objects.filter(entity="users", verb="users.rehash_password").get()
    assert entry.changes == {"password": ["•", "•"]}
    assert _can_sign_in(PASSWORD)
