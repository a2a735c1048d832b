"""Turn one sheet of a workbook into lines of CSV, in a process of its own with a limit on its memory.

It imports nothing of the product: `sheets` starts it by its path. A workbook is packed, and what it holds
unpacked nobody knows before; whoever made one to break the reader breaks this process only.

Arguments: the file, the sheet (empty: the first visible one that holds anything), the memory in MB, the most
columns. The lines go to standard output, what is to be known about them to standard error, as JSON.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

#: What a sheet shows where a formula failed; it says nothing about the record.
_ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
_FAILED = b' t="e"'
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SECONDS = 900
_FILE_BYTES = 8 * 1024**3


class Refused(Exception):
    """The workbook cannot be read; the first argument is the name of the reason."""


def main(path: str, sheet: str, megabytes: int, most_columns: int) -> dict[str, Any]:
    """Write the lines of a sheet, and give what is to be known about them."""
    _limit(resource.RLIMIT_AS, megabytes * 1024**2)
    _limit(resource.RLIMIT_CPU, _SECONDS)
    _limit(resource.RLIMIT_FSIZE, _FILE_BYTES)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with io.BytesIO(Path(path).read_bytes()) as file:
            return _convert(CalamineWorkbook.from_filelike(file), path, sheet, most_columns)
    except PasswordError as error:
        raise Refused("PASSWORD") from error
    except CalamineError as error:
        raise Refused("CUT_WORKBOOK") from error


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _convert(book: Any, path: str, wanted: str, most_columns: int) -> dict[str, Any]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    names = [each.name for each in tables]
    if wanted and wanted not in names:
        raise Refused("NO_SUCH_SHEET", ", ".join(names))
    visible = [each.name for each in tables if each.visible == SheetVisibleEnum.Visible]
    for name in [wanted] if wanted else [*visible, *(each for each in names if each not in visible)]:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            if sheet.width > most_columns:
                raise Refused("TOO_WIDE")
            errors = _write(sheet) + _failed_formulas(path, name)
            return {"sheet": name, "sheets": names, "errors": errors}
    raise Refused("NO_SHEET")


def _write(sheet: Any) -> int:
    """Write the rows of a sheet, each at its own number; give how many cells told of an error."""
    output = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
    writer = csv.writer(output, lineterminator="\n")
    errors = 0
    for row in sheet.iter_rows():
        cells = [_text(value) for value in row]
        for place, cell in enumerate(cells):
            if cell in _ERRORS:
                cells[place] = ""
                errors += 1
        writer.writerow(cells)
    output.flush()
    return errors


def _failed_formulas(path: str, sheet: str) -> int:
    """Count the cells of a sheet of an .xlsx whose formula failed: what reads the sheet gives them empty."""
    if not zipfile.is_zipfile(path):
        return 0
    with zipfile.ZipFile(path) as book:
        names = set(book.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return 0
        targets = {
            each.get("Id"): each.get("Target", "") for each in _parsed(book, "xl/_rels/workbook.xml.rels")
        }
        for each in _parsed(book, "xl/workbook.xml"):
            if each.tag.endswith("}sheet") and each.get("name") == sheet:
                target = targets.get(each.get(_RELATION), "").removeprefix("/")
                part = target if target in names else f"xl/{target}"
                return _count(book, part) if part in names else 0
    return 0


def _parsed(book: zipfile.ZipFile, part: str) -> Iterator[ElementTree.Element]:
    # The limits on memory and time above hold for whatever a malicious part makes of itself.
    return ElementTree.fromstring(book.read(part)).iter()  # noqa: S314


def _count(book: zipfile.ZipFile, part: str) -> int:
    found, end = 0, b""
    with book.open(part) as file:
        while block := file.read(1024 * 1024):
            found += (end + block).count(_FAILED)
            end = block[1 - len(_FAILED) :]
    return found


def _text(value: Any) -> str:
    """Give what a form would take for a cell: whole numbers without a point, days as in ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        whole_day = value.time() == dt.time()
        return (
            value.date().isoformat()
            if whole_day
            else value.isoformat(" ", "minutes" if not value.second else "seconds")
        )
    if isinstance(value, dt.time):
        return value.isoformat("minutes" if not value.second else "seconds")
    return str(value)


if __name__ == "__main__":
    try:
        told = main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    except Refused as refused:
        told = {"refused": refused.args[0], "detail": refused.args[1] if len(refused.args) > 1 else ""}
    except MemoryError:
        told = {"refused": "NO_MEMORY", "detail": ""}
    sys.stderr.write(json.dumps(told))
