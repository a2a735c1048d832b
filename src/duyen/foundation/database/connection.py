"""How to reach the database: for Django's settings, and for plain connections of the start and the tools."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from duyen.foundation.database.errors import BadDatabaseUrl
from duyen.foundation.database.paths import DataFolder

DATABASE = "duyen"
SUPERUSER = "postgres"
OWNER_ROLE = "duyen_owner"
APP_ROLE = "duyen_app"

#: Few, because one machine serves pages from a handful of threads and the embedded server takes 60 in all.
POOL = {"min_size": 1, "max_size": 8, "timeout": 10.0, "max_idle": 300.0}


@dataclass(frozen=True)
class Address:
    """Where one role signs in. `extra` holds whatever else libpq understands (sslmode, options, …)."""

    database: str
    user: str
    password: str
    host: str
    port: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    def conninfo(self, **changes: str) -> str:
        """Return the address as libpq reads it, with some of its words changed."""
        words = {
            "dbname": self.database,
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": self.port,
            **dict(self.extra),
            **changes,
        }
        return make_conninfo(**{name: value for name, value in words.items() if value})

    def named(self) -> str:
        """Name the address for people: no password."""
        return f"{self.host or 'localhost'}{':' + self.port if self.port else ''}/{self.database}"


def parse_database_url(url: str) -> Address:
    """Read DATABASE_URL by libpq's own rules, socket folders in `?host=/path` included."""
    if not url.startswith(("postgres://", "postgresql://")):
        raise BadDatabaseUrl(reason="it does not begin with postgresql://")
    try:
        words = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise BadDatabaseUrl(reason=str(error).strip().splitlines()[0]) from error
    found = {name: str(value) for name, value in words.items() if value is not None}
    if not found.get("dbname"):
        raise BadDatabaseUrl(reason="it names no database")
    if not found.get("port", "").replace(",", "").isdigit() and found.get("port"):
        raise BadDatabaseUrl(reason=f"{found['port']} is no port")
    main = {name: found.pop(name, "") for name in ("dbname", "user", "password", "host", "port")}
    return Address(
        database=main["dbname"],
        user=main["user"],
        password=main["password"],
        host=main["host"],
        port=main["port"],
        extra=tuple(sorted(found.items())),
    )


def external_url(environ: Mapping[str, str] = os.environ) -> str:
    """Return DATABASE_URL, or nothing when the embedded server is to be used."""
    return environ.get("DATABASE_URL", "").strip()


def owner_address(folder: DataFolder, environ: Mapping[str, str] = os.environ) -> Address:
    """Return where the owner of the tables signs in: migrations, backup and administration."""
    url = external_url(environ)
    if url:
        return parse_database_url(url)
    return _embedded(folder, user=OWNER_ROLE, secret="owner_password")  # noqa: S106 - the name of a secret, not one


def app_address(folder: DataFolder, environ: Mapping[str, str] = os.environ) -> Address:
    """Return where pages and jobs sign in: a role that owns nothing, unless the server grants us only one."""
    url = external_url(environ)
    if not url:
        return _embedded(folder, user=APP_ROLE, secret="app_password")  # noqa: S106 - the name of a secret
    owner = parse_database_url(url)
    if folder.installation().single_role:
        return owner
    return replace(owner, user=app_role_name(owner.database), password=folder.secret("app_password"))


def superuser_address(folder: DataFolder) -> Address:
    """Return where the embedded server's superuser signs in; it makes the roles and the database."""
    return replace(_embedded(folder, user=SUPERUSER, secret="postgres_password"), database="postgres")  # noqa: S106


def app_role_name(database: str) -> str:
    """Name the app role after its database, because roles belong to the whole server."""
    return APP_ROLE if database == DATABASE else f"{database}_app"


def _embedded(folder: DataFolder, *, user: str, secret: str) -> Address:
    return Address(
        database=DATABASE, user=user, password=folder.secret(secret), host=str(socket_folder(folder))
    )


def socket_folder(folder: DataFolder) -> str:
    """Return the folder of the server's socket, as its last start noted it."""
    try:
        return folder.socket_note.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        # Nothing listens there: a connection then fails with PostgreSQL's own words, naming the data folder.
        return str(folder.cluster)


def database_settings(environ: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Return Django's DATABASES["default"] for DUYEN_DATA, DATABASE_URL and DUYEN_DB_ROLE (app or owner).

    DUYEN_DB_POOL=off gives every thread a connection of its own, as tests need.
    """
    folder = DataFolder.locate(environ=environ)
    is_owner = environ.get("DUYEN_DB_ROLE", "app") == "owner"
    known = bool(external_url(environ)) or (folder.secrets / "app_password").exists()
    if not known:
        # No installation yet: checks and message tools run without one, a query says what is missing.
        return _django(Address(DATABASE, APP_ROLE, "", str(folder.cluster)), pooled=False)
    address = owner_address(folder, environ) if is_owner else app_address(folder, environ)
    return _django(address, pooled=not is_owner and environ.get("DUYEN_DB_POOL") != "off")


def _django(address: Address, *, pooled: bool) -> dict[str, object]:
    options: dict[str, object] = {"options": "-c TimeZone=UTC", **dict(address.extra)}
    if pooled:
        options["pool"] = dict(POOL)
    return {
        "ENGINE": "duyen.foundation.database.engine",
        "NAME": address.database,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": pooled,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": options,
    }
