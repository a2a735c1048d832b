"""Why a mail stands where it stands, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.modules.messaging.servers import problems
from duyen.modules.messaging.words import Filed, MailState

#: The states in words, each with its tone.
STATES: Mapping[str, tuple[Any, str]] = {
    MailState.WAITING: (_("Waiting to be sent"), "blue"),
    MailState.SENDING: (_("Being sent"), "blue"),
    MailState.SENT: (_("Sent"), "green"),
    MailState.REFUSED: (_("Could not be sent"), "red"),
    MailState.UNCERTAIN: (_("Sent or not: unknown"), "amber"),
    MailState.STOPPED: (_("Stopped"), "gray"),
    MailState.FILED: (_("Filed"), "green"),
    MailState.UNFILED: (_("Not filed yet"), "amber"),
    MailState.TOLD: (_("Told on the mail that it answers"), "gray"),
    MailState.LEFT_OUT: (_("Passed over"), "gray"),
    MailState.TAKEN: (_("Taken in"), "green"),
}
_WHY: Mapping[str, Any] = {
    Filed.ANSWER: _("It answers a mail that stands here."),
    Filed.ADDRESS: _("Its address belongs to this record."),
    Filed.BY_HAND: _("Somebody filed it here."),
    Filed.PICKED: _("Its owner picked it from the mailbox."),
    Filed.UNKNOWN_ADDRESS: _("No customer and no contact has this address."),
    Filed.SEVERAL_PARTIES: _("Several customers or contacts have this address."),
    Filed.AUTOMATIC: _("A program answered by itself, and to no mail that stands here."),
    Filed.OWN_NOTICE: _("Duyên wrote it itself."),
    Filed.TO_MANY: _("It went to many, or a program sent it by itself."),
    Filed.TOO_LARGE: _("It is too large to be fetched. Open it in the mailbox."),
    Filed.UNREADABLE: _("It could not be read. Open it in the mailbox."),
    Filed.DISCARDED: _("Somebody took it out."),
    Filed.TAKEN: _("It was taken in by itself."),
    Filed.TAKEN_BY_HAND: _("Somebody took it in by hand."),
    Filed.BROUGHT_BACK: _("Somebody brought it back."),
    Filed.NOBODY: _("No name with a phone or an e-mail could be read from it."),
    Filed.NOTHING_SAID: _("It has no subject and no words."),
    Filed.NOT_TAKEN: _("What could be read from it is not enough to take it in."),
    Filed.NOT_SET_UP: _("Nobody said yet what becomes of mail in this mailbox."),
    Filed.SPAM: _("A mail server marked it as spam."),
    Filed.LOOP: _("It came from this mailbox itself, or went round in a circle."),
    Filed.BOUNCED_UNKNOWN: _("It reports a mail that was not sent from here."),
    "demo": _("Nothing is sent with demo data."),
    "stopped": _("Somebody stopped it before it was sent."),
    "confirmed": _("Its sender says that it was sent."),
    "scan": _("It waits until its files are scanned for viruses."),
    "unwanted": _("Somebody to whom it goes wants no advertising any more."),
    "file_gone": _("One of its files cannot be read any more. Write the mail anew."),
}


def in_words(why: Mapping[str, Any] | None) -> str:
    """Say a kept reason in the reader's language; nothing for none."""
    if not why:
        return ""
    told = _WHY.get(str(why.get("code")))
    return str(told) if told is not None else problems.in_words(why)
