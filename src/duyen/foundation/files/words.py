"""What the files share with all who tell of them."""

from __future__ import annotations

from enum import StrEnum


class Scan(StrEnum):
    """What a scanner said of one version. `NONE`: no scanner was set up when it came."""

    NONE = "none"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNED = "unscanned"


class Preview(StrEnum):
    """Whether there are pictures of one version. `NONE`: of this kind of file none is made."""

    NONE = "none"
    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"


class Place(StrEnum):
    """Where the content of one version lies."""

    DISK = "disk"
    S3 = "s3"


class Size(StrEnum):
    """Which picture of a version: beside its name in a list, or large in the preview."""

    SMALL = "small"
    LARGE = "large"
