"""What people do with the company's mail that has no place: file it, make a contact, take it out."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.attachments.writing import move_loose_files
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.history import name_verbs
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import OnlyLooking
from duyen.kernel.clock import now
from duyen.modules.messaging.actions.enclosing import ACTIVITIES
from duyen.modules.messaging.actions.placing import Place, place_at, place_mail
from duyen.modules.messaging.models import Mail
from duyen.modules.messaging.words import MAILS, Filed, MailState, Use

#: The right to see what waits in the company's mailbox and to give it a place.
FILE = "file_mail"
TEMPLATES = "mail_templates"
#: So many mails of one sender are filed with the one that somebody files.
_MOST_ALIKE = 200

name_verbs(
    {
        "mails.file": _("Mail filed"),
        "mails.discard": _("Mail taken out"),
        "mails.take_back": _("Mail brought back"),
    }
)


class HasPlace(Refused):
    """Somebody else was faster, or the mail has a place already."""

    code = "has_place"
    sentence = _("This mail has a place by now, or was taken out. Look at the list anew.")


def refuse_filing(actor: Actor) -> None:
    """Refuse whoever may not see what waits in the company's mailbox. Raises NotAllowed."""
    if not actor.may(TEMPLATES, FILE):
        raise NotAllowed(why=_("filing mail of the company's mailbox is not among your rights."))


def file_by_hand(mail_id: int, entity: str, record_id: int, *, actor: Actor, alike: bool = True) -> int:
    """Put a mail on a record, with all others that wait from the same address; gives how many were filed.

    Raises NotAllowed, NotFound or HasPlace.
    """
    refuse_filing(actor)
    if not entity_named(entity).rows(actor).filter(pk=record_id).exists():
        raise NotFound
    place = place_at(entity, record_id)
    if place is None:
        raise NotFound
    with transaction.atomic():
        mail = held(mail_id, MailState.UNFILED, MailState.LEFT_OUT)
        _file(mail, place, actor)
        others = _alike(mail) if alike else []
        for each in others:
            _file(each, place, actor)
    return 1 + len(others)


def make_contact(mail_id: int, name: str, *, actor: Actor) -> tuple[int, int]:
    """Make a contact of a mail's sender and file her mails there; gives the contact and how many were filed.

    Raises NotAllowed, NotFound, HasPlace or InvalidValues.
    """
    refuse_filing(actor)
    with transaction.atomic():
        mail = held(mail_id, MailState.UNFILED)
        values = {
            "name": name.strip() or mail.sender_name or mail.sender_address,
            "emails": [mail.sender_address],
        }
        made = standard.create(entity_named("contacts"), actor=actor, values=values)
        count = file_by_hand(mail_id, "contacts", made.id, actor=actor)
    return made.id, count


def discard(mail_id: int, *, actor: Actor) -> None:
    """Take a mail out of those that wait. Raises NotAllowed, NotFound or HasPlace."""
    refuse_filing(actor)
    _turn(mail_id, MailState.UNFILED, MailState.LEFT_OUT, Filed.DISCARDED, actor, "mails.discard")


def take_back(mail_id: int, *, actor: Actor) -> None:
    """Bring a mail that was taken out back to those that wait. Raises NotAllowed, NotFound or HasPlace."""
    refuse_filing(actor)
    _turn(mail_id, MailState.LEFT_OUT, MailState.UNFILED, Filed.UNKNOWN_ADDRESS, actor, "mails.take_back")


def _turn(mail_id: int, from_: MailState, to: MailState, why: Filed, actor: Actor, verb: str) -> None:
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    with transaction.atomic():
        mail = held(mail_id, from_)
        if to is MailState.UNFILED and (mail.why or {}).get("code") != Filed.DISCARDED:
            raise HasPlace
        Mail.objects.filter(pk=mail.pk).update(
            state=to.value, why={"code": why.value}, filed_by_id=actor.user_id, filed_at=now()
        )
        trail.note_opened(actor, verb, entity=MAILS, record_id=mail.pk, note=mail.subject[:200])


def held(mail_id: int, *states: MailState, use: Use = Use.MAIL) -> Mail:
    """Lock a mail of a company's mailbox. Raises NotFound or HasPlace."""
    rows = Mail.objects.filter(pk=mail_id, mailbox__user=None, mailbox__use=use.value)
    mail = rows.select_for_update(of=("self",), no_key=True).order_by("pk").first()
    if mail is None:
        raise NotFound
    if mail.state not in states:
        raise HasPlace
    return mail


def _alike(mail: Mail) -> list[Mail]:
    if not mail.sender_address:
        return []
    rows = Mail.objects.filter(
        state=MailState.UNFILED.value, mailbox=mail.mailbox_id, sender_address=mail.sender_address
    ).exclude(pk=mail.pk)
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk")[:_MOST_ALIKE])


def _file(mail: Mail, place: Place, actor: Actor) -> None:
    place_mail(mail, place, actor=actor)
    mail.why = {"code": Filed.BY_HAND.value}
    mail.save(update_fields=["why"])
    if mail.files.filter(file_id__isnull=False).exists():
        to = (ACTIVITIES, mail.activity_id or 0)
        move_loose_files(MAILS, mail.pk, to=to, actor=actor, party_id=mail.party_id)
