"""Mail that arrives where leads come in, read from a real server: a lead each, once, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from duyen.foundation.audit.models import History
from duyen.modules.consents.models import Consent
from duyen.modules.leads.models import Lead
from duyen.modules.mail_intake.tests.conftest import SetUp
from duyen.modules.messaging.mime import parsing
from duyen.modules.messaging.models import Mail, Mailbox, Standing
from duyen.modules.messaging.tests.conftest import mail
from duyen.modules.messaging.tests.servers import Dovecot
from duyen.modules.messaging.words import MailState
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
ReadBox = Callable[[Mailbox], None]
LAN = "Nguyễn Thị Lan <lan@customer.example.org>"
FORWARDED = """Nhờ chị xử lý giúp.

---------- Forwarded message ---------
Từ: Phạm Văn Minh <minh@customer.example.org>
Date: Th 5, 26 thg 11, 2026
Subject: Hỏi giá
To: <hanh@company.example.com>

Tôi cần tổng đài cho 20 máy, gọi 0359 000 222."""
FORM = "Họ tên: Vũ Thị Hoa\nĐiện thoại: 0359 000 333\nCông ty: Công ty TNHH Sao Mai\nNhu cầu: Camera kho"


def _client(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def _nothing() -> tuple[int, int, int]:
    return Lead.objects.count(), Party.objects.count(), History.objects.count()


def test_a_mail_that_says_nothing_waits_for_a_person(
    inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox
) -> None:
    box = connect()
    imap_server.deliver(
        inbox, mail(sender=LAN, subject="", text=""), mail(sender=LAN, subject="Gọi", text="")
    )

    read(box)

    assert [each.need for each in Lead.objects.all()] == ["Gọi"]
    assert [each.why for each in Mail.objects.filter(state=MailState.UNFILED)] == [{"code": "nothing_said"}]


def test_each_mail_becomes_a_lead_with_the_mail_beside_it(
    cast: Cast, inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox
) -> None:
    box = connect()
    imap_server.deliver(
        inbox,
        mail(sender=LAN, subject="Hỏi lắp mạng", text="Gọi tôi 0359 000 111."),
        mail(sender="Hạnh <hanh@company.example.com>", subject="Fwd: Hỏi giá", text=FORWARDED),
        mail(sender="Website <no-reply@web.example.org>", subject="Đăng ký mới", text=FORM),
    )

    read(box)

    leads = list(Lead.objects.order_by("pk"))
    assert [(each.name, each.phones, each.emails) for each in leads] == [
        ("Nguyễn Thị Lan", ["+84359000111"], ["lan@customer.example.org"]),
        ("Phạm Văn Minh", ["+84359000222"], ["minh@customer.example.org"]),
        ("Vũ Thị Hoa", ["+84359000333"], []),
    ]
    assert {(each.source, each.purpose, each.unit_id, each.owner_id, each.state) for each in leads} == {
        ("EMAIL", "ADVICE", cast.unit("HP").pk, None, "NEW")
    }
    assert leads[1].need == "Hỏi giá\n\nTôi cần tổng đài cho 20 máy, gọi 0359 000 222."
    assert leads[1].raw["phones"] == ["0359 000 222"]
    assert leads[2].company == "Công ty TNHH Sao Mai"
    mails = list(Mail.objects.order_by("pk"))
    assert [(each.state, each.party_id) for each in mails] == [("taken", each.own_party_id) for each in leads]
    page = _client(cast, "director").get(f"/leads/{leads[1].pk}").content.decode()
    assert "Nhờ chị xử lý giúp." in page
    assert not Consent.objects.exists()


def test_a_mail_that_a_colleague_forwards_as_a_file_is_a_lead_of_whoever_wrote_it(
    inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox
) -> None:
    box = connect()
    inner = mail(
        sender="Lưu Quang Hà <ha@customer.example.org>", subject="Xin báo giá", text="Gọi 0359 000 555."
    )
    parts = (
        "--x\nContent-Type: text/plain; charset=utf-8\n\nNhờ em tiếp khách này.\n"
        f"--x\nContent-Type: message/rfc822\n\n{inner.decode().replace(chr(13), '')}\n--x--\n"
    )
    imap_server.deliver(
        inbox,
        mail(
            sender="Hạnh <hanh@company.example.com>",
            subject="Fwd: Xin báo giá",
            text=parts,
            more='Content-Type: multipart/mixed; boundary="x"',
        ),
    )

    read(box)

    lead = Lead.objects.get()
    assert (lead.name, lead.phones, lead.emails, lead.need) == (
        "Lưu Quang Hà",
        ["+84359000555"],
        ["ha@customer.example.org"],
        "Xin báo giá\n\nGọi 0359 000 555.",
    )
    assert Mail.objects.get().body == "Nhờ em tiếp khách này."


def test_what_colleagues_must_fill_in_holds_no_mail_back(
    inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox, make_field: MakeField
) -> None:
    make_field("checked_by", "text", entity="leads", label="Người kiểm tra", required="always")
    box = connect()
    imap_server.deliver(inbox, mail(sender=LAN, text="Gọi tôi 0359 000 111."))

    read(box)

    assert Lead.objects.get().name == "Nguyễn Thị Lan"


def test_a_mail_is_taken_once_however_often_it_is_read(
    inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox
) -> None:
    box = connect()
    same_id = "<hoi-gia-1@customer.example.org>"
    imap_server.deliver(
        inbox,
        mail(sender=LAN, message_id=same_id),
        mail(sender=LAN, message_id=same_id, subject="Fwd: Hỏi giá", text="Gửi lại."),
    )
    read(box)
    Standing.objects.filter(mailbox=box).update(uid_validity=1, last_uid=0)

    read(box)

    assert (Lead.objects.count(), Mail.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("Auto-Submitted: auto-replied", "automatic"),
        ("Precedence: list\nList-Id: <tin.example.org>", "to_many"),
        ("X-Spam-Flag: YES", "spam"),
        ("X-Loop: leads@company.example.com", "loop"),
    ],
)
def test_what_nobody_wrote_makes_no_lead_and_says_why(
    inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox, more: str, why: str
) -> None:
    box = connect()
    imap_server.deliver(inbox, mail(sender=LAN, more=more))
    before = _nothing()

    read(box)

    came = Mail.objects.get()
    assert (came.state, came.why, came.party_id) == ("left_out", {"code": why}, None)
    assert _nothing() == before


def test_what_cannot_be_read_waits_for_a_person_who_makes_a_lead_of_it(
    cast: Cast, inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox
) -> None:
    box = connect()
    imap_server.deliver(
        inbox, mail(sender="Hạnh <hanh@company.example.com>", subject="Khách hỏi", text="Anh Tú ở quán Gió.")
    )
    before = _nothing()
    read(box)
    came = Mail.objects.get()
    assert (came.state, came.why) == ("unfiled", {"code": "nobody"})
    assert _nothing() == before

    client = _client(cast, "director")
    assert "Khách hỏi" in client.get("/mails/leads").content.decode()
    assert "Anh Tú ở quán Gió." in client.get(f"/mails/leads/{came.pk}").content.decode()
    empty = client.post(f"/mails/leads/{came.pk}/take", {"name": "Anh Tú", "phone": "", "need": "Lắp mạng"})
    assert empty.status_code == 422
    assert "Lắp mạng" in empty.content.decode()
    assert _nothing() == before

    given = {"name": "Nguyễn Anh Tú", "phone": "0359 000 444", "need": "Lắp mạng"}
    answer = client.post(f"/mails/leads/{came.pk}/take", given)

    lead = Lead.objects.get()
    assert answer.headers["Location"] == f"/leads/{lead.pk}"
    came.refresh_from_db()
    assert (came.state, came.party_id) == ("taken", lead.own_party_id)
    assert (lead.name, lead.unit_id, lead.created_by_id) == (
        "Nguyễn Anh Tú", cast.unit("HP").pk, cast.user("director").pk,
    )  # fmt: skip
    again = client.post(f"/mails/leads/{came.pk}/take", given)
    assert (again.status_code, Lead.objects.count()) == (404, 1)


def test_a_mail_is_taken_out_of_those_that_wait_and_brought_back(
    cast: Cast, inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox
) -> None:
    box = connect()
    imap_server.deliver(inbox, mail(sender=LAN, more="X-Spam-Flag: YES", subject="Không phải rác"))
    read(box)
    came, client = Mail.objects.get(), _client(cast, "director")
    assert "Không phải rác" in client.get("/mails/leads?show=left-out").content.decode()

    client.post(f"/mails/leads/{came.pk}/back")
    assert "Không phải rác" in client.get("/mails/leads").content.decode()
    client.post(f"/mails/leads/{came.pk}/leave")

    came.refresh_from_db()
    assert (came.state, came.why) == ("left_out", {"code": "discarded"})
    assert "Không phải rác" not in client.get("/mails/leads").content.decode()


def test_a_mail_that_breaks_the_reader_waits_and_the_others_go_on(
    cast: Cast,
    inbox: str,
    imap_server: Dovecot,
    connect: SetUp,
    read: ReadBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box = connect()
    imap_server.deliver(inbox, mail(sender=LAN, subject="Hỏng"), mail(sender=LAN, subject="Lành"))
    real = parsing.read_mail

    def breaks(data: bytes) -> parsing.Mail:
        found = real(data)
        if found.headers.subject == "Hỏng":
            raise ValueError("no such thing")
        return found

    monkeypatch.setattr(parsing, "read_mail", breaks)
    read(box)

    assert {(each.state, (each.why or {})["code"]) for each in Mail.objects.all()} == {
        ("unfiled", "unreadable"),
        ("taken", "taken"),
    }
    assert Lead.objects.get().need.startswith("Lành")
    assert _client(cast, "director").get("/mails/leads").status_code == 200


def test_the_companys_other_mailbox_and_its_list_stay_apart(
    cast: Cast, inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox
) -> None:
    box = connect()
    imap_server.deliver(inbox, mail(sender="Hạnh <hanh@company.example.com>", subject="Khách hỏi", text="…"))
    read(box)
    came, client = Mail.objects.get(), _client(cast, "director")
    assert "Khách hỏi" not in client.get("/mails/unfiled").content.decode()
    assert client.get(f"/mails/unfiled/{came.pk}").status_code == 404
    assert client.post(f"/mails/unfiled/{came.pk}/discard").status_code == 404


def test_only_who_takes_in_leads_for_the_unit_sees_what_waits(
    cast: Cast, inbox: str, imap_server: Dovecot, connect: SetUp, read: ReadBox
) -> None:
    box = connect(unit_id=cast.unit("HP1").pk)
    imap_server.deliver(inbox, mail(sender="Hạnh <hanh@company.example.com>", subject="Khách hỏi", text="…"))
    read(box)
    came = Mail.objects.get()
    assert _client(cast, "manager").get("/mails/leads").status_code == 200
    for who in ("seller", "care_agent", "outsider", "admin"):
        client = _client(cast, who)
        assert client.get("/mails/leads").status_code == 403
        assert client.get(f"/mails/leads/{came.pk}").status_code == 403
        given = {"name": "Tú", "phone": "0359000444"}
        assert client.post(f"/mails/leads/{came.pk}/take", given).status_code == 403
    assert not Lead.objects.exists()
