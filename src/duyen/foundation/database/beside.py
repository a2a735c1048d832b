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

from duyen.foundation.database.paths import DataFolder


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
