"""Keep a file that comes in, and write the rows that were refused beside it."""

from __future__ import annotations

import codecs
import csv
import io
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from duyen.entities.csv_writing import harmless
from duyen.kernel.errors import DomainError

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx", ".xls", ".xlsb", ".ods")
#: The head of the last column in a file of refused rows, in the language of whoever brought the file in.
REASON = _("Reason refused")
#: How that head may come back, in small letters; files of earlier versions say `reason`.
REASONS = frozenset({"reason", "reason refused", "lý do", "ly do", "lý do bị từ chối", "ly do bi tu choi"})
_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700


class WrongHeads(DomainError):
    """The first line of the file does not hold the heads that are asked for."""

    code = "wrong_heads"
    sentence = _("%(file)s does not have the right heads: %(reason)s Known heads: %(known)s.")


def keep_copy(source: Path, target: Path) -> None:
    """Copy a file to where only this installation reads it, so that work on it can go on after a restart."""
    target.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    with source.open("rb") as given, os.fdopen(_create(target), "wb") as kept:
        shutil.copyfileobj(given, kept, 1024 * 1024)


class RejectedRows:
    """The file of refused rows: the same heads, and the reason in the last column.

    `length` is how much of the file stands for finished chunks; whatever lies behind it was
    written by a process that died, and is cut off before the work goes on.
    """

    def __init__(self, path: Path, *, heads: Sequence[str], length: int) -> None:
        self._width = len(heads)
        self._kept = [place for place, head in enumerate(heads) if head.strip().lower() not in REASONS]
        self._file = os.fdopen(_create(path, keeps=True), "r+b")
        self._file.truncate(length)
        self._file.seek(length)
        if not length:
            self._file.write(codecs.BOM_UTF8)  # by this Excel knows that the letters are UTF-8
            self._write([(heads, str(REASON))])

    @property
    def length(self) -> int:
        return self._file.tell()

    def add(self, rows: Sequence[tuple[Sequence[str], str]]) -> int:
        """Write rows with their reasons to the disk, and give the length that the file then has.

        The reason of an earlier import gives way to that of this one.
        """
        self._write(rows)
        self._file.flush()
        os.fsync(self._file.fileno())
        return self.length

    def _write(self, rows: Sequence[tuple[Sequence[str], str]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for cells, reason in rows:
            kept = [cells[place] if place < len(cells) else "" for place in self._kept]
            writer.writerow(map(harmless, [*kept, *cells[self._width :], reason]))
        self._file.write(text.getvalue().encode())

    def close(self) -> None:
        self._file.close()


def _create(path: Path, *, keeps: bool = False) -> int:
    """Open a file of mode 600 for reading and writing."""
    return os.open(path, os.O_RDWR | os.O_CREAT | (0 if keeps else os.O_TRUNC), _PRIVATE)
