"""Connect to a mail server: to the very address that was judged, secured, and not for ever.

What people enter as a mail server must not let them look into the operator's own network: the name is looked
up once, every address must be public unless the operator allows it by DUYEN_MAIL_HOSTS, the port must be one
of mail, and no word goes over a line that is not secured.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from duyen.foundation.webhooks.addresses import Allowed, allowed, is_public, look_up
from duyen.modules.messaging.servers.problems import (
    BadCertificate,
    HungUp,
    MailServerProblem,
    NoConnection,
    NotSecured,
    PrivateHost,
    TimedOut,
    UnknownHost,
    WrongPort,
)
from duyen.modules.messaging.words import Security

#: What the operator allows besides public servers: names, addresses or networks, each with a port or without.
SETTING = "DUYEN_MAIL_HOSTS"
#: Another bundle of certificates to trust, for a mail server with one of the company's own.
TRUSTED = "DUYEN_MAIL_CA"
PORTS = (993, 143, 465, 587, 25, 2525)
SECONDS = 20.0


@dataclass(frozen=True)
class Place:
    """Where a mail server listens, and how the connection to it is secured."""

    host: str
    port: int
    security: Security = Security.TLS

    @property
    def is_tls(self) -> bool:
        return self.security is Security.TLS


def allowance(environ: Mapping[str, str] = os.environ) -> Allowed:
    """Read what the operator allows."""
    return allowed(environ, setting=SETTING)


def find(place: Place, *, allow: Allowed | None = None) -> str:
    """Look a server up once, and give the address to connect to.

    Raises UnknownHost, PrivateHost or WrongPort.
    """
    allow = allowance() if allow is None else allow
    host = place.host.strip().lower().rstrip(".")
    is_named = allow.has_name(host, place.port)
    if place.port not in PORTS and not is_named and not _is_allowed_number(allow, host, place.port):
        raise WrongPort(port=place.port, ports=", ".join(map(str, PORTS)))
    found = look_up(_ascii(host), place.port)
    if not found:
        raise UnknownHost(host=place.host)
    if not is_named:
        for each in found:
            ip = ipaddress.ip_address(each)
            if not is_public(ip) and not allow.has_ip(ip, place.port):
                raise PrivateHost(host=place.host, setting=SETTING)
    return found[0]


def _is_allowed_number(allow: Allowed, host: str, port: int) -> bool:
    try:
        return allow.has_ip(ipaddress.ip_address(host), port)
    except ValueError:
        return False


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise UnknownHost(host=host) from error


def trust() -> ssl.SSLContext:
    """Give what decides whether a server's certificate is believed."""
    context = ssl.create_default_context()
    own = os.environ.get(TRUSTED, "").strip()
    if own:
        context.load_verify_locations(cafile=own)
    return context


@contextmanager
def told(place: Place, *, seconds: float = SECONDS) -> Iterator[None]:
    """Turn what goes wrong on the line into the sentence for it. Raises MailServerProblem."""
    try:
        yield
    except MailServerProblem:
        raise
    except ssl.SSLCertVerificationError as error:
        raise BadCertificate(host=place.host, why=error.verify_message) from error
    except ssl.SSLError as error:
        raise NotSecured(host=place.host, port=place.port) from error
    except TimeoutError as error:
        raise TimedOut(host=place.host, seconds=round(seconds)) from error
    except (ConnectionResetError, BrokenPipeError, EOFError) as error:
        raise HungUp(host=place.host) from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise NoConnection(host=place.host, port=place.port, why=why) from error


def connect(ip: str, port: int, seconds: float) -> socket.socket:
    """Open a line to an address that was judged."""
    return socket.create_connection((ip, port), timeout=seconds)
