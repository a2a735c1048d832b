"""Lines kept beside the database, in the data folder: what a restored backup must not make us forget.

One line of JSON for each thing to remember. They are written once the transaction is through, and are on the
disk before anybody goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from duyen.foundation.database.paths import DataFolder, write_private


def note(name: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add lines to the file of a name once the transaction is through."""
    text = "".join(json.dumps(each) + "\n" for each in lines)
    if text:
        transaction.on_commit(lambda: _append(_place(name), text))


def lines_of(name: str) -> Iterator[dict[str, Any]]:
    """Read the file of a name; a line that a power cut left half is none."""
    place = _place(name)
    if not place.exists():
        return
    with place.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


def kept_beside(folder: DataFolder) -> list[Path]:
    """List the files of lines in a data folder."""
    return sorted(each for each in folder.root.glob("*.jsonl") if each.is_file() and not each.is_symlink())


def bring_beside(folder: DataFolder, source: Path) -> None:
    """Take the lines of a backup into a data folder; what it remembers since then stays, behind them."""
    for fresh in sorted(source.glob("*.jsonl")) if source.is_dir() else ():
        place = folder.root / fresh.name
        ours = _lines(place) if place.is_file() else []
        theirs = _lines(fresh)
        shared = next(
            (at for at, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other),
            min(len(ours), len(theirs)),
        )
        write_private(place, "".join([*theirs, *ours[shared:]]))


def _lines(path: Path) -> list[str]:
    """Read whole lines: half a line of a power cut is left out, so that none runs into the next."""
    return [
        each for each in path.read_text(encoding="utf-8").splitlines(keepends=True) if each.endswith("\n")
    ]


def _place(name: str) -> Path:
    return DataFolder.locate().root / name


def _append(place: Path, text: str) -> None:
    if not place.parent.is_dir():
        return
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
