"""Children: started again when they fall, stopped with all they started, cleared up after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.processes import commands_in_group, is_alive
from duyen.surfaces.cli.supervisor import Child, Supervisor, clear_leftovers, processes_file

#: Starts a grandchild, says its number, and waits.
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(60)\n"
)
#: Overhears the request to end.
DEAF = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print(1, flush=True)\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder.locate(tmp_path)
    folder.prepare()
    return folder


@pytest.fixture
def supervisor(folder: DataFolder) -> Iterator[Supervisor]:
    supervisor = Supervisor(folder, None, tell=lambda _line: None)
    yield supervisor
    supervisor.stop()


def make_child(folder: DataFolder, program: str = PARENT) -> Child:
    command = [sys.executable, "-c", program]
    return Child("web", command, folder.logs / "web.log", dict(os.environ), stop_seconds=5)


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def grandchild_of(child: Child) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        words = child.log.read_text(encoding="utf-8").split()
        if words:
            return int(words[-1])
        time.sleep(0.02)
    raise AssertionError("the child said nothing")


def is_zombie(pid: int) -> bool:
    told = subprocess.run(["ps", "-p", str(pid), "-o", "stat="], capture_output=True, text=True, check=False)
    return told.stdout.startswith("Z")


def ends(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not is_alive(pid) or is_zombie(pid):
            return True
        time.sleep(0.02)
    return False


def test_starts_a_fallen_child_again_after_a_pause(folder: DataFolder, supervisor: Supervisor) -> None:
    child = make_child(folder)
    supervisor.start(child)
    fallen, orphan = pid_of(child), grandchild_of(child)
    assert child.process is not None
    child.process.kill()
    child.process.wait()

    supervisor.look_after(child)
    is_waiting = pid_of(child) == fallen
    time.sleep(1.1)
    supervisor.look_after(child)

    assert is_waiting
    assert pid_of(child) != fallen
    assert ends(orphan)


def test_pauses_longer_with_every_fall_and_at_most_half_a_minute(folder: DataFolder) -> None:
    child = make_child(folder)
    child.started = time.monotonic()

    assert [child.fell() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_begins_anew_after_a_steady_time(folder: DataFolder) -> None:
    child = make_child(folder)
    child.falls, child.started = 5, time.monotonic() - 61

    assert child.fell() == 1


def test_stops_a_child_with_everything_it_started(folder: DataFolder, supervisor: Supervisor) -> None:
    child = make_child(folder)
    supervisor.start(child)
    grandchild = grandchild_of(child)

    supervisor.stop()

    assert ends(grandchild)
    assert child.process is None
    assert not processes_file(folder).exists()


def test_kills_a_child_that_does_not_listen(folder: DataFolder, supervisor: Supervisor) -> None:
    child = make_child(folder, DEAF)
    child.stop_seconds = 0.2
    supervisor.start(child)
    grandchild_of(child)
    pid = pid_of(child)

    supervisor.stop()

    assert ends(pid)


@pytest.mark.parametrize("first_is_dead", [False, True])
def test_clears_up_after_a_start_that_was_killed(folder: DataFolder, first_is_dead: bool) -> None:
    killed = Supervisor(folder, None, tell=lambda _line: None)
    child = make_child(folder)
    killed.start(child)
    left, grandchild = pid_of(child), grandchild_of(child)
    assert child.process is not None
    if first_is_dead:
        child.process.kill()
        child.process.wait()

    count = clear_leftovers(folder)

    assert count == 1
    assert commands_in_group(left) == []
    assert ends(grandchild)
    child.process.wait()


def test_spares_a_stranger_who_has_the_number_now(folder: DataFolder) -> None:
    child = make_child(folder)
    supervisor = Supervisor(folder, None, tell=lambda _line: None)
    supervisor.start(child)
    note = processes_file(folder)
    note.write_text(note.read_text(encoding="utf-8").replace(sys.executable, "/opt/other"), encoding="utf-8")

    count = clear_leftovers(folder)

    assert count == 0
    assert not child.has_ended()
    supervisor.stop()
