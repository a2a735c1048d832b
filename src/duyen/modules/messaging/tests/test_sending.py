"""Mail that goes out: judged, put down, handed to a real server, and told truly whatever happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default

import pytest
from django.test import Client
from pytest_django import Settings

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit.models import History
from duyen.foundation.notices.models import Notice
from duyen.foundation.settings.company import keep_setting
from duyen.kernel.clock import now, stopped
from duyen.modules.activities.models import Activity
from duyen.modules.messaging.actions import confirm_sent, outbox, send_again, send_mail, stop_sending
from duyen.modules.messaging.actions.sending import Writing
from duyen.modules.messaging.models import Mail, MailDraft, MailTemplate
from duyen.modules.messaging.servers import smtp
from duyen.modules.messaging.tests.servers import Smtp
from duyen.modules.messaging.words import MailState
from duyen.surfaces.api.tests.conftest import Caller
from duyen.surfaces.api.tokens import create_token
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
PLAIN = Writing(
    to="lienhe@hailong.example.com", subject="Báo giá tháng 11", body="Chào anh,\n\nGửi anh báo giá."
)


def put_down(cast: Cast, customer: int, writing: Writing = PLAIN, *, who: str = "seller") -> Mail:
    return send_mail(entity_named("customers"), customer, writing, actor=cast.actor(who))


def test_sends_a_mail_once_and_keeps_it_on_the_timeline(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    mail = put_down(cast, customer)

    outbox.hand_over(mail.pk)
    outbox.hand_over(mail.pk)

    mail.refresh_from_db()
    activity = Activity.objects.get(pk=mail.activity_id or 0)
    ((sender, to, data),) = company_server.said.taken
    sent = message_from_bytes(data, policy=default)
    assert (mail.state, mail.why, mail.not_taken) == (MailState.SENT, None, [])
    assert (sender, to) == ("info@company.example.com", ["lienhe@hailong.example.com"])
    assert sent["Subject"] == "Báo giá tháng 11"
    assert sent["Message-ID"] == mail.message_id
    assert sent["From"].addresses[0].display_name == "Nguyễn Hồng Hạnh"
    assert sent["Reply-To"].addresses[0].addr_spec == "seller@example.com"
    bodies = [sent.get_body((kind,)) for kind in ("plain", "html")]
    text, page = (each.get_content() for each in bodies if each is not None)
    assert text.replace("\r", "").strip() == "Chào anh,\n\nGửi anh báo giá."
    assert "<p>Chào anh,</p>" in page
    assert (activity.kind, activity.direction, activity.state) == ("EMAIL", "OUT", "DONE")
    assert activity.about == [{"entity": "customers", "id": customer}]


@pytest.mark.parametrize(
    ("writing", "field", "code"),
    [
        (Writing(to="", subject="a", body="b"), "to", "required"),
        (Writing(to="khong phai dia chi", subject="a", body="b"), "to", "email_invalid"),
        (Writing(to="a@example.com", subject=" ", body="b"), "subject", "required"),
        (Writing(to="a@example.com", subject="a", body="\n"), "body", "required"),
        (Writing(to="a@example.com", subject="a", body="Chào {{customer.name}}"), "body", "place"),
        (Writing(to="a@example.com", subject="a", body="b", sends_as="own"), "sends_as", "gone"),
        (
            Writing(to=";".join(f"a{n}@example.com" for n in range(21)), subject="a", body="b"),
            "to",
            "too_many",
        ),
        (Writing(to="a@example.com", subject="a", body="b", file_ids=[99]), "files", "not_found"),
    ],
)
def test_refuses_what_cannot_be_sent_and_changes_nothing(
    cast: Cast, customer: int, company_server: Smtp, writing: Writing, field: str, code: str
) -> None:
    before = (Activity.objects.count(), Mail.objects.count(), History.objects.count())

    with pytest.raises(InvalidValues) as refused:
        put_down(cast, customer, writing)

    assert (field, code) in [(each.field, each.code) for each in refused.value.problems]
    assert (Activity.objects.count(), Mail.objects.count(), History.objects.count()) == before


def test_is_closed_to_whoever_does_not_see_the_record(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    with pytest.raises(NotFound):
        put_down(cast, customer, who="outsider")
    with pytest.raises((NotFound, NotAllowed)):
        put_down(cast, customer, who="admin")

    assert not Mail.objects.exists()


def test_ends_a_line_of_the_head_nowhere_but_at_its_end(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    writing = Writing(to="a@example.com", subject="Một\r\nBcc: trom@example.com", body="b")

    outbox.hand_over(put_down(cast, customer, writing).pk)

    ((_sender, to, data),) = company_server.said.taken
    assert to == ["a@example.com"]
    assert message_from_bytes(data, policy=default)["Bcc"] is None


def test_tells_of_an_address_that_is_refused_beside_others(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    company_server.said.refuse = {"b@example.com": "550 5.1.1 no such mailbox"}
    mail = put_down(cast, customer, Writing(to="a@example.com; b@example.com", subject="a", body="b"))

    outbox.hand_over(mail.pk)

    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert mail.not_taken == [["b@example.com", 550, "5.1.1 no such mailbox"]]
    assert Notice.objects.filter(user=cast.users["seller"], kind="mail_not_sent").count() == 1


def test_keeps_the_words_of_a_refusal_and_sends_again_when_asked(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    company_server.said.answer = "554 5.7.1 looks like spam"
    mail = put_down(cast, customer)
    outbox.hand_over(mail.pk)
    mail.refresh_from_db()
    refused = (mail.state, mail.why)
    company_server.said.answer = ""

    send_again(mail.pk, actor=cast.actor("seller"))
    outbox.hand_over(mail.pk)

    mail.refresh_from_db()
    assert refused[0] == MailState.REFUSED
    assert refused[1] == {"code": "mail_refused", "params": {"said": "5.7.1 looks like spam"}}
    assert mail.state == MailState.SENT
    assert History.objects.filter(verb="mails.send_again", record_id=mail.activity_id or 0).count() == 1


def test_tries_again_later_where_the_server_says_so(cast: Cast, customer: int, company_server: Smtp) -> None:
    company_server.said.answer = "451 4.7.1 greylisted"
    mail = put_down(cast, customer)

    outbox.hand_over(mail.pk)
    outbox.hand_over(mail.pk)

    mail.refresh_from_db()
    assert (mail.state, mail.tries) == (MailState.WAITING, 1)
    assert mail.next_at is not None
    assert now() < mail.next_at < now() + dt.timedelta(minutes=2)
    company_server.said.answer = ""
    with stopped(now() + dt.timedelta(minutes=3)):
        assert outbox.due() == [mail.pk]
        outbox.hand_over(mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_gives_up_after_the_last_try(cast: Cast, customer: int, company_server: Smtp) -> None:
    company_server.said.answer = "451 not now"
    mail = put_down(cast, customer)
    moment = now()

    for hours in range(0, 30, 3):
        with stopped(moment + dt.timedelta(hours=hours, minutes=1)):
            outbox.hand_over(mail.pk)

    mail.refresh_from_db()
    assert (mail.state, mail.tries) == (MailState.REFUSED, 6)


def test_never_sends_again_by_itself_what_may_have_been_sent(
    cast: Cast, customer: int, company_server: Smtp
) -> None:
    company_server.said.hangs_up = True
    mail = put_down(cast, customer)

    outbox.hand_over(mail.pk)

    mail.refresh_from_db()
    assert mail.state == MailState.UNCERTAIN
    with stopped(now() + dt.timedelta(days=2)):
        assert outbox.due() == []
    confirm_sent(mail.pk, actor=cast.actor("seller"))
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert len(company_server.said.taken) == 1


class Killed(BaseException):
    """The process dies at this very moment."""


@pytest.mark.parametrize(("place", "state"), [("before", MailState.WAITING), ("behind", MailState.UNCERTAIN)])
def test_survives_a_kill_on_both_sides_of_the_border(
    cast: Cast,
    customer: int,
    company_server: Smtp,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    state: MailState,
) -> None:
    def die(*_args: object, **_named: object) -> None:
        raise Killed

    mail = put_down(cast, customer)
    monkeypatch.setattr(smtp, "_name_people" if place == "before" else "_hand_over", die)
    with pytest.raises(Killed):
        outbox.hand_over(mail.pk)
    monkeypatch.undo()

    with stopped(now() + dt.timedelta(minutes=30)):
        outbox.settle_lost()
        mail.refresh_from_db()

        assert mail.state == state
        assert outbox.due() == ([mail.pk] if state is MailState.WAITING else [])
    assert company_server.said.taken == []


def test_stops_what_was_not_sent_yet(cast: Cast, customer: int, company_server: Smtp) -> None:
    mail = put_down(cast, customer)

    stop_sending(mail.pk, actor=cast.actor("seller"))
    outbox.hand_over(mail.pk)

    mail.refresh_from_db()
    assert mail.state == MailState.STOPPED
    assert company_server.said.taken == []
    with pytest.raises(outbox.NotInThisState):
        stop_sending(mail.pk, actor=cast.actor("seller"))


def test_lets_a_stranger_neither_stop_nor_send(cast: Cast, customer: int, company_server: Smtp) -> None:
    mail = put_down(cast, customer)

    for step in (stop_sending, send_again, confirm_sent):
        with pytest.raises((NotFound, NotAllowed)):
            step(mail.pk, actor=cast.actor("outsider"))

    mail.refresh_from_db()
    assert mail.state == MailState.WAITING


def test_sends_nothing_with_demo_data(cast: Cast, customer: int, company_server: Smtp) -> None:
    keep_setting("installation.demo", True, actor=cast.actor("admin"))

    mail = put_down(cast, customer)
    outbox.hand_over(mail.pk)

    assert (mail.state, mail.why) == (MailState.STOPPED, {"code": "demo"})
    assert company_server.said.taken == []


def test_says_that_there_is_no_server(cast: Cast, customer: int, settings: Settings) -> None:
    settings.EMAIL_HOST = ""

    with pytest.raises(InvalidValues) as refused:
        put_down(cast, customer)

    assert [each.code for each in refused.value.problems] == ["no_server"]


# --- the page ------------------------------------------------------------------------------------------


def test_fills_a_template_in_with_what_the_sender_may_see(
    cast: Cast, customer: int, company_server: Smtp, sign_in: Callable[[str], Client]
) -> None:
    template = MailTemplate.objects.get(name="Gửi báo giá")

    page = sign_in("seller").post(
        f"/customers/{customer}/mail", {"step": "fill", "template": template.pk, "subject": "", "body": ""}
    )

    told = page.content.decode()
    assert page.status_code == 200
    assert "Báo giá gửi Công ty TNHH Vận tải Hải Long" in told
    assert "Nguyễn Hồng Hạnh" in told
    assert "{{" not in told


def test_sends_from_the_page_once_for_a_form_that_is_sent_twice(
    cast: Cast, customer: int, company_server: Smtp, sign_in: Callable[[str], Client]
) -> None:
    browser = sign_in("seller")
    sent = {
        "to": "a@example.com",
        "subject": "Chào",
        "body": "Nội dung",
        "key": "b4e0",
        "sends_as": "company",
    }

    answers = [browser.post(f"/customers/{customer}/mail", sent) for _time in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert Mail.objects.count() == 1
    page = browser.get(f"/customers/{customer}?tab=mails").content.decode()
    assert "Chào" in page


def test_loses_nothing_that_was_typed_when_it_refuses(
    customer: int, company_server: Smtp, sign_in: Callable[[str], Client]
) -> None:
    sent = {"to": "sai dia chi", "subject": "Chào", "body": "Đoạn văn dài"}

    page = sign_in("seller").post(f"/customers/{customer}/mail", sent)

    told = page.content.decode()
    assert page.status_code == 422
    assert all(each in told for each in ("sai dia chi", "Chào", "Đoạn văn dài"))
    assert not Mail.objects.exists()


def test_keeps_a_draft_for_its_writer_alone(
    customer: int, company_server: Smtp, sign_in: Callable[[str], Client]
) -> None:
    sent = {"to": "a@example.com", "subject": "Dở dang", "body": "Viết tiếp sau", "step": "keep"}

    sign_in("seller").post(f"/customers/{customer}/mail", sent)

    assert MailDraft.objects.count() == 1
    assert "Dở dang" in sign_in("seller").get(f"/customers/{customer}/mail").content.decode()
    assert "Dở dang" not in sign_in("manager").get(f"/customers/{customer}/mail").content.decode()
    assert sign_in("outsider").get(f"/customers/{customer}/mail").status_code == 404


# --- by a program --------------------------------------------------------------------------------------

SAID: dict[str, object] = {"to": PLAIN.to, "subject": PLAIN.subject, "body": PLAIN.body}


def _caller(cast: Cast, who: str, *scopes: str) -> Caller:
    made = create_token(
        actor=system_actor("tests", door=Door.CLI), email=cast.users[who].email, name="tests", scopes=scopes
    )
    return Caller(made.secret)


def test_is_sent_by_a_program_once_for_each_key(cast: Cast, customer: int, company_server: Smtp) -> None:
    caller = _caller(cast, "seller")

    for _time in range(2):
        answer = caller.post(f"/customers/{customer}/write_mail", SAID, Idempotency_Key="mot-thu")
        assert answer.status_code == 200, answer.content.decode()

    mail = Mail.objects.get()
    outbox.hand_over(mail.pk)
    ((_sender, to, _data),) = company_server.said.taken
    assert to == [PLAIN.to]
    assert (mail.subject, mail.body, mail.party_id) == (PLAIN.subject, PLAIN.body, customer)
    assert Activity.objects.get(pk=mail.activity_id or 0).owner_id == cast.users["seller"].pk


@pytest.mark.parametrize(
    ("who", "scopes", "said", "status"),
    [
        ("outsider", (), {}, 404),
        ("admin", (), {}, 404),
        ("seller", ("read",), {}, 403),
        ("seller", (), {"to": "khong phai dia chi"}, 422),
        ("seller", (), {"subject": ""}, 422),
        ("seller", (), {"sends_as": "own"}, 422),
        ("seller", (), {"bcc": "trom@example.com"}, 422),
    ],
)
def test_is_refused_to_a_program_as_to_a_person_and_changes_nothing(
    cast: Cast,
    customer: int,
    company_server: Smtp,
    who: str,
    scopes: tuple[str, ...],
    said: dict[str, object],
    status: int,
) -> None:
    caller = _caller(cast, who, *scopes)
    before = (Activity.objects.count(), Mail.objects.count(), History.objects.count())

    answer = caller.post(f"/customers/{customer}/write_mail", {**SAID, **said})

    assert answer.status_code == status, answer.content.decode()
    assert (Activity.objects.count(), Mail.objects.count(), History.objects.count()) == before
