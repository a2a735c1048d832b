"""The port and host of the pages."""

from __future__ import annotations

import socket

import pytest

from duyen.surfaces.cli.door import Door, HostUnknown, PortTaken, live_port_beside, refuse_taken_port


def test_refuses_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=f"--port {port + 1}"):
            refuse_taken_port(Door("127.0.0.1", port))


def test_lets_a_free_port_pass() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    refuse_taken_port(Door("127.0.0.1", port))


def test_refuses_a_host_that_is_not_this_machine() -> None:
    with pytest.raises(HostUnknown, match=r"192\.0\.2\.1"):
        refuse_taken_port(Door("192.0.2.1", 8000))


@pytest.mark.parametrize(
    ("host", "address", "is_loopback"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", True),
        ("localhost", "http://localhost:8000", True),
        ("::1", "http://[::1]:8000", True),
        ("0.0.0.0", "http://127.0.0.1:8000", False),
        ("crm.example.com", "http://crm.example.com:8000", False),
    ],
)
def test_names_where_this_machine_finds_the_pages(host: str, address: str, is_loopback: bool) -> None:
    door = Door(host, 8000)

    assert (door.address, door.is_loopback) == (address, is_loopback)


def test_finds_a_port_for_the_live_process_behind_that_of_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUYEN_LIVE_PORT", raising=False)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        assert live_port_beside(Door("127.0.0.1", taken - 1)) > taken

        monkeypatch.setenv("DUYEN_LIVE_PORT", str(taken))
        with pytest.raises(PortTaken):
            live_port_beside(Door("127.0.0.1", 8000), patience=0)
    monkeypatch.setenv("DUYEN_LIVE_PORT", "0")
    assert live_port_beside(Door("127.0.0.1", 8000)) == 0
