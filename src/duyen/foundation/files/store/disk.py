"""Contents in the data folder, outside of everything that is served."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from duyen.foundation.database.paths import PRIVATE_FILE, PRIVATE_FOLDER, DataFolder
from duyen.foundation.files.store.declared import Held, Missing, Unreachable

_PART = 256 * 1024
_KEY = re.compile(r"[0-9a-z]{32,64}(\.[a-z]{1,8})?")


class DiskStore:
    """Keeps each content as one file of mode 600, in a folder by the first signs of its key."""

    def __init__(self, folder: DataFolder | None = None) -> None:
        self._folder = folder or DataFolder.locate()

    def keep(self, key: str, source: Path) -> None:
        place = self._place(key)
        # Beside the folder that backups pack: half a file must never be in one.
        half = self._folder.root / "incoming" / key
        try:
            for folder in (half.parent, place.parent):
                folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
            with os.fdopen(descriptor, "wb") as target, source.open("rb") as content:
                shutil.copyfileobj(content, target, _PART)
                target.flush()
                os.fsync(target.fileno())
            half.replace(place)
            _sync(place.parent)
        except OSError as error:
            raise Unreachable from error
        finally:
            half.unlink(missing_ok=True)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        place = self._place(key)
        if not place.is_file():
            raise Missing

        def parts() -> Iterator[bytes]:
            left = length
            # Opened once somebody reads: an answer that nobody fetches leaves nothing open.
            with place.open("rb") as file:
                file.seek(start)
                while left is None or left > 0:
                    part = file.read(_PART if left is None else min(left, _PART))
                    if not part:
                        return
                    left = None if left is None else left - len(part)
                    yield part

        return parts()

    def forget(self, key: str) -> None:
        place = self._place(key)
        try:
            place.unlink(missing_ok=True)
        except OSError as error:
            raise Unreachable from error
        with suppress(OSError):  # another content lies there too
            place.parent.rmdir()

    def is_own(self, key: str) -> bool:
        return True

    def held(self) -> Iterator[Held]:
        for folder, _folders, names in os.walk(self._folder.files):
            for name in names:
                with suppress(FileNotFoundError):
                    told = (Path(folder) / name).stat()
                    since = dt.datetime.fromtimestamp(told.st_mtime, dt.UTC)
                    if _KEY.fullmatch(name):
                        yield Held(name, told.st_size, since)

    def _place(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise Missing
        return self._folder.files / key[:2] / key


def _sync(folder: Path) -> None:
    """Write the name of a new file down for good."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
