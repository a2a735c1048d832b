"""Several mailboxes for leads: each with what its leads have, each by itself, one lead of a mail in two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.notices.models import Notice
from duyen.modules.campaigns.models import Campaign
from duyen.modules.leads.models import Lead
from duyen.modules.mail_intake.models import Intake
from duyen.modules.mail_intake.tests.conftest import SetUp
from duyen.modules.messaging.actions import reading
from duyen.modules.messaging.mime import parsing
from duyen.modules.messaging.models import Mail, Mailbox, Standing
from duyen.modules.messaging.tests.conftest import mail
from duyen.modules.messaging.tests.servers import PASSWORD, Dovecot
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
ReadBox = Callable[[Mailbox], None]
LAN = "Nguyễn Thị Lan <lan@customer.example.org>"
MINH = "Phạm Văn Minh <minh@customer.example.org>"
SETTINGS = "/settings/lead-mailboxes"


def _client(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def _account(inbox: str, server: Dovecot, **more: Any) -> dict[str, Any]:
    return {
        "address": f"{inbox}@company.example.com",
        "username": inbox,
        "password": PASSWORD,
        "imap_host": "localhost",
        "imap_port": str(server.port),
        **more,
    }


def _campaign(cast: Cast, name: str = "Khai trương Hải An") -> int:
    values = {"name": name, "kind": "EVENT"}
    return standard.create(entity_named("campaigns"), actor=cast.actor("director"), values=values).id


def _code(campaign: int) -> str:
    return str(Campaign.objects.values_list("code", flat=True).get(pk=campaign))


def _terms(cast: Cast, unit: str = "HP", **more: Any) -> dict[str, Any]:
    return {"unit": str(cast.unit(unit).pk), "source": "EMAIL", "purpose": "ADVICE", **more}


def _kept() -> tuple[Any, ...]:
    return (
        list(Mailbox.objects.order_by("pk").values()),
        list(Intake.objects.order_by("pk").values()),
        History.objects.count(),
    )


def test_each_mailbox_gives_its_leads_what_it_was_told(
    cast: Cast, inbox: str, other_inbox: str, imap_server: Dovecot, read: ReadBox
) -> None:
    client, campaign = _client(cast, "admin"), _campaign(cast)
    for name, terms in (
        (inbox, _terms(cast)),
        (other_inbox, _terms(cast, "HP1", source="EVENT", campaign=_code(campaign))),
    ):
        answer = client.post(f"{SETTINGS}/new", {**_account(name, imap_server), **terms})
        assert answer.status_code == 302, answer.content.decode()
    first, second = Mailbox.objects.order_by("pk")
    assert answer.headers["Location"] == f"{SETTINGS}/{second.pk}"
    imap_server.deliver(inbox, mail(sender=LAN))
    imap_server.deliver(other_inbox, mail(sender=MINH))

    read(first)
    read(second)

    lan, minh = Lead.objects.order_by("pk")
    assert (lan.unit_id, lan.source, lan.campaign_id) == (cast.unit("HP").pk, "EMAIL", None)
    assert (minh.unit_id, minh.source, minh.campaign_id) == (cast.unit("HP1").pk, "EVENT", campaign)
    assert (lan.source_detail, minh.source_detail) == (first.address, second.address)
    assert minh.raw["source_detail"] == second.address
    assert [each.mailbox_id for each in Mail.objects.order_by("pk")] == [first.pk, second.pk]
    page = _client(cast, "director").get(f"/leads/{minh.pk}").content.decode()
    assert "Qua hộp thư" in page
    assert second.address in page
    listed = client.get(SETTINGS).content.decode()
    assert all(each in listed for each in (first.address, second.address, _code(campaign)))
    assert "Khai trương Hải An" not in listed


def test_a_mail_that_was_sent_to_two_makes_one_lead_of_the_one_read_first(
    connect: SetUp, brand: SetUp, inbox: str, other_inbox: str, imap_server: Dovecot, read: ReadBox
) -> None:
    first, second = connect(), brand()
    same = mail(sender=LAN, message_id="<hoi-gia@customer.example.org>")
    passed_on = mail(sender=LAN, message_id="<hoi-gia@customer.example.org>", subject="Hỏi giá [Thương hiệu]")
    imap_server.deliver(inbox, same)
    imap_server.deliver(other_inbox, passed_on, mail(sender=MINH))

    read(second)
    read(first)

    assert [each.name for each in Lead.objects.order_by("pk")] == ["Nguyễn Thị Lan", "Phạm Văn Minh"]
    assert {each.mailbox_id for each in Mail.objects.all()} == {second.pk}
    assert Standing.objects.get(mailbox=first).last_uid > 0


def test_of_two_read_at_the_same_time_one_takes_the_mail(
    connect: SetUp,
    brand: SetUp,
    inbox: str,
    other_inbox: str,
    imap_server: Dovecot,
    read: ReadBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = connect(), brand()
    same_id = "<hoi-gia@customer.example.org>"
    imap_server.deliver(inbox, mail(sender=LAN, message_id=same_id))
    imap_server.deliver(other_inbox, mail(sender=LAN, message_id=same_id, subject="Hỏi giá (2)"))
    real = parsing.read_mail

    def meanwhile(data: bytes) -> Any:
        monkeypatch.setattr(parsing, "read_mail", real)
        read(second)
        return real(data)

    monkeypatch.setattr(parsing, "read_mail", meanwhile)
    read(first)

    assert Lead.objects.count() == 1
    assert Mail.objects.get().mailbox_id == second.pk


def test_one_that_fails_stops_no_other_and_says_so(
    cast: Cast,
    connect: SetUp,
    brand: SetUp,
    inbox: str,
    other_inbox: str,
    imap_server: Dovecot,
) -> None:
    broken = connect()
    brand()
    Mailbox.objects.filter(pk=broken.pk).update(username="nobody-here")
    imap_server.deliver(inbox, mail(sender=LAN))
    imap_server.deliver(other_inbox, mail(sender=MINH))

    for box_id in reading.due():
        reading.read(box_id)

    assert Lead.objects.get().name == "Phạm Văn Minh"
    page = _client(cast, "admin").get(SETTINGS).content.decode()
    assert "Không đọc được từ" in page
    assert "tên đăng nhập" in page.lower() or "mật khẩu" in page.lower()
    assert broken.address in _client(cast, "admin").get("/settings/mailboxes").content.decode()
    notice = Notice.objects.get(user=cast.users["admin"], kind="lead_mailbox_fails")
    assert notice.args["address"] == broken.address

    Mailbox.objects.filter(pk=broken.pk).update(username=inbox)
    reading.read(broken.pk)
    assert Lead.objects.count() == 2
    mended = _client(cast, "admin").get(f"{SETTINGS}/{broken.pk}").content.decode()
    assert "Lỗi gần nhất" in mended


def test_switching_off_and_taking_out_touch_no_other(
    cast: Cast,
    connect: SetUp,
    brand: SetUp,
    inbox: str,
    other_inbox: str,
    imap_server: Dovecot,
    read: ReadBox,
) -> None:
    first, second = connect(), brand()
    client = _client(cast, "admin")
    imap_server.deliver(inbox, mail(sender="Hạnh <hanh@company.example.com>", subject="Khách hỏi"))
    read(first)

    assert client.post(f"{SETTINGS}/{first.pk}/off").status_code == 302
    assert reading.due() == [second.pk]
    assert client.post(f"{SETTINGS}/{first.pk}/remove").headers["Location"] == SETTINGS

    first.refresh_from_db()
    assert (first.is_on, first.sealed, first.gone_at is None) == (False, None, False)
    assert Mailbox.objects.get(pk=second.pk).sealed is not None
    assert client.get(f"{SETTINGS}/{first.pk}").status_code == 404
    assert client.post(f"{SETTINGS}/{first.pk}/on").status_code == 404
    came, director = Mail.objects.get(), _client(cast, "director")
    assert "Khách hỏi" in director.get("/mails/leads").content.decode()
    given = {"name": "Nguyễn Anh Tú", "phone": "0359 000 444"}
    director.post(f"/mails/leads/{came.pk}/take", given)
    lead = Lead.objects.get()
    assert (lead.name, lead.source_detail) == ("Nguyễn Anh Tú", first.address)
    imap_server.deliver(other_inbox, mail(sender=MINH))
    read(second)
    assert Lead.objects.count() == 2


def test_what_waits_is_seen_by_who_takes_in_leads_for_its_unit(
    cast: Cast,
    connect: SetUp,
    brand: SetUp,
    inbox: str,
    other_inbox: str,
    imap_server: Dovecot,
    read: ReadBox,
) -> None:
    first, second = connect(), brand(unit_id=cast.unit("HP1").pk)
    ours = "Hạnh <hanh@company.example.com>"
    imap_server.deliver(inbox, mail(sender=ours, subject="Thư của tổng"))
    imap_server.deliver(other_inbox, mail(sender=ours, subject="Thư của Hải An"))
    read(first)
    read(second)
    of_first, of_second = Mail.objects.order_by("pk")

    manager = _client(cast, "manager")
    page = manager.get("/mails/leads").content.decode()
    assert "Thư của Hải An" in page
    assert "Thư của tổng" not in page
    assert "Thư của tổng" not in manager.get(f"/mails/leads?box={first.pk}").content.decode()
    assert manager.get(f"/mails/leads/{of_first.pk}").status_code == 404
    given = {"name": "Tú", "phone": "0359000444"}
    for verb in ("take", "leave", "back"):
        assert manager.post(f"/mails/leads/{of_first.pk}/{verb}", given).status_code == 404
    assert not Lead.objects.exists()
    of_first.refresh_from_db()
    assert of_first.state == "unfiled"
    manager.post(f"/mails/leads/{of_second.pk}/take", given)
    assert Lead.objects.get().unit_id == cast.unit("HP1").pk

    director = _client(cast, "director")
    assert "Thư của tổng" in director.get("/mails/leads").content.decode()
    assert "Thư của tổng" not in director.get(f"/mails/leads?box={second.pk}").content.decode()


def test_nobody_of_another_brand_is_a_lead(
    connect: SetUp, brand: SetUp, inbox: str, imap_server: Dovecot, read: ReadBox
) -> None:
    first = connect()
    brand()
    imap_server.deliver(inbox, mail(sender="Hoa <hoa@brand.example.com>", subject="Nhắc họp"))

    read(first)

    assert not Lead.objects.exists()
    assert Mail.objects.get().why == {"code": "nobody"}


def test_the_pages_cost_the_same_for_one_mailbox_and_for_two(
    cast: Cast,
    connect: SetUp,
    brand: SetUp,
    inbox: str,
    imap_server: Dovecot,
    read: ReadBox,
) -> None:
    campaign = _campaign(cast)
    ours = "Hạnh <hanh@company.example.com>"
    imap_server.deliver(inbox, mail(sender=ours), mail(sender=ours))
    read(connect(campaign_id=campaign))
    pages = ((_client(cast, "admin"), SETTINGS), (_client(cast, "director"), "/mails/leads"))

    def costs() -> list[int]:
        found = []
        for client, address in pages:
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(len(asked))
        return found

    before = costs()
    brand(campaign_id=_campaign(cast, "Ra mắt thương hiệu"))

    assert costs() == before


def test_one_account_is_read_once(
    cast: Cast, connect: SetUp, connect_at: SetUp, inbox: str, imap_server: Dovecot
) -> None:
    connect()
    before = _kept()

    answer = _client(cast, "admin").post(f"{SETTINGS}/new", {**_account(inbox, imap_server), **_terms(cast)})

    assert answer.status_code == 422
    assert "đã đọc tài khoản và thư mục này rồi" in answer.content.decode()
    assert _kept() == before


def test_what_leads_have_is_changed_without_the_account(
    cast: Cast, connect: SetUp, brand: SetUp, inbox: str, imap_server: Dovecot, read: ReadBox
) -> None:
    first, second = connect(), brand()
    other_before = Intake.objects.filter(mailbox=second).values().get()
    client, campaign = _client(cast, "admin"), _campaign(cast)
    given = _terms(cast, "HP1", source="EVENT", campaign=_code(campaign))

    assert client.post(f"{SETTINGS}/{first.pk}/leads", given).status_code == 302

    held = Intake.objects.get(mailbox=first)
    assert (held.unit_id, held.source, held.campaign_id) == (cast.unit("HP1").pk, "EVENT", campaign)
    assert Intake.objects.filter(mailbox=second).values().get() == other_before
    assert Mailbox.objects.get(pk=first.pk).version == first.version
    before = _kept()
    for wrong in (
        {"unit": ""},
        {"source": "NONE"},
        {"purpose": ""},
        {"campaign": "CD-KHONG-CO"},
        {"products": "999999"},
    ):
        answer = client.post(f"{SETTINGS}/{first.pk}/leads", {**given, **wrong})
        assert answer.status_code == 422
        assert _kept() == before


def test_a_campaign_that_is_gone_holds_no_lead_back(
    cast: Cast, connect: SetUp, inbox: str, imap_server: Dovecot, read: ReadBox
) -> None:
    campaign = _campaign(cast)
    box = connect(campaign_id=campaign)
    standard.delete(entity_named("campaigns"), campaign, actor=cast.actor("director"), version=1)
    imap_server.deliver(inbox, mail(sender=LAN))

    read(box)

    assert Lead.objects.get().campaign_id is None


def test_trying_says_what_stands_against_it_and_changes_nothing(
    cast: Cast, connect: SetUp, inbox: str, imap_server: Dovecot
) -> None:
    box, client = connect(), _client(cast, "admin")
    told = client.post(f"{SETTINGS}/{box.pk}/try", follow=True).content.decode()
    assert "Kết nối được" in told
    Mailbox.objects.filter(pk=box.pk).update(folder="NoSuchFolder")
    before = _kept()

    failed = client.post(f"{SETTINGS}/{box.pk}/try")

    assert failed.status_code == 422
    assert "NoSuchFolder" in failed.content.decode()
    assert _kept() == before


def test_an_account_that_fails_is_not_kept_and_what_was_typed_stays(
    cast: Cast, connect: SetUp, inbox: str, imap_server: Dovecot
) -> None:
    box, client = connect(), _client(cast, "admin")
    before = _kept()
    wrong = {**_account(inbox, imap_server), "password": "sai", "folder": "INBOX"}

    for answer in (
        client.post(f"{SETTINGS}/{box.pk}", wrong),
        client.post(f"{SETTINGS}/new", {**wrong, **_terms(cast), "username": "box199"}),
        client.post(f"{SETTINGS}/new", {**wrong, **_terms(cast, unit="HP1"), "imap_port": "cổng"}),
    ):
        assert answer.status_code == 422
        page = answer.content.decode()
        assert wrong["address"] in page
        assert ">sai<" not in page
    assert _kept() == before


def test_only_administrators_set_them_up_and_nothing_unknown_is_kept(cast: Cast, connect: SetUp) -> None:
    with pytest.raises(NotAllowed):
        connect(by="director")
    for wrong in ({"source": "NONE"}, {"purpose": ""}, {"unit_id": None}, {"product_ids": (999_999,)}):
        with pytest.raises(InvalidValues):
            connect(**wrong)
    assert not Intake.objects.exists()
    assert not Mailbox.objects.exists()
    box = connect()
    before, client = _kept(), _client(cast, "director")
    assert client.get(SETTINGS).status_code == 403
    assert client.get(f"{SETTINGS}/{box.pk}").status_code == 403
    for part in ("", "/leads", "/try", "/read", "/off", "/remove"):
        assert client.post(f"{SETTINGS}/{box.pk}{part}", _terms(cast)).status_code == 403
    assert _kept() == before
