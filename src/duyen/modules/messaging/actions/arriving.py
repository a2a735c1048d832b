"""Decide where a mail that lies in a mailbox belongs, and keep it there: once, whatever happens.

The company's mailbox is kept whole: what has no place waits for somebody, what is none of anybody's business
is noted with the reason. Of a person's own mailbox nothing is kept but answers to mail that stands here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.notices.telling import notify
from duyen.kernel.clock import now
from duyen.modules.messaging import boxes, queries, rules
from duyen.modules.messaging.actions.enclosing import keep_files
from duyen.modules.messaging.actions.placing import Place, by_address, place_mail, place_of
from duyen.modules.messaging.mime import parsing
from duyen.modules.messaging.models import Mail, Mailbox, Standing
from duyen.modules.messaging.notices import ANSWERED, NOT_SENT
from duyen.modules.messaging.servers.imap import MOST_BYTES, Head
from duyen.modules.messaging.words import Filed, MailKind, MailState, Way

#: A sender's clock is believed as far as it is near the hour of arrival.
_EARLIER, _LATER = dt.timedelta(days=7), dt.timedelta(minutes=10)

#: Fetches the whole mail; nothing where it is gone from the box.
Fetch = Callable[[], bytes | None]


def mail_actor() -> Actor:
    """Name the part of the system that files mail, as the trail shows it."""
    return system_actor("Mail", door=Door.JOB)


@dataclass(frozen=True)
class Verdict:
    """What is to become of a mail. `answers` is our mail that it answers or reports of."""

    state: MailState | None
    why: Filed | None = None
    place: Place | None = None
    answers: Mail | None = None
    kind: MailKind = MailKind.MAIL


#: What is not ours to keep.
NOTHING = Verdict(None)


def arrive(box: Mailbox, head: Head, fetch: Fetch) -> Mail | None:
    """Keep one mail of a box where it belongs, and step past it; gives the mail where it was kept."""
    headers = parsing.read_headers(head.data)
    known = queries.is_known(headers.fingerprint)
    if known is not None:
        _step(box, head)
        return None
    kind = _kind(headers)
    verdict = _judge(box, headers, kind, head)
    if verdict.state is None:
        _step(box, head)
        return None
    whole: parsing.Mail | None = None
    if verdict.state is not MailState.LEFT_OUT or kind is MailKind.BOUNCE:
        data = fetch()
        whole = parsing.read_mail(data) if data is not None else None
    if kind is MailKind.BOUNCE:
        verdict = _judge_bounce(box, headers, whole)
        if verdict.state is None:
            _step(box, head)
            return None
    return _keep(box, head, headers, verdict, whole)


def note_unreadable(box: Mailbox, head: Head) -> None:
    """Step past a mail that breaks the reader; of the company's mailbox it is noted."""
    with transaction.atomic():
        if box.user_id is None:
            moment = head.arrived_at or now()
            Mail.objects.create(
                way=Way.IN.value,
                state=MailState.LEFT_OUT.value,
                mailbox=box,
                uid=head.uid,
                at=moment,
                created_at=now(),
                why={"code": Filed.UNREADABLE.value},
            )
        _step(box, head)


def _kind(headers: parsing.Headers) -> MailKind:
    return rules.kind_of(
        marks=headers.marks,
        sender=headers.sender.address,
        subject=headers.subject,
        has_report=headers.marks.get("content-type", "").lower().startswith("multipart/report"),
        return_path=headers.marks.get("return-path", ""),
    )


def _judge(box: Mailbox, headers: parsing.Headers, kind: MailKind, head: Head) -> Verdict:
    is_shared = box.user_id is None
    if _is_our_own(headers):
        return Verdict(MailState.LEFT_OUT, Filed.OWN_NOTICE, kind=MailKind.NOTICE) if is_shared else NOTHING
    if kind is MailKind.BOUNCE:
        return Verdict(MailState.TOLD, kind=kind)
    answers = queries.answered(headers.references)
    if answers is not None:
        return _judge_answer(answers, kind)
    if not is_shared:
        return NOTHING
    if kind is MailKind.AUTO_REPLY:
        return Verdict(MailState.LEFT_OUT, Filed.AUTOMATIC, kind=kind)
    if kind is MailKind.NOTICE:
        return Verdict(MailState.LEFT_OUT, Filed.TO_MANY, kind=kind)
    found = by_address(headers.reply_to.address or headers.sender.address, headers.sender.address)
    if len(found) == 1:
        return Verdict(MailState.FILED, Filed.ADDRESS, found[0])
    return Verdict(MailState.UNFILED, Filed.SEVERAL_PARTIES if found else Filed.UNKNOWN_ADDRESS)


def _judge_answer(answers: Mail, kind: MailKind) -> Verdict:
    if kind is not MailKind.MAIL:
        return Verdict(MailState.TOLD, Filed.ANSWER, answers=answers, kind=kind)
    place = place_of(answers)
    if place is None:
        return NOTHING
    return Verdict(MailState.FILED, Filed.ANSWER, place, answers)


def _judge_bounce(box: Mailbox, headers: parsing.Headers, whole: parsing.Mail | None) -> Verdict:
    """Find the mail of which a report tells, by the ids in it."""
    about = (*(whole.report.about if whole and whole.report else ()), *headers.references)
    answers = queries.sent_mail(about)
    if answers is not None:
        return Verdict(MailState.TOLD, Filed.ANSWER, answers=answers, kind=MailKind.BOUNCE)
    if box.user_id is not None:
        return NOTHING
    return Verdict(MailState.LEFT_OUT, Filed.BOUNCED_UNKNOWN, kind=MailKind.BOUNCE)


def _is_our_own(headers: parsing.Headers) -> bool:
    """Tell a mail that Duyên wrote: a notice, or a copy of what went out."""
    if headers.message_id and queries.sent_mail([headers.message_id]) is not None:
        return True
    is_by_itself = headers.marks.get("auto-submitted", "no").lower().startswith("auto-generated")
    return is_by_itself and headers.sender.address == boxes.company_address().address


def _keep(
    box: Mailbox,
    head: Head,
    headers: parsing.Headers,
    verdict: Verdict,
    whole: parsing.Mail | None,
) -> Mail:
    actor = mail_actor()
    moment = moment_of(headers.at, head.arrived_at)
    text = whole.text if whole is not None else ""
    body, quoted = rules.part_quote(text)
    why: dict[str, Any] | None = {"code": verdict.why.value} if verdict.why else None
    if whole is None and head.size > MOST_BYTES:
        why = {"code": Filed.TOO_LARGE.value}
    with transaction.atomic():
        mail = Mail.objects.create(
            way=Way.IN.value,
            kind=verdict.kind.value,
            state=verdict.state.value if verdict.state else "",
            mailbox=box,
            uid=head.uid,
            fingerprint=headers.fingerprint,
            **columns_of(headers),
            body="" if verdict.state is MailState.LEFT_OUT else body,
            quoted="" if verdict.state is MailState.LEFT_OUT else quoted,
            at=moment,
            created_at=now(),
            why=why,
            answers=verdict.answers,
        )
        if verdict.state is MailState.FILED and verdict.place is not None:
            place_mail(mail, verdict.place, actor=actor)
        if verdict.state is MailState.TOLD and verdict.answers is not None:
            _tell_on(verdict.answers, mail, whole)
        if verdict.state in (MailState.FILED, MailState.UNFILED) and whole is not None:
            keep_files(mail, whole.files, left_out=whole.left_out, actor=actor)
        if verdict.state is MailState.FILED and verdict.answers is not None:
            _tell_sender(verdict.answers, mail)
        _step(box, head)
    return mail


def columns_of(headers: parsing.Headers) -> dict[str, Any]:
    """Give the columns that follow from the head of a mail."""
    people = {
        "to": [[each.name, each.address] for each in headers.to],
        "cc": [[each.name, each.address] for each in headers.cc],
    }
    return {
        "message_id": headers.message_id,
        "thread": list(headers.references)[-20:],
        "sender_name": headers.sender.name,
        "sender_address": headers.sender.address,
        "reply_to": headers.reply_to.address,
        "people": people,
        "subject": headers.subject,
    }


def moment_of(said: dt.datetime | None, arrived: dt.datetime | None) -> dt.datetime:
    """Give when a mail was written: what it says, as far as that fits its arrival."""
    arrival = min(arrived or now(), now())
    if said is None or not arrival - _EARLIER <= said <= arrival + _LATER:
        return arrival
    return min(said, now())


def _tell_on(ours: Mail, mail: Mail, whole: parsing.Mail | None) -> None:
    """Tell on our mail what came back by itself: an automatic answer, or that it reached somebody not."""
    Mail.objects.filter(pk=mail.pk).update(activity_id=ours.activity_id, party_id=ours.party_id)
    if mail.kind != MailKind.BOUNCE:
        return
    failed = (
        [each for each in whole.report.failed if each.action == "failed"] if whole and whole.report else []
    )
    if whole is not None and whole.report is None:
        failed = []
    known = {each[0].lower() for each in ours.not_taken}
    told = [[each.address, each.status, each.said] for each in failed if each.address not in known]
    if told:
        Mail.objects.filter(pk=ours.pk).update(not_taken=[*ours.not_taken, *told])
    is_delayed_alone = whole is not None and whole.report is not None and not failed
    if ours.created_by_id is not None and not is_delayed_alone:
        notify(
            [ours.created_by_id],
            NOT_SENT,
            entity="activities",
            record_id=ours.activity_id,
            fold=f"mail:{ours.pk}",
            subject=ours.subject[:120],
        )


def _tell_sender(ours: Mail, mail: Mail) -> None:
    if ours.created_by_id is not None:
        kept: Mapping[str, Any] = {
            "sender": mail.sender_name or mail.sender_address,
            "subject": ours.subject[:120],
        }
        activity = Mail.objects.values_list("activity_id", flat=True).get(pk=mail.pk)
        notify(
            [ours.created_by_id],
            ANSWERED,
            entity="activities",
            record_id=activity,
            fold=f"answers:{ours.pk}",
            **kept,
        )


def _step(box: Mailbox, head: Head) -> None:
    """Write down up to where the box is read, in the transaction that kept the mail."""
    Standing.objects.filter(mailbox=box, last_uid__lt=head.uid).update(last_uid=head.uid)
