"""Keep the pages and the worker running: start, watch, start again, stop in order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from duyen.foundation.database.embedded import EmbeddedServer
from duyen.foundation.database.errors import Refused
from duyen.foundation.database.paths import DataFolder, write_private
from duyen.foundation.database.processes import commands_in_group

LOG_BYTES = 10 * 1024 * 1024
WATCH_SECONDS = 1.0
#: A child that stayed up this long has recovered; its next fall begins at the shortest pause again.
STEADY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0
LEFTOVER_SECONDS = 10.0


class ChildDidNotStart(Refused):
    """The pages or the worker ended before they were ready."""

    code = "child_did_not_start"
    exit_code = 1
    sentence = "The %(name)s did not start: %(reason)s. Its log is %(log)s"


@dataclass
class Child:
    """One process of ours, with the group of whatever it starts itself."""

    name: str
    command: Sequence[str]
    log: Path
    environment: dict[str, str]
    stop_seconds: float
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0

    def start(self) -> None:
        """Start the process in a session of its own, its words going to its log."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                env=self.environment,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)
        self.started = time.monotonic()

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Ask the process to end; after its time, end its whole group."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.stop_seconds)
        kill_group(self.process.pid)
        self.process.wait()
        self.process = None

    def last_words(self) -> str:
        """Return the last line of the log, which is the reason when the process has just ended."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it gave no reason")

    def fell(self) -> float:
        """Count one more fall; returns how long to pause before the next start."""
        is_steady = time.monotonic() - self.started > STEADY_SECONDS
        self.falls = 1 if is_steady else self.falls + 1
        return float(min(2 ** (self.falls - 1), LONGEST_PAUSE_SECONDS))


def kill_group(group: int) -> None:
    """End every process of a group at once."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


@dataclass
class Supervisor:
    """The children of one start and, where it is ours, the database server below them."""

    folder: DataFolder
    server: EmbeddedServer | None
    tell: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    _due: dict[str, float] = field(default_factory=dict)

    def start(self, child: Child) -> None:
        """Start a child and remember it, so that a later start can clear up what a killed one left."""
        child.start()
        if child not in self.children:
            self.children.append(child)
        note_processes(self.folder, self.children)

    def watch(self) -> None:
        """Start again whatever falls, for ever; ends by the exception that a signal raises."""
        while True:
            if self.server is not None and self.server.has_ended():
                self.tell("PostgreSQL ended; starting it again …")
                self.server.start()
            for child in self.children:
                self.look_after(child)
            time.sleep(WATCH_SECONDS)

    def look_after(self, child: Child) -> None:
        """Note that a child ended, and start it again once its pause is over."""
        if not child.has_ended():
            return
        moment = time.monotonic()
        due = self._due.get(child.name)
        if due is None:
            pause = child.fell()
            self.tell(f"The {child.name} ended ({child.last_words()}); starting again in {pause:.0f} s …")
            self._due[child.name] = moment + pause
        elif moment >= due:
            del self._due[child.name]
            if child.process is not None:
                kill_group(child.process.pid)  # what it had started would keep its port
            self.start(child)

    def stop(self) -> None:
        """Stop the children in the order they were started, then the server."""
        for child in self.children:
            child.stop()
        self.children.clear()
        processes_file(self.folder).unlink(missing_ok=True)
        if self.server is not None:
            self.server.stop()


def processes_file(folder: DataFolder) -> Path:
    return folder.root / "processes.json"


def note_processes(folder: DataFolder, children: Sequence[Child]) -> None:
    """Write down the children's process groups, with the program that tells ours from a later stranger's."""
    known = [
        {"group": child.process.pid, "program": child.command[0]}
        for child in children
        if child.process is not None
    ]
    write_private(processes_file(folder), json.dumps(known, ensure_ascii=False) + "\n")


def clear_leftovers(folder: DataFolder) -> int:
    """End what is left of a start that was killed; returns how many groups were still there.

    Call it with the folder's lock held: then no running copy owns them. A group outlives its first process,
    as the one that listens on the port does.
    """
    note = processes_file(folder)
    try:
        known = json.loads(note.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0
    left = [entry["group"] for entry in known if _is_ours(entry["group"], entry["program"])]
    for group in left:
        kill_group(group)
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while any(commands_in_group(group) for group in left) and time.monotonic() < deadline:
        time.sleep(0.05)
    note.unlink(missing_ok=True)
    return len(left)


def _is_ours(group: int, program: str) -> bool:
    return any(program in command for command in commands_in_group(group))
