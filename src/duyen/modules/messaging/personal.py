"""What mails hold of persons, and what an erasure makes of that."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.personal.declared import NOBODY, STAFF, By, Named, Personal, Reached, Under
from duyen.entities.personal.holding import Said, hold
from duyen.modules.messaging.models import (
    Mail,
    Mailbox,
    MailDraft,
    MailFile,
    Signature,
    Standing,
)
from duyen.modules.messaging.queries import nobodys_of
from duyen.modules.messaging.words import MAILS, MailState

_AFTER = {
    MailState.WAITING.value: MailState.STOPPED.value,
    MailState.UNFILED.value: MailState.LEFT_OUT.value,
}


def _stopped(state: Any) -> Any:
    """Let a mail that still waits go to nobody, and nobody look for the place of an empty one."""
    return _AFTER.get(state, state)


def _drafted(held: Any) -> str:
    """Give to whom a draft is, its subject and its words, and not what the form keeps beside them."""
    return "\n".join(filter(None, (str(held.get(each) or "") for each in ("to", "cc", "subject", "body"))))


#: A template names fields and nobody.
MAIL_TEMPLATE = NOBODY
hold(Mailbox, STAFF)
hold(Signature, STAFF)
hold(Standing, NOBODY)
# The fingerprint stays, so that the mail is not read once more out of the box.
hold(
    Mail,
    Personal(
        ties=[By("party_id"), Under("activities", "activity_id"), Reached(nobodys_of)],
        erases={
            "state": _stopped,
            "sender_name": "",
            "sender_address": "",
            "reply_to": "",
            "people": {},
            "subject": "",
            "body": "",
            "quoted": "",
            "message_id": "",
            "thread": [],
            "why": None,
            "not_taken": [],
        },
        plain="way kind sends_as purpose fingerprint",
    ),
    _("Mails"),
    named=MAILS,
    tells={
        "at": _("Time"),
        "sender_name": _("Sender"),
        "sender_address": _("From address"),
        "people": _("Recipients"),
        "subject": _("Subject"),
        "body": _("Words of the mail"),
        "quoted": _("Text that it answers"),
    },
)
hold(
    MailFile,
    Personal(ties=[Under(Mail, "mail_id")], erases={"name": "", "problem": None}),
    _("Files in mails"),
    tells={"name": _("File name")},
)
hold(
    MailDraft,
    Personal(ties=[Named()], goes=True),
    _("Drafts of mails"),
    tells={"updated_at": _("Time"), "values": Said(_("Words of the mail"), _drafted)},
)
