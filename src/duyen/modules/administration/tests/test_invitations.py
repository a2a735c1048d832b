"""Letting people in: by mail or by hand, again, and taking it back."""

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
from duyen.foundation.org.invitations import latest_link, waiting_invitations
from duyen.foundation.org.models import PasswordLink, Role, User
from duyen.foundation.org.tasks import send_link
from duyen.foundation.settings.company import keep_setting
from duyen.kernel import clock
from duyen.kernel.clock import now
from duyen.surfaces.api.tests.conftest import Caller
from duyen.surfaces.api.tokens import create_token
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

PAGE = "/invitations"


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


@pytest.fixture
def _with_mail(settings: Settings, cast: Cast) -> None:
    settings.EMAIL_HOST = "smtp.example.com"
    keep_setting("company.public_url", "https://crm.example.com", actor=system_actor("tests"))


def _given(cast: Cast, **more: str) -> dict[str, str]:
    return {
        "full_name": "Ngô Thị Tám",
        "email": "tam@example.com",
        "language": "vi",
        "unit": str(cast.unit("HP1").pk),
        "role": str(Role.objects.get(code="TELLER").pk),
        **more,
    }


def _invited(admin: Client, cast: Cast) -> tuple[User, str]:
    page = admin.post("/users/new", _given(cast, how="link")).content.decode()
    found = re.search(r"/login/link/[\w-]+", page)
    assert found is not None
    return User.objects.get(email="tam@example.com"), found[0]


@pytest.mark.usefixtures("_with_mail")
def test_invites_by_mail_with_a_link_that_works(admin: Client, cast: Cast) -> None:
    with app.replace_connector(InMemoryConnector()) as held:
        answer = admin.post("/users/new", _given(cast, how="mail"))
        jobs = list(held.connector.jobs.values())  # type: ignore[attr-defined] # the in-memory one keeps them
    user = User.objects.get(email="tam@example.com")
    assert answer.headers["Location"] == f"/users/{user.pk}?tab=access"
    assert [job["args"] for job in jobs] == [{"user_id": user.pk, "by": cast.users["admin"].pk}]
    assert not PasswordLink.objects.exists()

    send_link(**jobs[0]["args"])

    (sent,) = mail.outbox
    assert (sent.to, "Bùi Anh Tú" in str(sent.body)) == (["tam@example.com"], True)
    found = re.search(r"https://crm\.example\.com(/login/link/\S+)", str(sent.body))
    assert found is not None
    assert Client().get(found[1]).status_code == 200
    link = latest_link(user.pk)
    assert link is not None
    assert (link.is_invitation, link.made_by) == (True, "Bùi Anh Tú")
    assert link.sent_at is not None
    assert "Đã gửi email" in admin.get(PAGE).content.decode()
    assert History.objects.filter(verb="users.send_link", actor_id=cast.users["admin"].pk).count() == 1


def test_without_mail_only_a_link_is_offered_and_says_why(admin: Client, cast: Cast) -> None:
    assert 'name="how"' not in admin.get("/users/new").content.decode()
    user, _link = _invited(admin, cast)

    answer = admin.post(f"/users/{user.pk}/send_link")

    assert answer.status_code == 409
    assert "máy chủ thư" in answer.content.decode()
    assert "máy chủ thư" in admin.get(PAGE).content.decode()
    assert mail.outbox == []


def test_shows_who_waits_until_when_and_lets_go_of_who_came(admin: Client, cast: Cast) -> None:
    user, link = _invited(admin, cast)
    page = admin.get(PAGE).content.decode()
    assert "Ngô Thị Tám" in page
    assert [each.user_id for each in waiting_invitations()] == [user.pk]
    with clock.stopped(now() + dt.timedelta(hours=25)):
        assert "Hết hiệu lực" in admin.get(PAGE).content.decode()

    Client().post(link, {"password": "bon muoi ba con vit bau", "again": "bon muoi ba con vit bau"})

    assert waiting_invitations() == []
    assert "Ngô Thị Tám" not in admin.get(PAGE).content.decode()


def test_withdraws_a_link_and_makes_a_new_one(admin: Client, cast: Cast) -> None:
    user, link = _invited(admin, cast)

    assert admin.post(f"/users/{user.pk}/withdraw_link").status_code == 302

    assert Client().get(link).status_code == 410
    assert admin.post(f"/users/{user.pk}/withdraw_link").status_code == 409
    assert History.objects.filter(verb="users.withdraw_link", root_id=user.pk).count() == 1
    again = admin.post(f"/users/{user.pk}/password-link").content.decode()
    found = re.search(r"/login/link/[\w-]+", again)
    assert found is not None
    assert Client().get(found[0]).status_code == 200
    assert PasswordLink.objects.filter(user=user, is_invitation=True).count() == 2


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_is_for_administrators_alone(client: Client, cast: Cast, who: str) -> None:
    client.force_login(cast.user(who))
    address = f"/users/{cast.users['teller'].pk}"

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{address}/send_link").status_code in (403, 404)
    assert client.post(f"{address}/withdraw_link").status_code in (403, 404)
    token = Caller(create_token(actor=system_actor("tests"), email=f"{who}@example.com").secret)
    assert token.get("/invitations").status_code == 403
    assert token.post(f"/users/{cast.users['teller'].pk}/password_link").status_code in (403, 404)
    assert not PasswordLink.objects.exists()


def test_goes_by_rest_from_the_person_to_the_link(cast: Cast) -> None:
    admin = Caller(create_token(actor=system_actor("tests"), email="admin@example.com").secret)
    made = admin.post("/users", {"full_name": "Ngô Thị Tám", "email": "tam@example.com"}).json()
    place = {"unit": cast.unit("HP1").pk, "role": Role.objects.get(code="TELLER").pk}
    assert admin.post(f"/users/{made['id']}/place", place).status_code == 200

    answer = admin.post(f"/users/{made['id']}/password_link")

    assert answer.status_code == 201
    path = answer.json()["link"].partition("/login")[2]
    assert Client().get(f"/login{path}").status_code == 200
    (waiting,) = admin.get("/invitations").json()["items"]
    assert (waiting["user"]["id"], waiting["is_open"], waiting["sent_at"]) == (made["id"], True, None)
    assert admin.post(f"/users/{made['id']}/send_link").json()["code"] == "no_mail"
    assert admin.post(f"/users/{made['id']}/withdraw_link").status_code == 200
    assert Client().get(f"/login{path}").status_code == 410
