"""One PostgreSQL for the whole test session, made the way an installation makes its own.

Tests sign in as `app`, the role that pages and jobs use, so that the rights on the trail are real ones.
`DUYEN_TEST_DATABASE=pg15` runs the same tests on an installed PostgreSQL 15 in a C-locale cluster, reached
through DATABASE_URL as an operator's own server would be.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.commands import flush
from django.db import connections
from hypothesis import HealthCheck, settings
from psycopg import sql

from duyen.foundation.database.binaries import Binaries, find_binaries
from duyen.foundation.database.connection import DATABASE, OWNER_ROLE, database_settings, superuser_address
from duyen.foundation.database.embedded import EmbeddedServer
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect, make_database, prepare_database
from duyen.surfaces.web.assets import SCRIPTS, build_script, build_sheet

pytest_plugins = ["duyen.testing.cast", "duyen.testing.own_fields"]

PG15_FOLDER = Path("/usr/lib/postgresql/15/bin")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "no Chromium was found"
NO_DOVECOT = "no dovecot was found"
#: Ids of a base of millions, all of one length: a page weighs the same whatever ran before its test.
_FIRST_ID = 1_000_001
#: How often clearing is tried.
_CLEARINGS = 5
#: Tests of properties promise nothing about time, and a busy machine is slow for a moment anywhere.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
#: Tests lose nothing that matters when the machine stops.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class SessionDatabase:
    """The session's database: its data folder, the server's own folder, and the rows that migrations made."""

    folder: DataFolder
    server: DataFolder
    seeds: dict[str, bytes]

    def superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect past all rights and triggers: for set-up and clearing, never inside a test's act."""
        return _superuser(self.server)

    def empty(self) -> None:
        """Bring every table back to what the migrations left in it.

        A page that a browser asked for last, or the live process, may still be reading: then again.
        """
        for _time in range(_CLEARINGS - 1):
            with suppress(psycopg.errors.DeadlockDetected):
                return self._empty()
        return self._empty()

    def _empty(self) -> None:
        with self.superuser() as link, link.transaction():
            link.execute("SET LOCAL session_replication_role = replica")
            names = [sql.Identifier(name) for name in _tables(link)]
            link.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))
            for name, rows in self.seeds.items():
                with link.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                    copy.write(rows)


@pytest.fixture(autouse=True)
def _as_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with what the modules declare: an earlier test may have pinned definitions of its own.

    Units are read once: whoever counts statements must not meet the moment in which they are read anew.
    """
    from duyen.entities.fields import units
    from duyen.foundation.fields.versions import DECLARED, pin

    pin(DECLARED)
    units.forget()
    monkeypatch.setattr(units, "FRESH_SECONDS", math.inf)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the browser that journeys drive."""
    return find_chromium()


def find_chromium() -> str:
    """Find a Chromium on the PATH, or the one that Playwright fetched."""
    named = (shutil.which(name) for name in CHROMIUM_NAMES)
    caches = (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright")
    fetched = (
        str(path) for cache in caches for path in sorted(cache.glob("chromium-*/*/chrome*")) if path.is_file()
    )
    return os.environ.get("DUYEN_CHROMIUM") or next(filter(None, named), "") or next(fetched, "")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Join scripts and styles as they are now, and serve all files as an installation does.

    With what an earlier start joined journeys would try that, and a page would weigh what was served before.
    Where several processes share the tests, the one that shares them out does it, before they begin.
    """
    if hasattr(session.config, "workerinput"):
        return
    build = Path(__file__).parent / "build"
    for name in SCRIPTS:
        build_script(build / "assets", name)
    build_sheet(build / "assets")
    call_command("collectstatic", interactive=False, verbosity=0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the journeys where no browser is found; the closing lines count them."""
    if find_chromium():
        return
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests did not run for want of a browser or a mail server, and how to get these."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    if journeys := sum(NO_BROWSER in each for each in skipped):
        terminalreporter.write_line(
            f"Browser journeys that did not run: {journeys}. Get a browser by «apt install chromium» "
            "or «.venv/bin/playwright install chromium»."
        )
    if mails := sum(NO_DOVECOT in each for each in skipped):
        terminalreporter.write_line(
            f"Tests of mailboxes that did not run: {mails}. Get a mail server by «apt install dovecot-imapd»."
        )


@pytest.fixture(scope="session")
def test_database() -> Iterator[SessionDatabase]:
    """Start PostgreSQL in a temporary folder, make roles and tables, and stop it at the end."""
    # Short and open to walk through: as root, PostgreSQL runs as another account.
    place = Path(tempfile.mkdtemp(prefix="duyen-test-"))
    place.chmod(0o755)
    environ = {name: os.environ.pop(name, None) for name in ("DATABASE_URL", "DUYEN_DB_ROLE")}
    os.environ["DUYEN_DATA"] = str(place / "data")
    os.environ["DUYEN_DB_POOL"] = "off"
    folder = DataFolder.locate()
    on_pg15 = os.environ.get("DUYEN_TEST_DATABASE") == "pg15"
    server_folder = DataFolder.locate(place / "server") if on_pg15 else folder
    try:
        with _server(server_folder, on_pg15=on_pg15):
            folder.prepare()
            if on_pg15:
                os.environ["DATABASE_URL"] = _make_operators_database(server_folder)
            prepare_database(folder, lambda _line: None)
            _migrate()
            _number_from(server_folder, _FIRST_ID)
            yield SessionDatabase(folder, server_folder, _read_seeds(server_folder))
    finally:
        shutil.rmtree(place)
        for name, value in environ.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@pytest.fixture(scope="session")
def django_db_setup(test_database: SessionDatabase, django_db_blocker: Any) -> Iterator[None]:
    """Point Django at the session's database as the role `app`, instead of making a test_ copy.

    A test that commits is cleared up behind by the superuser, because `app` may not empty a table.
    """
    # The dictionary is shared by every thread's connection, so it is changed in place, before the first one.
    connections.settings["default"].update(database_settings())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", lambda *_args, **_options: test_database.empty())
        yield
    with django_db_blocker.unblock():
        connections.close_all()


def _superuser(server: DataFolder) -> psycopg.Connection[tuple[object, ...]]:
    return connect(replace(superuser_address(server), database=DATABASE))


def _server(folder: DataFolder, *, on_pg15: bool) -> EmbeddedServer:
    if on_pg15:
        binaries = Binaries(PG15_FOLDER, 15)
        return EmbeddedServer(folder, binaries=binaries, locale="C", extra_settings=UNSAFE_BUT_FAST)
    return EmbeddedServer(folder, binaries=find_binaries(), extra_settings=UNSAFE_BUT_FAST)


def _make_operators_database(server: DataFolder) -> str:
    """Make the database and the role that an operator would hand to us, and return the address."""
    address = superuser_address(server)
    with connect(address) as link:
        link.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD 'owner'").format(sql.Identifier(OWNER_ROLE))
        )
        make_database(link, DATABASE, owner=OWNER_ROLE)
    return f"postgresql://{OWNER_ROLE}:owner@/{DATABASE}?host={address.host}"


def _migrate() -> None:
    """Migrate as the owner, in a process of its own, as a start does."""
    environ = {**os.environ, "DUYEN_DB_ROLE": "owner", "DJANGO_SETTINGS_MODULE": "duyen.config.settings"}
    environ["PYTHONPATH"] = str(Path(__file__).parent / "src")
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        pytest.exit(f"The migrations failed:\n{done.stderr}", returncode=1)


def _number_from(server: DataFolder, first: int) -> None:
    """Number what the tests make from `first` on, in every table whose numbers may grow so far."""
    with _superuser(server) as link:
        found = link.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND max_value > %s", [first]
        )
        for (name,) in found.fetchall():
            restart = sql.SQL("ALTER SEQUENCE {} RESTART WITH {}")
            link.execute(restart.format(sql.Identifier(str(name)), sql.Literal(first)))


def _tables(link: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    found = link.execute(
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
    )
    return [str(name) for (name,) in found]


def _read_seeds(server: DataFolder) -> dict[str, bytes]:
    """Keep what the migrations put into the tables, so that clearing can bring it back."""
    with _superuser(server) as link:
        return {name: rows for name in _tables(link) if (rows := _copy_out(link, name))}


def _copy_out(link: psycopg.Connection[tuple[object, ...]], table: str) -> bytes:
    with link.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(bytes(part) for part in copy)
