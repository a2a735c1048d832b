"""The two roles of the database: the owner makes and changes tables, `app` reads and writes rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import psycopg
from psycopg import sql

from duyen.foundation.database.binaries import OLDEST_MAJOR
from duyen.foundation.database.connection import (
    DATABASE,
    OWNER_ROLE,
    Address,
    app_address,
    app_role_name,
    external_url,
    owner_address,
    superuser_address,
)
from duyen.foundation.database.errors import (
    DatabaseEncodingRefused,
    DatabaseTooOld,
    DatabaseUnreachable,
    ExtensionsMissing,
    SecretsDoNotFit,
)
from duyen.foundation.database.paths import DataFolder

EXTENSIONS = ("pg_trgm", "btree_gin")
CONNECT_SECONDS = "10"

_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {app}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {app}",
)
_PROTECTING_FUNCTIONS = r"""
    SELECT proname FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'duyen\_protect\_%' ORDER BY proname
"""

Connection = psycopg.Connection[tuple[object, ...]]


def connect(address: Address) -> Connection:
    """Open a plain connection that commits each statement; raises DatabaseUnreachable with the reason."""
    try:
        return psycopg.connect(address.conninfo(connect_timeout=CONNECT_SECONDS), autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(where=address.named(), reason=_one_line(error)) from error


def prepare_embedded(folder: DataFolder) -> None:
    """Make the roles, the database and its extensions where they are missing. Safe to repeat."""
    owner, app = owner_address(folder), app_address(folder)
    if _signs_in(owner) and _signs_in(app):
        return
    try:
        link = connect(superuser_address(folder))
    except DatabaseUnreachable as error:
        raise SecretsDoNotFit(folder=folder.asked, reason=error.params["reason"]) from error
    with link:
        for role in (owner, app):
            _make_role(link, role)
        make_database(link, DATABASE, owner=OWNER_ROLE)
    with connect(owner) as link:
        make_extensions(link)
        open_to_app(link, app_role=app.user)


def prepare_external(folder: DataFolder, say: Callable[[str], None]) -> None:
    """Check the server behind DATABASE_URL, and make there what its role is allowed to make.

    Where the role may not create roles, one role does all. That is remembered for the administration page, to
    say that the trail is not protected from it, and the statements for the administrator are printed.
    """
    owner = owner_address(folder)
    with connect(owner) as link:
        _refuse_unfit_server(link, owner)
        _make_extensions_or_refuse(link)
        app = replace(owner, user=app_role_name(owner.database), password=folder.secret("app_password"))
        single = not _has_app_role(link, app)
        if single:
            say("This role may not create another one. Duyên runs with one role, and the audit trail is not")
            say("protected from it. The administrator of the database can change that, then start again:")
            say(statements_for_administrator(link, app))
        else:
            open_to_app(link, app_role=app.user)
    folder.remember(replace(folder.installation(), single_role=single))


def prepare_database(folder: DataFolder, say: Callable[[str], None]) -> None:
    """Make roles, database and extensions ready, embedded or external."""
    if external_url():
        prepare_external(folder, say)
    else:
        prepare_embedded(folder)


def make_database(link: Connection, name: str, *, owner: str) -> None:
    """Make an empty database that only its owner and the roles it names may enter; keep one that is there."""
    if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    make = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
    link.execute(sql.SQL(make).format(sql.Identifier(name), sql.Identifier(owner)))
    link.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def make_extensions(link: Connection) -> None:
    """Add the extensions that search and filters stand on."""
    for name in EXTENSIONS:
        link.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def open_to_app(link: Connection, *, app_role: str) -> None:
    """Give `app` the rows, sequences and functions of every table that the owner has or makes, and let it in.

    Then every function named `duyen_protect_…` takes back what its tables do not allow. The right to connect
    comes last: a role that can sign in has everything else.
    """
    names = {"app": sql.Identifier(app_role), "database": sql.Identifier(str(link.info.dbname))}
    with link.transaction():
        for statement in _GRANTS:
            link.execute(sql.SQL(statement).format(**names))
        for (protect,) in link.execute(_PROTECTING_FUNCTIONS).fetchall():
            link.execute(sql.SQL("SELECT {}()").format(sql.Identifier(str(protect))))
        link.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}").format(**names))


def statements_for_administrator(link: Connection, app: Address) -> str:
    """Write what a database administrator runs so that Duyên gets its second role; the password is hashed."""
    verifier = link.pgconn.encrypt_password(
        app.password.encode(), app.user.encode(), b"scram-sha-256"
    ).decode()
    make = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {};").format(
        sql.Identifier(app.user), sql.Literal(verifier)
    )
    return make.as_string(link)


def _make_role(link: Connection, role: Address) -> None:
    is_there = link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.user]).fetchone()
    verb = "ALTER" if is_there else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    link.execute(statement.format(sql.Identifier(role.user), sql.Literal(role.password)))


def _has_app_role(link: Connection, app: Address) -> bool:
    """Tell whether the second role is there and lets us in, after trying to make it."""
    if _signs_in(app):
        return True
    try:
        _make_role(link, app)
        link.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(app.database), sql.Identifier(app.user)
            )
        )
    except psycopg.errors.InsufficientPrivilege:
        return False
    return _signs_in(app)


def _refuse_unfit_server(link: Connection, address: Address) -> None:
    major = link.info.server_version // 10000
    if major < OLDEST_MAJOR:
        raise DatabaseTooOld(where=address.named(), found=major)
    encoding = link.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseEncodingRefused(where=address.named(), found=encoding)


def _make_extensions_or_refuse(link: Connection) -> None:
    try:
        make_extensions(link)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported) as error:
        statements = " ".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)
        raise ExtensionsMissing(statements=statements, reason=_one_line(error)) from error


def _signs_in(address: Address) -> bool:
    try:
        psycopg.connect(address.conninfo(connect_timeout=CONNECT_SECONDS)).close()
    except psycopg.OperationalError:
        return False
    return True


def _one_line(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
