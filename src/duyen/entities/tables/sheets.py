"""A sheet of a workbook (.xlsx, .xls, .xlsb, .ods) as a file of lines, made by a process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from duyen.entities.tables import refusals, sheet_process
from duyen.entities.tables.sources import OLE, ZIP, NotATable, Stored, telling

#: The process that reads a workbook gets so much memory, in MB; a sheet of 300,000 rows of 15 cells needs it.
MOST_MEGABYTES = 1_024
#: Nothing unpacked to more than so much fits into that memory, in MB.
_MOST_UNPACKED = 2_048
_MOST_COLUMNS = 500
_DOCUMENTS = ("word/", "ppt/")
_BOOKS = ("xl/", "content.xml")
#: How the streams of an old Office file are named inside it.
_ENCRYPTED, _WORD = "EncryptedPackage".encode("utf-16-le"), "WordDocument".encode("utf-16-le")


class Sheet:
    """The lines of one sheet in UTF-8, in a file without a name that is gone with this object."""

    def __init__(self, lines: BinaryIO, told: Mapping[str, Any]) -> None:
        self._descriptor = os.dup(lines.fileno())
        self._gone = weakref.finalize(self, os.close, self._descriptor)
        self.name: str = told["sheet"]
        self.names: tuple[str, ...] = tuple(told["sheets"])
        self.errors: int = told["errors"]

    def open(self) -> BinaryIO:
        """Open the lines from their start, as often as one asks."""
        return io.BufferedReader(Stored(self._descriptor))

    def close(self) -> None:
        """Let go of the lines."""
        self._gone()


def is_workbook(first: bytes) -> bool:
    """Tell whether a file may be a workbook; `refuse_other` then says what else it is."""
    return first.startswith((ZIP, OLE))


def read_sheet(path: Path, wanted: str | None) -> Sheet:
    """Turn the sheet called `wanted`, or the first visible one that holds anything, into lines.

    Takes no memory here; the process that does it may take `MOST_MEGABYTES`. Raises NotATable.
    """
    with telling():
        _refuse_other(path)
    command = [sys.executable, "-I", sheet_process.__file__, str(path), wanted or ""]
    # The lines hold what the workbook holds: nobody finds them by a name, and they go with the process.
    with tempfile.TemporaryFile(prefix="duyen-sheet-") as lines:
        told = _told([*command, str(MOST_MEGABYTES), str(_MOST_COLUMNS)], lines)
        if "refused" in told:
            raise _reason(told, wanted)
        return Sheet(lines, told)


def _told(command: Sequence[str], lines: BinaryIO) -> dict[str, Any]:
    """Run the process and give what it tells; it tells nothing when it was stopped for its memory or time.

    Its first words are then those of whatever stopped it.
    """
    # Our own script; the file is an argument, no shell reads it.
    done = subprocess.run(command, stdout=lines, stderr=subprocess.PIPE, check=False)  # noqa: S603
    try:
        told: dict[str, Any] = json.loads(done.stderr)
    except ValueError:
        return {"refused": "NO_MEMORY" if done.returncode < 0 else "CUT_WORKBOOK"}
    return told


def _reason(told: dict[str, Any], wanted: str | None) -> NotATable:
    sentence = getattr(refusals, told["refused"])
    if told["refused"] == "NO_SUCH_SHEET":
        return NotATable(sentence, sheet=(wanted or "")[:40], sheets=told["detail"])
    if told["refused"] == "TOO_WIDE":
        return NotATable(sentence, most=_MOST_COLUMNS)
    if told["refused"] == "NO_MEMORY":
        return NotATable(sentence, most=MOST_MEGABYTES)
    return NotATable(sentence)


def _refuse_other(path: Path) -> None:
    """Raise NotATable for what begins as a workbook does and is none, and for what no memory could hold."""
    with path.open("rb") as file:
        if file.read(len(OLE)) == OLE:
            _refuse_other_office(path.read_bytes())
            return
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile as error:
        raise NotATable(refusals.CUT_WORKBOOK) from error
    names = [part.filename for part in parts]
    if _have(names, _DOCUMENTS):
        raise NotATable(refusals.DOCUMENT)
    if not _have(names, _BOOKS):
        raise NotATable(refusals.ARCHIVE)
    megabytes = sum(part.file_size for part in parts) // 1024**2
    if megabytes > _MOST_UNPACKED:
        raise NotATable(refusals.TOO_BIG, size=megabytes, most=_MOST_UNPACKED)


def _refuse_other_office(content: bytes) -> None:
    if _ENCRYPTED in content:
        raise NotATable(refusals.PASSWORD)
    if _WORD in content:
        raise NotATable(refusals.DOCUMENT)


def _have(names: Sequence[str], beginnings: tuple[str, ...]) -> bool:
    return any(name.startswith(beginnings) for name in names)
