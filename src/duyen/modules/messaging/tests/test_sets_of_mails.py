"""Mails that are read by the set: each finds the place that it would find alone, by few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.kernel.clock import now
from duyen.modules.activities.models import About, Activity, LastContact
from duyen.modules.messaging.actions import arriving, reading
from duyen.modules.messaging.actions.past import company_box
from duyen.modules.messaging.models import Mail, Mailbox, Standing
from duyen.modules.messaging.servers.imap import Head
from duyen.modules.messaging.tests.conftest import mail
from duyen.modules.messaging.words import MailState
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
FROM_CUSTOMER = "Hải Long <lienhe@hailong.example.com>"


@pytest.fixture
def box(cast: Cast) -> Mailbox:
    """The company's mailbox."""
    with transaction.atomic():
        return company_box("info@company.example.com", actor=system_actor("tests"))


def take(box: Mailbox, *mails: bytes, first: int = 1) -> None:
    """Let mails arrive in one set, numbered from `first`."""
    whole = dict(enumerate(mails, first))
    heads = [
        Head(uid, len(data), now(), data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        for uid, data in whole.items()
    ]

    def fetch(uids: Collection[int]) -> dict[int, bytes]:
        return {uid: whole[uid] for uid in uids}

    reading.file(box, heads, fetch)


def states() -> list[tuple[str, str, str]]:
    rows = Mail.objects.order_by("id").values_list("subject", "state", "why")
    return [(subject, state, (why or {}).get("code", "")) for subject, state, why in rows]


def test_files_an_answer_beside_a_mail_of_the_same_set(box: Mailbox, customer: int) -> None:
    first = mail(sender=FROM_CUSTOMER, subject="Hỏi", message_id="<a@x.example.com>")
    second = mail(subject="Re: Hỏi", message_id="<b@x.example.com>", more="In-Reply-To: <a@x.example.com>")
    third = mail(subject="Re: Re: Hỏi", more="References: <a@x.example.com> <b@x.example.com>")

    take(box, first, second, third, first)

    asked, answered, last = Mail.objects.order_by("id")
    assert states() == [
        ("Hỏi", "filed", "address"), ("Re: Hỏi", "filed", "answer"), ("Re: Re: Hỏi", "filed", "answer"),
    ]  # fmt: skip
    assert (answered.answers_id, last.answers_id) == (asked.pk, answered.pk)
    assert {each.party_id for each in (asked, answered, last)} == {customer}
    assert set(About.objects.values_list("record_id", flat=True)) == {customer}
    assert Standing.objects.get(mailbox=box).last_uid == 4


def test_tells_automatic_answers_on_a_mail_of_the_same_set(box: Mailbox, customer: int) -> None:
    first = mail(sender=FROM_CUSTOMER, subject="Hỏi", message_id="<a@x.example.com>")
    more = "In-Reply-To: <a@x.example.com>\nAuto-Submitted: auto-replied"

    take(box, first, mail(subject="Vắng mặt", more=more))

    asked, told = Mail.objects.order_by("id")
    assert (told.state, told.activity_id, told.party_id) == (MailState.TOLD, asked.activity_id, customer)
    assert Activity.objects.count() == 1


def test_writes_trail_owner_and_last_contact_of_each(cast: Cast, box: Mailbox, customer: int) -> None:
    take(box, *[mail(sender=FROM_CUSTOMER, subject=f"Thư {number}") for number in range(25)])

    made = list(Activity.objects.order_by("id"))
    assert {(each.owner_id, each.kind, each.state) for each in made} == {
        (cast.users["seller"].pk, "EMAIL", "DONE")
    }
    assert len({each.code for each in made}) == 25
    traced = History.objects.filter(entity="activities", verb="activities.create")
    assert set(traced.values_list("record_id", flat=True)) == {each.pk for each in made}
    assert LastContact.objects.get(party_id=customer).at == max(each.at for each in made)


def test_gives_an_answer_another_place_where_the_one_before_is_gone(
    cast: Cast, box: Mailbox, customer: int
) -> None:
    take(box, mail(sender=FROM_CUSTOMER, subject="Hỏi", message_id="<a@x.example.com>"))
    activity = Activity.objects.get()
    standard.delete(entity_named("activities"), activity.pk, actor=cast.actor("seller"))
    more = "In-Reply-To: <a@x.example.com>"

    take(box, mail(sender=FROM_CUSTOMER, subject="Nữa", more=more), mail(subject="Lạ", more=more), first=2)

    assert states()[1:] == [("Nữa", "filed", "address"), ("Lạ", "unfiled", "unknown_address")]


def test_keeps_the_others_where_the_database_refuses_one(
    box: Mailbox, customer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = arriving._write

    def refuses(kept: list[tuple[object, Mail]], actor: object) -> None:
        real(kept, actor)  # type: ignore[arg-type]
        if any(each.subject == "Hỏng" for _coming, each in kept):
            raise DatabaseError("no room")

    monkeypatch.setattr(arriving, "_write", refuses)

    take(box, *[mail(sender=FROM_CUSTOMER, subject=each) for each in ("Một", "Hỏng", "Hai")])

    assert states() == [
        ("Một", "filed", "address"),
        ("", "left_out", "unreadable"),
        ("Hai", "filed", "address"),
    ]
    assert Activity.objects.count() == 2
    assert Standing.objects.get(mailbox=box).last_uid == 3


def test_files_fifty_by_as_many_statements_as_three(box: Mailbox, customer: int) -> None:
    asked = {}
    for count, first in ((3, 1), (50, 100)):
        some = [
            mail(
                sender=FROM_CUSTOMER if number % 3 else "Khách lạ <la@stranger.example.com>",
                subject=f"Thư {number}",
                message_id=f"<{first}.{number}@x.example.com>",
                more=f"In-Reply-To: <{first}.{number - 1}@x.example.com>" if number % 3 == 2 else "",
            )
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            take(box, *some, first=first)
        asked[count] = len(queries)

    assert asked[3] == asked[50]
    assert Mail.objects.count() == 53


def test_asks_once_for_what_is_read_whole_and_not_for_more_than_finds_room(
    box: Mailbox, customer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[list[int]] = []
    data = {uid: mail(sender=FROM_CUSTOMER, subject=f"Thư {uid}") for uid in range(1, 8)}
    data[4] = mail(subject="Bản tin", more="List-Unsubscribe: <https://news.example.com/u>\nPrecedence: bulk")
    heads = [
        Head(uid, 1_000, now(), each.partition(b"\r\n\r\n")[0] + b"\r\n\r\n") for uid, each in data.items()
    ]
    monkeypatch.setattr(arriving, "_MOST_HELD", 3_000)

    def fetch(uids: Collection[int]) -> dict[int, bytes]:
        fetched.append(sorted(uids))
        return {uid: data[uid] for uid in uids if uid != 7}

    kept = arriving.arrive(box, heads, fetch)

    assert fetched == [[1, 2, 3], [5, 6, 7]]
    assert [each.subject for each in kept if not each.body] == ["Bản tin", "Thư 7"]
    assert Standing.objects.get(mailbox=box).last_uid == 7
    assert all(each.at > now() - dt.timedelta(days=1) for each in kept)
