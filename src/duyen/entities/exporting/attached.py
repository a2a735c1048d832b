"""The files of records in the archive of everything: every version, and a list of what each is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.attachments.reading import is_open
from duyen.entities.csv_writing import csv_lines
from duyen.entities.exporting.archive import Archive
from duyen.entities.exporting.reading import AT_ONCE
from duyen.entities.sql import Sql, name
from duyen.foundation.files.errors import StoreUnreachable
from duyen.foundation.files.limits import Limits
from duyen.foundation.files.limits import limits as limits_now
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.store import Missing, Unreachable, store_at
from duyen.foundation.files.words import Scan

#: Their tables say where contents lie on this server; the list says what somebody elsewhere needs.
NOT_AS_TABLES = (File, FileVersion)
LIST, FOLDER = "files", "files"
_ON_DISK = 1 << 20
_COLUMNS: Mapping[str, str] = {
    "id": "t.id",
    "entity": "t.entity",
    "record_id": "t.record_id",
    "name": "v.name",
    "version": "v.number",
    "is_current": "v.number = t.current",
    "size": "v.size",
    "sha256": "v.sha256",
    "scan": "v.scan",
    "created_at": "v.created_at",
    "created_by": "v.created_by_id",
    "deleted_at": "t.deleted_at",
    "place": "v.place",
    "key": "v.key",
    "current_name": "t.name",
}
_TOLD = (
    "id",
    "entity",
    "record_id",
    "name",
    "version",
    "is_current",
    "size",
    "sha256",
    "scan",
    "created_at",
    "created_by",
    "deleted_at",
)
_HEADS = (*_TOLD, "path", "left_out")


def add_files(archive: Archive, where: Sql) -> None:
    """Add the files that fulfil a condition on them, `t` in it. Raises StoreUnreachable.

    A content that may not be given out, or that is not there any more, stands in the list with the reason.
    """
    limits = limits_now()
    before = archive.written.rows
    # The list waits on the disk until the last content is written: an archive takes one file at a time.
    with tempfile.SpooledTemporaryFile(max_size=_ON_DISK) as waiting:
        for part in csv_lines(_HEADS, _listed(archive, where, limits)):
            waiting.write(part)
        waiting.seek(0)
        archive.add_written(LIST, _("Files"), waiting, archive.written.rows - before)


def _listed(archive: Archive, where: Sql, limits: Limits) -> Iterator[list[str]]:
    """Write contents one after the other, and give the line of each."""
    shown = ", ".join(f"{place} AS {name(word)}" for word, place in _COLUMNS.items())
    text = (
        f"SELECT {shown} FROM {name(File._meta.db_table)} t "
        f"JOIN {name(FileVersion._meta.db_table)} v ON v.file_id = t.id "
        f"WHERE {where.text} ORDER BY t.id, v.number"
    )
    for rows in archive.snapshot.stream(text, where.params, at_once=AT_ONCE):
        for row in rows:
            found = dict(zip(_COLUMNS, row, strict=True))
            if found["is_current"]:
                found["name"] = found["current_name"]
            path, left_out = _carried(archive, found, limits)
            yield [*(_said(found[word]) for word in _TOLD), path, left_out]
            archive.written.add(1)


def _carried(archive: Archive, found: Mapping[str, Any], limits: Limits) -> tuple[str, str]:
    """Write one content, and give where it lies, or why it does not."""
    if found["scan"] == Scan.INFECTED:
        return "", _("the scanner found something harmful")
    if not is_open(found["scan"], limits):
        return "", _("not scanned yet")
    try:
        parts = iter(store_at(found["place"]).read(found["key"]))
        first = next(parts, b"")
    except Missing:
        return "", _("the content is not there any more")
    except Unreachable as error:
        raise StoreUnreachable from error
    path = f"{FOLDER}/{found['id']}/{found['version']}-{found['name']}"
    with archive.holding(path) as target:
        for part in chain((first,), _whole(parts)):
            target.write(part)
            archive.written.add(0)
    return path, ""


def _whole(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Give the rest of a content. Raises StoreUnreachable where it breaks off: half a file is none."""
    try:
        yield from parts
    except (Missing, Unreachable) as error:
        raise StoreUnreachable from error


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
