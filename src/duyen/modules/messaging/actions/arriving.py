"""Take in mails that lie in a mailbox, many at once, and keep each where it belongs: once, whatever happens.

The company's mailbox is kept whole: what has no place waits for somebody, what is none of anybody's business
is noted with the reason. Of a person's own mailbox nothing is kept but answers to mail that stands here.

What is known of a set of mails is asked for all of them, and what becomes of a group of them is one
transaction, with the place up to which the box is read: a kill in the middle leaves nothing of the group, and
it is read again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from duyen.entities.errors import InvalidValues
from duyen.entities.standard import Made
from duyen.entities.writing import next_ids
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.notices.telling import notify
from duyen.kernel.clock import now
from duyen.modules.activities import actions as activities
from duyen.modules.messaging import rules
from duyen.modules.messaging.actions.advertising import refuse_by_answer, refuses_by_answer
from duyen.modules.messaging.actions.enclosing import keep_files
from duyen.modules.messaging.actions.judging import NOTHING, Verdict, is_our_own, judge, kind_of, reported
from duyen.modules.messaging.actions.knowing import Known, known_of
from duyen.modules.messaging.actions.placing import activity_of, put
from duyen.modules.messaging.mime import parsing
from duyen.modules.messaging.models import Mail, Mailbox, Standing
from duyen.modules.messaging.notices import ANSWERED, NOT_SENT
from duyen.modules.messaging.servers.imap import MOST_BYTES, Head
from duyen.modules.messaging.words import Filed, MailKind, MailState, Use, Way

#: A sender's clock is believed as far as it is near the hour of arrival.
_EARLIER, _LATER = dt.timedelta(days=7), dt.timedelta(minutes=10)
#: So many bytes of whole mails are held in memory, unless a single one is larger.
_MOST_HELD = 4 * 1024 * 1024

#: Fetches whole mails by their numbers; one that is gone from the box is missing.
Fetch = Callable[[Collection[int]], Mapping[int, bytes]]


def mail_actor() -> Actor:
    """Name the part of the system that files mail, as the trail shows it."""
    return system_actor("Mail", door=Door.JOB)


@dataclass
class _Coming:
    """One mail on its way: what is read of it, what is to become of it, and the mail that is kept."""

    head: Head
    headers: parsing.Headers
    verdict: Verdict = NOTHING
    whole: parsing.Mail | None = None
    mail: Mail | None = None

    @property
    def size(self) -> int:
        return self.head.size if self.verdict.needs_whole and self.whole is None else 0


def arrive(box: Mailbox, heads: Sequence[Head], fetch: Fetch) -> list[Mail]:
    """Keep mails of a box where they belong, and step past them; gives those that were kept."""
    coming = [_Coming(head, parsing.read_headers(head.data)) for head in heads]
    known = known_of([each.headers for each in coming], by_address=box.user_id is None)
    _read_reports(coming, known, fetch)
    _decide(box, coming, known)
    for group in _groups(coming):
        _read_wholes([each for each in group if each.verdict.needs_whole and each.whole is None], fetch)
        for some in _by_files(group):
            _keep(box, some)
    return [each.mail for each in coming if each.mail is not None]


def _read_reports(coming: Sequence[_Coming], known: Known, fetch: Fetch) -> None:
    """Read the reports among them whole: of which mail one tells stands in its body."""
    reports = [
        each
        for each in coming
        if kind_of(each.headers) is MailKind.BOUNCE
        and each.headers.fingerprint not in known.prints
        and not is_our_own(each.headers, known)
    ]
    for each in reports:
        _read_wholes([each], fetch)
    known.learn_sent({told for each in reports for told in reported(each.headers, each.whole)})


def _read_wholes(coming: Sequence[_Coming], fetch: Fetch) -> None:
    """Fetch and read mails whole; of one that is too large, or gone, the head alone is kept."""
    wanted = {each.head.uid: each for each in coming if each.head.size <= MOST_BYTES}
    for uid, data in fetch(wanted).items() if wanted else ():
        if uid in wanted:
            wanted[uid].whole = parsing.read_mail(data)


def _decide(box: Mailbox, coming: Sequence[_Coming], known: Known) -> None:
    """Decide one after the other: a mail may answer one before it in the same set."""
    for each in coming:
        each.verdict = judge(box, each.headers, each.whole, known)
        if each.verdict.state is None:
            continue
        each.mail = _mail_of(box, each)
        known.note(each.mail, each.verdict.place)
    kept = [each.mail for each in coming if each.mail is not None]
    for mail, mail_id in zip(kept, next_ids(Mail, len(kept)) if kept else [], strict=True):
        mail.pk = mail_id


def _groups(coming: Sequence[_Coming]) -> Iterator[list[_Coming]]:
    """Part them, in their order, so that what is fetched of a group finds room."""
    group: list[_Coming] = []
    held = 0
    for each in coming:
        if group and held + each.size > _MOST_HELD:
            yield group
            group, held = [], 0
        group.append(each)
        held += each.size
    if group:
        yield group


def _by_files(group: Sequence[_Coming]) -> Iterator[list[_Coming]]:
    """Let each that brings files be kept by itself: a store takes its time, and gives nothing back."""
    some: list[_Coming] = []
    for each in group:
        if each.whole is None or not each.whole.files:
            some.append(each)
            continue
        if some:
            yield some
        yield [each]
        some = []
    if some:
        yield some


def note_unreadable(box: Mailbox, head: Head) -> None:
    """Step past a mail that breaks the reader; of a company's mailbox it is noted, or waits."""
    with transaction.atomic():
        if box.user_id is None:
            moment = head.arrived_at or now()
            Mail.objects.create(
                way=Way.IN.value,
                state=(MailState.LEFT_OUT if box.use == Use.MAIL else MailState.UNFILED).value,
                mailbox=box,
                uid=head.uid,
                at=moment,
                created_at=now(),
                why={"code": Filed.UNREADABLE.value},
            )
        step(box, head)


def _mail_of(box: Mailbox, coming: _Coming) -> Mail:
    """Give the mail as it will be kept; what stands in its body is told once it is read."""
    headers, verdict = coming.headers, coming.verdict
    return Mail(
        way=Way.IN.value,
        kind=verdict.kind.value,
        state=verdict.state.value if verdict.state else "",
        mailbox=box,
        uid=coming.head.uid,
        fingerprint=headers.fingerprint,
        **columns_of(headers),
        at=moment_of(headers.at, coming.head.arrived_at),
        created_at=now(),
        why=_why(coming),
        answers=verdict.answers,
    )


def _why(coming: _Coming) -> dict[str, Any] | None:
    if coming.whole is None and coming.head.size > MOST_BYTES:
        return {"code": Filed.TOO_LARGE.value}
    return {"code": coming.verdict.why.value} if coming.verdict.why else None


def _keep(box: Mailbox, group: Sequence[_Coming]) -> None:
    """Write a group of mails and their activities by a few statements, in one transaction."""
    actor = mail_actor()
    kept = [(each, each.mail) for each in group if each.mail is not None]
    for each, mail in kept:
        if each.verdict.needs_whole and each.whole is not None:
            mail.body, mail.quoted = rules.part_quote(each.whole.text)
    placed = [
        (mail, each.verdict.place)
        for each, mail in kept
        if each.verdict.state is MailState.FILED and each.verdict.place is not None
    ]

    def write(made: Sequence[Made]) -> None:
        for (mail, place), one in zip(placed, made, strict=True):
            if one.id is None:
                raise InvalidValues(one.problems)
            put(mail, place, one.id, actor)
        _write(kept, actor)
        step(box, group[-1].head)
        # Only around those that refuse: a set of mails costs the same statements whatever its size.
        for mail in [mail for each, mail in kept if refuses_by_answer(each.verdict.answers, mail)]:
            with trail.within() if placed else nullcontext():
                refuse_by_answer(mail)

    if placed:
        activities.log_many([activity_of(mail, place) for mail, place in placed], actor=actor, beside=write)
    else:
        with transaction.atomic():
            write([])


def _write(kept: Sequence[tuple[_Coming, Mail]], actor: Actor) -> None:
    """Write the mails and what follows from them, the one that is answered before its answer."""
    for each, mail in kept:
        answers = each.verdict.answers
        if each.verdict.state is MailState.TOLD and answers is not None:
            mail.activity_id, mail.party_id = answers.activity_id, answers.party_id
        # Its number was not known yet when it was set.
        mail.answers = answers
    Mail.objects.bulk_create([mail for _each, mail in kept])
    for each, mail in kept:
        state, answers = each.verdict.state, each.verdict.answers
        if state is MailState.TOLD and answers is not None:
            _tell_on(answers, mail, each.whole)
        if state in (MailState.FILED, MailState.UNFILED) and each.whole is not None:
            keep_files(mail, each.whole.files, left_out=each.whole.left_out, actor=actor)
        if state is MailState.FILED and answers is not None:
            _tell_sender(answers, mail)


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
        ours.not_taken = [*ours.not_taken, *told]
        Mail.objects.filter(pk=ours.pk).update(not_taken=ours.not_taken)
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
        notify(
            [ours.created_by_id],
            ANSWERED,
            entity="activities",
            record_id=mail.activity_id,
            fold=f"answers:{ours.pk}",
            **kept,
        )


def step(box: Mailbox, head: Head) -> None:
    """Write down up to where the box is read, in the transaction that kept the mail."""
    Standing.objects.filter(mailbox=box, last_uid__lt=head.uid).update(last_uid=head.uid)
