"""Refusals kept beside the database, in the data folder: a restored backup must not make us forget them.

Each line tells of one digest: when it refused which channel, or that this was a mistake. Without the key
no address can be read out of it. The first start behind a restore brings it into the
database again, before anybody signs in.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from duyen.foundation.database.paths import DataFolder
from duyen.modules.consents.words import Channel

FILE = "refusals.jsonl"
Refusal = tuple[bytes, Channel, dt.datetime, str]


def _place() -> Path:
    return DataFolder.locate().root / FILE


def forget_refusals(folder: DataFolder) -> None:
    """Throw the file away: with the demo company go the refusals that it made up."""
    (folder.root / FILE).unlink(missing_ok=True)


def note_refused(refusals: Iterable[Refusal]) -> None:
    """Add refusals to the file once the transaction is through."""
    _note(
        {"mac": mac.hex(), "channel": channel.value, "at": at.isoformat(), "by": by}
        for mac, channel, at, by in refusals
    )


def note_lifted(keys: Iterable[tuple[bytes, Channel]]) -> None:
    """Add to the file, once the transaction is through, that refusals were mistakes."""
    _note({"mac": mac.hex(), "channel": channel.value} for mac, channel in keys)


def _note(lines: Iterable[dict[str, Any]]) -> None:
    text = "".join(json.dumps(each) + "\n" for each in lines)
    if text:
        transaction.on_commit(lambda: _append(text))


def _append(text: str) -> None:
    place = _place()
    if not place.parent.is_dir():
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    handle = os.open(place, flags, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def noted() -> list[Refusal]:
    """Give the refusals that stand in the file, without those that were mistakes."""
    found: dict[tuple[str, str], Refusal | None] = {}
    for told in _lines():
        key = (told["mac"], told["channel"])
        if "at" in told:
            at = dt.datetime.fromisoformat(told["at"])
            found[key] = (bytes.fromhex(told["mac"]), Channel(told["channel"]), at, told["by"])
        else:
            found[key] = None
    return [each for each in found.values() if each is not None]


def _lines() -> Iterator[dict[str, Any]]:
    """Read the file; a line that a power cut left half is none."""
    place = _place()
    if not place.exists():
        return
    with place.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue
