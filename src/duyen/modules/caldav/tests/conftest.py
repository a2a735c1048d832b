"""A real calendar server on loopback: Radicale, with calendars and entries as a phone would make them."""

from __future__ import annotations

import base64
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import pytest

from duyen.foundation.access.actor import Actor
from duyen.modules.caldav import accounts
from duyen.modules.caldav.models import Account, Standing
from duyen.modules.caldav.syncing import Outcome, sync
from duyen.testing.cast import Cast

LOGIN, PASSWORD = "hanh", "mat-khau-ung-dung"
#: What a phone does when somebody makes a calendar of her own.
_MAKE = (
    '<?xml version="1.0"?><c:mkcalendar xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><set><prop>'
    "<displayname>{name}</displayname><c:supported-calendar-component-set>{kinds}"
    "</c:supported-calendar-component-set></prop></set></c:mkcalendar>"
)


@dataclass
class Radicale:
    """The server, spoken to as a phone would: by plain requests."""

    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        proof = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        told = {"Authorization": f"Basic {proof}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        link.request(method, path, body.encode(), told)
        answer = link.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        link.close()
        return found

    def make_calendar(self, name: str, *kinds: str) -> str:
        path = f"/{LOGIN}/{name}/"
        parts = "".join(f'<c:comp name="{each}"/>' for each in kinds)
        status, _headers, _body = self.ask("MKCALENDAR", path, _MAKE.format(name=name, kinds=parts))
        assert status == 201
        return path

    def put(self, path: str, entry: str) -> None:
        content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Phone//EN\r\n{entry}END:VCALENDAR\r\n"
        status, _headers, body = self.ask("PUT", path, content, Content_Type="text/calendar")
        assert status in (201, 204), body

    def get(self, path: str) -> str:
        status, _headers, body = self.ask("GET", path)
        return body.replace("\r\n ", "") if status == 200 else ""

    def delete(self, path: str) -> None:
        assert self.ask("DELETE", path)[0] in (200, 204)

    def names(self, calendar: str) -> list[str]:
        _status, _headers, body = self.ask("PROPFIND", calendar, Depth="1")
        parts = body.split("<href>")[1:]
        return sorted(each.split("</href>")[0].removeprefix(calendar) for each in parts if ".ics" in each)


def event(uid: str, *lines: str) -> str:
    """Write an appointment as a phone does."""
    said = "".join(f"{line}\r\n" for line in lines)
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\n{said}END:VEVENT\r\n"


def todo(uid: str, *lines: str) -> str:
    """Write a task as a phone does."""
    said = "".join(f"{line}\r\n" for line in lines)
    return f"BEGIN:VTODO\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\n{said}END:VTODO\r\n"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start the server once; the tests are skipped, and counted as such, where it is not installed."""
    if find_spec("radicale") is None:
        pytest.skip("Radicale is not installed")
    folder = tmp_path_factory.mktemp("radicale")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    users = folder / "users"
    users.write_text(f"{LOGIN}:{PASSWORD}\n")
    settings = folder / "config"
    settings.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {users}\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder / 'kept'}\n[logging]\nlevel = error\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", str(settings)],
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.1)
    yield port
    process.terminate()
    process.wait(20)


@pytest.fixture
def radicale(running: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Radicale]:
    """Give the server, empty, and allow it: it stands in a private network."""
    monkeypatch.setenv("DUYEN_CALDAV_HOSTS", f"127.0.0.1:{running}")
    server = Radicale(running)
    yield server
    _status, _headers, body = server.ask("PROPFIND", f"/{LOGIN}/", Depth="1")
    for part in body.split("<href>")[1:]:
        path = part.split("</href>")[0]
        if path.count("/") == 3:
            server.ask("DELETE", path)


@dataclass
class Tied:
    """An account that is synchronised, and its calendars."""

    account: Account
    actor: Actor
    events: str
    tasks: str

    def sync(self) -> Outcome:
        Standing.objects.filter(pk=self.account.pk).update(held_until=None)
        outcome = sync(self.account.pk)
        assert outcome is not None
        return outcome


@pytest.fixture
def tie(radicale: Radicale, cast: Cast) -> Callable[..., Tied]:
    """Tie the seller's account to a calendar and a list of tasks."""

    def make(who: str = "seller") -> Tied:
        events = radicale.make_calendar("lich", "VEVENT")
        tasks = radicale.make_calendar("viec", "VTODO")
        actor = cast.actor(who)
        accounts.sign_in(actor, address=radicale.address, login=LOGIN, password=PASSWORD)
        account = accounts.choose(
            actor, events_url=radicale.address + events, tasks_url=radicale.address + tasks
        )
        return Tied(account, actor, events, tasks)

    return make
