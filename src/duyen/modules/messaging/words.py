"""Words of the messaging module."""

from __future__ import annotations

from enum import StrEnum

#: Files of mails that have no place yet stand under this name.
MAILS = "mails"


class Way(StrEnum):
    """Whether a mail came in or went out."""

    IN = "in"
    OUT = "out"


class Use(StrEnum):
    """What a mailbox is for: mail that is filed on records, or mail that becomes leads."""

    MAIL = "mail"
    LEADS = "leads"


#: The uses for which a company may have several mailboxes.
SEVERAL = frozenset({Use.LEADS})


class MailState(StrEnum):
    """Where a mail stands: the first six of one that goes out, the others of one that came in."""

    WAITING = "waiting"
    #: Handed to the server, whose word is still out: after a crash nobody knows whether it took it.
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    STOPPED = "stopped"
    FILED = "filed"
    UNFILED = "unfiled"
    #: An automatic answer or a report of a failed delivery: told on the mail that it answers.
    TOLD = "told"
    LEFT_OUT = "left_out"
    #: Became a record by itself: whoever sent it is the party of the mail.
    TAKEN = "taken"


class MailKind(StrEnum):
    """What a mail is."""

    MAIL = "mail"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    #: Sent by a program to many, or by Duyên itself.
    NOTICE = "notice"


class Security(StrEnum):
    """How the connection to a mail server is secured. There is no way without."""

    TLS = "tls"
    STARTTLS = "starttls"


class Sender(StrEnum):
    """By which server and from which address a mail goes out."""

    OWN = "own"
    SHARED = "shared"
    COMPANY = "company"


class Filed(StrEnum):
    """Why a mail stands where it stands; the sentence for each is in `telling.py`."""

    ANSWER = "answer"
    ADDRESS = "address"
    BY_HAND = "by_hand"
    PICKED = "picked"
    UNKNOWN_ADDRESS = "unknown_address"
    SEVERAL_PARTIES = "several_parties"
    AUTOMATIC = "automatic"
    OWN_NOTICE = "own_notice"
    TO_MANY = "to_many"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    DISCARDED = "discarded"
    BOUNCED_UNKNOWN = "bounced_unknown"
    TAKEN = "taken"
    TAKEN_BY_HAND = "taken_by_hand"
    BROUGHT_BACK = "brought_back"
    NOBODY = "nobody"
    NOTHING_SAID = "nothing_said"
    NOT_TAKEN = "not_taken"
    NOT_SET_UP = "not_set_up"
    SPAM = "spam"
    LOOP = "loop"
