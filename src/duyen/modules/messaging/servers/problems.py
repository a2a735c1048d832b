"""What can go wrong with a mail server, each in a sentence that says what to do.

A problem is kept as its code and its parameters, and put into words in the language of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.kernel.errors import DomainError

#: So much of what a server said is kept.
MOST_SAID = 300


class MailServerProblem(DomainError):
    """A mail server does not do what is asked of it; subclasses say why.

    `is_lasting` says that another try changes nothing until somebody acts.
    """

    code = "mail_server"
    sentence = _("The mail server %(host)s does not answer as a mail server does.")
    is_lasting = False


class UnknownHost(MailServerProblem):
    """The name leads nowhere."""

    code = "unknown_host"
    sentence = _("%(host)s is not known: its name leads to no address. Check the spelling.")


class PrivateHost(MailServerProblem):
    """The name leads into a private network."""

    code = "private_host"
    sentence = _(
        "%(host)s leads into a private network, where no mailbox is read. Whoever runs the server "
        "can allow it "
        "by %(setting)s."
    )
    is_lasting = True


class WrongPort(MailServerProblem):
    """The port is none of mail."""

    code = "wrong_port"
    sentence = _("Port %(port)s is no port of mail. Use one of %(ports)s.")
    is_lasting = True


class NoConnection(MailServerProblem):
    """The server could not be reached."""

    code = "no_connection"
    sentence = _("%(host)s cannot be reached at port %(port)s: %(why)s. Check the host and the port.")


class TimedOut(MailServerProblem):
    """The server said nothing in time."""

    code = "timed_out"
    sentence = _(
        "%(host)s did not answer within %(seconds)s seconds. Check the host, the port and how it is secured."
    )


class HungUp(MailServerProblem):
    """The server closed the connection."""

    code = "hung_up"
    sentence = _("%(host)s closed the connection. Check the port and how it is secured.")


class BadCertificate(MailServerProblem):
    """The server's certificate is not valid."""

    code = "bad_certificate"
    sentence = _(
        "The certificate of %(host)s is not valid: %(why)s. Enter the name that stands in the "
        "certificate, or ask "
        "whoever runs the mail server."
    )


class NotSecured(MailServerProblem):
    """The connection cannot be secured in the way that was asked for."""

    code = "not_secured"
    sentence = _("%(host)s at port %(port)s cannot secure the connection in this way. Choose the other one.")


class WrongPassword(MailServerProblem):
    """The server does not take name and password."""

    code = "wrong_password"
    sentence = _(
        "%(host)s does not take this name and password: «%(said)s». Where signing in asks for a "
        "second step, make "
        "an app password at your mail provider and enter that one."
    )
    is_lasting = True


class NoFolder(MailServerProblem):
    """There is no such folder."""

    code = "no_folder"
    sentence = _("There is no folder “%(folder)s” in this mailbox. The usual one is INBOX.")
    is_lasting = True


class StrangeAnswer(MailServerProblem):
    """The server refused something that is not foreseen."""

    code = "strange_answer"
    sentence = _("%(host)s refused: «%(said)s».")


class TooMuch(MailServerProblem):
    """The server sends more than it announced."""

    code = "too_much"
    sentence = _("%(host)s sends more than a mail can hold. Reading was broken off.")


class KeyLost(MailServerProblem):
    """The password cannot be read any more."""

    code = "key_lost"
    sentence = _("The password was encrypted with another key and cannot be read. Enter it anew.")
    is_lasting = True


class SenderRefused(MailServerProblem):
    """The server lets this address send nothing."""

    code = "sender_refused"
    sentence = _("The mail server does not let %(address)s send: «%(said)s».")
    is_lasting = True


class NobodyTaken(MailServerProblem):
    """The server takes a mail to none of the addresses."""

    code = "nobody_taken"
    sentence = _("The mail server takes mail to none of these addresses: «%(said)s». Check them.")
    is_lasting = True


class MailRefused(MailServerProblem):
    """The server does not take the mail itself."""

    code = "mail_refused"
    sentence = _("The mail server does not take this mail: «%(said)s».")
    is_lasting = True


class ForNow(MailServerProblem):
    """The server asks to come again later."""

    code = "for_now"
    sentence = _("The mail server takes nothing for now: «%(said)s». It is tried again.")


class Unanswered(MailServerProblem):
    """The mail was handed over whole, and no word came back."""

    code = "unanswered"
    sentence = _("The mail server got the whole mail and gave no word. Nobody knows whether it was sent.")


class NoServer(MailServerProblem):
    """There is no server to send by."""

    code = "no_server"
    sentence = _(
        "There is no mail server to send by. Set up sending in your mailbox, or ask the "
        "administrator for the "
        "company's."
    )
    is_lasting = True


_KNOWN: Mapping[str, type[MailServerProblem]] = {
    each.code: each
    for each in (
        *(MailServerProblem, UnknownHost, PrivateHost, WrongPort, NoConnection, TimedOut, HungUp, NoServer),
        *(
            BadCertificate,
            NotSecured,
            WrongPassword,
            NoFolder,
            StrangeAnswer,
            TooMuch,
            KeyLost,
            SenderRefused,
        ),
        *(NobodyTaken, MailRefused, ForNow, Unanswered),
    )
}


def kept(problem: MailServerProblem) -> dict[str, Any]:
    """Give a problem as it is kept: its code and its parameters."""
    return {"code": problem.code, "params": {key: str(each) for key, each in problem.params.items()}}


def in_words(problem: Mapping[str, Any] | None) -> str:
    """Say a kept problem in the reader's language; nothing for none."""
    if not problem:
        return ""
    known = _KNOWN.get(str(problem.get("code")), MailServerProblem)
    return str(known(**{"host": "", **(problem.get("params") or {})}))


def is_lasting(problem: Mapping[str, Any] | None) -> bool:
    """Tell whether a kept problem waits for somebody to act."""
    return bool(problem) and _KNOWN.get(str((problem or {}).get("code")), MailServerProblem).is_lasting


def said(answer: object) -> str:
    """Give what a server said as one short line of text."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:MOST_SAID]
