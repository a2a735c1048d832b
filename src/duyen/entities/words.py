"""Words of the engine that its tables keep."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Who finds a view among the tabs of a list."""

    ME = "me"
    UNIT = "unit"
    ALL = "all"
