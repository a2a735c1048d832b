"""Who uses a data folder: one running copy, and any number of commands that share its server."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator

from duyen.foundation.database.errors import DataFolderInUse, DataFolderUnusable
from duyen.foundation.database.paths import PRIVATE_FILE, DataFolder


@contextlib.contextmanager
def only_copy(folder: DataFolder) -> Iterator[None]:
    """Hold the folder as its one running copy; raises DataFolderInUse when another process does.

    The system frees the lock when the process ends, however it ends.
    """
    descriptor = _open(folder, "lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode().strip()
        os.close(descriptor)
        raise DataFolderInUse(folder=folder.asked, pid=holder or "unknown") from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    try:
        yield
    finally:
        os.close(descriptor)


class ServerLease:
    """One process's use of the shared server: who comes first starts it, who leaves last stops it."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._use: int | None = None

    @contextlib.contextmanager
    def taking(self) -> Iterator[None]:
        """Take a share; nobody else starts or stops the server inside."""
        with self._alone():
            if self._use is None:
                self._use = _open(self._folder, "server.users")
                fcntl.flock(self._use, fcntl.LOCK_SH)
            yield

    @contextlib.contextmanager
    def giving_back(self) -> Iterator[bool]:
        """Give the share back; yields whether it was the last one."""
        with self._alone():
            if self._use is None:
                yield True
                return
            try:
                fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_last = True
            except BlockingIOError:
                is_last = False
            os.close(self._use)
            self._use = None
            yield is_last

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = _open(self._folder, "server.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _open(folder: DataFolder, name: str) -> int:
    path = folder.root / name
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    except OSError as error:
        raise DataFolderUnusable(folder=folder.asked, reason=f"{name}: {error.strerror}") from error
