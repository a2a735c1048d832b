"""Hand a mail to a server by SMTP, so that it is known at each moment what became of it.

Up to the end of RCPT nothing was sent, whatever happens. Behind the word DATA the mail may have been taken
although no word comes back: `about_to_send` is called at that border, so that the caller can write it down.
"""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from duyen.modules.messaging.servers.connecting import SECONDS, Place, connect, find, told, trust
from duyen.modules.messaging.servers.problems import (
    ForNow,
    HungUp,
    MailRefused,
    MailServerProblem,
    NobodyTaken,
    NotSecured,
    SenderRefused,
    StrangeAnswer,
    Unanswered,
    WrongPassword,
    said,
)

#: The answer to the whole mail may take long: servers scan it first (RFC 5321 4.5.3.2.6 says ten minutes).
_WORD_SECONDS = 120.0


@dataclass(frozen=True)
class Relay:
    """A server that takes mails. The password stands in no representation.

    `is_given` says that the operator set it in the process: it may then lie inside, and be unsecured.
    """

    place: Place
    username: str = ""
    password: str = ""
    is_given: bool = False
    is_secured: bool = True

    def __repr__(self) -> str:
        return f"Relay({self.place!r}, {self.username!r})"


@dataclass(frozen=True)
class NotTaken:
    """One address that the server refused while it took the mail to others."""

    address: str
    code: int
    said: str


class _Judged:
    ip: str

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(self.ip, port, timeout)


class _Plain(_Judged, smtplib.SMTP):
    def __init__(self, ip: str, place: Place, seconds: float) -> None:
        self.ip = ip
        super().__init__(place.host, place.port, timeout=seconds)


class _Secured(_Judged, smtplib.SMTP_SSL):
    def __init__(self, ip: str, place: Place, seconds: float) -> None:
        self.ip = ip
        super().__init__(place.host, place.port, timeout=seconds, context=trust())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        raw = connect(self.ip, port, timeout)
        try:
            return self.context.wrap_socket(raw, server_hostname=self._host)  # type: ignore[attr-defined]
        except BaseException:
            raw.close()
            raise


def send(
    relay: Relay,
    data: bytes,
    *,
    sender: str,
    recipients: Sequence[str],
    about_to_send: Callable[[], None],
) -> list[NotTaken]:
    """Hand over one mail, and give the addresses that were refused beside those that were taken.

    Raises MailServerProblem; Unanswered alone leaves open whether the mail was sent.
    """
    with _opened(relay) as link:
        refused = _name_people(link, relay.place, sender, recipients)
        about_to_send()
        _hand_over(link, relay.place, data)
        return refused


def try_relay(relay: Relay) -> None:
    """Sign in, to see whether it works. Raises MailServerProblem."""
    with _opened(relay):
        pass


@contextmanager
def _opened(relay: Relay) -> Iterator[smtplib.SMTP]:
    place = relay.place
    ip = place.host if relay.is_given else find(place)
    with _translated(place):
        link: smtplib.SMTP = (
            _Secured(ip, place, SECONDS) if place.is_tls and relay.is_secured else _Plain(ip, place, SECONDS)
        )
    try:
        with _translated(place):
            link.ehlo_or_helo_if_needed()
            if relay.is_secured and not place.is_tls:
                _secure(link, place)
            if relay.username:
                _sign_in(link, relay)
        yield link
    finally:
        with suppress(Exception):
            link.quit()
        with suppress(Exception):
            link.close()


def _secure(link: smtplib.SMTP, place: Place) -> None:
    if not link.has_extn("starttls"):
        raise NotSecured(host=place.host, port=place.port)
    link.starttls(context=trust())
    link.ehlo()


def _sign_in(link: smtplib.SMTP, relay: Relay) -> None:
    try:
        _authenticate(link, relay)
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < 500 and error.smtp_code != 432:
            raise ForNow(said=said(error.smtp_error)) from error
        raise WrongPassword(host=relay.place.host, said=said(error.smtp_error)) from error
    except (smtplib.SMTPNotSupportedError, UnicodeEncodeError) as error:
        raise WrongPassword(host=relay.place.host, said=said(error)) from error


def _authenticate(link: smtplib.SMTP, relay: Relay) -> None:
    """Sign in by PLAIN, which takes any letters (RFC 4616), or by what the library knows besides."""
    if "PLAIN" not in link.esmtp_features.get("auth", "").upper().split():
        link.login(relay.username, relay.password)
        return
    given = base64.b64encode(f"\0{relay.username}\0{relay.password}".encode()).decode()
    code, answer = link.docmd("AUTH", f"PLAIN {given}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, answer)


def _name_people(link: smtplib.SMTP, place: Place, sender: str, recipients: Sequence[str]) -> list[NotTaken]:
    """Name the sender and everybody whom the mail is for: up to here nothing is sent."""
    with _translated(place):
        code, answer = link.mail(sender)
        if code != 250:
            _give_way(code, answer, SenderRefused(address=sender, said=said(answer)))
        refused = []
        for each in recipients:
            code, answer = link.rcpt(each)
            if code not in (250, 251):
                refused.append(NotTaken(each, code, said(answer)))
        if len(refused) == len(recipients):
            worst = max(refused, key=lambda each: each.code)
            _give_way(worst.code, worst.said, NobodyTaken(said=worst.said))
        return refused


def _give_way(code: int, answer: object, lasting: MailServerProblem) -> None:
    if 400 <= code < 500:
        raise ForNow(said=said(answer))
    raise lasting


def _hand_over(link: smtplib.SMTP, place: Place, data: bytes) -> None:
    """Send the mail itself. Whatever breaks the line from here on leaves open what became of it."""
    try:
        if link.sock is not None:
            link.sock.settimeout(_WORD_SECONDS)
        code, answer = link.data(data)
    except smtplib.SMTPDataError as error:
        # The server refused the word DATA itself: nothing was sent.
        _give_way(error.smtp_code, error.smtp_error, MailRefused(said=said(error.smtp_error)))
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise Unanswered(host=place.host) from error
    if code != 250:
        _give_way(code, answer, MailRefused(said=said(answer)))


@contextmanager
def _translated(place: Place) -> Iterator[None]:
    with told(place):
        try:
            yield
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__cause__ or error.__context__, TimeoutError):
                raise TimeoutError from error
            raise HungUp(host=place.host) from error
        except smtplib.SMTPResponseException as error:
            answer = said(error.smtp_error)
            if 400 <= error.smtp_code < 500:
                raise ForNow(said=answer) from error
            raise StrangeAnswer(host=place.host, said=answer) from error
        except smtplib.SMTPException as error:
            raise StrangeAnswer(host=place.host, said=said(error)) from error
        except ssl.SSLError:
            raise
