"""Everything is killed at once while rows are written: what was acknowledged is there afterwards."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest

from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from tests.start.launching import started

pytestmark = pytest.mark.slow

WRITERS = 3
ROWS_BEFORE_THE_CUT = 150


class Writer(threading.Thread):
    """Commits one number after another until the database is gone."""

    def __init__(self, conninfo: str, writer: int, reached: threading.Event) -> None:
        super().__init__()
        self.conninfo, self.writer, self.reached = conninfo, writer, reached
        self.acknowledged: list[tuple[int, int]] = []

    def run(self) -> None:
        with psycopg.connect(self.conninfo, autocommit=True) as link:
            for number in range(1_000_000):
                try:
                    link.execute("INSERT INTO written VALUES (%s, %s)", [self.writer, number])
                except psycopg.OperationalError:
                    return
                self.acknowledged.append((self.writer, number))
                if number == ROWS_BEFORE_THE_CUT:
                    self.reached.set()


def test_keeps_every_acknowledged_write_when_everything_is_killed(data: Path) -> None:
    with started(data) as running:
        conninfo = owner_address(DataFolder.locate(data)).conninfo()
        with psycopg.connect(conninfo, autocommit=True) as link:
            link.execute("CREATE TABLE written (writer int, number int)")
        reached = [threading.Event() for _ in range(WRITERS)]
        writers = [Writer(conninfo, index, event) for index, event in enumerate(reached)]
        for writer in writers:
            writer.start()
        for event in reached:
            assert event.wait(120)

        running.kill_everything()
        for writer in writers:
            writer.join(60)

    with started(data, port=running.port) as again:
        address = owner_address(DataFolder.locate(data))
        with psycopg.connect(address.conninfo()) as link:
            found = set(link.execute("SELECT writer, number FROM written").fetchall())
        acknowledged = {pair for writer in writers for pair in writer.acknowledged}

        assert len(acknowledged) > WRITERS * ROWS_BEFORE_THE_CUT
        assert acknowledged - found == set()
        assert again.status_of("/healthz") == 200
        assert again.stop() == 0
