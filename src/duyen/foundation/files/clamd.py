"""Ask clamd about a content, by its protocol INSTREAM: it gets the bytes and opens no file of ours."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from contextlib import closing

_PART = 128 * 1024
_SECONDS = 60.0
#: A page that asks whether it is there does not wait for long.
_PATIENCE = 2.0
_MOST_ANSWERED = 4_096


class ScannerDown(Exception):
    """The scanner does not answer, or answers that it could not look; the first argument says which."""


def scan(parts: Iterable[bytes], address: str) -> str:
    """Give the name of the virus that is in a content, or nothing. Raises ScannerDown.

    `address` is `host:port`, or the path of a socket.
    """
    try:
        with closing(_connect(address)) as link:
            link.sendall(b"zINSTREAM\0")
            for part in parts:
                for start in range(0, len(part), _PART):
                    piece = part[start : start + _PART]
                    link.sendall(struct.pack("!I", len(piece)) + piece)
            link.sendall(struct.pack("!I", 0))
            answer = _answer(link)
    except (OSError, ValueError) as error:
        raise ScannerDown(str(error)) from error
    return _read(answer)


def ping(address: str) -> None:
    """Ask whether the scanner is there. Raises ScannerDown."""
    try:
        with closing(_connect(address, seconds=_PATIENCE)) as link:
            link.sendall(b"zPING\0")
            answer = _answer(link)
    except (OSError, ValueError) as error:
        raise ScannerDown(str(error)) from error
    if answer != "PONG":
        raise ScannerDown(answer or "no answer")


def _connect(address: str, *, seconds: float = _SECONDS) -> socket.socket:
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(seconds)
        try:
            link.connect(address)
        except OSError:
            link.close()
            raise
        return link
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _answer(link: socket.socket) -> str:
    found = b""
    while b"\0" not in found and len(found) < _MOST_ANSWERED:
        part = link.recv(_MOST_ANSWERED)
        if not part:
            break
        found += part
    return found.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _read(answer: str) -> str:
    """Read `stream: OK` or `stream: Eicar-Test-Signature FOUND`; whatever else it says, it did not look."""
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return ""
    name, _space, found = said.rpartition(" ")
    if found == "FOUND" and name:
        return name[:200]
    raise ScannerDown(answer or "no answer")
