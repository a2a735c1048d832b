"""How the environment becomes an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from duyen.foundation.database.connection import (
    app_role_name,
    database_settings,
    parse_database_url,
)
from duyen.foundation.database.errors import BadDatabaseUrl
from duyen.foundation.database.paths import DataFolder


def installed(folder: Path) -> dict[str, str]:
    DataFolder.locate(folder).prepare()
    return {"DUYEN_DATA": str(folder)}


def test_reads_every_part_of_a_database_url() -> None:
    address = parse_database_url("postgresql://th%C6%B0:m%40t@db.example.com:6432/khach?sslmode=require")

    assert (address.user, address.password, address.host) == ("thư", "m@t", "db.example.com")
    assert (address.port, address.database, address.extra) == ("6432", "khach", (("sslmode", "require"),))


def test_reads_a_socket_folder_from_the_query() -> None:
    assert parse_database_url("postgresql:///khach?host=/var/run/pg").host == "/var/run/pg"


@pytest.mark.parametrize(
    "url", ["mysql://h/d", "postgresql://h:p:q/d", "postgresql://h/", "postgresql://h/d?nonsense=1"]
)
def test_refuses_what_is_no_address_in_one_line(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as refusal:
        parse_database_url(url)

    assert "\n" not in str(refusal.value)


def test_names_an_address_without_its_password() -> None:
    address = parse_database_url("postgresql://a:secret@h:5433/d")

    assert address.named() == "h:5433/d"


def test_names_the_app_role_after_its_database() -> None:
    assert [app_role_name("duyen"), app_role_name("khach")] == ["duyen_app", "khach_app"]


def test_signs_pages_in_as_app_with_a_pool(tmp_path: Path) -> None:
    settings = database_settings(installed(tmp_path))

    assert settings["USER"] == "duyen_app"
    assert settings["OPTIONS"]["pool"]["max_size"] == 8  # type: ignore[index]
    assert settings["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_signs_migrations_in_as_the_owner_without_a_pool(tmp_path: Path) -> None:
    settings = database_settings({**installed(tmp_path), "DUYEN_DB_ROLE": "owner"})

    assert settings["USER"] == "duyen_owner"
    assert "pool" not in settings["OPTIONS"]  # type: ignore[operator]


def test_leaves_the_pool_out_where_it_is_switched_off(tmp_path: Path) -> None:
    settings = database_settings({**installed(tmp_path), "DUYEN_DB_POOL": "off"})

    assert "pool" not in settings["OPTIONS"]  # type: ignore[operator]


def test_uses_the_operators_server_with_our_own_second_role(tmp_path: Path) -> None:
    url = "postgresql://boss:p@h/khach?sslmode=require"
    environ = {**installed(tmp_path), "DATABASE_URL": url}

    app, owner = database_settings(environ), database_settings({**environ, "DUYEN_DB_ROLE": "owner"})

    assert (app["USER"], owner["USER"], app["HOST"]) == ("khach_app", "boss", "h")
    assert app["OPTIONS"]["sslmode"] == "require"  # type: ignore[index]


def test_answers_without_an_installation(tmp_path: Path) -> None:
    settings = database_settings({"DUYEN_DATA": str(tmp_path / "none")})

    assert settings["NAME"] == "duyen"
    assert not (tmp_path / "none").exists()
