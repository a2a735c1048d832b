"""A scanner that speaks clamd's own protocol: what it finds is closed, what it cannot see waits or opens."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from duyen.foundation.audit.models import History
from duyen.foundation.files import health, scanning, tasks
from duyen.foundation.files.clamd import ScannerDown, scan
from duyen.foundation.files.limits import SCANNER
from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.store import new_key
from duyen.foundation.files.tests.test_store import folder, keep, row_for
from duyen.foundation.files.words import Place, Scan
from duyen.foundation.health.lines import State
from duyen.kernel.clock import now

__all__ = ["folder"]
#: The string by which every scanner can be tried; in two parts, so that none stops at this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.StreamRequestHandler):
    """Answers as clamd does: it reads chunks behind zINSTREAM and looks for the test string."""

    def handle(self) -> None:
        word = self.rfile.read(6)
        if word == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        assert word + self.rfile.read(4) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        if b"too much" in content:
            found = b"INSTREAM size limit exceeded. ERROR"
        self.wfile.write(b"stream: " + found + b"\0")


@pytest.fixture
def clamd(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let a scanner listen on this machine, and the product know where."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv(SCANNER, address)
        yield address
        server.shutdown()


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> str:
    """Name a scanner that is down."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv(SCANNER, address)
    return address


def test_reads_what_clamd_answers(clamd: str) -> None:
    assert scan([b"a" * 300_000, b"b"], clamd) == ""
    assert scan([EICAR], clamd) == "Eicar-Test-Signature"
    with pytest.raises(ScannerDown, match="size limit"):
        scan([b"too much"], clamd)


def test_says_that_nobody_listens(nobody_listens: str, tmp_path: Path) -> None:
    for address in (nobody_listens, str(tmp_path / "no-such-socket"), "no port"):
        with pytest.raises(ScannerDown):
            scan([b"a"], address)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "state", "threat"),
    [(b"abc", Scan.CLEAN, ""), (EICAR, Scan.INFECTED, "Eicar-Test-Signature")],
)
def test_keeps_what_the_scanner_says(
    clamd: str, content: bytes, state: Scan, threat: str, tmp_path: Path, folder: object
) -> None:
    key = new_key(Place.DISK)
    keep(key, content, tmp_path)
    row_for(key, scan="pending")
    before = History.objects.count()

    tasks.scan_one(version_id=FileVersion.objects.get().pk)

    version = FileVersion.objects.get()
    assert (version.scan, version.threat) == (state, threat)
    assert version.scanned_at is not None
    assert History.objects.count() - before == bool(threat)


@pytest.mark.django_db
def test_tells_how_the_scanner_is(clamd: str, folder: object, monkeypatch: pytest.MonkeyPatch) -> None:
    row_for("0" * 40, scan="pending")

    store, found = health.files()
    assert (store.state, found.state) == (State.GOOD, State.GOOD)
    assert found.facts["waiting"] == 1

    monkeypatch.setenv(SCANNER, "/no/such/socket")
    assert list(health.files())[1].state is State.BAD
    monkeypatch.delenv(SCANNER)
    assert list(health.files())[1].state is State.NOTE


@pytest.mark.django_db
def test_takes_a_file_up_again_when_the_scanner_is_back(
    nobody_listens: str, tmp_path: Path, folder: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key(Place.DISK)
    keep(key, b"abc", tmp_path)
    row_for(key, scan="pending")
    version = FileVersion.objects.get().pk

    assert scanning.scan_version(version) is Scan.UNSCANNED

    monkeypatch.setattr(scanning, "scan", lambda _parts, _address: "")
    monkeypatch.setattr(tasks, "LEFT_AFTER", now() - now())
    tasks.take_up_left_ones(0)
    assert FileVersion.objects.get().scan == Scan.CLEAN
