"""Run PostgreSQL's own dump and restore programs against an address."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from duyen.foundation.database.binaries import find_client_programs
from duyen.foundation.database.connection import Address, external_url
from duyen.foundation.database.embedded import server_environment
from duyen.foundation.database.errors import Refused


class DumpFailed(Refused):
    """pg_dump gave up."""

    code = "dump_failed"
    sentence = "The backup failed, and no file was written: %(reason)s"


class RestoreFailed(Refused):
    """pg_restore gave up on the copy beside; the data in use is untouched."""

    code = "restore_failed"
    sentence = "The backup could not be restored, and nothing was changed: %(reason)s"


def dump(address: Address, target: Path, *, server_major: int) -> None:
    """Write the whole database into one file in PostgreSQL's custom format; raises DumpFailed."""
    arguments = [
        "--format=custom",
        "--compress=1",
        f"--file={target}",
        f"--dbname={_without_password(address)}",
    ]
    told = _run("pg_dump", arguments, address, server_major)
    if told:
        raise DumpFailed(reason=told)


def load_dump(address: Address, source: Path, *, server_major: int) -> None:
    """Fill an empty database from a dump, as the address's role. Raises RestoreFailed."""
    arguments = [
        *("--no-owner", "--no-acl", "--exit-on-error", "--jobs=2"),
        *(f"--dbname={_without_password(address)}", str(source)),
    ]
    told = _run("pg_restore", arguments, address, server_major)
    if told:
        raise RestoreFailed(reason=told)


def _run(program: str, arguments: Sequence[str], address: Address, server_major: int) -> str:
    """Run a program and return why it failed, in one line, or nothing when it went well."""
    binaries = find_client_programs(server_major, prefers_installed=bool(external_url()))
    done = subprocess.run(  # noqa: S603
        [binaries.program(program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        # In the environment, because other accounts can read a command line.
        env={**server_environment(), "PGPASSWORD": address.password},
    )
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    serious = [line for line in lines if "error:" in line]
    return (serious or lines or ["it gave no reason"])[0]


def _without_password(address: Address) -> str:
    return address.conninfo(password="")
