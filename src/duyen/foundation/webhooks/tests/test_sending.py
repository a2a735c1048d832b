"""One call: to the address that was judged, within its time and size, whatever the receiver does."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from duyen.foundation.webhooks import addresses, rules, sending, signing
from duyen.foundation.webhooks.addresses import Place
from duyen.foundation.webhooks.sending import HungUp, NoAnswer, NoConnection, NoHttp, Response

ALLOW = addresses.allowed({addresses.ALLOWED: "127.0.0.1,hook.local"})


@contextmanager
def receiver(answer: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """Listen on loopback and let `answer` deal with each connection, behind the request that it sent."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                link, _peer = listening.accept()
            except OSError:
                return
            with link:
                link.settimeout(5)
                heard.append(_read(link))
                try:
                    answer(link)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        listening.close()


def _read(link: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += link.recv(65536)
    head, _blank, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += link.recv(65536)
    return head + b"\r\n\r\n" + body


def _post(port: int, *, seconds: float = 1.0, host: str = "127.0.0.1") -> Response:
    place = Place(is_secure=False, host=host, port=port, path="/hook?x=1")
    resolve = lambda _host, _port: ["127.0.0.1"]  # noqa: E731 - a name that leads to the test's receiver
    return sending.post(
        place,
        '{"tên": "Ánh"}'.encode(),
        {"webhook-id": "msg_1"},
        allow=ALLOW,
        resolve=resolve,
        seconds=seconds,
    )


def test_sends_the_body_and_reads_the_answer() -> None:
    with receiver(lambda link: link.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok")) as (
        port,
        heard,
    ):
        got = _post(port, host="hook.local")

    assert (got.status, got.text) == (201, "ok")
    head, _blank, body = heard[0].partition(b"\r\n\r\n")
    assert body == '{"tên": "Ánh"}'.encode()
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hook?x=1 HTTP/1.1"
    assert f"Host: hook.local:{port}" in lines
    assert "webhook-id: msg_1" in lines


def test_does_not_follow_where_it_is_sent_on() -> None:
    reply = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"
    with receiver(lambda link: link.sendall(reply)) as (port, heard):
        got = _post(port)

    assert got.status == 302
    assert len(heard) == 1


def _never(link: socket.socket) -> None:
    time.sleep(3)


def _drip_head(link: socket.socket) -> None:
    for sign in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100:
        link.sendall(bytes([sign]))
        time.sleep(0.1)


def _many_heads(link: socket.socket) -> None:
    while True:
        link.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize("behaviour", [_never, _drip_head, _many_heads])
def test_gives_up_when_its_time_is_over(behaviour: Callable[[socket.socket], None]) -> None:
    with receiver(behaviour) as (port, _heard):
        started = time.monotonic()
        with pytest.raises(NoAnswer, match=r"127\.0\.0\.1 .* 1 "):
            _post(port)

    assert time.monotonic() - started < 2.5


def test_reads_no_more_of_an_endless_answer_than_it_keeps() -> None:
    sent = 0

    def endless(link: socket.socket) -> None:
        nonlocal sent
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        while True:
            sent += link.send(b"x" * 65536)

    with receiver(endless) as (port, _heard):
        got = _post(port)

    assert (got.status, len(got.text)) == (200, 1024)
    assert sent < 20_000_000


def test_says_so_when_nobody_listens_or_speaks_something_else() -> None:
    with receiver(lambda link: link.sendall(b"SSH-2.0-OpenSSH\r\n")) as (port, _heard):  # noqa: SIM117
        with pytest.raises(NoHttp):
            _post(port)
    with receiver(lambda link: link.shutdown(socket.SHUT_RDWR)) as (port, _heard):  # noqa: SIM117
        with pytest.raises(HungUp):
            _post(port)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(NoConnection, match=r"127\.0\.0\.1"):
        _post(port)


def test_a_slow_secured_receiver_ends_with_the_time_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = Place(is_secure=True, host="127.0.0.1", port=silent.getsockname()[1], path="/")
        started = time.monotonic()
        with pytest.raises(NoAnswer):
            sending.post(place, b"{}", {}, allow=ALLOW, seconds=0.5)

    assert time.monotonic() - started < 2


def test_signs_with_every_valid_secret_as_the_standard_says() -> None:
    first, second = signing.new_secret(), signing.new_secret()
    at = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)

    told = signing.headers("msg_1", at, b"{}", keys=[first, second])

    signed = b"msg_1." + str(int(at.timestamp())).encode() + b".{}"
    expected = [
        "v1,"
        + base64.b64encode(
            hmac.digest(base64.b64decode(each.removeprefix("whsec_")), signed, hashlib.sha256)
        ).decode()
        for each in (first, second)
    ]
    assert told["webhook-signature"].split(" ") == expected
    assert told["webhook-timestamp"] == "1795401000"


def test_tries_for_most_of_a_day_with_growing_pauses() -> None:
    pauses = [rules.pause_before(attempts) for attempts in range(1, 9)]

    kept = [each for each in pauses if each is not None]
    assert pauses[-1] is None
    assert kept == sorted(kept)
    assert dt.timedelta(hours=20) < sum(kept, dt.timedelta()) < dt.timedelta(hours=24)
