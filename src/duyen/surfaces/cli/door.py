"""The address on which the pages listen."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
import time
from dataclasses import dataclass

from duyen.foundation.database.errors import Refused


class PortTaken(Refused):
    """Another program listens on the port."""

    code = "port_taken"
    sentence = (
        "Port %(port)s on %(host)s is in use by another program. Take another one: ./run --port %(next)s"
    )


class PortForbidden(Refused):
    """The system keeps this port for root."""

    code = "port_forbidden"
    sentence = "This account may not listen on port %(port)s. Take one above 1023: ./run --port 8000"


class HostUnknown(Refused):
    """The host is not an address of this machine."""

    code = "host_unknown"
    sentence = (
        "%(host)s is not an address of this machine (%(reason)s). Leave --host out, or give 0.0.0.0 for all."
    )


@dataclass(frozen=True)
class Door:
    """Host and port of the pages."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def reached_at(self) -> str:
        """The host under which this machine itself reaches the pages."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound

    @property
    def address(self) -> str:
        host = f"[{self.reached_at}]" if ":" in self.reached_at else self.reached_at
        return f"http://{host}:{self.port}"


#: A port may stay taken for a moment after the one who had it ended, longest on a busy machine.
PATIENCE_SECONDS, PATIENCE_AFTER_A_KILL = 2.0, 15.0


def refuse_taken_port(door: Door, *, patience: float = PATIENCE_SECONDS) -> None:
    """Try the port, for `patience` seconds while it is taken.

    Raises PortTaken, PortForbidden or HostUnknown.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return _try_port(door)
        except PortTaken:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.2)


#: So many ports behind that of the pages are tried for the live process.
_TRIED = 20


def live_port_beside(door: Door, *, patience: float = PATIENCE_SECONDS) -> int:
    """Choose the port of the live process: DUYEN_LIVE_PORT, or the first free one behind that of the pages.

    0 where that says 0, or where none is free: then the pages ask by themselves. Raises PortTaken,
    PortForbidden or HostUnknown for a port that was asked for.
    """
    asked = os.environ.get("DUYEN_LIVE_PORT", "")
    if asked.isdecimal():
        if int(asked):
            refuse_taken_port(Door(door.host, int(asked)), patience=patience)
        return int(asked)
    for port in range(door.port + 1, min(door.port + 1 + _TRIED, 65536)):
        with contextlib.suppress(PortTaken, PortForbidden):
            _try_port(Door(door.host, port))
            return port
    return 0


def _try_port(door: Door) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(door.host, door.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host=door.host, port=door.port, next=door.port + 1) from error
        if error.errno == errno.EACCES:
            raise PortForbidden(port=door.port) from error
        raise HostUnknown(host=door.host, reason=error.strerror or error) from error
