"""Everything is killed at once while rows are written: what was acknowledged is there afterwards."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from tests.start.launching import Running, duyen, started

pytestmark = pytest.mark.slow

SELLER = "khdn1a@example.com"
COMMITS_BEFORE_THE_CUT = 150
CUSTOMERS_BEFORE_THE_CUT = 12


@dataclass(eq=False)
class Writer(threading.Thread):
    """Writes until what it writes to is gone, and keeps what was acknowledged."""

    enough: int
    acknowledged: list[int] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__()

    def keep(self, number: int) -> None:
        self.acknowledged.append(number)
        if len(self.acknowledged) >= self.enough:
            self.reached.set()


@dataclass(eq=False)
class SqlWriter(Writer):
    """Commits one number after another."""

    conninfo: str = ""

    def run(self) -> None:
        with psycopg.connect(self.conninfo, autocommit=True) as link:
            for number in range(1_000_000):
                try:
                    link.execute("INSERT INTO written VALUES (%s)", [number])
                except psycopg.OperationalError:
                    return
                self.keep(number)


@dataclass(eq=False)
class ApiWriter(Writer):
    """Creates one customer after another, as another program would."""

    port: int = 0
    token: str = ""

    def run(self) -> None:
        while True:
            try:
                status, made = call(self.port, self.token, "POST", "/api/v1/customers", CUSTOMER)
            except (OSError, http.client.HTTPException):
                return
            if status != http.HTTPStatus.CREATED:
                return  # the database went first
            self.keep(made["id"])


CUSTOMER = {"name": "Công ty TNHH Bình Minh", "kind": "ORGANISATION"}


def call(port: int, token: str, verb: str, path: str, body: object = None) -> tuple[int, dict[str, int]]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        link.request(verb, path, json.dumps(body) if body else None, headers)
        answer = link.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        link.close()


@dataclass(frozen=True)
class Cut:
    """What was acknowledged before, and the installation that was started again after."""

    sql: SqlWriter
    api: ApiWriter
    again: Running


@pytest.fixture(scope="module")
def cut(data: Path) -> Iterator[Cut]:
    with started(data, "--demo") as running:
        token = duyen(data, "token", "create", SELLER).stdout.strip()
        conninfo = owner_address(DataFolder.locate(data)).conninfo()
        with psycopg.connect(conninfo, autocommit=True) as link:
            link.execute("CREATE TABLE written (number int)")
        sql = SqlWriter(COMMITS_BEFORE_THE_CUT, conninfo=conninfo)
        api = ApiWriter(CUSTOMERS_BEFORE_THE_CUT, port=running.port, token=token)
        for writer in (sql, api):
            writer.start()
        for writer in (sql, api):
            assert writer.reached.wait(120)
        running.kill_everything()
        for writer in (sql, api):
            writer.join(60)
    with started(data, port=running.port) as again:
        yield Cut(sql, api, again)


def test_keeps_every_acknowledged_commit(cut: Cut) -> None:
    with psycopg.connect(owner_address(DataFolder.locate(cut.again.data)).conninfo()) as link:
        found = {number for (number,) in link.execute("SELECT number FROM written").fetchall()}

    assert len(cut.sql.acknowledged) >= COMMITS_BEFORE_THE_CUT
    assert set(cut.sql.acknowledged) - found == set()


def test_keeps_every_customer_that_the_api_acknowledged(cut: Cut) -> None:
    statuses = [
        call(cut.api.port, cut.api.token, "GET", f"/api/v1/customers/{customer}")[0]
        for customer in cut.api.acknowledged
    ]

    assert len(statuses) >= CUSTOMERS_BEFORE_THE_CUT
    assert set(statuses) == {200}


def test_is_healthy_again_on_the_same_port(cut: Cut) -> None:
    assert cut.again.status_of("/healthz") == 200
