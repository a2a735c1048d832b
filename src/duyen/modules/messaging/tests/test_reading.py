"""Mail that comes in, read from a real server: filed where it belongs, once, and told truly when it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.files.models import File
from duyen.foundation.notices.models import Notice
from duyen.foundation.sensitive import seal
from duyen.kernel.clock import now, stopped, today
from duyen.modules.activities.models import Activity
from duyen.modules.messaging.actions import (
    arriving,
    discard,
    file_by_hand,
    make_contact,
    newest_mails,
    outbox,
    pick_mail,
    reading,
    remove_mailbox,
    send_mail,
    take_back,
)
from duyen.modules.messaging.actions.mailboxes import Given, save_mailbox
from duyen.modules.messaging.actions.sending import Writing
from duyen.modules.messaging.mime import parsing
from duyen.modules.messaging.models import Mail, Mailbox, MailFile, Standing
from duyen.modules.messaging.tests.conftest import Connect, mail
from duyen.modules.messaging.tests.servers import PASSWORD, Dovecot, Smtp
from duyen.modules.messaging.words import MailState
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
Read = Callable[[Mailbox], None]


@pytest.fixture
def sent(cast: Cast, customer: int, smtp_server: Smtp, settings: Settings) -> Mail:
    """A mail that the seller sent to her customer."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", smtp_server.port
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = True, ""
    settings.DEFAULT_FROM_EMAIL = "info@company.example.com"
    writing = Writing(to="lienhe@hailong.example.com", subject="Báo giá", body="Gửi anh báo giá.")
    made = send_mail(entity_named("customers"), customer, writing, actor=cast.actor("seller"))
    outbox.hand_over(made.pk)
    made.refresh_from_db()
    assert made.state == MailState.SENT
    return made


def answer(to: Mail, **more: str) -> bytes:
    return mail(
        **{
            "sender": "Trần Hải <hai.rieng@mail.example.com>",
            "subject": "Re: Báo giá",
            "text": "Tôi đồng ý.\n\nVào 12:30 T5, Hạnh đã viết:\n> Gửi anh báo giá.",
            "more": f"In-Reply-To: {to.message_id}\nReferences: {to.message_id}",
            **more,
        }
    )


def test_files_an_answer_beside_the_mail_that_it_answers(
    cast: Cast, customer: int, sent: Mail, inbox: str, imap_server: Dovecot, connect: Connect, read: Read
) -> None:
    imap_server.deliver(inbox, answer(sent))

    read(connect(inbox, who="seller"))

    came = Mail.objects.get(way="in")
    activity = Activity.objects.get(pk=came.activity_id or 0)
    assert (came.state, came.why, came.answers_id) == (MailState.FILED, {"code": "answer"}, sent.pk)
    assert (came.body, came.quoted) == ("Tôi đồng ý.", "Vào 12:30 T5, Hạnh đã viết:\n> Gửi anh báo giá.")
    assert activity.about == [{"entity": "customers", "id": customer}]
    assert (activity.direction, activity.owner_id) == ("IN", cast.users["seller"].pk)
    assert Notice.objects.filter(user=cast.users["seller"], kind="mail_answered").count() == 1


def test_keeps_nothing_else_of_a_persons_own_mailbox(
    cast: Cast, customer: int, sent: Mail, inbox: str, imap_server: Dovecot, connect: Connect, read: Read
) -> None:
    private = mail(subject="Đơn xin nghỉ phép", sender="Vợ <vo@home.example.com>")
    from_customer = mail(sender="Hải Long <lienhe@hailong.example.com>", subject="Chuyện riêng")
    imap_server.deliver(inbox, private, from_customer)

    box = connect(inbox, who="seller")
    read(box)

    assert Mail.objects.filter(way="in").count() == 0
    assert Activity.objects.count() == 1
    assert not History.objects.filter(changes__icontains="nghỉ phép").exists()
    assert box.standing.__class__.objects.get(mailbox=box).last_uid == 2


def test_files_by_the_address_of_a_customer_in_the_company_mailbox(
    cast: Cast, customer: int, inbox: str, imap_server: Dovecot, connect: Connect, read: Read
) -> None:
    imap_server.deliver(inbox, mail(sender="Hải Long <LienHe@hailong.example.com>", subject="Xin gia hạn"))

    read(connect(inbox))

    came = Mail.objects.get()
    activity = Activity.objects.get(pk=came.activity_id or 0)
    assert (came.state, came.why, came.party_id) == (MailState.FILED, {"code": "address"}, customer)
    assert (activity.subject, activity.owner_id) == ("Xin gia hạn", cast.users["seller"].pk)


def test_lets_mail_wait_whose_sender_is_unknown_or_ambiguous(
    cast: Cast, customer: int, inbox: str, imap_server: Dovecot, connect: Connect, read: Read
) -> None:
    values = {"name": "Cửa hàng Hải Long 2", "kind": "ORGANISATION", "emails": ["lienhe@hailong.example.com"]}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    imap_server.deliver(inbox, mail(), mail(sender="lienhe@hailong.example.com"))

    read(connect(inbox))

    assert [(each.state, (each.why or {})["code"]) for each in Mail.objects.order_by("id")] == [
        (MailState.UNFILED, "unknown_address"),
        (MailState.UNFILED, "several_parties"),
    ]
    assert not Activity.objects.exists()


def test_reads_twice_and_files_once_also_after_a_new_numbering(
    customer: int, sent: Mail, inbox: str, imap_server: Dovecot, connect: Connect, read: Read
) -> None:
    imap_server.deliver(inbox, *[mail(subject=f"Thư {number}") for number in range(5)], answer(sent))
    box = connect(inbox)
    read(box)
    first = Standing.objects.get(mailbox=box)

    read(box)
    imap_server.renumber(inbox)
    imap_server.deliver(inbox, mail(subject="Thư mới"))
    read(box)

    again = Standing.objects.get(mailbox=box)
    assert again.uid_validity != first.uid_validity
    assert again.last_uid > 5000
    assert Mail.objects.filter(way="in").count() == 7
    assert Activity.objects.count() == 2


def test_goes_on_behind_the_last_mail_after_a_kill(
    inbox: str, imap_server: Dovecot, connect: Connect, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap_server.deliver(inbox, *[mail(subject=f"Thư {number}") for number in range(6)])
    box = connect(inbox)
    monkeypatch.setattr(reading, "CHUNK", 3)
    real = arriving.step
    seen: list[int] = []

    def dies_behind_the_second_set(*given: object) -> object:
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(arriving, "step", dies_behind_the_second_set)
    with pytest.raises(KeyboardInterrupt):
        reading.read(box.pk)
    monkeypatch.setattr(arriving, "step", real)

    assert Standing.objects.get(mailbox=box).last_uid == 3
    assert Mail.objects.count() == 3
    read(box)
    assert sorted(Mail.objects.values_list("subject", flat=True)) == [f"Thư {number}" for number in range(6)]


def test_begins_at_the_chosen_day(inbox: str, imap_server: Dovecot, connect: Connect, read: Read) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=40)
    imap_server.deliver(inbox, *[mail(subject="Cũ") for _number in range(3)], at=long_ago)
    imap_server.deliver(inbox, mail(subject="Mới"))

    read(connect(inbox, since=today() - dt.timedelta(days=2)))

    assert list(Mail.objects.values_list("subject", flat=True)) == ["Mới"]


def test_stops_at_no_mail_that_breaks_the_reader(
    inbox: str, imap_server: Dovecot, connect: Connect, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap_server.deliver(inbox, mail(subject="Hỏng"), mail(subject="Lành"))
    real = parsing.read_mail

    def breaks(data: bytes) -> object:
        found = real(data)
        if found.headers.subject == "Hỏng":
            raise ValueError("no such thing")
        return found

    monkeypatch.setattr(parsing, "read_mail", breaks)

    read(connect(inbox))

    assert [(each.state, each.subject, (each.why or {})["code"]) for each in Mail.objects.order_by("id")] == [
        (MailState.LEFT_OUT, "", "unreadable"),
        (MailState.UNFILED, "Lành", "unknown_address"),
    ]


# --- what programs send --------------------------------------------------------------------------------

BOUNCE = """MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"
Auto-Submitted: auto-replied"""
BOUNCE_BODY = """--cut
Content-Type: text/plain; charset=utf-8

Thư không tới nơi.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; lienhe@hailong.example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist

--cut
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: x

--cut--
"""


def test_tells_of_a_bounce_on_the_mail_that_did_not_arrive(
    cast: Cast,
    sent: Mail,
    inbox: str,
    imap_server: Dovecot,
    connect: Connect,
    read: Read,
    sign_in: Callable[[str], Client],
) -> None:
    text = BOUNCE_BODY.replace("{message_id}", sent.message_id)
    bounce = mail(sender="MAILER-DAEMON@mx.example.com", subject="Undelivered Mail", text=text, more=BOUNCE)
    imap_server.deliver(inbox, bounce)

    read(connect(inbox, who="seller"))

    sent.refresh_from_db()
    came = Mail.objects.get(way="in")
    assert sent.not_taken == [["lienhe@hailong.example.com", "5.1.1", "550 5.1.1 Mailbox does not exist"]]
    assert (came.state, came.kind, came.activity_id) == (MailState.TOLD, "bounce", sent.activity_id)
    assert Activity.objects.count() == 1
    assert Notice.objects.filter(user=cast.users["seller"], kind="mail_not_sent").count() == 1
    page = sign_in("seller").get(f"/activities/{sent.activity_id}?tab=mail").content.decode()
    assert "550 5.1.1 Mailbox does not exist" in page


def test_tells_an_automatic_answer_on_the_mail_and_makes_no_activity(
    sent: Mail, inbox: str, imap_server: Dovecot, connect: Connect, read: Read
) -> None:
    more = f"In-Reply-To: {sent.message_id}\nAuto-Submitted: auto-replied"
    imap_server.deliver(inbox, answer(sent, subject="Trả lời tự động: Báo giá", more=more))

    read(connect(inbox))

    came = Mail.objects.get(way="in")
    assert (came.state, came.kind, came.activity_id) == (MailState.TOLD, "auto_reply", sent.activity_id)
    assert Activity.objects.count() == 1


def test_leaves_out_what_programs_send_to_many_and_says_why(
    sent: Mail, inbox: str, imap_server: Dovecot, connect: Connect, read: Read
) -> None:
    imap_server.deliver(
        inbox,
        mail(subject="Bản tin", more="List-Unsubscribe: <https://news.example.com/u>\nPrecedence: bulk"),
        mail(subject="Vắng mặt", more="Auto-Submitted: auto-replied"),
        mail(
            sender="Duyên <info@company.example.com>",
            subject="Duyên: 3 notices",
            more="Auto-Submitted: auto-generated",
        ),
        mail(sender="info@company.example.com", subject="Bản sao", message_id=sent.message_id),
        mail(sender="mailer-daemon@x.example.com", subject="Undelivered", text=BOUNCE_BODY, more=BOUNCE),
    )

    read(connect(inbox))

    told = [
        (each.state, (each.why or {}).get("code"), each.body)
        for each in Mail.objects.filter(way="in").order_by("id")
    ]
    assert told == [
        (MailState.LEFT_OUT, "to_many", ""),
        (MailState.LEFT_OUT, "automatic", ""),
        (MailState.LEFT_OUT, "own_notice", ""),
        (MailState.LEFT_OUT, "own_notice", ""),
        (MailState.LEFT_OUT, "bounced_unknown", ""),
    ]
    assert Activity.objects.count() == 1


# --- files ---------------------------------------------------------------------------------------------

FILES = """Content-Type: multipart/mixed; boundary="cut\""""
FILES_BODY = """--cut
Content-Type: text/plain; charset=utf-8

Gửi kèm.
--cut
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''B%C3%A1o%20gi%C3%A1.txt

Noi dung bao gia
--cut
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="anh.png"

MZ this is a program
--cut
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="virus.exe"

MZ
--cut--
"""


def test_keeps_files_and_names_each_that_is_refused(
    customer: int,
    inbox: str,
    imap_server: Dovecot,
    connect: Connect,
    read: Read,
    sign_in: Callable[[str], Client],
) -> None:
    sender = "lienhe@hailong.example.com"
    imap_server.deliver(inbox, mail(sender=sender, text=FILES_BODY, more=FILES))

    read(connect(inbox))

    came = Mail.objects.get()
    files = [
        (each.name, each.file_id is not None, (each.problem or {}).get("code"))
        for each in MailFile.objects.order_by("id")
    ]
    assert files == [
        ("Báo giá.txt", True, None),
        ("anh.png", False, "file_disguised"),
        ("virus.exe", False, "file_kind"),
    ]
    kept = File.objects.get()
    assert (kept.entity, kept.record_id, kept.party_id) == ("activities", came.activity_id, customer)
    page = sign_in("seller").get(f"/activities/{came.activity_id}?tab=mail").content.decode()
    assert f"/activities/{came.activity_id}/files/{kept.pk}/content" in page
    assert "anh.png" in page


# --- people --------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(customer: int, inbox: str, imap_server: Dovecot, connect: Connect, read: Read) -> Mail:
    """A mail with a file that waits in the company's mailbox, and one more of the same sender."""
    imap_server.deliver(inbox, mail(text=FILES_BODY, more=FILES), mail(subject="Nhắc lại"))
    read(connect(inbox))
    return Mail.objects.order_by("id")[0]


def test_files_by_hand_what_waits_of_one_address_with_its_files(
    cast: Cast, customer: int, waiting: Mail
) -> None:
    count = file_by_hand(waiting.pk, "customers", customer, actor=cast.actor("director"))

    waiting.refresh_from_db()
    kept = File.objects.get()
    assert count == 2
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.FILED.value}
    assert (waiting.filed_by_id, waiting.why) == (cast.users["director"].pk, {"code": "by_hand"})
    assert (kept.entity, kept.record_id) == ("activities", waiting.activity_id)


def test_makes_a_contact_of_a_sender(cast: Cast, waiting: Mail) -> None:
    contact_id, count = make_contact(waiting.pk, "Nguyễn Văn Lạ", actor=cast.actor("director"))

    contact = entity_named("contacts").rows(cast.actor("director")).get(pk=contact_id)
    assert (contact.name, contact.emails, count) == ("Nguyễn Văn Lạ", ["khach@stranger.example.com"], 2)


def test_shows_what_waits_to_whoever_may_file_alone(
    cast: Cast, customer: int, waiting: Mail, sign_in: Callable[[str], Client]
) -> None:
    assert "Hỏi giá" in sign_in("care_agent").get("/mails/unfiled").content.decode()
    for who in ("seller", "teller", "admin"):
        assert sign_in(who).get("/mails/unfiled").status_code == 403
        assert sign_in(who).get(f"/mails/unfiled/{waiting.pk}").status_code == 403
        with pytest.raises(NotAllowed):
            file_by_hand(waiting.pk, "customers", customer, actor=cast.actor(who))

    waiting.refresh_from_db()
    assert waiting.state == MailState.UNFILED


def test_takes_out_and_brings_back(cast: Cast, waiting: Mail) -> None:
    actor = cast.actor("director")

    discard(waiting.pk, actor=actor)
    waiting.refresh_from_db()
    out = waiting.state
    take_back(waiting.pk, actor=actor)

    waiting.refresh_from_db()
    assert (out, waiting.state) == (MailState.LEFT_OUT, MailState.UNFILED)
    assert History.objects.filter(verb="mails.discard", record_id=waiting.pk).count() == 1


def test_lets_the_owner_pick_from_her_box_and_nobody_else(
    cast: Cast, customer: int, inbox: str, imap_server: Dovecot, connect: Connect, read: Read
) -> None:
    imap_server.deliver(inbox, mail(subject="Riêng"), mail(subject="Của khách", text="Xin chào"))
    read(connect(inbox, who="seller"))
    listed = newest_mails(actor=cast.actor("seller"))
    assert [each.subject for each in listed.mails] == ["Của khách", "Riêng"]
    assert not Mail.objects.exists()

    picked = pick_mail(
        listed.mails[0].uid, listed.validity, "customers", customer, actor=cast.actor("seller")
    )

    assert (picked.subject, picked.state, picked.why) == ("Của khách", MailState.FILED, {"code": "picked"})
    assert Mail.objects.count() == 1
    assert [each.is_kept for each in newest_mails(actor=cast.actor("seller")).mails] == [True, False]
    for who in ("manager", "admin", "director"):
        with pytest.raises(NotFound):
            newest_mails(actor=cast.actor(who))


# --- mailboxes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"password": "sai"}, "password", "wrong_password"),
        ({"imap_host": "khong.example.invalid", "imap_port": 993}, "imap_host", "unknown_host"),
        ({"imap_host": "127.0.0.1", "imap_port": 143}, "imap_host", "private_host"),
        ({"imap_host": "10.0.0.5"}, "imap_port", "wrong_port"),
        ({"folder": "Không có"}, "folder", "no_folder"),
        ({"imap_security": "starttls", "imap_port": 1}, "imap_host", "no_connection"),
        ({"address": "khong phai"}, "address", "email_invalid"),
        ({"since": today() + dt.timedelta(days=2)}, "since", "out_of_range"),
        ({"smtp_host": "10.0.0.5", "smtp_port": 25}, "smtp_host", "private_host"),
    ],
)
def test_says_plainly_why_a_mailbox_cannot_be_connected_and_keeps_nothing(
    cast: Cast, inbox: str, imap_server: Dovecot, change: dict[str, object], field: str, code: str
) -> None:
    right = {
        "address": "a@company.example.com",
        "imap_host": "localhost",
        "imap_port": imap_server.port,
        "username": inbox,
        "password": PASSWORD,
    }

    with pytest.raises(InvalidValues) as refused:
        save_mailbox(cast.users["seller"].pk, Given(**(right | change)), actor=cast.actor("seller"))  # type: ignore[arg-type]

    assert [(each.field, each.code) for each in refused.value.problems] == [(field, code)]
    assert not Mailbox.objects.exists()
    assert not History.objects.filter(entity="mailboxes").exists()


def test_says_that_a_certificate_is_not_valid(
    cast: Cast, inbox: str, imap_server: Dovecot, monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    monkeypatch.delenv("DUYEN_MAIL_CA")

    with pytest.raises(InvalidValues) as refused:
        connect(inbox, who="seller")

    assert [each.code for each in refused.value.problems] == ["bad_certificate"]


def test_keeps_a_password_encrypted_out_of_the_trail_and_off_every_page(
    cast: Cast, inbox: str, connect: Connect, sign_in: Callable[[str], Client]
) -> None:
    box = connect(inbox, who="seller")

    kept = bytes(Mailbox.objects.get(pk=box.pk).sealed or b"")
    told = str(list(History.objects.filter(entity="mailboxes").values()))
    assert PASSWORD.encode() not in kept
    assert PASSWORD not in told
    assert kept.hex() not in told
    for who, page in (("seller", "/profile/mailbox"), ("admin", "/settings/mailboxes"), ("admin", "/trail")):
        assert PASSWORD not in sign_in(who).get(page).content.decode()


def test_asks_for_the_password_again_before_it_goes_to_another_server(
    cast: Cast, inbox: str, connect: Connect
) -> None:
    box = connect(inbox, who="seller")
    other = Given(address=box.address, imap_host="imap.evil.example.com", username=inbox)

    with pytest.raises(InvalidValues) as refused:
        save_mailbox(cast.users["seller"].pk, other, actor=cast.actor("seller"))

    assert [(each.field, each.code) for each in refused.value.problems] == [("password", "required")]


def test_tells_since_when_and_why_a_mailbox_fails_and_recovers(
    cast: Cast,
    inbox: str,
    imap_server: Dovecot,
    connect: Connect,
    read: Read,
    sign_in: Callable[[str], Client],
) -> None:
    box = connect(inbox)
    read(box)
    good = bytes(Mailbox.objects.get(pk=box.pk).sealed or b"")
    _change_password(box, "doi roi")

    read(box)
    read(box)

    standing = Standing.objects.get(mailbox=box)
    assert (standing.failures, (standing.problem or {})["code"]) == (2, "wrong_password")
    assert standing.failing_since is not None
    assert Notice.objects.filter(user=cast.users["admin"], kind="shared_mailbox_fails").count() == 1
    page = sign_in("admin").get("/settings/mailboxes").content.decode()
    assert "Không đọc được" in page
    health = sign_in("admin").get("/settings/health").content.decode()
    assert "1/1" in health or "1 trong 1" in health
    _keep_sealed(box, good)
    imap_server.deliver(inbox, mail())
    with stopped(now() + dt.timedelta(hours=2)):
        assert reading.due() == [box.pk]
        read(box)
    standing.refresh_from_db()
    assert [standing.failures, standing.failing_since, standing.problem] == [0, None, None]
    assert Mail.objects.count() == 1


def _change_password(box: Mailbox, password: str) -> None:
    _keep_sealed(box, seal(password))


def _keep_sealed(box: Mailbox, sealed: bytes) -> None:
    from django.db import transaction

    from duyen.foundation.access.actor import system_actor
    from duyen.foundation.audit import trail

    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.password")
        Mailbox.objects.filter(pk=box.pk).update(sealed=sealed)


def test_erases_the_password_of_a_mailbox_that_is_taken_out(
    cast: Cast, inbox: str, connect: Connect, read: Read
) -> None:
    box = connect(inbox, who="seller")

    remove_mailbox(cast.users["seller"].pk, actor=cast.actor("seller"))
    read(box)

    box.refresh_from_db()
    assert (box.sealed, box.is_on) == (None, False)
    assert reading.due() == []
    connect(inbox, who="seller")


def test_keeps_the_company_mailbox_for_administrators_and_each_own_one_for_its_owner(
    cast: Cast, inbox: str, connect: Connect
) -> None:
    connect(inbox, who="seller")
    given = Given(address="a@example.com", imap_host="localhost", password=PASSWORD)

    with pytest.raises(NotAllowed):
        save_mailbox(None, given, actor=cast.actor("director"))
    with pytest.raises(NotFound):
        save_mailbox(cast.users["seller"].pk, given, actor=cast.actor("admin"))
    with pytest.raises(NotFound):
        remove_mailbox(cast.users["seller"].pk, actor=cast.actor("admin"))

    assert Mailbox.objects.count() == 1
