"""Send one request to an address that was judged: bounded in time and size, to that very address alone."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer

from django.utils.translation import gettext_lazy as _

from duyen.foundation.webhooks.addresses import Allowed, Place, Resolve, find
from duyen.kernel.errors import DomainError

#: So long a whole call may take, and so long the connection alone.
MOST_SECONDS = 15.0
CONNECT_SECONDS = 5.0
#: So much of the answer is read and kept; the rest is left where it is.
KEPT_BYTES = 1024


class NoAnswer(DomainError):
    """The receiver said nothing in time."""

    code = "no_answer"
    sentence = _("%(host)s did not answer within %(seconds)s seconds.")


class NoConnection(DomainError):
    """The receiver could not be reached."""

    code = "no_connection"
    sentence = _("%(host)s cannot be reached: %(why)s.")


class HungUp(DomainError):
    """The receiver closed the connection instead of answering."""

    code = "hung_up"
    sentence = _("%(host)s closed the connection without an answer.")


class NoTrust(DomainError):
    """The receiver's certificate is not valid."""

    code = "no_trust"
    sentence = _("The certificate of %(host)s is not valid: %(why)s.")


class NoHttp(DomainError):
    """What came back is no answer of a web server."""

    code = "no_http"
    sentence = _("What %(host)s answered is not HTTP.")


class TooMuch(DomainError):
    """The answer is larger than anything that was asked for."""

    code = "too_much"
    sentence = _("%(host)s answered with more than was asked for.")


@dataclass(frozen=True)
class Response:
    """What came back: the status, and the first kilobyte as text."""

    status: int
    text: str
    took_ms: int


class _Deadline:
    """Ends a connection when its time is over, however slowly it drips."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self.at = time.monotonic() + seconds
        self._socket: socket.socket | None = None

    @property
    def left(self) -> float:
        return max(self.at - time.monotonic(), 0.01)

    @contextmanager
    def running(self) -> Iterator[None]:
        timer = Timer(self.left, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def watch(self, link: socket.socket) -> None:
        """Name the connection that ends with the time; a secured one takes the place of the plain one."""
        self._socket = link

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            # Wakes up whoever waits for a byte. The plain shutdown: that of a secured connection would take
            # its state away from under the reader.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


@dataclass(frozen=True)
class Answer:
    """What came back whole: the status, the headers by their names in small letters, the content."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Asked:
    """One request: its method, what goes with it, and how much of the answer is read.

    `whole` demands all of the answer; else what was read until the end of time counts.
    """

    method: str
    body: bytes
    headers: Mapping[str, str]
    most_bytes: int = KEPT_BYTES
    whole: bool = False


def post(
    place: Place,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow: Allowed,
    resolve: Resolve | None = None,
    seconds: float = MOST_SECONDS,
) -> Response:
    """Post `body` and read the head of the answer. Redirects are answers like others.

    Raises what `find` raises, NoConnection, NoTrust, NoAnswer, HungUp or NoHttp.
    """
    started = time.monotonic()
    answer = call(place, Asked("POST", body, headers), allow=allow, resolve=resolve, seconds=seconds)
    text = answer.content.decode("utf-8", "replace").replace("\x00", "")
    return Response(answer.status, text, round((time.monotonic() - started) * 1000))


def call(
    place: Place,
    asked: Asked,
    *,
    allow: Allowed,
    resolve: Resolve | None = None,
    seconds: float = MOST_SECONDS,
) -> Answer:
    """Send one request and read the answer. Redirects are answers like others.

    Raises what `find` raises, NoConnection, NoTrust, NoAnswer, HungUp, NoHttp or TooMuch.
    """
    deadline = _Deadline(seconds)
    ip = find(place, allow=allow, resolve=resolve)
    try:
        return _exchange(place, ip, asked, deadline)
    except ssl.SSLCertVerificationError as error:
        raise NoTrust(host=place.host, why=error.verify_message) from error
    except TimeoutError as error:
        raise NoAnswer(host=place.host, seconds=round(seconds)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if deadline.is_over:
            raise NoAnswer(host=place.host, seconds=round(seconds)) from error
        if isinstance(error, http.client.RemoteDisconnected):
            raise HungUp(host=place.host) from error
        if isinstance(error, OSError):
            raise NoConnection(host=place.host, why=error.strerror or type(error).__name__) from error
        raise NoHttp(host=place.host) from error


def _exchange(place: Place, ip: str, asked: Asked, deadline: _Deadline) -> Answer:
    raw = socket.create_connection((ip, place.port), timeout=min(CONNECT_SECONDS, deadline.left))
    deadline.watch(raw)
    with raw, deadline.running():
        raw.settimeout(deadline.left)
        link = _secured(raw, place.host, deadline) if place.is_secure else raw
        try:
            return _talk(link, place, asked)
        finally:
            link.close()


def _secured(raw: socket.socket, host: str, deadline: _Deadline) -> socket.socket:
    link = ssl.create_default_context().wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
    deadline.watch(link)
    try:
        link.do_handshake()
    except BaseException:
        link.close()
        raise
    return link


def _talk(link: socket.socket, place: Place, asked: Asked) -> Answer:
    talk = http.client.HTTPConnection(place.host, place.port)
    talk.sock = link
    talk.putrequest(asked.method, place.path, skip_host=True, skip_accept_encoding=True)
    told = {
        "Host": place.named,
        "Content-Type": "application/json",
        "Content-Length": str(len(asked.body)),
        "User-Agent": "Duyen-Webhooks/1",
        "Accept": "*/*",
        "Connection": "close",
        **asked.headers,
    }
    for name, value in told.items():
        talk.putheader(name, value)
    talk.endheaders(asked.body)
    response = talk.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, _content(response, place, asked))


def _content(response: http.client.HTTPResponse, place: Place, asked: Asked) -> bytes:
    try:
        content = response.read(asked.most_bytes + (1 if asked.whole else 0))
    except (OSError, http.client.HTTPException):
        if asked.whole:
            raise
        return b""  # the status says all that counts
    if asked.whole and len(content) > asked.most_bytes:
        raise TooMuch(host=place.host)
    return content
