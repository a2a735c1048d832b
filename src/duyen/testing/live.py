"""A real live process beside the tests, and a browser's ear as a plain socket."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from duyen.foundation.database.paths import CHECKOUT

PATIENCE_SECONDS = 30.0


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveProcess:
    """The process and its port."""

    port: int
    process: subprocess.Popen[bytes]

    def health(self) -> Mapping[str, Any]:
        """Ask how it is; nothing while it does not answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", "/healthz")
            told: Mapping[str, Any] = json.loads(link.getresponse().read())
            return told
        except (OSError, http.client.HTTPException):
            return {}
        finally:
            link.close()

    def wait_for(self, **wanted: object) -> None:
        """Wait until its health tells what is wanted."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            told = self.health()
            if all(told.get(name) == value for name, value in wanted.items()):
                return
            time.sleep(0.1)
        raise AssertionError(f"wanted {wanted}, and it tells {self.health()}")


@contextlib.contextmanager
def live_process() -> Iterator[LiveProcess]:
    """Start the live process against the database of the tests, and stop it."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers-kill-timeout", "1", "--log-level", "warning"),
        "duyen.surfaces.live.app:application",
    ]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src")}
    with subprocess.Popen(command, env=environment, start_new_session=True) as process:  # noqa: S603
        running = LiveProcess(port, process)
        try:
            running.wait_for(status="ok")
            yield running
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


class Ear:
    """One open connection to the live process, as a browser holds it."""

    def __init__(self, port: int, ticket: str, *, origin: str = "") -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        headers = {"Origin": origin} if origin else {}
        self.link.request("GET", f"/events?{urlencode({'ticket': ticket})}", headers=headers)
        self.answer = self.link.getresponse()

    @property
    def status(self) -> int:
        return self.answer.status

    def next(self, *, within: float = PATIENCE_SECONDS) -> tuple[str, str] | None:
        """Give the next event with its data; nothing when the connection ends or stays silent."""
        sock = self.link.sock
        if sock is not None:
            sock.settimeout(within)
        event = data = ""
        try:
            while line := self.answer.readline():
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    event = text.removeprefix("event: ")
                elif text.startswith("data: "):
                    data = text.removeprefix("data: ")
                elif not text and event:
                    return event, data
        except (TimeoutError, OSError, http.client.HTTPException):
            return None
        return None

    def close(self) -> None:
        """Hang up."""
        self.answer.close()
        self.link.close()
