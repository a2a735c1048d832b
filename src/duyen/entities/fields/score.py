"""The completeness of a record in whole percent, worked out by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from duyen.entities.fields.base import EMPTY
from duyen.entities.fields.simple import Whole


@dataclass(frozen=True)
class Score(Whole):
    """From 0 to 100; nothing where nothing counts for the record's kind, or before it was worked out."""

    editable: bool = False
    most: int = 100

    def show(self, value: Any) -> str:
        return "—" if value in EMPTY else f"{value}%"
