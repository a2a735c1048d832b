"""What the app role may do, and what a start makes on an operator's own server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from conftest import SessionDatabase
from psycopg import sql

from duyen.foundation.database.connection import Address, app_address, owner_address, superuser_address
from duyen.foundation.database.errors import DatabaseUnreachable, ExtensionsMissing
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect, prepare_external

FORBIDDEN = (
    "TRUNCATE django_content_type",
    "DROP TABLE django_content_type",
    "ALTER TABLE django_content_type DISABLE TRIGGER ALL",
    "CREATE TABLE mine (id int)",
    "CREATE ROLE mine",
)


@dataclass(frozen=True)
class Operator:
    """A database on a server of somebody's own, and the folder of the installation that uses it."""

    folder: DataFolder
    superuser: psycopg.Connection[tuple[object, ...]]

    def may(self, words: str) -> None:
        self.superuser.execute(sql.SQL(f"ALTER ROLE operator {words}"))


@pytest.fixture
def operator(
    test_database: SessionDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Operator]:
    server = superuser_address(test_database.server)
    folder = DataFolder.locate(tmp_path / "data")
    folder.prepare()
    with connect(server) as link:
        link.execute("CREATE ROLE operator LOGIN PASSWORD 'operator'")
        link.execute("CREATE DATABASE khach OWNER operator TEMPLATE template0 ENCODING 'UTF8'")
        monkeypatch.setenv("DATABASE_URL", f"postgresql://operator:operator@/khach?host={server.host}")
        yield Operator(folder, link)
        link.execute("DROP DATABASE khach WITH (FORCE)")
        link.execute("DROP ROLE IF EXISTS khach_app")
        link.execute("DROP ROLE operator")


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_refuses_the_app_role_what_only_the_owner_does(
    test_database: SessionDatabase, statement: str
) -> None:
    with connect(app_address(test_database.folder)) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement.encode())

        assert app.execute("SELECT count(*) > 0 FROM django_content_type").fetchone() == (True,)


def test_gives_the_app_role_rows_of_tables_that_the_owner_makes(test_database: SessionDatabase) -> None:
    with (
        connect(owner_address(test_database.folder)) as owner,
        connect(app_address(test_database.folder)) as app,
    ):
        owner.execute("CREATE TABLE made_later (id bigserial PRIMARY KEY, word text)")

        app.execute("INSERT INTO made_later (word) VALUES ('xin chào')")
        app.execute("UPDATE made_later SET word = 'tạm biệt'")

        assert app.execute("SELECT word FROM made_later").fetchone() == ("tạm biệt",)
        owner.execute("DROP TABLE made_later")


def test_makes_the_second_role_where_the_first_may(operator: Operator) -> None:
    operator.may("CREATEROLE")

    prepare_external(operator.folder, lambda _line: None)

    assert operator.folder.installation().single_role is False
    with connect(app_address(operator.folder)) as app:
        assert app.execute("SELECT current_user").fetchone() == ("khach_app",)


def test_runs_with_one_role_and_prints_the_statement_where_it_may_not(operator: Operator) -> None:
    told: list[str] = []

    prepare_external(operator.folder, told.append)

    assert operator.folder.installation().single_role is True
    assert app_address(operator.folder).user == "operator"
    assert 'CREATE ROLE "khach_app" LOGIN PASSWORD \'SCRAM-SHA-256$' in told[-1]
    assert operator.folder.secret("app_password") not in " ".join(told)


def test_takes_up_the_second_role_once_the_administrator_made_it(operator: Operator) -> None:
    told: list[str] = []
    prepare_external(operator.folder, told.append)
    with connect(owner_address(operator.folder)) as owner:
        owner.execute("CREATE TABLE older (id int)")
    operator.superuser.execute(told[-1].encode())

    prepare_external(operator.folder, told.append)

    assert operator.folder.installation().single_role is False
    with connect(app_address(operator.folder)) as app:
        assert app.execute("SELECT count(*) FROM older").fetchone() == (0,)


def test_prints_the_extensions_where_the_role_may_not_add_them(operator: Operator) -> None:
    operator.superuser.execute("ALTER DATABASE khach OWNER TO postgres")

    with pytest.raises(ExtensionsMissing, match="CREATE EXTENSION IF NOT EXISTS pg_trgm;"):
        prepare_external(operator.folder, lambda _line: None)

    assert operator.folder.installation().single_role is False


def test_says_in_one_line_that_a_server_does_not_answer(tmp_path: Path) -> None:
    nowhere = Address("khach", "a", "p", str(tmp_path))

    with pytest.raises(DatabaseUnreachable) as refusal:
        connect(nowhere)

    assert "\n" not in str(refusal.value)
    assert "Check DATABASE_URL" in str(refusal.value)
