"""Put down mail that lies in the past, for the demo: nothing of it is sent, and no mailbox is read for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.activities import actions as activities
from duyen.modules.activities.words import ActivityKind, Direction
from duyen.modules.messaging.mime.writing import new_message_id
from duyen.modules.messaging.models import Mail, Mailbox, Standing
from duyen.modules.messaging.words import Filed, MailKind, MailState, Sender, Way


@dataclass(frozen=True)
class PastMail:
    """One mail as it would stand: `state`, `why` and `not_taken` as on `Mail`; `answer` is what came back."""

    way: Way
    state: MailState
    subject: str
    body: str
    at: dt.datetime
    person: tuple[str, str]
    about: tuple[str, int] | None = None
    owner: int | None = None
    unit: int | None = None
    sender: tuple[str, str] = ("", "")
    why: dict[str, Any] | None = None
    not_taken: Sequence[Sequence[str]] = ()
    kind: MailKind = MailKind.MAIL
    answer: PastMail | None = None


class NotForPeople(Exception):
    """People send mail and get mail; only the system writes a past."""


def company_box(address: str, *, actor: Actor) -> Mailbox:
    """Make a mailbox of the company that is switched off: nothing reads it, and it has no password."""
    if not actor.is_system:
        raise NotForPeople
    moment = now()
    trail.begin(actor, "mailboxes.connect", note=address)
    box = Mailbox.objects.create(
        address=address,
        imap_host="imap.example.com",
        username=address,
        since=(moment - dt.timedelta(days=60)).date(),
        is_on=False,
        created_at=moment,
        updated_at=moment,
    )
    Standing.objects.create(mailbox=box, read_at=moment - dt.timedelta(hours=3))
    return box


def note_past(mails: Sequence[PastMail], box: Mailbox, *, actor: Actor) -> int:
    """Write past mails with their activities, and what came back to them; gives how many there are."""
    if not actor.is_system:
        raise NotForPeople
    with transaction.atomic():
        return sum(_note(each, box, actor, None) for each in mails)


def _note(past: PastMail, box: Mailbox, actor: Actor, before: Mail | None) -> int:
    is_out = past.way is Way.OUT
    activity_id = before.activity_id if before is not None and past.state is MailState.TOLD else None
    if past.about is not None and past.state is not MailState.TOLD:
        activity_id = activities.log(
            ActivityKind.EMAIL,
            past.subject,
            actor=actor,
            about=[past.about],
            done_at=past.at,
            body=past.body,
            direction=Direction.OUT if is_out else Direction.IN,
            owner=past.owner,
            unit=past.unit,
        ).id
    name, address = past.sender if is_out else past.person
    mail = Mail.objects.create(
        way=past.way.value,
        kind=past.kind.value,
        state=past.state.value,
        activity_id=activity_id,
        party_id=past.about[1] if past.about is not None else None,
        answers=before,
        mailbox=None if is_out else box,
        message_id=new_message_id(address),
        thread=[before.message_id] if before is not None else [],
        sender_name=name,
        sender_address=address,
        people={"to": [list(past.person if is_out else (box.sender_name, box.address))], "cc": []},
        subject=past.subject,
        body=past.body,
        at=past.at,
        created_at=past.at,
        created_by_id=past.owner if is_out else None,
        sends_as=Sender.COMPANY.value if is_out else "",
        why=past.why or ({"code": Filed.ANSWER.value} if before is not None else None),
        not_taken=[list(each) for each in past.not_taken],
        filed_at=past.at if past.state is MailState.FILED else None,
    )
    return 1 + (_note(past.answer, box, actor, mail) if past.answer is not None else 0)
