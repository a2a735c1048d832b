"""Which addresses a webhook may call: public ones, by https, and those that the operator allows by name.

A webhook makes the server call whatever somebody typed. So nothing inside the operator's own network is
called: the name is resolved once, every address that it gives must be public, and the connection is made to
the very address that was judged (a second look-up could give another one). Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from duyen.kernel.errors import DomainError

#: The operator's own list: names, addresses or networks, each with a port or without, divided by commas.
ALLOWED = "DUYEN_WEBHOOK_HOSTS"
MOST_LETTERS = 500
_PORTS = {"https": 443, "http": 80}
#: Below this only the web's own ports: mail, names, files and terminals have nothing to do with webhooks.
_FIRST_FREE_PORT = 1024

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

#: What ipaddress calls global and leads elsewhere all the same: translated, tunnelled or relayed.
_NEVER = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("0.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),
        *("224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23"),
        *("2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "5f00::/16"),
    )
)


class BadAddress(DomainError):
    """What was given is no address that can be called."""

    code = "address"
    sentence = _("“%(given)s” is no address of the web. Give it whole, such as https://example.com/hook.")


class NotHttps(DomainError):
    """The address would send data openly."""

    code = "not_https"
    sentence = _("Give an address that begins with https://: what is sent holds data of customers.")


class BadPort(DomainError):
    """The port belongs to something that is no web server."""

    code = "port"
    sentence = _("Port %(port)s is not called. Use 443, or one from 1024 on.")


class PrivateAddress(DomainError):
    """The name leads into a private network."""

    code = "private_address"
    sentence = _(
        "%(host)s leads into a private network, which Duyên does not call. "
        "Whoever runs the server can allow it by %(setting)s."
    )


class NameUnknown(DomainError):
    """The name leads nowhere."""

    code = "name_unknown"
    sentence = _("%(host)s is not known: its name leads to no address. Check the spelling.")


@dataclass(frozen=True)
class Place:
    """An address taken apart: where to connect, and what to ask for there."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """The host as the Host header names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.is_secure else "http"] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Allowed:
    """What the operator allows besides public https: names, and networks, each with a port or for all."""

    names: frozenset[tuple[str, int | None]]
    networks: tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, int | None], ...]
    #: Where the operator says so.
    setting: str = ALLOWED

    def has_name(self, host: str, port: int) -> bool:
        return (host, None) in self.names or (host, port) in self.names

    def has_ip(self, ip: Ip, port: int) -> bool:
        return any(ip in network and number in (None, port) for network, number in self.networks)

    def has(self, place: Place) -> bool:
        """Tell whether the operator names the place itself: it may then be called openly, too."""
        return self.has_name(place.host, place.port) or (
            (ip := _literal(place.host)) is not None and self.has_ip(ip, place.port)
        )


def allowed(environ: Mapping[str, str] = os.environ, *, setting: str = ALLOWED) -> Allowed:
    """Read what the operator allows by one setting; what cannot be read allows nothing."""
    names: set[tuple[str, int | None]] = set()
    networks = []
    for word in environ.get(setting, "").split(","):
        host, port = _host_and_port(word.strip().lower())
        try:
            networks.append((ipaddress.ip_network(host, strict=False), port))
        except ValueError:
            if host:
                names.add((host, port))
    return Allowed(frozenset(names), tuple(networks), setting)


def read_address(text: str, *, allow: Allowed) -> Place:
    """Take an address apart, without looking its name up. Raises BadAddress, NotHttps, BadPort."""
    given = text.strip()
    try:
        parts = urlsplit(given)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise BadAddress(given=given[:80]) from error
    if parts.scheme not in _PORTS or not _is_plain(given, host) or parts.username or parts.password:
        raise BadAddress(given=given[:80])
    is_secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    place = Place(is_secure, host.rstrip("."), _PORTS[parts.scheme] if port is None else port, path)
    if allow.has(place):
        return place
    if not is_secure:
        raise NotHttps
    if place.port < _FIRST_FREE_PORT and place.port != _PORTS["https"]:
        raise BadPort(port=place.port)
    return place


def refuse_inside(place: Place, *, allow: Allowed) -> None:
    """Refuse at once what is plainly inside, by its numbers or as this machine. Raises PrivateAddress.

    Names are looked up when something is sent, and judged then, each time anew.
    """
    ip = _literal(place.host) or _packed(place.host)
    is_inside = place.host == "localhost" or place.host.endswith(".localhost")
    if not allow.has(place) and (is_inside or (ip is not None and not is_public(ip))):
        raise PrivateAddress(host=place.host, setting=allow.setting)


def _packed(host: str) -> Ip | None:
    """Read the other ways of writing numbers that the system understands: 127.1, 0x7f.1, 2130706433."""
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_plain(given: str, host: str) -> bool:
    """Tell whether no sign stands in an address that could end a line or hide a host."""
    is_short = 0 < len(host) <= 253 and len(given) <= MOST_LETTERS
    return (
        is_short and given.isascii() and all(33 <= ord(sign) <= 126 for sign in given) and "\\" not in given
    )


def find(place: Place, *, allow: Allowed, resolve: Resolve | None = None) -> str:
    """Look the host up once, and give the address to connect to. Raises NameUnknown or PrivateAddress."""
    found = list((resolve or look_up)(place.host, place.port))
    if not found:
        raise NameUnknown(host=place.host)
    if not allow.has_name(place.host, place.port):
        for each in found:
            ip = ipaddress.ip_address(each)
            if not is_public(ip) and not allow.has_ip(ip, place.port):
                raise PrivateAddress(host=place.host, setting=allow.setting)
    return found[0]


def is_public(ip: Ip) -> bool:
    """Tell whether an address lies in the open internet and leads nowhere else."""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return is_public(ip.ipv4_mapped)
    is_special = ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    if is_special or ip.is_private or not ip.is_global:
        return False
    return not any(ip in network for network in _NEVER if network.version == ip.version)


def look_up(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a name, in its order; none for an unknown one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    # A link-local address may carry the name of its network card.
    return [str(sockaddr[0]).partition("%")[0] for _family, _type, _proto, _name, sockaddr in found]


def _literal(host: str) -> Ip | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _host_and_port(word: str) -> tuple[str, int | None]:
    host, colon, port = word.rpartition(":")
    if colon and port.isdecimal() and (":" not in host or host.endswith("]")):
        return host.strip("[]"), int(port)
    return word.strip("[]"), None
