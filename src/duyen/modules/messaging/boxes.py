"""A mailbox as its servers know it: where it is read, by what it sends. The password leaves here alone."""

from __future__ import annotations

from email.utils import parseaddr

from cryptography.exceptions import InvalidTag
from django.conf import settings

from duyen.foundation.sensitive import seal, unseal
from duyen.modules.messaging.mime.parsing import Person
from duyen.modules.messaging.models import Mailbox
from duyen.modules.messaging.servers.connecting import Place
from duyen.modules.messaging.servers.imap import Account
from duyen.modules.messaging.servers.problems import KeyLost
from duyen.modules.messaging.servers.smtp import Relay
from duyen.modules.messaging.words import Security

_TLS_PORT = 465


def sealed(password: str) -> bytes:
    """Encrypt a password as it is kept."""
    return seal(password)


def password_of(box: Mailbox) -> str:
    """Give the password in clear. Raises KeyLost where the installation's key is another one."""
    if box.sealed is None:
        raise KeyLost
    try:
        return unseal(bytes(box.sealed))
    except InvalidTag as error:
        raise KeyLost from error


def account_of(box: Mailbox, password: str | None = None) -> Account:
    """Give where a mailbox is read. Raises KeyLost."""
    place = Place(box.imap_host, box.imap_port, Security(box.imap_security))
    return Account(place, box.username, password_of(box) if password is None else password, box.folder)


def relay_of(box: Mailbox, password: str | None = None) -> Relay:
    """Give by what a mailbox sends. Raises KeyLost."""
    place = Place(box.smtp_host, box.smtp_port, Security(box.smtp_security))
    return Relay(place, box.username, password_of(box) if password is None else password)


def company_relay() -> Relay | None:
    """Give the company's server as the operator set it for the process; none where there is none."""
    if not settings.EMAIL_HOST:
        return None
    is_tls = settings.EMAIL_PORT == _TLS_PORT
    security = Security.TLS if is_tls else Security.STARTTLS
    return Relay(
        Place(settings.EMAIL_HOST, settings.EMAIL_PORT, security),
        settings.EMAIL_HOST_USER,
        settings.EMAIL_HOST_PASSWORD,
        is_given=True,
        is_secured=is_tls or settings.EMAIL_USE_TLS,
    )


def company_address() -> Person:
    """Give the address from which the company's server sends."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Person(name, address.lower())
