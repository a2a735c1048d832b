"""Mail of a mailbox from which somebody else makes records: each is kept, once, and becomes what they say.

What a program sent by itself, to many or back to us is noted and no more (RFC 3834). What cannot be made into
a record waits for a person. Each mail is one transaction with the place up to which the box is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.history import name_verbs
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import OnlyLooking
from duyen.kernel.clock import now
from duyen.modules.messaging import queries, rules
from duyen.modules.messaging.actions.arriving import Fetch, columns_of, mail_actor, moment_of, step
from duyen.modules.messaging.actions.enclosing import keep_files
from duyen.modules.messaging.actions.filing import held
from duyen.modules.messaging.mime import parsing
from duyen.modules.messaging.models import Mail, Mailbox
from duyen.modules.messaging.servers.imap import MOST_BYTES, Head
from duyen.modules.messaging.words import MAILS, Filed, MailState, Use, Way

name_verbs(
    {
        "mails.take_in": _("Mail taken in"),
        "mails.leave": _("Mail taken out"),
        "mails.bring_back": _("Mail brought back"),
    }
)


@dataclass(frozen=True)
class Letter:
    """What a mail says to whoever makes a record of it.

    `box` is the address of the mailbox in which it arrived, `mailbox_id` that mailbox.
    """

    sender: parsing.Person
    reply_to: parsing.Person
    subject: str
    text: str
    #: What was written now, without what hangs below it.
    body: str
    box: str
    mailbox_id: int


#: Makes a record of a mail and gives its party, or says why the mail waits for a person.
Take = Callable[[Letter], int | Filed]


@dataclass(frozen=True)
class Taker:
    """Who takes in the mails of the company's mailboxes of a use; `page` is where those are set up."""

    take: Take
    label: Any
    page: str


#: By the use of a mailbox.
TAKERS: dict[Use, Taker] = {}


def offer_taker(use: Use, taker: Taker) -> None:
    """Let the mails of the company's mailboxes of a use be taken in. Called once, at start-up."""
    TAKERS[use] = taker


def take_in(box: Mailbox, heads: Sequence[Head], fetch: Fetch) -> list[Mail]:
    """Keep the mails of a box and take them in; gives those that were kept.

    What arrived in several boxes of one use is of the one that was read first; the others pass it over.
    """
    coming = [(head, parsing.read_headers(head.data)) for head in heads]
    prints = queries.kept_prints([headers.fingerprint for _head, headers in coming])
    ids = queries.kept_ids(Use(box.use), [headers.message_id for _head, headers in coming])
    kept = []
    for head, headers in coming:
        is_known = headers.fingerprint in prints or headers.message_id in ids
        prints.add(headers.fingerprint)
        ids |= {headers.message_id} - {""}
        if is_known:
            step(box, head)
        elif (mail := _take(box, head, headers, fetch)) is not None:
            kept.append(mail)
    return kept


def _take(box: Mailbox, head: Head, headers: parsing.Headers, fetch: Fetch) -> Mail | None:
    why = _refusal(box, headers)
    whole = None
    if why is None and head.size <= MOST_BYTES:
        found: Mapping[int, bytes] = fetch([head.uid])
        whole = parsing.read_mail(found[head.uid]) if head.uid in found else None
    with transaction.atomic():
        if _came_meanwhile(box, headers):
            step(box, head)
            return None
        mail = _kept(box, head, headers, whole)
        if why is not None:
            outcome: int | Filed = why
        elif whole is None:
            outcome = Filed.TOO_LARGE if head.size > MOST_BYTES else Filed.UNREADABLE
        else:
            outcome = _outcome(box, headers, whole)
        _settle(mail, outcome, is_refused=why is not None)
        if whole is not None:
            keep_files(mail, whole.files, left_out=whole.left_out, actor=mail_actor())
        step(box, head)
    return mail


def _came_meanwhile(box: Mailbox, headers: parsing.Headers) -> bool:
    """Tell whether another box of the use, read at the same time, brought this mail; until the end of the
    transaction no other can.
    """
    if not headers.message_id:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail {box.use} {headers.message_id}"]
        )
    return bool(queries.kept_ids(Use(box.use), [headers.message_id]))


def _refusal(box: Mailbox, headers: parsing.Headers) -> Filed | None:
    """Say why a mail is none that anybody wrote to us; nothing of one that somebody did."""
    if headers.message_id and queries.sent_by_ids([headers.message_id]):
        return Filed.OWN_NOTICE
    return rules.why_nobody_wrote(
        marks=headers.marks, sender=headers.sender.address, subject=headers.subject, box=box.address
    )


def _outcome(box: Mailbox, headers: parsing.Headers, whole: parsing.Mail) -> int | Filed:
    taker = TAKERS.get(Use(box.use))
    body, _quoted = rules.part_quote(whole.text)
    text = "\n\n".join(filter(None, (whole.text, whole.forwarded)))
    letter = Letter(headers.sender, headers.reply_to, headers.subject, text, body, box.address, box.pk)
    return taker.take(letter) if taker is not None else Filed.NOT_SET_UP


def _kept(box: Mailbox, head: Head, headers: parsing.Headers, whole: parsing.Mail | None) -> Mail:
    body, quoted = rules.part_quote(whole.text) if whole is not None else ("", "")
    return Mail.objects.create(
        way=Way.IN.value,
        state=MailState.UNFILED.value,
        mailbox=box,
        uid=head.uid,
        fingerprint=headers.fingerprint,
        **columns_of(headers),
        body=body,
        quoted=quoted,
        at=moment_of(headers.at, head.arrived_at),
        created_at=now(),
    )


def _settle(mail: Mail, outcome: int | Filed, *, is_refused: bool) -> None:
    if isinstance(outcome, Filed):
        mail.state = (MailState.LEFT_OUT if is_refused else MailState.UNFILED).value
        mail.why = {"code": outcome.value}
    else:
        mail.state, mail.party_id, mail.why = MailState.TAKEN.value, outcome, {"code": Filed.TAKEN.value}
    mail.save(update_fields=["state", "party_id", "why"])


# --- by hand -------------------------------------------------------------------------------------------


def take_by_hand(mail_id: int, use: Use, make: Callable[[], int], *, actor: Actor) -> None:
    """Mark a mail that waits as taken in for the party that `make` makes. Raises NotFound or HasPlace.

    Whoever calls this judges whether the actor may; what `make` raises leaves everything as it was.
    """
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    with transaction.atomic():
        mail = held(mail_id, MailState.UNFILED, MailState.LEFT_OUT, use=use)
        mail.party_id = make()
        mail.state, mail.why = MailState.TAKEN.value, {"code": Filed.TAKEN_BY_HAND.value}
        _by(mail, actor, "mails.take_in")


def leave_out(mail_id: int, use: Use, *, actor: Actor) -> None:
    """Take a mail out of those that wait. Raises NotFound or HasPlace."""
    _turn(mail_id, use, (MailState.UNFILED, MailState.LEFT_OUT), Filed.DISCARDED, actor)


def bring_back(mail_id: int, use: Use, *, actor: Actor) -> None:
    """Let a mail that was passed over wait for a person again. Raises NotFound or HasPlace."""
    _turn(mail_id, use, (MailState.LEFT_OUT, MailState.UNFILED), Filed.BROUGHT_BACK, actor)


def _turn(mail_id: int, use: Use, way: tuple[MailState, MailState], why: Filed, actor: Actor) -> None:
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    before, after = way
    with transaction.atomic():
        mail = held(mail_id, before, use=use)
        mail.state, mail.why = after.value, {"code": why.value}
        _by(mail, actor, "mails.bring_back" if after is MailState.UNFILED else "mails.leave")


def _by(mail: Mail, actor: Actor, verb: str) -> None:
    mail.filed_by_id, mail.filed_at = actor.user_id, now()
    mail.save(update_fields=["state", "why", "party_id", "filed_by", "filed_at"])
    trail.note_opened(actor, verb, entity=MAILS, record_id=mail.pk, note=mail.subject[:200])
