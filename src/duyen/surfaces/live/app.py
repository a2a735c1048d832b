"""The live process as a raw ASGI application: GET /events for browsers, GET /healthz for its keepers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import sys
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from duyen.foundation.notices.tickets import BadTicket, Ticket, read_ticket
from duyen.surfaces.live.hub import AGAIN, END, Client, Hub, TooMany
from duyen.surfaces.live.listening import check_forever, listen_forever

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

#: A sign of life, so that no proxy takes the silence for the end.
PING_SECONDS = 20.0
#: After so long a browser comes again with a new ticket, at a moment of its own.
LIFE_SECONDS = 600.0
_PLAIN: Header = (b"content-type", b"text/plain; charset=utf-8")
_HARDENED: Sequence[Header] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)

hub = Hub()
_tasks: set[asyncio.Task[None]] = set()


async def application(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request, or begin and end with the process."""
    if scope["type"] == "lifespan":
        return await _live(receive, send)
    if scope["type"] != "http":
        return None
    _begin()
    path, is_read = scope["path"], scope["method"] in ("GET", "HEAD")
    if path == "/healthz" and is_read:
        return await _health(send)
    # A proxy may lead here from any path that ends so.
    if path.endswith("/events") and scope["method"] == "GET":
        return await _events(scope, receive, send)
    return await _say(send, 404, "not found")


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _begin()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            for task in list(_tasks):
                task.cancel()
            hub.tell_all(END)
            await send({"type": "lifespan.shutdown.complete"})
            return


def _begin() -> None:
    """Listen to the database from now on, once for each process."""
    if _tasks:
        return
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for work in (listen_forever, check_forever):
        _keep(work(hub))


def _keep(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _health(send: Send) -> None:
    told = {
        "status": "ok" if hub.is_listening else "deaf",
        "clients": len(hub),
        "listening": hub.is_listening,
    }
    kind: Header = (b"content-type", b"application/json")
    await _say(send, 200 if hub.is_listening else 503, json.dumps(told), kind)


async def _events(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Tell one browser what is new, until it goes, is cut off, or should come again."""
    try:
        ticket = read_ticket(_asked(scope, "ticket"))
    except BadTicket:
        return await _say(send, 401, "this ticket is over")
    origin = _header(scope, b"origin")
    if origin and origin != ticket.origin:
        return await _say(send, 403, "this origin is not the page's")
    try:
        client = hub.join(ticket)
    except TooMany:
        return await _say(send, 503, "too many listen")
    gone = asyncio.get_running_loop().create_task(_gone(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _headers_of(ticket, origin)})
        await _write(send, ": here\n\n")
        await _tell(client, send, gone)
        with contextlib.suppress(OSError, RuntimeError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        hub.leave(client)
        gone.cancel()


async def _tell(client: Client, send: Send, gone: asyncio.Task[None]) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + LIFE_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, no secret
    while not gone.done():
        try:
            event, data = await asyncio.wait_for(_next(client, gone), PING_SECONDS)
        except TimeoutError:
            is_old = loop.time() > until
            event, data = (AGAIN, "") if is_old else ("", "")
        if event == END:
            return
        await _write(send, f"event: {event}\ndata: {data}\n\n" if event else ": ping\n\n")
        if event == AGAIN:
            return


async def _next(client: Client, gone: asyncio.Task[None]) -> tuple[str, str]:
    """Wait for the next message, or for the browser to go."""
    taken = asyncio.get_running_loop().create_task(client.take())
    try:
        await asyncio.wait({taken, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not taken.done():
            taken.cancel()
    if not taken.done() or taken.cancelled():
        return END, ""
    return taken.result()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _asked(scope: MutableMapping[str, Any], name: str) -> str:
    found = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return next(iter(found.get(name, [])), "")


def _header(scope: MutableMapping[str, Any], name: bytes) -> str:
    found = (value for key, value in scope.get("headers", ()) if key.lower() == name)
    return next((bytes(value).decode("latin-1") for value in found), "")


def _headers_of(ticket: Ticket, origin: str) -> list[Header]:
    found: list[Header] = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"x-accel-buffering", b"no"),
        (b"vary", b"Origin"),
        *_HARDENED,
    ]
    return [*found, (b"access-control-allow-origin", ticket.origin.encode("latin-1"))] if origin else found


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _say(send: Send, status: int, text: str, kind: Header = _PLAIN) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [kind, *_HARDENED]})
    await send({"type": "http.response.body", "body": text.encode(), "more_body": False})
