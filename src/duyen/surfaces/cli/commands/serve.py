"""duyen serve: what ./run starts."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from duyen.foundation.database.connection import external_url
from duyen.foundation.database.embedded import EmbeddedServer
from duyen.foundation.database.locks import only_copy
from duyen.foundation.database.paths import CHECKOUT, DataFolder
from duyen.foundation.database.placement import place_data_folder
from duyen.foundation.database.roles import prepare_database
from duyen.surfaces.cli import console
from duyen.surfaces.cli.door import (
    PATIENCE_AFTER_A_KILL,
    PATIENCE_SECONDS,
    Door,
    live_port_beside,
    refuse_taken_port,
)
from duyen.surfaces.cli.errors import DemoOnCompany
from duyen.surfaces.cli.fingerprint import checkout_fingerprint
from duyen.surfaces.cli.registry import Context
from duyen.surfaces.cli.supervisor import Child, ChildDidNotStart, Supervisor, clear_leftovers

HEALTHY_SECONDS = 120.0
WEB_STOP_SECONDS = 10.0
WORKER_STOP_SECONDS = 25.0
LIVE_STOP_SECONDS = 6.0
#: Threads that answer requests; the connection pool has room for each.
WEB_THREADS = 4


class PreparingFailed(Exception):
    """The preparing process ended badly, after saying why."""


@dataclass(frozen=True)
class Start:
    """What one start was asked for."""

    folder: DataFolder
    door: Door
    is_demo: bool
    opens_browser: bool
    #: The port of the live process; 0 where there is none, and pages ask by themselves.
    live_port: int = 0


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Start everything, keep it running until a signal, and stop it in order."""
    door = Door(arguments.host, arguments.port)
    with _signals_end_it(), ExitStack() as held:
        folder = place_data_folder(context.folder, console.tell_progress)
        folder.prepare()
        held.enter_context(only_copy(folder))
        start = Start(folder, door, arguments.demo, not arguments.no_browser)
        return _serve(start)


def _serve(start: Start) -> int:
    was_killed = clear_leftovers(start.folder) > 0
    patience = PATIENCE_AFTER_A_KILL if was_killed else PATIENCE_SECONDS
    refuse_taken_port(start.door, patience=patience)
    start = replace(start, live_port=live_port_beside(start.door, patience=patience))
    _refuse_demo_on_company(start)
    server = None if external_url() else EmbeddedServer(start.folder, say=console.tell_progress)
    supervisor = Supervisor(start.folder, server, tell=console.tell_progress)
    try:
        if server is not None:
            console.tell_progress("Starting PostgreSQL …")
            server.start()
        prepare_database(start.folder, console.tell_progress)
        prepared = _bring_up(start, supervisor)
        _greet(start, prepared)
        supervisor.watch()
    except KeyboardInterrupt:
        console.tell_progress("Stopping …")
        return 0
    except PreparingFailed as failure:
        return int(failure.args[0])
    finally:
        with _deaf_to_signals():
            supervisor.stop()
    return 0


def _refuse_demo_on_company(start: Start) -> None:
    """Say it before anything starts where the folder remembers it; preparing asks the database itself."""
    if start.is_demo and start.folder.installation().kind == "company":
        raise DemoOnCompany(folder=start.folder.asked)


def _bring_up(start: Start, supervisor: Supervisor) -> dict[str, Any]:
    """Prepare, then start pages and worker; both at once where the folder was prepared for this checkout."""
    web, worker, live = _children(start)
    is_warm = _is_prepared(start.folder)
    preparing = _start_preparing(start, is_warm=is_warm)
    try:
        if not is_warm:
            prepared = _finish_preparing(preparing)
        console.tell_progress("Starting the pages and the worker …")
        supervisor.start(web)
        if is_warm:
            prepared = _finish_preparing(preparing)
    finally:
        if preparing.poll() is None:
            preparing.terminate()
            preparing.wait()
    _wait_until_healthy(start.door, web)
    supervisor.start(worker)  # last: nobody waits for it, and the pages have the machine to themselves
    if start.live_port:
        supervisor.start(live)
    return prepared


def _is_prepared(folder: DataFolder) -> bool:
    """Tell whether tables and assets are this checkout's; an operator's database may change behind us."""
    is_built = (CHECKOUT / "build" / "served").is_dir()
    return is_built and not external_url() and folder.installation().prepared == checkout_fingerprint()


def _start_preparing(start: Start, *, is_warm: bool) -> subprocess.Popen[bytes]:
    flags = {"--demo": start.is_demo, "--built": is_warm}
    words = [*_duyen("prepare"), *(flag for flag, is_set in flags.items() if is_set)]
    environment = {**_environment(start.folder), "DUYEN_DB_POOL": "off"}
    return subprocess.Popen(  # noqa: S603
        words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
    )


def _finish_preparing(preparing: subprocess.Popen[bytes]) -> dict[str, Any]:
    told, _ = preparing.communicate()
    if preparing.returncode:
        raise PreparingFailed(preparing.returncode)
    prepared: dict[str, Any] = json.loads(told.splitlines()[-1])
    return prepared


def _children(start: Start) -> tuple[Child, Child, Child]:
    environment = {**_environment(start.folder), **_live_environment(start)}
    logs = start.folder.logs
    web = Child("web", _web_command(start.door), logs / "web.log", environment, WEB_STOP_SECONDS)
    worker = Child("worker", _duyen("worker"), logs / "worker.log", environment, WORKER_STOP_SECONDS)
    live = Child("live", _live_command(start), logs / "live.log", environment, LIVE_STOP_SECONDS)
    return web, worker, live


def _web_command(door: Door) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", door.host, "--port", str(door.port)),
        *("--workers", os.environ.get("DUYEN_WEB_WORKERS", "1"), "--blocking-threads", str(WEB_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning"),
        "duyen.config.wsgi:application",
    ]


def _live_command(start: Start) -> list[str]:
    """Serve the open connections of browsers; without the timeout granian would wait for them for ever."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--workers", "1"),
        *("--host", start.door.host, "--port", str(start.live_port)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "3", "--log-level", "warning"),
        "duyen.surfaces.live.app:application",
    ]


def _live_environment(start: Start) -> dict[str, str]:
    """Tell the pages where the live process listens."""
    reached = replace(start.door, port=start.live_port).address if start.live_port else ""
    return {"DUYEN_LIVE_PORT": str(start.live_port), "DUYEN_LIVE_INSIDE": reached}


def _duyen(command: str) -> list[str]:
    return [sys.executable, "-m", "duyen", command]


def _environment(folder: DataFolder) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DUYEN_DB_ROLE", "DUYEN_DB_POOL")
    }
    return {
        **kept,
        "DUYEN_DATA": str(folder.asked),
        "DJANGO_SETTINGS_MODULE": "duyen.config.settings",
        "PYTHONPATH": str(CHECKOUT / "src"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def _wait_until_healthy(door: Door, web: Child) -> None:
    deadline = time.monotonic() + HEALTHY_SECONDS
    while time.monotonic() < deadline:
        if web.has_ended():
            raise ChildDidNotStart(name="web", reason=web.last_words(), log=web.log)
        if _is_healthy(door):
            return
        time.sleep(0.1)
    raise ChildDidNotStart(
        name="web", reason=f"/healthz was not well within {HEALTHY_SECONDS:.0f} s", log=web.log
    )


def _is_healthy(door: Door) -> bool:
    link = http.client.HTTPConnection(door.reached_at, door.port, timeout=10)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _greet(start: Start, prepared: dict[str, Any]) -> None:
    """Say where the pages are, who can sign in, and what to look out for."""
    address = start.door.address
    console.say()
    console.say(f"Duyên is ready: {address}")
    if prepared["kind"] == "demo":
        console.say(f"The demo company. Everybody's password: {start.folder.demo_password()}")
        for person in prepared["sign_ins"]:
            console.say(f"  {person['email']:<34} {person['name']}, {person['role']}")
    if prepared["kind"] == "empty":
        address = f"{address}/setup?code={start.folder.secret('setup_code')}"
        console.say(f"Set it up with the one-time code {start.folder.secret('setup_code')}: {address}")
    if not start.door.is_loopback and os.environ.get("DUYEN_HTTPS") != "1":
        console.warn(
            f"{start.door.host} is reachable from other machines without HTTPS, so passwords travel openly. "
            "Put a proxy with a certificate in front and set DUYEN_HTTPS=1."
        )
    console.say("Stop with Ctrl+C.")
    if start.opens_browser and _has_desktop():
        webbrowser.open(address)


def _has_desktop() -> bool:
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION") or os.geteuid() == 0:
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _signals_end_it() -> Iterator[None]:
    """Let the system's and the terminal's farewells end the start as Ctrl+C does."""
    # What `nohup` told us to overhear stays overheard.
    signs = [sign for sign in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(sign) is not signal.SIG_IGN]
    before = {sign: signal.signal(sign, _interrupt) for sign in signs}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _interrupt(_sign: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _deaf_to_signals() -> Iterator[None]:
    """Stop in order even when Ctrl+C is pressed again."""
    signs = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {sign: signal.signal(sign, signal.SIG_IGN) for sign in signs}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
