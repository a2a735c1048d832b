"""How a mail stands is told on its line of the timeline and on the record, to whoever may see the mail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.modules.activities.models import Activity
from duyen.modules.messaging.actions import outbox, send_mail
from duyen.modules.messaging.actions.sending import Writing
from duyen.modules.messaging.models import Mail, Mailbox
from duyen.modules.messaging.tests.conftest import Connect, mail
from duyen.modules.messaging.tests.servers import Dovecot, Smtp
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
PLAIN = Writing(to="lienhe@hailong.example.com", subject="Báo giá tháng 11", body="Gửi anh báo giá.")
PANEL = "Thư chưa đến nơi"
SignIn = Callable[[str], Client]


@pytest.fixture
def written(cast: Cast, customer: int, company_server: Smtp) -> Mail:
    """A mail that waits to be sent."""
    return send_mail(entity_named("customers"), customer, PLAIN, actor=cast.actor("seller"))


def _page(client: Client, customer: int, tab: str = "timeline") -> str:
    return client.get(f"/customers/{customer}?tab={tab}").content.decode()


def _remarks(client: Client, customer: int) -> list[tuple[str, str]]:
    told = client.get(f"/api/v1/customers/{customer}/timeline").json()
    entries = [each["facts"].get("remarks", []) for each in told["items"]]
    return [(each["code"], each["text"]) for found in entries for each in found]


def test_says_that_a_mail_waits_and_that_it_was_sent(customer: int, written: Mail, sign_in: SignIn) -> None:
    client = sign_in("seller")
    assert "Chờ gửi" in _page(client, customer)
    assert _remarks(client, customer) == [("waiting", "")]

    outbox.hand_over(written.pk)

    page = _page(client, customer)
    assert "Đã gửi" in page
    assert "Chờ gửi" not in page
    assert PANEL not in page
    assert _remarks(client, customer) == [("sent", "")]


def test_says_on_line_and_record_that_a_mail_was_refused_and_why(
    customer: int, written: Mail, company_server: Smtp, sign_in: SignIn
) -> None:
    company_server.said.answer = "554 5.7.1 looks like spam"

    outbox.hand_over(written.pk)

    page = _page(sign_in("seller"), customer)
    assert "Không gửi được" in page
    assert "5.7.1 looks like spam" in page
    assert f"/activities/{written.activity_id}?tab=mail" in page
    assert PANEL in page
    assert PANEL in _page(sign_in("seller"), customer, "history")


def test_names_whom_a_mail_did_not_reach(
    cast: Cast, customer: int, company_server: Smtp, sign_in: SignIn
) -> None:
    company_server.said.refuse = {"b@example.com": "550 5.1.1 no such mailbox"}
    writing = Writing(to="a@example.com; b@example.com", subject="Báo giá", body="Gửi anh.")
    made = send_mail(entity_named("customers"), customer, writing, actor=cast.actor("seller"))

    outbox.hand_over(made.pk)

    client = sign_in("seller")
    assert _remarks(client, customer) == [
        ("sent", ""),
        ("not_taken", "b@example.com: 5.1.1 no such mailbox"),
    ]
    assert PANEL in _page(client, customer)


def test_says_that_a_mail_was_answered_to_whoever_may_see_the_answer(
    cast: Cast,
    customer: int,
    written: Mail,
    inbox: str,
    imap_server: Dovecot,
    connect: Connect,
    read: Callable[[Mailbox], None],
    sign_in: SignIn,
) -> None:
    outbox.hand_over(written.pk)
    more = f"In-Reply-To: {written.message_id}\nReferences: {written.message_id}"
    imap_server.deliver(inbox, mail(subject="Re: Báo giá tháng 11", text="Tôi đồng ý.", more=more))
    read(connect(inbox))

    assert ("answered", "") in _remarks(sign_in("seller"), customer)
    assert "Đã được trả lời" in _page(sign_in("seller"), customer)

    came = Activity.objects.get(pk=Mail.objects.get(way="in").activity_id or 0)
    activities, seller = entity_named("activities"), cast.actor("seller")
    standard.change(activities, came.pk, actor=seller, values={"is_private": True}, version=came.version)
    assert ("answered", "") in _remarks(sign_in("seller"), customer)
    assert _remarks(sign_in("manager"), customer) == [("sent", "")]


def test_keeps_to_itself_a_mail_that_did_not_arrive_and_is_private(
    cast: Cast, customer: int, written: Mail, company_server: Smtp, sign_in: SignIn
) -> None:
    company_server.said.answer = "554 5.7.1 looks like spam"
    outbox.hand_over(written.pk)
    assert PANEL in _page(sign_in("manager"), customer)

    row = Activity.objects.get(pk=written.activity_id or 0)
    standard.change(
        entity_named("activities"),
        row.pk,
        actor=cast.actor("seller"),
        values={"is_private": True},
        version=row.version,
    )

    assert PANEL not in _page(sign_in("manager"), customer)
    assert _remarks(sign_in("manager"), customer) == []
    assert PANEL in _page(sign_in("seller"), customer)


def test_asks_as_often_for_twenty_mails_as_for_three(
    cast: Cast, customer: int, company_server: Smtp, sign_in: SignIn
) -> None:
    client, counts = sign_in("seller"), []
    company_server.said.answer = "554 5.7.1 looks like spam"
    for count in (3, 17):
        for _each in range(count):
            made = send_mail(entity_named("customers"), customer, PLAIN, actor=cast.actor("seller"))
            outbox.hand_over(made.pk)
        _page(client, customer)
        with CaptureQueriesContext(connection) as caught:
            _page(client, customer)
        counts.append(len(caught))

    assert counts[1] <= counts[0]
