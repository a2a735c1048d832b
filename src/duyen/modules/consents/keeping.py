"""Refusals kept beside the database, in the data folder: a restored backup must not make us forget them.

Each line tells of one digest: when it refused which channel, or that this was a mistake. Without the key
no address can be read out of it. The first start behind a restore brings it into the
database again, before anybody signs in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from duyen.foundation.database.beside import lines_of, note
from duyen.foundation.database.paths import DataFolder
from duyen.modules.consents.words import Channel

FILE = "refusals.jsonl"
Refusal = tuple[bytes, Channel, dt.datetime, str]


def forget_refusals(folder: DataFolder) -> None:
    """Throw the file away: with the demo company go the refusals that it made up."""
    (folder.root / FILE).unlink(missing_ok=True)


def note_refused(refusals: Iterable[Refusal]) -> None:
    """Add refusals to the file once the transaction is through."""
    lines = (
        {"mac": mac.hex(), "channel": channel.value, "at": at.isoformat(), "by": by}
        for mac, channel, at, by in refusals
    )
    note(FILE, lines)


def note_lifted(keys: Iterable[tuple[bytes, Channel]]) -> None:
    """Add to the file, once the transaction is through, that refusals were mistakes."""
    note(FILE, ({"mac": mac.hex(), "channel": channel.value} for mac, channel in keys))


def noted() -> list[Refusal]:
    """Give the refusals that stand in the file, without those that were mistakes."""
    found: dict[tuple[str, str], Refusal | None] = {}
    for told in lines_of(FILE):
        key = (told["mac"], told["channel"])
        if "at" in told:
            at = dt.datetime.fromisoformat(told["at"])
            found[key] = (bytes.fromhex(told["mac"]), Channel(told["channel"]), at, told["by"])
        else:
            found[key] = None
    return [each for each in found.values() if each is not None]
