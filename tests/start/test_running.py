"""A start, what it says, and what may go on beside it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.start.launching import Running, duyen, free_port, setup_code, started

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(data: Path) -> Iterator[Running]:
    with started(data) as running:
        yield running


def test_answers_and_prints_the_code_for_the_first_page(running: Running) -> None:
    assert running.status_of("/healthz") == 200
    assert (running.data / "secrets" / "setup_code").read_text(encoding="utf-8").strip() == setup_code(
        running
    )


def test_lets_pages_go_before_background_work(running: Running) -> None:
    def nice() -> dict[str, int]:
        return {name: os.getpriority(os.PRIO_PROCESS, running.pid_of(name)) for name in ("worker", "web")}

    deadline = time.monotonic() + 60  # a worker steps back when it has read its code
    while nice()["worker"] <= nice()["web"] and time.monotonic() < deadline:
        time.sleep(0.1)

    assert nice()["worker"] > nice()["web"]


def test_refuses_a_second_copy_on_the_same_folder(running: Running) -> None:
    second = duyen(running.data, "serve", "--no-browser", "--port", str(free_port()))

    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"in use by a running Duyên (process {running.process.pid})" in second.stderr
    assert running.status_of("/healthz") == 200


def test_refuses_a_port_that_is_taken(running: Running, tmp_path: Path) -> None:
    other = duyen(tmp_path / "other", "serve", "--no-browser", "--port", str(running.port))

    assert other.returncode == 2
    assert f"Port {running.port} on 127.0.0.1 is in use" in other.stderr
    assert "Traceback" not in other.stderr


def test_lets_commands_share_the_database(running: Running) -> None:
    checked = duyen(running.data, "check")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Tables: up to date" in checked.stdout
    assert running.status_of("/healthz") == 200


def test_refuses_to_restore_into_a_running_copy(running: Running, tmp_path: Path) -> None:
    saved = duyen(running.data, "backup", str(tmp_path / "b.duyen"))
    restored = duyen(running.data, "restore", str(tmp_path / "b.duyen"), "--yes")

    assert (saved.returncode, restored.returncode) == (0, 2)
    assert "in use by a running Duyên" in restored.stderr


@pytest.mark.parametrize("name", ["web", "worker", "live", "postgres"])
def test_recovers_from_the_loss_of_one_process(running: Running, name: str) -> None:
    victim = running.pid_of(name)

    os.kill(victim, signal.SIGKILL)

    assert wait_for_another(running, name, victim)
    assert running.is_healthy_within(60)


def wait_for_another(running: Running, name: str, victim: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if running.children().get(name, victim) != victim:
            return True
        time.sleep(0.1)
    return False
