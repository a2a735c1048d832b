"""What a follower is told, and which followers there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One changed row as the trail tells it.

    `family` and `record_id` are the row's own, `root` and `root_id` the record on whose page it is shown
    (the same for a record itself). `kind` is I, U or D for a row that came, changed or went; `verb` is what
    was done («customers.change»). `changes` maps a column to [old, new]; a new record tells none, because
    its row holds them.
    """

    id: int
    at: dt.datetime
    operation: int
    family: str
    record_id: int
    root: str
    root_id: int
    kind: str
    verb: str
    version: int | None
    actor_id: int | None
    actor_name: str
    on_behalf_of: int | None
    door: str
    changes: Mapping[str, Any]


Handle = Callable[[Sequence[Entry]], None]


@dataclass(frozen=True)
class Declared:
    """One follower: its name, what it does with a chunk of entries, and of which root families it hears."""

    name: str
    handle: Handle
    families: tuple[str, ...] | None
    at_once: int


#: So many entries come at once where nothing fails.
AT_ONCE = 500
_declared: dict[str, Declared] = {}


def follow(
    name: str, handle: Handle, *, families: Sequence[str] | None = None, at_once: int = AT_ONCE
) -> None:
    """Declare a follower; see the package. Raises ValueError when the name is taken."""
    if name in _declared:
        raise ValueError(f"{name} follows the trail already")
    _declared[name] = Declared(name, handle, None if families is None else tuple(families), at_once)


def forget(name: str) -> None:
    """Undeclare a follower; for tests."""
    del _declared[name]


def declared() -> list[Declared]:
    """List the followers, in the order of their declaration."""
    return list(_declared.values())
