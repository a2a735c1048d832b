"""Words of the engine that its tables keep."""

from __future__ import annotations

from enum import StrEnum

#: The verbs by which records become one, and several again.
MERGE, UNMERGE = "merge", "unmerge"


class Audience(StrEnum):
    """Who finds a view among the tabs of a list."""

    ME = "me"
    UNIT = "unit"
    ALL = "all"


class MergedKind(StrEnum):
    """What a merge did with a row that hung on a record."""

    MOVED = "M"
    ALTERED = "A"
    DROPPED = "D"


class IndexState(StrEnum):
    """Where an index that a company asked for stands."""

    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
    REMOVING = "removing"


class Verdict(StrEnum):
    """What somebody did with a suggestion."""

    TAKEN = "taken"
    PUT_OFF = "put_off"
    DISMISSED = "dismissed"
