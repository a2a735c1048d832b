"""What an import may be told: what becomes of a line that looks like a record that is there already."""

from __future__ import annotations

from enum import StrEnum


class OnDuplicate(StrEnum):
    """What becomes of a line that looks like a record that is there already."""

    CREATE = "create"
    SKIP = "skip"
    FILL = "fill"
    UPDATE = "update"
