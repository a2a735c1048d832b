"""Advertising by mail: only to whom consents allow it, asked when it is put down and before it goes out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.settings.company import keep_setting
from duyen.kernel.clock import now
from duyen.modules.activities.models import Activity
from duyen.modules.consents.actions import NewConsent, give_consent
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.words import Channel, GivenBy, Purpose
from duyen.modules.messaging.actions.outbox import hand_over
from duyen.modules.messaging.actions.sending import Writing, send_mail
from duyen.modules.messaging.models import Mail, Mailbox
from duyen.modules.messaging.rules import HOW_TO_REFUSE, as_advertising
from duyen.modules.messaging.tests.conftest import Connect
from duyen.modules.messaging.tests.conftest import mail as incoming
from duyen.modules.messaging.tests.servers import Dovecot, Smtp
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_ADDRESS = "lienhe@hailong.example.com"


def _agree(cast: Cast, customer: int) -> None:
    text = standard.create(
        entity_named("consent_texts"),
        actor=cast.actor("director"),
        values={
            "name": "Nhận tin khuyến mại",
            "purpose": "MARKETING",
            "channels": ["EMAIL"],
            "data_kinds": ["CONTACT"],
            "most": 4,
            "per": "MONTH",
            "valid_months": 24,
            "words": "Tôi đồng ý nhận thư khuyến mại.",
        },
    )
    given_at = now() - dt.timedelta(hours=1)
    given = NewConsent(customer, text.id, [Channel.EMAIL], GivenBy.PAPER, "Phiếu số 7", given_at)
    give_consent(given, actor=cast.actor("seller"))


def _advertise(cast: Cast, customer: int, to: str = _ADDRESS) -> Mail:
    writing = Writing(to=to, subject="Ưu đãi tháng 12", body="Giảm 20 %.", purpose="MARKETING")
    return send_mail(entity_named("customers"), customer, writing, actor=cast.actor("seller"))


def test_is_refused_with_the_reason_to_who_did_not_agree(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    with pytest.raises(InvalidValues) as refused:
        _advertise(cast, customer)

    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == ("purpose", "no_consent")
    assert _ADDRESS in str(problem.message)
    assert not Mail.objects.exists()
    assert not Activity.objects.exists()


def test_goes_to_who_agreed_with_its_label_and_how_to_refuse(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    _agree(cast, customer)

    mail = _advertise(cast, customer)
    hand_over(mail.pk)

    mail.refresh_from_db()
    ((_sender, _to, data),) = company_server.said.taken
    head = message_from_bytes(data, policy=default)
    # Without a public address there is no page to open: one writes.
    assert head["List-Unsubscribe"] == f"<mailto:{mail.reply_to}?subject=TU%20CHOI&body=TU%20CHOI>"
    assert head["List-Unsubscribe-Post"] is None
    assert (mail.state, mail.purpose) == ("sent", "MARKETING")
    assert mail.subject == "[QC] Ưu đãi tháng 12"
    assert mail.body.endswith(HOW_TO_REFUSE)


def test_goes_to_one_address_that_agreed_as_often_as_law_allows(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    _agree(cast, customer)

    for to, code in (
        (f"{_ADDRESS}; la@stranger.example.com", "one_each"),
        ("la@stranger.example.com", "no_consent"),
    ):
        with pytest.raises(InvalidValues) as refused:
            _advertise(cast, customer, to)
        assert [each.code for each in refused.value.problems] == [code]
    assert not Mail.objects.exists()
    for _time in range(3):
        _advertise(cast, customer)
    with pytest.raises(InvalidValues) as full:
        _advertise(cast, customer)
    assert [each.code for each in full.value.problems] == ["cap"]


def test_is_stopped_where_somebody_refuses_before_it_goes_out(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    _agree(cast, customer)
    mail = _advertise(cast, customer)
    perform(
        entity_named("customers"),
        "refuse_contact",
        customer,
        actor=cast.actor("seller"),
        arguments={"refused_by": "VOICE"},
    )

    hand_over(mail.pk)

    mail.refresh_from_db()
    assert (mail.state, mail.why) == ("stopped", {"code": "unwanted"})


def test_the_form_says_why_and_loses_nothing(cast: Cast, customer: int, company_server: Smtp) -> None:
    client = Client()
    client.force_login(cast.user("seller"))
    form = {"to": _ADDRESS, "subject": "Ưu đãi", "body": "Giảm giá.", "purpose": "MARKETING", "step": "send"}

    answer = client.post(f"/customers/{customer}/mail", form)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "chưa đồng ý" in page
    assert "Giảm giá." in page
    assert not Mail.objects.exists()
    answer = client.post(f"/customers/{customer}/mail", {**form, "purpose": "SERVICE"})
    assert answer.status_code == 302
    assert Mail.objects.get().purpose == "SERVICE"


@pytest.mark.parametrize("link", ["", "https://crm.example.com/refuse/abc"])
def test_is_labelled_once(link: str) -> None:
    once = as_advertising("Ưu đãi", "Giảm giá.", link)
    assert as_advertising(*once, link) == once
    assert link in once[1]


def test_carries_a_link_to_refuse_that_mail_programs_know(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    with transaction.atomic():
        keep_setting("company.public_url", "https://crm.example.com", actor=system_actor("tests"))
    _agree(cast, customer)
    mail = _advertise(cast, customer)

    hand_over(mail.pk)

    ((_sender, _to, data),) = company_server.said.taken
    head = message_from_bytes(data, policy=default)
    (url,) = re.findall(r"<([^>]+)>", head["List-Unsubscribe"])
    assert url.startswith("https://crm.example.com/refuse/")
    assert url in mail.body
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stranger, path = Client(enforce_csrf_checks=True), urlsplit(url).path
    assert stranger.get(path).status_code == 200
    assert contact_permission(customer, Channel.EMAIL, Purpose.MARKETING).is_allowed
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert contact_permission(customer, Channel.EMAIL, Purpose.MARKETING).rule == "refused"
    assert contact_permission(customer, Channel.EMAIL, Purpose.SERVICE).is_allowed


def test_service_mail_carries_no_such_link(cast: Cast, customer: int, company_server: Smtp) -> None:
    writing = Writing(to=_ADDRESS, subject="Báo giá", body="Gửi anh báo giá.")
    mail = send_mail(entity_named("customers"), customer, writing, actor=cast.actor("seller"))

    hand_over(mail.pk)

    ((_sender, _to, data),) = company_server.said.taken
    assert message_from_bytes(data, policy=default)["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("words", "rule"),
    [("TỪ CHỐI\nCảm ơn", "refused"), ("Tôi từ chối? Không, gửi thêm đi.", "consent")],
)
def test_an_answer_that_refuses_stops_it(
    cast: Cast,
    customer: int,
    company_server: Smtp,
    inbox: str,
    imap_server: Dovecot,
    connect: Connect,
    read: Callable[[Mailbox], None],
    words: str,
    rule: str,
) -> None:
    _agree(cast, customer)
    sent = _advertise(cast, customer)
    hand_over(sent.pk)
    answer = incoming(
        sender=f"Hải Long <{_ADDRESS}>", text=words, more=f"In-Reply-To: {sent.message_id}", subject="Re: QC"
    )
    imap_server.deliver(inbox, answer)

    read(connect(inbox))

    assert Mail.objects.get(way="in").answers_id == sent.pk
    assert contact_permission(customer, Channel.EMAIL, Purpose.MARKETING).rule == rule
