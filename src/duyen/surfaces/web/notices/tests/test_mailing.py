"""Mails with notices, through a real SMTP server: what goes out when, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import Client
from pytest_django import Settings

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, hand_over
from duyen.foundation.access.actor import system_actor
from duyen.foundation.notices import mails
from duyen.foundation.notices.kinds import Channels, Mail
from duyen.foundation.notices.models import MailState, Notice, NoticeMail
from duyen.foundation.notices.preferences import Preferences, keep_preferences
from duyen.foundation.notices.reading import mark_read, notices_of
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.models import User
from duyen.foundation.settings.company import keep_setting
from duyen.kernel.clock import ZONE, now, stopped
from duyen.surfaces.web.notices import mailing
from duyen.surfaces.web.notices.tests.conftest import SignIn
from duyen.testing.cast import Cast
from duyen.testing.following import catch_up

pytestmark = pytest.mark.django_db
#: A Thursday in Vietnam, at nine in the morning.
THURSDAY = dt.datetime(2026, 11, 26, 9, 0, tzinfo=ZONE)


@dataclass
class Post:
    """A mail server that keeps what it takes, or refuses it."""

    taken: list[Message] = field(default_factory=list)
    says: str = "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.says.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(message_from_bytes(envelope.content, policy=default))
        return self.says


@pytest.fixture
def post(settings: Settings, db: None) -> Iterator[Post]:
    """Run the server, and let the product send by it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "duyen.foundation.health.mail.NotingBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    keep_setting("company.public_url", "https://crm.example.com", actor=system_actor("tests"))
    yield post
    controller.stop()


def _wants(cast: Cast, who: str, mail: Mail, **more: Any) -> None:
    keep_preferences(cast.users[who].pk, Preferences({"assigned": Channels(mail=mail)}, **more))


def _give(cast: Cast, made: Done) -> None:
    hand_over(
        entity_named("customers"), [made.id], actor=cast.actor("manager"), owner=cast.users["teller"].pk
    )
    catch_up()


def _round() -> None:
    """Do what the worker does in a minute."""
    mails.gather()
    for mail_id in mails.waiting():
        mailing.send(mail_id)


def _later(minutes: float = 1) -> Any:
    return stopped(now() + dt.timedelta(minutes=minutes))


def test_mails_at_once_with_links_to_the_company_s_address(cast: Cast, made: Done, post: Post) -> None:
    _wants(cast, "teller", Mail.NOW)
    _give(cast, made)

    with _later():
        _round()
        _round()

    (mail,) = post.taken
    notice = Notice.objects.get(kind="assigned")
    assert mail["To"] == "teller@example.com"
    assert mail["Subject"].strip() == "Duyên: Phạm Đức Thắng giao cho bạn Công ty Hoa Sen"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://crm.example.com/profile/notices>"
    plain, html = (part.get_content() for part in mail.iter_parts())  # type: ignore[attr-defined]
    assert f"https://crm.example.com/notices/{notice.pk}" in plain
    assert f'<a href="https://crm.example.com/notices/{notice.pk}">' in html
    assert "<b>Công ty Hoa Sen</b>" in html
    assert NoticeMail.objects.get().state == MailState.SENT


def test_mails_nothing_that_was_read_or_that_nobody_wants_by_mail(cast: Cast, made: Done, post: Post) -> None:
    _wants(cast, "teller", Mail.NOW)
    _give(cast, made)
    notify([cast.users["seller"].pk], "job_done", entity="jobs", record_id=1, label="Việc")
    mark_read(cast.users["teller"].pk)

    with _later():
        _round()

    assert post.taken == []
    assert not NoticeMail.objects.exists()


def test_says_nothing_of_a_record_that_is_closed_before_the_mail_goes(
    cast: Cast, made: Done, post: Post
) -> None:
    _wants(cast, "teller", Mail.NOW)
    _give(cast, made)
    hand_over(
        entity_named("customers"),
        [made.id],
        actor=cast.actor("director"),
        owner=cast.users["outsider"].pk,
        unit=cast.unit("HD1").pk,
    )

    with _later():
        _round()

    (mail,) = post.taken
    assert "Hoa Sen" not in mail.as_string()
    assert "mà bạn không xem được" in mail["Subject"]


def test_gathers_a_digest_at_its_hour_on_working_days(cast: Cast, post: Post) -> None:
    user_id = cast.users["teller"].pk
    keep_preferences(user_id, Preferences({"assigned": Channels(mail=Mail.DIGEST)}, digest_hour=8))
    saturday = dt.datetime(2026, 11, 28, 10, 0, tzinfo=ZONE)
    with stopped(THURSDAY):
        for number in range(3):
            notify([user_id], "joined", entity="users", record_id=number + 1, actor_name="Ai đó")
        notify([user_id], "assigned", entity="parties", count=12, actor_name="Ai đó")
        _round()
    with stopped(THURSDAY + dt.timedelta(hours=22)):
        _round()
    assert post.taken == []

    with stopped(THURSDAY + dt.timedelta(hours=23)):
        _round()
    with stopped(saturday):
        notify([user_id], "assigned", entity="parties", count=3, actor_name="Ai đó")
        _round()
    with stopped(saturday + dt.timedelta(days=1)):
        _round()
    assert [each["Subject"].strip() for each in post.taken] == ["Duyên: 4 thông báo"]

    with stopped(saturday + dt.timedelta(days=2)):
        _round()
    assert len(post.taken) == 2


def test_waits_for_the_end_of_the_quiet_hours(cast: Cast, post: Post) -> None:
    _wants(cast, "teller", Mail.NOW, quiet_from=20, quiet_until=7)
    user_id = cast.users["teller"].pk
    with stopped(THURSDAY.replace(hour=22)):
        notify([user_id], "assigned", entity="parties", count=2, actor_name="Ai đó")
    with stopped(THURSDAY.replace(hour=23)):
        _round()
    assert post.taken == []

    with stopped(THURSDAY + dt.timedelta(hours=22)):
        _round()
    assert len(post.taken) == 1


def test_tries_again_with_longer_pauses_then_gives_up_and_tells_administrators(
    cast: Cast, made: Done, post: Post, sign_in: SignIn
) -> None:
    _wants(cast, "teller", Mail.NOW)
    _give(cast, made)
    post.says = "451 try later"
    start = now() + dt.timedelta(minutes=1)

    moments = [start]
    for pause in mails.PAUSES:
        moments.append(moments[-1] + pause)
    for tries, moment in enumerate(moments, 1):
        with stopped(moment):
            _round()
            _round()
        kept = NoticeMail.objects.get()
        assert kept.tries == tries
        assert "SMTPDataError 451" in kept.problem

    assert kept.state == MailState.FAILED
    (told,) = notices_of(cast.users["admin"].pk)
    assert told.kind == "mail_failed"
    admin = sign_in("admin")
    page = admin.get("/settings/mails").content.decode()
    assert "SMTPDataError 451" in page
    assert "Hoa Sen" not in page

    post.says = "250 OK"
    admin.post("/settings/mails/again", {"mail": kept.pk})
    _round()
    assert len(post.taken) == 1
    assert NoticeMail.objects.get().state == MailState.SENT


def test_sends_a_mail_once_although_two_processes_take_it(cast: Cast, made: Done, post: Post) -> None:
    _wants(cast, "teller", Mail.NOW)
    _give(cast, made)

    with _later():
        (mail_id,) = mails.gather()
        assert mails.take(mail_id) is not None
        assert mails.take(mail_id) is None
        mailing.send(mail_id)
    assert post.taken == []

    with _later(12):
        mailing.send(mail_id)
    assert len(post.taken) == 1


def test_mails_nobody_who_was_locked_meanwhile(cast: Cast, made: Done, post: Post) -> None:
    _wants(cast, "teller", Mail.NOW)
    _give(cast, made)
    with _later():
        (mail_id,) = mails.gather()
        User.objects.filter(pk=cast.users["teller"].pk).update(is_active=False)
        mailing.send(mail_id)

    assert post.taken == []
    assert NoticeMail.objects.get().state == MailState.EMPTY


def _form(client: Client) -> str:
    return client.get("/profile/notices").content.decode()


def test_keeps_what_a_person_chooses(cast: Cast, post: Post, sign_in: SignIn) -> None:
    client = sign_in("teller")
    assert "Vận hành Duyên" not in _form(client)

    sent = {
        "group": ["assigned", "watched", "khong"],
        "mail_assigned": "now",
        "app_watched": "1",
        "mail_watched": "digest",
        "digest_hour": "17",
        "quiet_from": "99",
        "quiet_until": "6",
    }
    assert client.post("/profile/notices", sent).headers["Location"] == "/profile/notices"

    page = _form(client)
    assert 'name="app_assigned" value="1">' in page
    assert 'name="app_watched" value="1" checked>' in page
    assert '<option value="17" selected>' in page
    assert "Đã lưu cách nhận thông báo" in page
    with _later():
        notify([cast.users["teller"].pk], "assigned", entity="parties", count=2, actor_name="Ai đó")
    told = Notice.objects.get()
    assert (told.is_shown, told.mail) == (False, "now")


def test_offers_no_mail_where_none_goes_out(cast: Cast, sign_in: SignIn, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    client = sign_in("teller")
    keep_preferences(cast.users["teller"].pk, Preferences({"assigned": Channels(mail=Mail.NOW)}))

    page = _form(client)

    assert "Ở đây chưa cài máy chủ thư" in page or "ở đây chưa cài máy chủ thư" in page
    assert 'name="mail_assigned"' not in page
    client.post("/profile/notices", {"group": ["assigned"], "app_assigned": "1", "mail_assigned": "digest"})
    notify([cast.users["teller"].pk], "assigned", entity="parties", count=2, actor_name="Ai đó")
    assert Notice.objects.get().mail == "now"
    settings.EMAIL_HOST = "smtp.example.com"
    assert "chưa ghi địa chỉ của Duyên" in _form(client)


def test_sends_a_trial_and_says_how_it_went(cast: Cast, post: Post, sign_in: SignIn) -> None:
    client = sign_in("admin")

    page = client.post("/settings/mails/trial", follow=True).content.decode()
    assert "Máy chủ thư đã nhận thư thử gửi đến admin@example.com" in page
    assert post.taken[0]["To"] == "admin@example.com"

    post.says = "554 no"
    assert "SMTPDataError" in client.post("/settings/mails/trial", follow=True).content.decode()
    assert sign_in("teller").post("/settings/mails/trial").status_code == 403
