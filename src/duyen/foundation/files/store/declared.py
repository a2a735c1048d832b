"""What every store of contents can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Missing(Exception):
    """Nothing lies under this key."""


class Unreachable(Exception):
    """The store does not answer, is full, or refuses; the cause says which."""


@dataclass(frozen=True)
class Held:
    """One content that a store holds: its key, its size in bytes, and since when."""

    key: str
    size: int
    since: dt.datetime


class Store(Protocol):
    """Keeps contents by keys. A content is whole or not there, and never changes."""

    def keep(self, key: str, source: Path) -> None:
        """Keep a copy of a file for good before this returns. Raises Unreachable."""

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give a content in parts, or `length` bytes of it from `start` on. Raises Missing or Unreachable."""

    def forget(self, key: str) -> None:
        """Remove a content; one that is not there is no error. Raises Unreachable."""

    def is_own(self, key: str) -> bool:
        """Tell whether this installation put the content here, so that `held` would give it."""

    def held(self) -> Iterator[Held]:
        """Go through all that this installation has put here. Raises Unreachable."""
