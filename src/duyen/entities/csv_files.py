"""Read CSV files row by row, plain or packed, and write the rows that were refused beside them."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from duyen.kernel.errors import DomainError

SUFFIXES = (".csv", ".csv.gz")
#: The head of the last column in a file of refused rows.
REASON = "reason"
_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700


class FileUnreadable(DomainError):
    """The file cannot be read as what it claims to be; nothing was brought in."""

    code = "file_unreadable"
    sentence = _("%(file)s cannot be read: %(reason)s")


class WrongHeads(DomainError):
    """The first line of the file does not hold the heads that are asked for."""

    code = "wrong_heads"
    sentence = _("%(file)s does not have the right heads: %(reason)s Known heads: %(known)s.")


class CsvRows:
    """The lines of one file: `heads`, then rows of cells; every refusal names the file as `shown`."""

    def __init__(self, path: Path, *, shown: str) -> None:
        self._path = path
        self._shown = shown
        self.heads = self._read_heads()

    def rows(self, *, skip: int = 0) -> Iterator[list[str]]:
        """Give the rows after the heads from row `skip` on, without empty lines. Raises FileUnreadable."""
        return islice(self._lines(), skip + 1, None)

    def count(self) -> int:
        """Count the rows, and so prove that the whole file can be read. Raises FileUnreadable."""
        return sum(1 for _row in self.rows())

    def _read_heads(self) -> tuple[str, ...]:
        first = next(self._lines(), None)
        if first is None:
            raise FileUnreadable(file=self._shown, reason=_("it is empty."))
        heads = tuple(head.strip().lower() for head in first)
        twice = next((head for head in heads if heads.count(head) > 1), None)
        if twice is not None:
            raise FileUnreadable(
                file=self._shown, reason=_("the head “%(head)s” stands twice.") % {"head": twice}
            )
        return heads

    def _lines(self) -> Iterator[list[str]]:
        try:
            with _open(self._path) as binary, io.TextIOWrapper(binary, "utf-8-sig", newline="") as text:
                first = text.readline()
                text.seek(0)
                delimiter = ";" if first.count(";") > first.count(",") else ","
                yield from filter(any, csv.reader(text, delimiter=delimiter, strict=True))
        except UnicodeDecodeError as error:
            raise self._unreadable(_("it is not UTF-8. Save it as “CSV UTF-8” and try again.")) from error
        except csv.Error as error:
            raise self._unreadable(_("it is not a CSV file (%(detail)s).") % {"detail": error}) from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise self._unreadable(_("its packing is damaged. Copy the file again.")) from error
        except OSError as error:
            raise self._unreadable(error.strerror or error) from error

    def _unreadable(self, reason: object) -> FileUnreadable:
        return FileUnreadable(file=self._shown, reason=reason)


def _open(path: Path) -> BinaryIO:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rb")  # type: ignore[return-value]  # a GzipFile reads as a binary file does
    return path.open("rb")


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
        self._kept = [place for place, head in enumerate(heads) if head != REASON]
        self._file = os.fdopen(_create(path, keeps=True), "r+b")
        self._file.truncate(length)
        self._file.seek(length)
        if not length:
            self._file.write(codecs.BOM_UTF8)  # by this Excel knows that the letters are UTF-8
            self._write([(heads, REASON)])

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
            writer.writerow([*kept, *cells[self._width :], reason])
        self._file.write(text.getvalue().encode())

    def close(self) -> None:
        self._file.close()


def _create(path: Path, *, keeps: bool = False) -> int:
    """Open a file of mode 600 for reading and writing."""
    return os.open(path, os.O_RDWR | os.O_CREAT | (0 if keeps else os.O_TRUNC), _PRIVATE)
