"""Let the owner of a mailbox pick mails from it: she sees heads straight from her server, nothing is stored
before she picks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotFound, Refused
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.trail import OnlyLooking
from duyen.kernel.clock import now
from duyen.modules.messaging import boxes, queries, rules
from duyen.modules.messaging.actions.arriving import columns_of, moment_of
from duyen.modules.messaging.actions.enclosing import keep_files
from duyen.modules.messaging.actions.placing import place_at, place_mail
from duyen.modules.messaging.mime import parsing
from duyen.modules.messaging.models import Mail, Mailbox
from duyen.modules.messaging.servers import imap
from duyen.modules.messaging.words import Filed, MailState, Way

#: So many heads stand on a page, and so long the server may take for them.
PAGE = 25
_SECONDS = 10.0


class GoneFromBox(Refused):
    """The mail is no longer where it was."""

    code = "gone_from_box"
    sentence = _("This mail is no longer in your mailbox, or its numbering changed. Look at the list anew.")


class TooLargeToPick(Refused):
    """The mail is larger than what is fetched."""

    code = "mail_too_large"
    sentence = _("This mail is larger than 40 MB and cannot be kept here.")


class AlreadyKept(Refused):
    """The mail has a place already."""

    code = "already_kept"
    sentence = _("This mail stands here already.")


@dataclass(frozen=True)
class Listed:
    """One mail in the box of its owner: its number, and whether it stands here already."""

    uid: int
    sender: parsing.Person
    subject: str
    at: dt.datetime | None
    is_kept: bool


@dataclass(frozen=True)
class BoxPage:
    """Heads of a box, the newest first; `next` is the number before which the next page begins."""

    mails: tuple[Listed, ...]
    validity: int
    next: int | None


def newest_mails(*, actor: Actor, before: int | None = None) -> BoxPage:
    """Look into the actor's own mailbox. Raises NotFound where there is none, or MailServerProblem."""
    box = _own_box(actor)
    with imap.opened(boxes.account_of(box), seconds=_SECONDS) as link:
        heads = link.newest(PAGE + 1, before=before)
        validity = link.validity
    read = [(head, parsing.read_headers(head.data)) for head in heads[:PAGE]]
    prints = [headers.fingerprint for _head, headers in read]
    kept = set(
        Mail.objects.filter(fingerprint__in=prints, activity_id__isnull=False).values_list(
            "fingerprint", flat=True
        )
    )
    listed = tuple(
        Listed(
            head.uid,
            headers.sender,
            headers.subject,
            headers.at or head.arrived_at,
            headers.fingerprint in kept,
        )
        for head, headers in read
    )
    return BoxPage(listed, validity, heads[PAGE - 1].uid if len(heads) > PAGE else None)


def pick_mail(uid: int, validity: int, entity: str, record_id: int, *, actor: Actor) -> Mail:
    """Fetch one mail of the actor's own mailbox and put it on a record.

    Raises NotFound, NotAllowed, GoneFromBox, AlreadyKept, TooLargeToPick or MailServerProblem.
    """
    box = _own_box(actor)
    if not entity_named(entity).rows(actor).filter(pk=record_id).exists():
        raise NotFound
    with imap.opened(boxes.account_of(box), seconds=_SECONDS) as link:
        head = link.head(uid) if link.validity == validity else None
        if head is None:
            raise GoneFromBox
        if head.size > imap.MOST_BYTES:
            raise TooLargeToPick
        data = link.whole(uid)
    if data is None:
        raise GoneFromBox
    return _keep(box, head, parsing.read_mail(data), (entity, record_id), actor)


def _keep(box: Mailbox, head: imap.Head, mail: parsing.Mail, record: tuple[str, int], actor: Actor) -> Mail:
    headers = mail.headers
    place = place_at(*record, owner=actor.user_id)
    if place is None:
        raise NotFound
    body, quoted = rules.part_quote(mail.text)
    is_own = headers.sender.address == box.address
    with transaction.atomic():
        known = queries.is_known(headers.fingerprint)
        if known is not None and known.activity_id is not None:
            raise AlreadyKept
        if known is not None:
            # It came to the company's mailbox too, and waits there.
            Mail.objects.filter(pk=known.pk).update(fingerprint=None)
        made = Mail.objects.create(
            way=Way.IN.value,
            state=MailState.FILED.value,
            mailbox=box,
            uid=head.uid,
            fingerprint=headers.fingerprint,
            **columns_of(headers),
            body=body,
            quoted=quoted,
            at=moment_of(headers.at, head.arrived_at),
            created_at=now(),
            why={"code": Filed.PICKED.value},
        )
        place_mail(made, place, actor=actor, is_out=is_own)
        keep_files(made, mail.files, left_out=mail.left_out, actor=actor)
    return made


def _own_box(actor: Actor) -> Mailbox:
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    box = queries.mailbox_of(actor.user_id) if actor.user_id is not None else None
    if box is None:
        raise NotFound
    return box
