"""Many browsers that listen at once: are all told, how soon, and what it costs the live process.

Every client is a person of her own with a session of her own and one open connection; each message is a
notice for all of them, written and committed as the product does it.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db import transaction

from duyen.bench.measuring import percentile
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.queries import access_epoch
from duyen.foundation.audit import trail
from duyen.foundation.database.paths import CHECKOUT
from duyen.foundation.notices.telling import notify
from duyen.foundation.notices.tickets import Ticket, write_ticket
from duyen.foundation.org.handles import session_handle
from duyen.foundation.org.models import User, UserSession
from duyen.kernel.clock import now
from duyen.surfaces.cli.door import Door, live_port_beside

PAUSE_SECONDS, PATIENCE_SECONDS = 0.5, 10.0
ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Told:
    """What came of it: seconds from before the write to each browser, and what the process used."""

    clients: int
    messages: int
    seconds: list[float] = field(default_factory=list)
    memory_mb: float = 0.0
    cpu_seconds: float = 0.0


def measure_live(clients: int, messages: int) -> str:
    """Measure, and give the table."""
    people = _people(clients)
    port = live_port_beside(Door("127.0.0.1", 18_600))
    with _process(port) as process:
        told = asyncio.run(_measure(port, people, messages))
        told.memory_mb, told.cpu_seconds = _used(process)
    return _table(told)


def _people(count: int) -> list[tuple[int, str]]:
    """Make people with a session each; gives id and key."""
    moment = now()
    mark = secrets.token_hex(4)
    with transaction.atomic():
        trail.begin(system_actor("bench"), "bench.people")
        users = User.objects.bulk_create(
            User(
                email=f"live{number}.{mark}@example.com",
                full_name=f"Người nghe {number}",
                password="!",  # noqa: S106 - nobody signs in by it
                created_at=moment,
                updated_at=moment,
            )
            for number in range(count)
        )
        keys = [secrets.token_hex(16) for _user in users]
        until = moment.replace(year=moment.year + 1)
        UserSession.objects.bulk_create(
            UserSession(session_key=key, session_data="", expire_date=until, user_id=user.pk)
            for key, user in zip(keys, users, strict=True)
        )
    return [(user.pk, key) for key, user in zip(keys, users, strict=True)]


@contextmanager
def _process(port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers-kill-timeout", "1", "--log-level", "warning"),
        "duyen.surfaces.live.app:application",
    ]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src")}
    with subprocess.Popen(command, env=environment, start_new_session=True) as process:  # noqa: S603
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


async def _measure(port: int, people: Sequence[tuple[int, str]], messages: int) -> Told:
    told = Told(len(people), messages)
    epoch = await asyncio.to_thread(access_epoch)
    heard: asyncio.Queue[float] = asyncio.Queue()
    ears = [await _ear(port, user_id, key, epoch) for user_id, key in people]
    listening = [asyncio.create_task(_listen(reader, heard)) for reader, _writer in ears]
    await asyncio.sleep(1.0)
    for number in range(messages):
        began = time.monotonic()
        await asyncio.to_thread(_tell, [user_id for user_id, _key in people], number)
        deadline = began + PATIENCE_SECONDS
        for _client in people:
            try:
                at = await asyncio.wait_for(heard.get(), max(0.01, deadline - time.monotonic()))
            except TimeoutError:
                break
            told.seconds.append(at - began)
        await asyncio.sleep(PAUSE_SECONDS)
    for each in listening:
        each.cancel()
    for _reader, writer in ears:
        writer.close()
    return told


async def _ear(
    port: int, user_id: int, key: str, epoch: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open one connection as a browser does; the process may still be starting."""
    ticket = write_ticket(Ticket(user_id, session_handle(key), ORIGIN, epoch, ()))
    asked = (
        f"GET /events?{urlencode({'ticket': ticket})} HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\n\r\n"
    )
    for _try in range(100):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            break
        except OSError:
            await asyncio.sleep(0.1)
    else:
        raise ConnectionError(f"nothing answers on port {port}")
    writer.write(asked.encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise ConnectionError(status.decode().strip())
    while (await reader.readline()).strip():
        pass
    return reader, writer


async def _listen(reader: asyncio.StreamReader, heard: asyncio.Queue[float]) -> None:
    while line := await reader.readline():
        if line.startswith(b"event: notices"):
            heard.put_nowait(time.monotonic())


def _tell(user_ids: Sequence[int], number: int) -> None:
    notify(user_ids, "job_done", entity="jobs", record_id=number + 1, label=f"Việc {number}")


def _used(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Give memory in MB and CPU seconds of the process and what it started."""
    rows = subprocess.run(
        ["ps", "-eo", "pgid=,rss=,time="],  # noqa: S607 - the system's own
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    own = [row.split() for row in rows if row.split()[0] == str(process.pid)]
    cpu = sum(
        float(part) * 60**place
        for row in own
        for place, part in enumerate(reversed(row[2].replace("-", ":").split(":")))
    )
    return sum(int(row[1]) for row in own) / 1024, cpu


def _table(told: Told) -> str:
    wanted = told.clients * told.messages
    first, most = (percentile(told.seconds, share) * 1000 for share in (50, 95))
    worst = max(told.seconds, default=0.0) * 1000
    return "\n".join(
        [
            "## Live updates",
            "",
            "| Browsers | Messages | Delivered | p50, ms | p95, ms | Longest, ms | Memory, MB | CPU, s |",
            "|--:|--:|--:|--:|--:|--:|--:|--:|",
            f"| {told.clients} | {told.messages} | {len(told.seconds):,} of {wanted:,} "
            f"| {first:.0f} | {most:.0f} | {worst:.0f} | {told.memory_mb:.0f} | {told.cpu_seconds:.0f} |",
            "",
        ]
    )
