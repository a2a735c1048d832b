"""Starts the product as a person does, and reads what it says."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from duyen.foundation.database.paths import CHECKOUT

START_SECONDS = 180


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return the environment of a plain terminal in which only the data folder is chosen."""
    ours = ("DUYEN_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {
        **kept,
        "DUYEN_DATA": str(data),
        "PYTHONPATH": str(CHECKOUT / "src"),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def duyen(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "duyen", *words],
        env=environment(data, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A started installation."""

    data: Path
    port: int
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def status_of(self, path: str) -> int:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("GET", path)
            return link.getresponse().status
        finally:
            link.close()

    def is_healthy_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.status_of("/healthz") == http.HTTPStatus.OK:
                    return True
            time.sleep(0.1)
        return False

    def children(self) -> dict[str, int]:
        """Find the processes that the start keeps: web, worker, live, postgres."""
        told = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,ppid=,command="], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 2) for line in told.stdout.splitlines()]
        own = {int(pid): command for pid, parent, command in rows if int(parent) == self.process.pid}
        marks = {"web": "config.wsgi", "worker": "duyen worker", "live": "surfaces.live"}
        found = {name: pid for name, mark in marks.items() for pid, command in own.items() if mark in command}
        return found | self._postgres({int(pid) for pid, _parent, _command in rows})

    def pid_of(self, name: str) -> int:
        """Give one of its processes; one that is being started anew is waited for, a minute at most."""
        deadline = time.monotonic() + 60
        while name not in (found := self.children()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found[name]

    def _postgres(self, alive: set[int]) -> dict[str, int]:
        """Find the server, whichever process of the folder came first to start it."""
        note = self.data / "pg" / "postmaster.pid"
        told = note.read_text(encoding="utf-8").split() if note.exists() else []
        return {"postgres": int(told[0])} if told and int(told[0]) in alive else {}

    def kill_everything(self) -> None:
        """End all of it at once, as a power cut does, the start itself first."""
        victims = [self.process.pid, *self.children().values()]
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(90)


@contextlib.contextmanager
def started(data: Path, *words: str, port: int = 0) -> Iterator[Running]:
    """Start, wait until it says that it is ready, and stop at the end."""
    port = port or free_port()
    command = [sys.executable, "-m", "duyen", "serve", "--no-browser", "--port", str(port), *words]
    with subprocess.Popen(
        command, env=environment(data), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        running = Running(data, port, process)
        reader = threading.Thread(target=_read, args=(running,), daemon=True)
        reader.start()
        try:
            _wait_until_ready(running)
            yield running
        finally:
            if process.poll() is None:
                running.stop()
            reader.join(10)


def _read(running: Running) -> None:
    assert running.process.stdout is not None
    for line in running.process.stdout:
        running.said.append(line.rstrip("\n"))


def _wait_until_ready(running: Running) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and running.process.poll() is None:
        if any("Stop with Ctrl+C" in line for line in running.said):
            return
        time.sleep(0.05)
    raise AssertionError("it did not start:\n" + "\n".join(running.said))


def setup_code(running: Running) -> str:
    found = re.search(r"one-time code (\S+):", "\n".join(running.said))
    assert found is not None
    return found.group(1)
